/* SPDX-License-Identifier: Apache-2.0 */
/* Trainings in the store. Examples are rows, not text, so that whatever they hold comes back as it
 * was. */
#include "training-record.h"

#include "example-turns.h"
#include "models/models-private.h"
#include "core/paths.h"
#include "store/store-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

TlmTrainingRecord *
tlm_training_record_new (gint64                      set_id,
                         const char                 *name,
                         const TlmSpecialistOptions *options)
{
  TlmTrainingRecord *record = g_new0 (TlmTrainingRecord, 1);

  record->set_id = set_id;
  record->name = g_strdup (name);
  record->options = tlm_specialist_options_copy (options);
  record->points = g_array_new (FALSE, FALSE, sizeof (TlmLossPoint));
  return record;
}

TlmTrainingRecord *
tlm_training_record_copy (const TlmTrainingRecord *record)
{
  TlmTrainingRecord *copy = tlm_training_record_new (record->set_id, record->name,
                                                     record->options);

  copy->won = record->won;
  memcpy (copy->sha256, record->sha256, sizeof copy->sha256);
  g_array_append_vals (copy->points, record->points->data, record->points->len);
  return copy;
}

void
tlm_training_record_free (TlmTrainingRecord *record)
{
  g_free (record->name);
  tlm_specialist_options_free (record->options);
  g_array_unref (record->points);
  g_free (record->stamp);
  g_free (record);
}

/* ---- the file ---- */

/* "My mail/2" to "My mail-2": the name of a file. */
static char *
dup_file_name (const char *name)
{
  char *base = g_strdelimit (g_strndup (name, 60), "/\\:\n\r\t", '-');
  char *end;

  g_utf8_validate (base, -1, (const char **) &end); /* a character may have been cut */
  *end = '\0';
  g_strstrip (base);
  if (*base == '.' || *base == '\0')
    {
      g_free (base);
      base = g_strdup ("specialist");
    }
  return base;
}

char *
tlm_training_reserve (const char *name,
                      int        *lock)
{
  g_autofree char *folder = tlm_paths_dup_models (), *base = dup_file_name (name);

  g_mkdir_with_parents (folder, 0700); /* the training says what is wrong */
  return tlm_models_reserve (base, lock);
}

gboolean
tlm_training_record_has_checkpoint (const TlmTrainingRecord *record)
{
  g_autofree char *checkpoint = tlm_specialist_dup_checkpoint (record->options->out_path);

  return g_file_test (checkpoint, G_FILE_TEST_EXISTS);
}

gboolean
tlm_training_record_is_ended (const TlmTrainingRecord *record)
{
  return g_file_test (record->options->out_path, G_FILE_TEST_EXISTS)
         && !tlm_training_record_has_checkpoint (record);
}

static char *
dup_stamp (const TlmTrainingRecord *record)
{
  g_autofree char *checkpoint = tlm_specialist_dup_checkpoint (record->options->out_path);
  GStatBuf         info = { 0 };

  g_stat (checkpoint, &info);
  return g_strdup_printf ("%ju %jd %jd.%09ld", (uintmax_t) info.st_ino, (intmax_t) info.st_size,
                          (intmax_t) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

void
tlm_training_record_stamp (TlmTrainingRecord *record)
{
  g_free (record->stamp);
  record->stamp = dup_stamp (record);
}

gboolean
tlm_training_record_is_stamped (const TlmTrainingRecord *record)
{
  g_autofree char *now = dup_stamp (record);

  return g_strcmp0 (now, record->stamp) == 0;
}

gboolean
tlm_training_record_is_same (const TlmTrainingRecord *record,
                             const TlmTrainingRecord *other)
{
  return g_str_equal (record->options->out_path, other->options->out_path);
}

/* ---- the curve as text: "STEP LOSS VALID" a line ---- */

void
tlm_training_record_add_point (TlmTrainingRecord  *record,
                               const TlmLossPoint *point)
{
  GArray      *points = record->points;
  TlmLossPoint added = *point;

  while (points->len > 0
         && g_array_index (points, TlmLossPoint, points->len - 1).step >= added.step)
    {
      const TlmLossPoint *last = &g_array_index (points, TlmLossPoint, points->len - 1);

      if (last->step == added.step && isnan (added.loss))
        added.loss = last->loss;
      g_array_set_size (points, points->len - 1);
    }
  g_array_append_val (points, added);
}

static char *
dup_points (GArray *points)
{
  GString *text = g_string_new (NULL);
  char     loss[G_ASCII_DTOSTR_BUF_SIZE], valid[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < points->len; i++)
    {
      const TlmLossPoint *point = &g_array_index (points, TlmLossPoint, i);

      g_ascii_formatd (loss, sizeof loss, "%.4f", point->loss);
      g_ascii_formatd (valid, sizeof valid, "%.4f", point->valid_loss);
      g_string_append_printf (text, "%u %s %s\n", point->step, loss, valid);
    }
  return g_string_free (text, FALSE);
}

static void
read_points (GArray     *points,
             const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], " ", 3);
      TlmLossPoint   point;

      if (g_strv_length (parts) < 3)
        continue;
      point.step = (guint) g_ascii_strtoull (parts[0], NULL, 10);
      point.loss = g_ascii_strtod (parts[1], NULL);
      point.valid_loss = g_ascii_strtod (parts[2], NULL);
      g_array_append_val (points, point);
    }
}

