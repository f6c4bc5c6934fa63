/* SPDX-License-Identifier: Apache-2.0 */
/* The notes: a GListModel of TlmNote, newest first, without those in the bin. Main thread; the
 * store's worker does the SQL. Another program may write into the same store: what it did is here
 * after the next tlm_notes_load_async(), and no save overwrites it. Signals: "gone" (TlmNote), which
 * another program moved to the bin or deleted; "parted" (TlmNote), the new note that has the text of
 * another program where one was saved here over it. */
#pragma once

#include <gio/gio.h>

#include "note.h"
#include "store/store.h"

G_BEGIN_DECLS

#define TLM_TYPE_NOTES (tlm_notes_get_type ())
G_DECLARE_FINAL_TYPE (TlmNotes, tlm_notes, TLM, NOTES, GObject)

/**
 * tlm_notes_new:
 * @store: (transfer none): open
 *
 * Returns: (transfer full): empty until tlm_notes_load_async()
 */
TlmNotes *tlm_notes_new (TlmStore *store);

/**
 * tlm_notes_find:
 * @id: of a note, e.g. of a search hit
 *
 * Returns: (transfer none) (nullable): the note, when it is in the list
 */
TlmNote *tlm_notes_find (TlmNotes *self, gint64 id);

/**
 * tlm_notes_load_async:
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Reads the list; what lay in the bin for 30 days is deleted. A note that is in the list already
 * stays the object that it is.
 */
void tlm_notes_load_async (TlmNotes *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_notes_load_finish:
 * @r: of the callback
 */
gboolean tlm_notes_load_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_create_async:
 * @text: of the new note
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 */
void tlm_notes_create_async (TlmNotes *self, const char *text, GCancellable *c,
                             GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_notes_create_finish:
 * @r: of the callback
 *
 * Returns: (transfer full): the note, which is in the list
 */
TlmNote *tlm_notes_create_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_get_text_async:
 * @note: of the list
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 */
void tlm_notes_get_text_async (TlmNotes *self, TlmNote *note, GCancellable *c,
                               GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_notes_get_text_finish:
 * @r: of the callback
 *
 * Returns: (transfer full): the whole text
 */
char *tlm_notes_get_text_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_save_async:
 * @note: of the list
 * @text: whole
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Saves, and puts title, time and place in the list right. Saves of one note keep their order; a
 * failed one leaves "saved" false and is tried again by the next.
 */
void tlm_notes_save_async (TlmNotes *self, TlmNote *note, const char *text, GCancellable *c,
                           GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_notes_save_finish:
 * @r: of the callback
 */
gboolean tlm_notes_save_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_trash_async:
 * @note: of the list, which it leaves for the bin; emptied after 30 days, at load
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 */
void tlm_notes_trash_async (TlmNotes *self, TlmNote *note, GCancellable *c, GAsyncReadyCallback cb,
                            gpointer data);

/**
 * tlm_notes_trash_finish:
 * @r: of the callback
 */
gboolean tlm_notes_trash_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_restore_async:
 * @note: of the bin, which comes back to the list
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 */
void tlm_notes_restore_async (TlmNotes *self, TlmNote *note, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_notes_restore_finish:
 * @r: of the callback
 */
gboolean tlm_notes_restore_finish (TlmNotes *self, GAsyncResult *r, GError **error);

/**
 * tlm_notes_import_async:
 * @file: of any kind that holds text; never written
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Reads it into a new note; not text, too large (64 MB) and unreadable are errors with a sentence.
 */
void tlm_notes_import_async (TlmNotes *self, GFile *file, GCancellable *c, GAsyncReadyCallback cb,
                             gpointer data);

/**
 * tlm_notes_import_finish:
 * @r: of the callback
 *
 * Returns: (transfer full): the note, which is in the list
 */
TlmNote *tlm_notes_import_finish (TlmNotes *self, GAsyncResult *r, GError **error);

G_END_DECLS
