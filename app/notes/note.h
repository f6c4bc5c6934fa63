/* SPDX-License-Identifier: Apache-2.0 */
/* A note as the lists show it; its text is loaded and saved through TlmNotes. Properties: id
 * (int64), title (string), updated (int64, Unix seconds), pinned-to-disk "saved" (boolean: false
 * while a change is not on the disk yet). Signals: "replaced": another program, or the file that the note
 * follows, has written another text; "flush": who edits it hands what is not saved yet to
 * tlm_notes_save_async() now. Main thread. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define TLM_TYPE_NOTE (tlm_note_get_type ())
G_DECLARE_FINAL_TYPE (TlmNote, tlm_note, TLM, NOTE, GObject)

/**
 * tlm_note_get_id:
 * Returns: its row in the store
 */
gint64 tlm_note_get_id (TlmNote *self);

/**
 * tlm_note_get_title:
 * Returns: (transfer none): first heading or line; "" for an empty note
 */
const char *tlm_note_get_title (TlmNote *self);

/**
 * tlm_note_get_updated:
 * Returns: when its text changed last, in Unix seconds
 */
gint64 tlm_note_get_updated (TlmNote *self);

/**
 * tlm_note_get_saved:
 * Returns: FALSE while a change is not on the disk yet
 */
gboolean tlm_note_get_saved (TlmNote *self);

G_END_DECLS
