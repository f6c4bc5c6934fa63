/* SPDX-License-Identifier: Apache-2.0 */
/* The action items of all notes. A note is read again only when it was changed; what is ticked off is
 * kept in the store and never written into a note. Main thread; the store's and the reader's threads
 * do the work. */
#pragma once

#include <gio/gio.h>

#include "models/engine-service.h"
#include "store/store.h"
#include "todo.h"

G_BEGIN_DECLS

#define TLM_TYPE_TODOS (tlm_todos_get_type ())
G_DECLARE_FINAL_TYPE (TlmTodos, tlm_todos, TLM, TODOS, GObject)

/* Properties: n-left (uint): notes that are still to be read while it is being brought up to date. */
TlmTodos   *tlm_todos_new      (TlmStore *store, TlmEngineService *engine);
GListModel *tlm_todos_get_list (TlmTodos *self); /* (transfer none): of TlmTodo, by due day */
guint       tlm_todos_get_n_left (TlmTodos *self);

/**
 * tlm_todos_refresh_async:
 *
 * Shows at once what is known, reads the notes that changed since, and shows what they gave. One that
 * cannot be read as text has no items and is no error.
 */
void     tlm_todos_refresh_async   (TlmTodos *self, GCancellable *c, GAsyncReadyCallback cb,
                                    gpointer data);
/* The same without haste, for a time when nobody waits: it rests after each note as long as that took,
 * and gives way to tlm_todos_refresh_async(). */
void     tlm_todos_catch_up        (TlmTodos *self);
gboolean tlm_todos_refresh_finish  (TlmTodos *self, GAsyncResult *r, GError **error);

/* Ticks @todo off, or back, in the list and in the store; in the list not when the store fails. */
void     tlm_todos_set_done_async  (TlmTodos *self, TlmTodo *todo, gboolean done, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean tlm_todos_set_done_finish (TlmTodos *self, GAsyncResult *r, GError **error);

G_END_DECLS
