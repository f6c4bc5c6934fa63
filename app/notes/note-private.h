/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of notes may do with a note. */
#pragma once

#include "note.h"

G_BEGIN_DECLS

/* @updated_us: microseconds since 1970, the order of the list */
TlmNote *tlm_note_new            (gint64 id, const char *title, gint64 updated_us);
gint64   tlm_note_get_updated_us (TlmNote *self);
void     tlm_note_set_title      (TlmNote *self, const char *title);
void     tlm_note_set_updated_us (TlmNote *self, gint64 updated_us);
void     tlm_note_replaced       (TlmNote *self); /* emits the signal */
void     tlm_note_flush          (TlmNote *self); /* emits the signal */

/* Each save counts up; only the newest one's success makes the note saved. Returns: whether it was
 * the newest */
guint    tlm_note_begin_save     (TlmNote *self);
gboolean tlm_note_end_save       (TlmNote *self, guint save, gboolean success);

G_END_DECLS
