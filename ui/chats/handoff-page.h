/* SPDX-License-Identifier: Apache-2.0 */
/* A text to take elsewhere, with what is private in it marked. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_HANDOFF_PAGE (tlm_handoff_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmHandoffPage, tlm_handoff_page, TLM, HANDOFF_PAGE, AdwPreferencesPage)

GtkWidget *tlm_handoff_page_new (const char *text);

G_END_DECLS