/* ---- writing ---- */

gboolean
tlm_training_record_free_name (TlmDb      *db,
                               const char *out_path,
                               GError    **error)
{
  g_autofree char *uri = g_filename_to_uri (out_path, NULL, error);

  return uri != NULL
         && tlm_db_run (db, error, "DELETE FROM trainings WHERE out = ? AND finished = 1", "t",
                        out_path)
         && tlm_db_run (db, error, "DELETE FROM models WHERE uri = ?", "t", uri);
}

static gboolean
add_row (TlmDb                   *db,
         const TlmTrainingRecord *record,
         GError                 **error)
{
  const TlmSpecialistOptions *o = record->options;

  return tlm_training_record_free_name (db, o->out_path, error)
         && tlm_db_run (db, error,
                        "INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, "
                        "rate, targets, epochs, minutes, seed, full) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "ittti" "ddd" "iidii", record->set_id, record->name, o->model_path,
                        o->out_path, (gint64) o->rank, o->alpha, o->dropout, o->lr,
                        (gint64) o->targets, (gint64) o->epochs, o->minutes, (gint64) o->seed, (gint64) o->full);
}

static gboolean
add_examples (TlmDb             *db,
              const TlmExamples *examples,
              GError           **error)
{
  gint64   id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  gboolean good = TRUE;

  for (gsize i = 0; good && i < examples->n; i++)
    {
      const TlmExample *e = &examples->items[i];
      g_autofree char  *turns = e->turns != NULL ? tlm_turns_write (e->turns, NULL) : NULL;

      good = tlm_db_run (db, error,
                         "INSERT INTO training_examples (training_id, input, output, turns) "
                         "VALUES (?, ?, ?, ifnull (?, ''))", "ittt", id, e->input, e->output, turns);
    }
  return good;
}

gboolean
tlm_training_record_add (TlmDb                   *db,
                         const TlmTrainingRecord *record,
                         GError                 **error)
{
  if (!tlm_db_begin (db, error))
    return FALSE;
  if (add_row (db, record, error) && add_examples (db, record->options->examples, error))
    return tlm_db_commit (db, error);
  tlm_db_rollback (db);
  return FALSE;
}

gboolean
tlm_training_record_update (TlmDb                   *db,
                            const TlmTrainingRecord *record,
                            GError                 **error)
{
  g_autofree char *points = dup_points (record->points);

  return tlm_db_run (db, error, "UPDATE trainings SET points = ? WHERE out = ?", "tt", points,
                     record->options->out_path);
}

/* Its file is where copies are. */
static gboolean
add_model (TlmDb                   *db,
           const TlmTrainingRecord *record,
           GError                 **error)
{
  GStatBuf        info = { 0 };
  TlmModelChange  change = { .path = (char *) record->options->out_path, .copy = TRUE,
                             .name = g_strdup (record->name), .sha256 = (char *) record->sha256 };
  gboolean        good;

  g_stat (change.path, &info);
  change.size = (guint64) info.st_size;
  good = tlm_model_change_insert (&change, db, error);
  g_free (change.name);
  return good;
}

/* Adapters alone are switched on and off. */
gboolean
tlm_training_record_finish (TlmDb                   *db,
                            const TlmTrainingRecord *record,
                            GError                 **error)
{
  const TlmSpecialistOptions *o = record->options;

  if (!tlm_db_begin (db, error))
    return FALSE;
  if (tlm_db_run (db, error, "UPDATE trainings SET finished = 1, used = ? WHERE out = ?", "it",
                  (gint64) (record->won && !o->full), o->out_path)
      && (!o->full || add_model (db, record, error)))
    return tlm_db_commit (db, error);
  tlm_db_rollback (db);
  return FALSE;
}

gboolean
tlm_training_record_remove (TlmDb                   *db,
                            const TlmTrainingRecord *record,
                            GError                 **error)
{
  return tlm_db_run (db, error, "DELETE FROM trainings WHERE out = ?", "t",
                     record->options->out_path);
}

