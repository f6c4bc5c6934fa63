/* SPDX-License-Identifier: Apache-2.0 */
/* The Help page: what can be done, and each topic as a text. Action "help.show" (string) shows a topic. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_HELP_PAGE (tlm_help_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmHelpPage, tlm_help_page, TLM, HELP_PAGE, AdwBin)

gboolean tlm_help_page_has (const char *id); /* whether there is such a topic */

G_END_DECLS
