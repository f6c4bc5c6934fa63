/* SPDX-License-Identifier: Apache-2.0 */
/* The changes that a person makes to the installed models, and what the store records of each. */
#include "models-private.h"

#include "core/errors.h"
#include "licenses/license-models.h"
#include "model-hash.h"
#include "core/paths.h"
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* ---- the bin ---- */

gboolean
tlm_models_delete (TlmDb   *db,
                   gint64   before,
                   gint64   id,
                   GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT uri FROM models WHERE trashed < ?1 "
                                               "AND ?2 IN (0, id)", "ii", before, id);
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      g_autofree char *path = g_filename_from_uri (tlm_db_column_text (row, 0), NULL, NULL);

      if (path != NULL)
        g_unlink (path);
    }
  return more == 0
         && tlm_db_run (db, error, "DELETE FROM models WHERE trashed < ?1 AND ?2 IN (0, id)", "ii",
                        before, id);
}

/* ---- files that nobody knows ---- */

/* 1, 0, or -1 with @error. What a training writes is its own until it is finished. */
static int
is_known (TlmDb      *db,
          const char *path,
          GError    **error)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  sqlite3_stmt    *row = tlm_db_query (db, error, "SELECT 1 FROM models WHERE uri = ?1 "
                                                  "UNION SELECT 1 FROM trainings WHERE out = ?2",
                                       "tt", uri, path);
  int              step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step > 0)
    sqlite3_reset (row);
  return step;
}

/* The program was killed between a file and its row, or an older backup took the place of the row. */
static gboolean
find_strangers (TlmModelChange *change,
                TlmDb          *db,
                GError        **error)
{
  g_autofree char          *folder = tlm_paths_dup_models ();
  g_autoptr (GDir)          dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GStrvBuilder)  found = g_strv_builder_new ();
  const char               *name;
  int                       known = 1;

  while (known >= 0 && dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, ".gguf") && (known = is_known (db, path, error)) == 0)
        g_strv_builder_add (found, path);
    }
  change->strangers = g_strv_builder_end (found);
  return known >= 0;
}

/* A file that is no language model, or whose like is here already, is let alone. */
void
tlm_model_change_take_in (TlmModelChange *change)
{
  for (gsize i = 0; change->strangers != NULL && change->strangers[i] != NULL; i++)
    tlm_model_change_begin (change->models,
                            &(TlmModelChange){ .work = tlm_model_change_adopt,
                                               .record = tlm_model_change_insert,
                                               .path = g_strdup (change->strangers[i]),
                                               .copy = TRUE },
                            NULL, NULL, NULL);
}

static gboolean
tidy_up (TlmModelChange *change,
         TlmDb          *db,
         GError        **error)
{
  gint64 limit_us;

  return tlm_store_get_bin_limit (db, &limit_us, error)
         && tlm_models_delete (db, limit_us, 0, error) && find_strangers (change, db, error);
}

void
tlm_models_load_async (TlmModels          *self,
                       GCancellable       *c,
                       GAsyncReadyCallback cb,
                       gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_sweep, .record = tidy_up };

  tlm_model_change_begin (self, &change, c, cb, data);
}

/* ---- what the store records ---- */

/* No other file has the same content. */
static gboolean
check_new (TlmModelChange *change,
           TlmDb          *db,
           const char     *uri,
           GError        **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT name, trashed IS NULL FROM models "
                                               "WHERE sha256 = ? AND uri <> ?", "tt",
                                    change->sha256, uri);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step <= 0)
    return step == 0;
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               sqlite3_column_int (row, 1)
                 ? _("This model is here already; it is called “%s”.")
                 : _("This model is in the bin; it is called “%s”. Restore it there."),
               tlm_db_column_text (row, 0));
  sqlite3_reset (row);
  return FALSE;
}

/* 1, 0, or -1 with @error. Names are how the command line tells models apart. */
static int
is_taken (TlmDb      *db,
          const char *name,
          const char *uri,
          GError    **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT 1 FROM models WHERE name = ? AND uri <> ?",
                                    "tt", name, uri);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step > 0)
    sqlite3_reset (row);
  return step == 0 ? tlm_licensed_models_find (name) != NULL : step;
}

static gboolean
make_name_free (TlmModelChange *change,
                TlmDb          *db,
                const char     *uri,
                GError        **error)
{
  g_autofree char *name = g_strdup (change->name);
  int              taken;

  for (guint i = 2; (taken = is_taken (db, change->name, uri, error)) > 0; i++)
    {
      g_free (change->name);
      change->name = g_strdup_printf ("%s %u", name, i);
    }
  return taken == 0;
}

