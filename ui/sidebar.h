/* SPDX-License-Identifier: Apache-2.0 */
/* The sidebar: notes, chats, and one search over both. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_SIDEBAR (tlm_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (TlmSidebar, tlm_sidebar, TLM, SIDEBAR, AdwBin)

typedef enum { TLM_SECTION_NOTES, TLM_SECTION_CHATS } TlmSection;

void tlm_sidebar_set_services (TlmSidebar *self, TlmServices *services);
void tlm_sidebar_select       (TlmSidebar *self, TlmSection section, gpointer item);
void tlm_sidebar_show_section (TlmSidebar *self, TlmSection section);
void tlm_sidebar_focus_search (TlmSidebar *self);
void tlm_sidebar_focus_list   (TlmSidebar *self);
void tlm_sidebar_search       (TlmSidebar *self, const char *words);
gboolean tlm_sidebar_leave_search (TlmSidebar *self);
void tlm_sidebar_show_import  (TlmSidebar *self, double fraction);
void tlm_sidebar_end_import   (TlmSidebar *self);

G_END_DECLS