/* ---- by the store ---- */

typedef struct
{
  TlmTrainingRecordFunc func;
  TlmTrainingRecord    *record;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tlm_training_record_free (job->record);
  g_free (job);
}

static void
record_job (gpointer owner,
            GTask   *task)
{
  Job     *job = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = job->func (owner, job->record, &error);

  tlm_task_return_success (task, good, error);
}

void
tlm_training_record_post (TlmStore                *store,
                          const TlmTrainingRecord *record,
                          TlmTrainingRecordFunc    func,
                          gpointer                 source,
                          GAsyncReadyCallback      cb)
{
  GTask *task = g_task_new (source, NULL, cb, NULL);
  Job   *job = g_new (Job, 1);

  *job = (Job) { func, tlm_training_record_copy (record) };
  g_task_set_task_data (task, job, job_free);
  tlm_store_post (store, task, record_job);
}

/* A checkpoint lies there until the store knows that it is not needed any more. */
gboolean
tlm_training_record_post_finish (GAsyncResult *r,
                                 GError      **error)
{
  const Job *job = g_task_get_task_data (G_TASK (r));
  gboolean   good = g_task_propagate_boolean (G_TASK (r), error);

  if (good && job->func == tlm_training_record_finish)
    tlm_specialist_drop_checkpoint (job->record->options->out_path);
  return good;
}

/* ---- reading ---- */

static TlmTrainingRecord *
read_row (sqlite3_stmt *row,
          gint64       *id)
{
  static const TlmExamples none = { 0 };
  TlmSpecialistOptions     options = {
    .model_path = tlm_db_column_text (row, 3),
    .out_path = tlm_db_column_text (row, 4),
    .examples = &none,
    .rank = (guint) sqlite3_column_int (row, 5),
    .alpha = sqlite3_column_double (row, 6),
    .dropout = sqlite3_column_double (row, 7),
    .lr = sqlite3_column_double (row, 8),
    .targets = (unsigned) sqlite3_column_int (row, 9),
    .epochs = (guint) sqlite3_column_int (row, 10),
    .minutes = sqlite3_column_double (row, 11),
    .seed = (guint64) sqlite3_column_int64 (row, 12),
    .full = sqlite3_column_int (row, 14) != 0,
    .type = TL_TYPE_Q8_0,
    .waits = TRUE,
  };
  TlmTrainingRecord       *record;

  *id = sqlite3_column_int64 (row, 0);
  record = tlm_training_record_new (sqlite3_column_int64 (row, 1), tlm_db_column_text (row, 2),
                                    &options);
  read_points (record->points, tlm_db_column_text (row, 13));
  return record;
}

static void
clear_example (gpointer data)
{
  TlmExample *example = data;

  g_free (example->input);
  g_free (example->output);
  g_strfreev (example->turns);
}

static TlmExamples *
read_examples (TlmDb   *db,
               gint64   id,
               GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TlmExample));
  sqlite3_stmt      *row = tlm_db_query (db, error,
                                         "SELECT input, output, turns FROM training_examples "
                                         "WHERE training_id = ? ORDER BY id", "i", id);
  int                more = row != NULL ? 1 : -1;

  g_array_set_clear_func (items, clear_example);
  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      TlmExample example = { g_strdup (tlm_db_column_text (row, 0)),
                             g_strdup (tlm_db_column_text (row, 1)),
                             tlm_turns_read (tlm_db_column_text (row, 2)) };

      g_array_append_val (items, example);
    }
  return more == 0 ? tlm_examples_new ((const TlmExample *) (const void *) items->data, items->len)
                   : NULL;
}

TlmTrainingRecord *
tlm_training_record_find (TlmDb      *db,
                          const char *out_path,
                          GError    **error)
{
  g_autoptr (TlmTrainingRecord) record = NULL;
  gint64                        id;
  sqlite3_stmt                 *row
    = tlm_db_query (db, error,
                    "SELECT id, set_id, name, base, out, rank, alpha, dropout, rate, targets, "
                    "epochs, minutes, seed, points, full FROM trainings "
                    "WHERE CASE WHEN ?1 IS NULL THEN finished IS NULL ELSE out = ?1 END "
                    "ORDER BY id DESC LIMIT 1", "t", out_path);

  if (row == NULL || tlm_db_step (db, row, error) <= 0)
    return NULL;
  record = read_row (row, &id);
  sqlite3_reset (row);
  tlm_examples_free ((TlmExamples *) record->options->examples);
  record->options->examples = read_examples (db, id, error);
  return record->options->examples != NULL ? g_steal_pointer (&record) : NULL;
}
