/* SPDX-License-Identifier: Apache-2.0 */
/* A popover in which one of the notes is chosen, which "chat.attach-note" then gets. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_NOTE_CHOOSER (tlm_note_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TlmNoteChooser, tlm_note_chooser, TLM, NOTE_CHOOSER, GtkPopover)

GtkWidget *tlm_note_chooser_new (GListModel *notes);

G_END_DECLS