/* A file that was added before is that model still, with its name. */
gboolean
tlm_model_change_insert (TlmModelChange *change,
                         TlmDb          *db,
                         GError        **error)
{
  g_autofree char *uri = g_filename_to_uri (change->path, NULL, error);

  return uri != NULL && check_new (change, db, uri, error)
         && make_name_free (change, db, uri, error)
         && tlm_db_run (db, error,
                        "INSERT INTO models (uri, name, owned, sha256, size, added) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (uri) DO UPDATE "
                        "SET sha256 = excluded.sha256, size = excluded.size, "
                        "trashed = NULL", "ttitii", uri,
                        change->name, (gint64) change->copy, change->sha256,
                        (gint64) change->size, g_get_real_time ());
}

/* Of a specialist whose file is gone, a row stays until another file takes its name. */
static gboolean
free_name (TlmDb      *db,
           const char *path,
           GError    **error)
{
  return tlm_db_run (db, error, "DELETE FROM trainings WHERE out = ? AND finished = 1", "t", path);
}

/* A copy that nobody knows of would only take room. */
static gboolean
record_added (TlmModelChange *change,
              TlmDb          *db,
              GError        **error)
{
  gboolean good = (!change->copy || free_name (db, change->path, error))
                  && tlm_model_change_insert (change, db, error);

  if (!good && change->copy)
    g_unlink (change->path);
  return good;
}

void
tlm_models_import_async (TlmModels          *self,
                         const char         *path,
                         gboolean            copy,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_import,
                                  .record = record_added,
                                  .path = g_canonicalize_filename (path, NULL),
                                  .copy = copy };

  tlm_model_change_begin (self, &change, c, cb, data);
}

static gboolean
record_name (TlmModelChange *change,
             TlmDb          *db,
             GError        **error)
{
  const TlmModelState *state = tlm_model_get_state (change->model);
  g_autofree char     *uri = g_filename_to_uri (state->path, NULL, error);
  int                  taken = uri != NULL ? is_taken (db, change->name, uri, error) : -1;

  if (taken < 0)
    return FALSE;
  if (taken > 0 || *change->name == '\0')
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_EMPTY,
                   taken ? _("Another model is called “%s”.") : _("A model needs a name."),
                   change->name);
      return FALSE;
    }
  change->sentence = g_strdup_printf (_("The model is called “%s” now."), change->name);
  return tlm_db_run (db, error, "UPDATE models SET name = ? WHERE id = ?", "ti", change->name,
                     state->id);
}

void
tlm_models_rename_async (TlmModels          *self,
                         TlmModel           *model,
                         const char         *name,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  const TlmModelChange change = { .record = record_name, .model = model,
                                  .name = tlm_model_dup_shown (name, strlen (name)) };

  tlm_model_change_begin (self, &change, c, cb, data);
}

static gboolean
record_removed (TlmModelChange *change,
                TlmDb          *db,
                GError        **error)
{
  const TlmModelState *state = tlm_model_get_state (change->model);

  tlm_model_hash_expect (state->path, NULL);
  if (state->kind == TLM_MODEL_COPY && !change->for_good)
    return tlm_db_run (db, error, "UPDATE models SET trashed = ? WHERE id = ?", "ii",
                       g_get_real_time (), state->id);
  return tlm_db_run (db, error, "DELETE FROM models WHERE id = ?", "i", state->id);
}

void
tlm_models_remove_async (TlmModels          *self,
                         TlmModel           *model,
                         gboolean            for_good,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_remove,
                                  .record = record_removed, .model = model,
                                  .for_good = for_good };

  tlm_model_change_begin (self, &change, c, cb, data);
}

void
tlm_models_verify_async (TlmModels          *self,
                         TlmModel           *model,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_verify, .model = model };

  tlm_model_change_begin (self, &change, c, cb, data);
}

static gboolean
record_speed (TlmModelChange *change,
              TlmDb          *db,
              GError        **error)
{
  return tlm_db_run (db, error,
                     "INSERT OR REPLACE INTO model_speeds (sha256, prefill, decode, measured) "
                     "VALUES (?, ?, ?, ?)", "tddi", tlm_model_get_state (change->model)->sha256,
                     change->prefill, change->decode, g_get_real_time ());
}

void
tlm_models_measure_async (TlmModels          *self,
                          TlmModel           *model,
                          GCancellable       *c,
                          GAsyncReadyCallback cb,
                          gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_measure,
                                  .record = record_speed, .model = model };

  tlm_model_change_begin (self, &change, c, cb, data);
}

void
tlm_models_shrink_async (TlmModels          *self,
                         TlmModel           *model,
                         const char         *type,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  const TlmModelChange change = { .work = tlm_model_change_shrink,
                                  .record = record_added, .model = model,
                                  .type = g_strdup (type), .copy = TRUE };

  tlm_model_change_begin (self, &change, c, cb, data);
}
