/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of action items asks of the database: jobs of the store's thread. An item that was
 * ticked off stays when its note no longer has it, so that it is not to be done again should it
 * return. */
#include "todos-private.h"

#include "todo.h"

#include <string.h>

void
tlm_changed_note_free (gpointer data)
{
  TlmChangedNote *changed = data;

  g_free (changed->text);
  g_clear_object (&changed->summary);
  g_free (changed);
}

/* How many notes are to be read, with the one that is found. */
static gboolean
count_left (TlmDb *db, guint *n_left, GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT count (*) FROM notes n "
                                    "LEFT JOIN todo_reads r ON r.note_id = n.id "
                                    "WHERE n.trashed IS NULL AND r.updated IS NOT n.updated", "");
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step > 0)
    {
      *n_left = (guint) sqlite3_column_int64 (row, 0);
      sqlite3_reset (row);
    }
  return step > 0;
}

void
tlm_todos_next_job (gpointer owner, GTask *task)
{
  TlmDb          *db = owner;
  TlmChangedNote *changed = g_task_get_task_data (task);
  GError         *error = NULL;
  sqlite3_stmt   *row = tlm_db_query (db, &error,
                                    "SELECT n.id, n.updated, n.text FROM notes n "
                                    "LEFT JOIN todo_reads r ON r.note_id = n.id "
                                    "WHERE n.trashed IS NULL AND r.updated IS NOT n.updated "
                                    "ORDER BY n.updated DESC LIMIT 1", "");
  int             step = row != NULL ? tlm_db_step (db, row, &error) : -1;

  if (step > 0)
    {
      changed->note_id = sqlite3_column_int64 (row, 0);
      changed->updated = sqlite3_column_int64 (row, 1);
      changed->text = g_strdup (tlm_db_column_text (row, 2));
      sqlite3_reset (row);
      step = count_left (db, &changed->n_left, &error) ? 1 : -1;
    }
  tlm_task_return_success (task, step >= 0, error);
}

static gboolean
keep_item (TlmDb *db, const TlmChangedNote *changed, const TlmAction *action, gsize position,
           GError **error)
{
  TlmSummary      *summary = changed->summary;
  g_autofree char *text = tlm_summary_dup_shown (summary, &action->sentence);
  g_autofree char *owner = tlm_summary_dup_shown (summary, &action->owner);
  g_autofree char *due = tlm_summary_dup_shown (summary, &action->due);
  gboolean         dated = tlm_day_is_set (action->due_days.first);
  g_autofree char *first = dated ? tlm_day_dup_iso (action->due_days.first) : g_strdup ("");
  g_autofree char *last = dated ? tlm_day_dup_iso (action->due_days.last) : g_strdup ("");

  return tlm_db_run (db, error,
                     "INSERT INTO todos (note_id, position, text, owner, due, due_first, due_last) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (note_id, text) DO UPDATE SET "
                     "position = excluded.position, owner = excluded.owner, due = excluded.due, "
                     "due_first = excluded.due_first, due_last = excluded.due_last",
                     "iittttt", changed->note_id, (gint64) position, text, owner, due, first, last);
}

static gboolean
keep_items (TlmDb *db, const TlmChangedNote *changed, GError **error)
{
  gsize            n = 0;
  const TlmAction *actions = changed->summary != NULL
                               ? tlm_summary_get_actions (changed->summary, &n) : NULL;

  if (!tlm_db_run (db, error, "UPDATE todos SET position = NULL WHERE note_id = ?", "i",
                   changed->note_id))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!keep_item (db, changed, &actions[i], i, error))
      return FALSE;
  return tlm_db_run (db, error, "DELETE FROM todos WHERE note_id = ? AND position IS NULL "
                                "AND done IS NULL", "i", changed->note_id)
         && tlm_db_run (db, error, "INSERT INTO todo_reads (note_id, updated) VALUES (?, ?) "
                                   "ON CONFLICT (note_id) DO UPDATE SET updated = excluded.updated",
                        "ii", changed->note_id, changed->updated);
}

/* A note that went for good meanwhile is passed over. */
static gboolean
note_is_there (TlmDb *db, gint64 id, gboolean *there, GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT 1 FROM notes WHERE id = ?", "i", id);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  *there = step > 0;
  if (step > 0)
    sqlite3_reset (row);
  return step >= 0;
}

void
tlm_todos_keep_job (gpointer owner, GTask *task)
{
  TlmDb          *db = owner;
  TlmChangedNote *changed = g_task_get_task_data (task);
  GError         *error = NULL;
  gboolean        there = FALSE, good = tlm_db_begin (db, &error);

  if (good)
    {
      good = note_is_there (db, changed->note_id, &there, &error)
             && (!there || keep_items (db, changed, &error));
      if (good)
        good = tlm_db_commit (db, &error);
      else
        tlm_db_rollback (db);
    }
  tlm_task_return_success (task, good, error);
}

static TlmDays
read_days (const char *first, const char *last)
{
  TlmDays days = { 0 }, end = { 0 };
  TlmDay  any = { 2000, 1, 1 }; /* whole dates need no day from which to count */

  if (*first != '\0' && tlm_days_parse (first, strlen (first), any, &days)
      && tlm_days_parse (last, strlen (last), any, &end))
    days.last = end.last;
  return days;
}

void
tlm_todos_load_job (gpointer owner, GTask *task)
{
  TlmDb        *db = owner;
  GPtrArray    *todos = g_ptr_array_new_with_free_func (g_object_unref);
  GError       *error = NULL;
  sqlite3_stmt *row = tlm_db_query (db, &error,
                                    "SELECT t.id, t.note_id, n.title, t.text, t.owner, t.due, "
                                    "t.due_first, t.due_last, t.done IS NOT NULL "
                                    "FROM todos t JOIN notes n ON n.id = t.note_id "
                                    "WHERE n.trashed IS NULL AND t.position IS NOT NULL "
                                    "ORDER BY t.due_last = '', t.due_last, n.updated DESC, n.id, "
                                    "t.position", "");

  while (row != NULL && tlm_db_step (db, row, &error) > 0)
    {
      TlmDays due = read_days (tlm_db_column_text (row, 6), tlm_db_column_text (row, 7));

      g_ptr_array_add (todos, tlm_todo_new (sqlite3_column_int64 (row, 0),
                                            sqlite3_column_int64 (row, 1),
                                            tlm_db_column_text (row, 2),
                                            tlm_db_column_text (row, 3),
                                            tlm_db_column_text (row, 4),
                                            tlm_db_column_text (row, 5), &due,
                                            sqlite3_column_int (row, 8)));
    }
  if (error == NULL)
    {
      g_task_return_pointer (task, todos, (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  g_ptr_array_unref (todos);
  g_task_return_error (task, error);
}

void
tlm_todos_tick_job (gpointer owner, GTask *task)
{
  TlmTick *tick = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tick->done ? tlm_db_run (owner, &error, "UPDATE todos SET done = ? WHERE id = ?",
                                           "ii", g_get_real_time (), tick->id)
                             : tlm_db_run (owner, &error,
                                           "UPDATE todos SET done = NULL WHERE id = ?", "i",
                                           tick->id);

  tlm_task_return_success (task, good, error);
}
