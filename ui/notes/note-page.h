/* SPDX-License-Identifier: Apache-2.0 */
/* One note: its editor and, beside it, its summary. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_NOTE_PAGE (tlm_note_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmNotePage, tlm_note_page, TLM, NOTE_PAGE, AdwBin)

void     tlm_note_page_set_services (TlmNotePage *self, TlmServices *services);
void     tlm_note_page_open         (TlmNotePage *self, TlmNote *note, gboolean is_new);
TlmNote *tlm_note_page_get_note     (TlmNotePage *self);
void     tlm_note_page_show_item    (TlmNotePage *self, const char *sentence);
void     tlm_note_page_show_summary (TlmNotePage *self);
void     tlm_note_page_show_words   (TlmNotePage *self, const char *words, guint64 len);
int      tlm_note_page_get_top      (TlmNotePage *self);
void     tlm_note_page_show_top     (TlmNotePage *self, int offset);
void     tlm_note_page_save         (TlmNotePage *self);
void     tlm_note_page_discard      (TlmNotePage *self);
void     tlm_note_page_focus        (TlmNotePage *self);
GtkWidget *tlm_note_page_get_pane   (TlmNotePage *self);

G_END_DECLS
