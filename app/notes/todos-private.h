/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of action items (todos.c) and its jobs in the store (todos-store.c) share. */
#pragma once

#include "store/store-private.h"
#include "todos.h"

G_BEGIN_DECLS

/* Plain data on its way between the threads. */
typedef struct
{
  gint64      note_id, updated; /* 0: none is left */
  char       *text;
  guint       n_left;
  TlmSummary *summary; /* NULL for a note that is no text */
} TlmChangedNote;

void tlm_changed_note_free (gpointer data);

typedef struct
{
  TlmTodo *todo; /* touched on the main thread only */
  gint64   id;
  gboolean done;
} TlmTick;

/* Each job's task returns a boolean, that of loading a GPtrArray of TlmTodo. The data: a
 * TlmChangedNote to fill with the next note that changed; one whose summary is to be kept; none; a
 * TlmTick. */
void tlm_todos_next_job (gpointer owner, GTask *task);
void tlm_todos_keep_job (gpointer owner, GTask *task);
void tlm_todos_load_job (gpointer owner, GTask *task);
void tlm_todos_tick_job (gpointer owner, GTask *task);

G_END_DECLS
