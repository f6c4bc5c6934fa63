/* SPDX-License-Identifier: Apache-2.0 */
/* The notes: a GListModel of TlmNote, newest first, without those in the bin. Main thread; the
 * store's worker does the SQL. */
#pragma once

#include <gio/gio.h>

#include "note.h"
#include "store/store.h"

G_BEGIN_DECLS

#define TLM_TYPE_NOTES (tlm_notes_get_type ())
G_DECLARE_FINAL_TYPE (TlmNotes, tlm_notes, TLM, NOTES, GObject)

TlmNotes *tlm_notes_new         (TlmStore *store);
/* (transfer none) (nullable): the note of a search hit, when it is in the list */
TlmNote  *tlm_notes_find        (TlmNotes *self, gint64 id);
void      tlm_notes_load_async  (TlmNotes *self, GCancellable *c, GAsyncReadyCallback cb,
                                 gpointer data);
gboolean  tlm_notes_load_finish (TlmNotes *self, GAsyncResult *r, GError **error);

void      tlm_notes_create_async  (TlmNotes *self, const char *text, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
TlmNote  *tlm_notes_create_finish (TlmNotes *self, GAsyncResult *r, GError **error);

void      tlm_notes_get_text_async  (TlmNotes *self, TlmNote *note, GCancellable *c,
                                     GAsyncReadyCallback cb, gpointer data);
char     *tlm_notes_get_text_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/* Saves, and puts title, time and place in the list right. Saves of one note keep their order; a
 * failed one leaves "saved" false and is tried again by the next. */
void      tlm_notes_save_async  (TlmNotes *self, TlmNote *note, const char *text, GCancellable *c,
                                 GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_notes_save_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/* To the bin (it leaves the list), and back. Emptied after 30 days, at load. */
void      tlm_notes_trash_async    (TlmNotes *self, TlmNote *note, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_notes_trash_finish   (TlmNotes *self, GAsyncResult *r, GError **error);
void      tlm_notes_restore_async  (TlmNotes *self, TlmNote *note, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_notes_restore_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/* Reads a file (.md, .txt, any text) into a new note; not text, too large (64 MB) and unreadable
 * are errors with a sentence. The file is never written. */
void      tlm_notes_import_async  (TlmNotes *self, GFile *file, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
TlmNote  *tlm_notes_import_finish (TlmNotes *self, GAsyncResult *r, GError **error);

G_END_DECLS
