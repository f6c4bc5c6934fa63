/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a set of examples. */
#pragma once

#include <adwaita.h>

#include "specialists/example-set.h"

G_BEGIN_DECLS

#define TLM_TYPE_EXAMPLES_PAGE (tlm_examples_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmExamplesPage, tlm_examples_page, TLM, EXAMPLES_PAGE, AdwBin)

/* "train"; "remove": the person wants to train on the set, or to have it away */
void           tlm_examples_page_set_set  (TlmExamplesPage *self, TlmExampleSet *set);
TlmExampleSet *tlm_examples_page_get_set  (TlmExamplesPage *self); /* (nullable) */
void           tlm_examples_page_add_file (TlmExamplesPage *self, GFile *file);

G_END_DECLS
