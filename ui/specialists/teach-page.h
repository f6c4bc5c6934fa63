/* SPDX-License-Identifier: Apache-2.0 */
/* An answer that becomes an example: the input and the right answer, and the set that they go to.
 */
#pragma once

#include <adwaita.h>

#include "specialists/example-sets.h"

G_BEGIN_DECLS

#define TLM_TYPE_TEACH_PAGE (tlm_teach_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmTeachPage, tlm_teach_page, TLM, TEACH_PAGE, AdwPreferencesPage)

/* @kind: of a set's template, to which the answer belongs; "" for any other */
GtkWidget *tlm_teach_page_new (TlmExampleSets *sets, const char *kind, const char *input,
                               const char *output, const TlmExampleSource *source);

G_END_DECLS
