/* SPDX-License-Identifier: Apache-2.0 */
/* Examples in the store's tables. Ids are made by the list, not by the tables, so that a row is
 * there at once and comes back under its id when its removal is taken back. */
#include "example-set-private.h"

#include "example-turns.h"
#include "store/store-private.h"

void
tlm_example_record_free (gpointer data)
{
  TlmExampleRecord *record = data;

  g_free (record->input);
  g_free (record->output);
  g_strfreev (record->turns);
  g_free (record);
}

/* Microseconds: two programs at one store do not meet in them. */
gint64
tlm_example_next_id (void)
{
  static gint64 last;

  last = MAX (last + 1, g_get_real_time ());
  return last;
}

/* What it came from may have been deleted meanwhile. */
gboolean
tlm_example_record_write (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  g_autofree char *turns = record->turns != NULL ? tlm_turns_write (record->turns, NULL) : NULL;

  return tlm_db_run (db, error,
                     "INSERT INTO examples (id, set_id, input, output, note_id, message_id, "
                     "created, turns) VALUES (?, ?, ?, ?, (SELECT id FROM notes WHERE id = ?), "
                     "(SELECT id FROM messages WHERE id = ?), ?, ifnull (?, '')) "
                     "ON CONFLICT (id) DO UPDATE SET input = excluded.input, "
                     "output = excluded.output, turns = excluded.turns", "iittiiit", record->id, record->set_id,
                     record->input, record->output, record->source.note_id,
                     record->source.message_id, record->created, turns);
}

gboolean
tlm_example_record_erase (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  return tlm_db_run (db, error, "DELETE FROM examples WHERE id = ?", "i", record->id);
}

static TlmExampleRecord *
read_record (sqlite3_stmt *row)
{
  TlmExampleRecord *record = g_new (TlmExampleRecord, 1);

  *record = (TlmExampleRecord) {
    .id = sqlite3_column_int64 (row, 0),
    .set_id = sqlite3_column_int64 (row, 1),
    .input = g_strdup (tlm_db_column_text (row, 2)),
    .output = g_strdup (tlm_db_column_text (row, 3)),
    .source = { sqlite3_column_int64 (row, 4), sqlite3_column_int64 (row, 5) },
    .created = sqlite3_column_int64 (row, 6),
    .turns = tlm_turns_read (tlm_db_column_text (row, 7)),
  };
  return record;
}

GPtrArray *
tlm_example_records_read (TlmDb *db, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (tlm_example_record_free);
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT id, set_id, input, output, note_id, message_id, created, "
                                    "turns FROM examples ORDER BY set_id, id", "");
  int more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_ptr_array_add (records, read_record (row));
  return more == 0 ? g_steal_pointer (&records) : NULL;
}

/* ---- on the way ---- */

typedef struct
{
  GPtrArray           *records;
  TlmExampleRecordFunc func;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_ptr_array_unref (job->records);
  g_free (job);
}

static void
records_job (gpointer owner, GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean begun = tlm_db_begin (owner, &error), good = begun;

  for (guint i = 0; good && i < job->records->len; i++)
    good = job->func (owner, job->records->pdata[i], &error);
  if (good)
    good = tlm_db_commit (owner, &error);
  else if (begun)
    tlm_db_rollback (owner);
  tlm_task_return_success (task, good, error);
}

void
tlm_example_records_post (TlmStore *store, gpointer source, GPtrArray *records,
                          TlmExampleRecordFunc func, GAsyncReadyCallback done, gpointer data)
{
  GTask *task = g_task_new (source, NULL, done, data);
  Job *job = g_new (Job, 1);

  *job = (Job) { records, func };
  g_task_set_task_data (task, job, job_free);
  tlm_store_post (store, task, records_job);
}
