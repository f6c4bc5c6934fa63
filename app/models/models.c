/* SPDX-License-Identifier: Apache-2.0 */
/* Each change goes three steps: its work on files (the models' thread), its record (the store's
 * thread, which then reads all rows), and looking at the files of these rows (the models' thread
 * again). So the list is always what the store and the disk say. */
#include "models-private.h"

#include "core/errors.h"
#include "licenses/license-models.h"
#include "model-hash.h"
#include "model-names.h"
#include "core/paths.h"
#include "store/store-private.h"
#include "core/worker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TlmModels
{
  GObject           parent_instance;
  TlmStore         *store;
  GListStore       *list;
  GHashTable       *names; /* of tlm_model_names_read(); NULL until it is loaded */
  TlmWorker        *worker; /* NULL after the shutdown */
  int               stopping; /* atomic */
  TlmModelsProgress progress;
  gpointer          progress_data;
  int               told, telling; /* atomic: thousandths, whether an idle is on its way */
};

G_DEFINE_FINAL_TYPE (TlmModels, tlm_models, G_TYPE_OBJECT)

static void
tlm_models_finalize (GObject *object)
{
  TlmModels *self = TLM_MODELS (object);

  tlm_models_shutdown (self);
  g_clear_object (&self->list);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_models_parent_class)->finalize (object);
}

static void
tlm_models_class_init (TlmModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_models_finalize;
}

static void
tlm_models_init (TlmModels *self)
{
  self->list = g_list_store_new (TLM_TYPE_MODEL);
  self->worker = tlm_worker_new ("tinylm-models", self, NULL);
}

/**
 * tlm_models_new:
 *
 * Returns: (transfer full): an empty list, to be filled by tlm_models_load_async()
 */
TlmModels *
tlm_models_new (TlmStore *store)
{
  TlmModels *self = g_object_new (TLM_TYPE_MODELS, NULL);

  self->store = g_object_ref (store);
  return self;
}

void
tlm_models_shutdown (TlmModels *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_clear_pointer (&self->worker, tlm_worker_abandon);
}

/**
 * tlm_models_get_list:
 *
 * Returns: (transfer none)
 */
GListModel *
tlm_models_get_list (TlmModels *self)
{
  return G_LIST_MODEL (self->list);
}

/* ---- progress ---- */

void
tlm_models_set_progress (TlmModels        *self,
                         TlmModelsProgress progress,
                         gpointer          user_data)
{
  self->progress = progress;
  self->progress_data = user_data;
}

static gboolean
tell_cb (gpointer data)
{
  TlmModels *self = data;

  g_atomic_int_set (&self->telling, FALSE);
  if (self->progress != NULL)
    self->progress (g_atomic_int_get (&self->told) / 1000.0, self->progress_data);
  return G_SOURCE_REMOVE;
}

void
tlm_model_change_tell (TlmModelChange *change,
                       double          progress)
{
  TlmModels *self = change->models;

  g_atomic_int_set (&self->told, (int) (1000 * progress));
  if (g_atomic_int_compare_and_exchange (&self->telling, FALSE, TRUE))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, tell_cb, g_object_ref (self), g_object_unref);
}

bool
tlm_model_change_is_stopped (void *data)
{
  TlmModelChange *change = data;

  return g_atomic_int_get (&change->models->stopping)
         || g_cancellable_is_cancelled (change->cancellable);
}

/* ---- the list ---- */

static void
change_free (gpointer data)
{
  TlmModelChange *change = data;

  g_clear_object (&change->model);
  g_clear_object (&change->cancellable);
  g_free (change->path);
  g_free (change->name);
  g_free (change->type);
  g_free (change->sha256);
  g_free (change->sentence);
  g_strfreev (change->strangers);
  g_clear_pointer (&change->rows, g_ptr_array_unref);
  g_clear_pointer (&change->speeds, g_hash_table_unref);
  g_clear_pointer (&change->names, g_hash_table_unref);
  g_free (change);
}

typedef struct
{
  double prefill, decode;
} Speed;

static gboolean
read_speeds (TlmModelChange *change,
             TlmDb          *db,
             GError        **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT sha256, prefill, decode FROM model_speeds",
                                    "");
  int           step = -1;

  change->speeds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (row != NULL && (step = tlm_db_step (db, row, error)) > 0)
    {
      Speed *speed = g_new (Speed, 1);

      *speed = (Speed){ sqlite3_column_double (row, 1), sqlite3_column_double (row, 2) };
      g_hash_table_insert (change->speeds, g_strdup (tlm_db_column_text (row, 0)), speed);
    }
  return step == 0;
}

/* A row of which no model was made. */
static void
row_free (gpointer data)
{
  TlmModelState *state = data;

  g_free (state->name);
  g_free (state->path);
  g_free (state->sha256);
  g_free (state);
}

static void
add_built_in (TlmModelChange *change)
{
  gsize                   n;
  const TlmLicensedModel *models = tlm_licensed_models_get (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *file = g_strdup_printf ("models/%s.gguf", models[i].name);
      TlmModelState    state = { .kind = TLM_MODEL_BUILT_IN, .name = g_strdup (models[i].name),
                                 .path = tlm_paths_dup_data (file) };

      g_ptr_array_add (change->rows, g_memdup2 (&state, sizeof state));
    }
}

static char *
dup_path (const char *uri)
{
  char *path = g_filename_from_uri (uri, NULL, NULL);

  return path != NULL ? path : g_strdup (uri); /* a file of that name is not there, and is said so */
}

static gboolean
read_rows (TlmModelChange *change,
           TlmDb          *db,
           GError        **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT id, owned, name, uri, sha256 FROM models "
                                    "WHERE trashed IS NULL ORDER BY id", "");
  int           step = -1;

  while (row != NULL && (step = tlm_db_step (db, row, error)) > 0)
    {
      TlmModelState state = {
        .id = sqlite3_column_int64 (row, 0),
        .kind = sqlite3_column_int (row, 1) ? TLM_MODEL_COPY : TLM_MODEL_REFERENCE,
        .name = g_strdup (tlm_db_column_text (row, 2)),
        .path = dup_path (tlm_db_column_text (row, 3)),
        .sha256 = g_strdup (tlm_db_column_text (row, 4)),
      };

      g_ptr_array_add (change->rows, g_memdup2 (&state, sizeof state));
    }
  return step == 0;
}

static void
record_job (gpointer owner,
            GTask   *task)
{
  TlmModelChange *change = g_task_get_task_data (task);
  GError         *error = NULL;
  gboolean        good = change->record == NULL || change->record (change, owner, &error);

  change->rows = g_ptr_array_new_with_free_func (row_free);
  add_built_in (change);
  good = good && read_rows (change, owner, &error) && read_speeds (change, owner, &error)
         && (change->names = tlm_model_names_read (owner, &error)) != NULL;
  tlm_task_return_success (task, good, error);
}

/* Makes a TlmModel of a row. A built-in model's digest is what it is: it comes with the program. */
static TlmModel *
look_at (TlmModelChange *change,
         TlmModelState  *state)
{
  g_autoptr (GError) error = NULL;
  Speed             *speed;

  if (state->kind == TLM_MODEL_BUILT_IN)
    state->sha256 = tlm_model_hash (state->path, NULL);
  else
    tlm_model_hash_expect (state->path, state->sha256);
  state->facts = tlm_model_facts_read (state->path, &error);
  if (state->facts == NULL)
    state->problem = g_strdup (error->message);
  speed = state->sha256 != NULL ? g_hash_table_lookup (change->speeds, state->sha256) : NULL;
  if (speed != NULL)
    {
      state->prefill = speed->prefill;
      state->decode = speed->decode;
    }
  return tlm_model_new (state);
}

static void
look_job (gpointer owner,
          GTask   *task)
{
  TlmModelChange       *change = g_task_get_task_data (task);
  g_autoptr (GPtrArray) rows = g_steal_pointer (&change->rows);

  g_ptr_array_set_free_func (rows, g_free); /* the models take what they hold */
  change->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (change->rows, look_at (change, rows->pdata[i]));
  g_task_return_boolean (task, TRUE);
}

/* ---- the three steps ---- */

static void
fail (GTask  *outer,
      GError *error)
{
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

/* A step of the change that @outer (transfer full) carries. */
static GTask *
new_step (GTask              *outer,
          GAsyncReadyCallback done)
{
  GTask *step = g_task_new (g_task_get_source_object (outer), NULL, done, outer);

  g_task_set_task_data (step, g_task_get_task_data (outer), NULL);
  return step;
}

static void
push (GTask              *outer,
      TlmWorkerFunc       job,
      GAsyncReadyCallback done)
{
  TlmModels *self = g_task_get_source_object (outer);

  if (self->worker != NULL)
    tlm_worker_push (self->worker, new_step (outer, done), job);
  else
    fail (outer, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                      _("The program is closing.")));
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TlmModels      *self = TLM_MODELS (source);
  GTask          *outer = data;
  TlmModelChange *change = g_task_get_task_data (outer);
  GError         *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (outer, error);
      return;
    }
  g_clear_pointer (&self->names, g_hash_table_unref);
  self->names = g_steal_pointer (&change->names);
  g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                       change->rows->pdata, change->rows->len);
  tlm_model_change_take_in (change);
  g_task_return_pointer (outer, g_strdup (change->sentence != NULL ? change->sentence : ""), g_free);
  g_object_unref (outer);
}

static void
recorded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    push (data, look_job, looked_cb);
  else
    fail (data, error);
}

static void
worked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    tlm_store_post (TLM_MODELS (source)->store, new_step (data, recorded_cb), record_job);
  else
    fail (data, error);
}

static void
work_job (gpointer owner,
          GTask   *task)
{
  TlmModelChange *change = g_task_get_task_data (task);
  GError         *error = NULL;
  gboolean        good = change->work == NULL || change->work (change, &error);

  tlm_task_return_success (task, good, error);
}

void
tlm_model_change_begin (TlmModels            *self,
                        const TlmModelChange *given,
                        GCancellable         *c,
                        GAsyncReadyCallback   cb,
                        gpointer              data)
{
  GTask          *outer = g_task_new (self, c, cb, data);
  TlmModelChange *change = g_memdup2 (given, sizeof *given);

  change->models = self;
  g_set_object (&change->cancellable, c);
  if (change->model != NULL)
    g_object_ref (change->model);
  g_task_set_check_cancellable (outer, FALSE); /* what was done before it was stopped is done */
  g_task_set_task_data (outer, change, change_free);
  push (outer, work_job, worked_cb);
}

char *
tlm_models_finish (TlmModels    *self,
                   GAsyncResult *r,
                   GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}

static TlmModel *
find (TlmModels  *self,
      goffset     member,
      const char *text)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (g_strcmp0 (G_STRUCT_MEMBER (char *, tlm_model_get_state (model), member), text) == 0)
        return model; /* the list keeps it */
    }
  return NULL;
}

TlmModel *
tlm_models_find_name (TlmModels  *self,
                      const char *name)
{
  return find (self, G_STRUCT_OFFSET (TlmModelState, name), name);
}

TlmModel *
tlm_models_find_path (TlmModels  *self,
                      const char *path)
{
  return find (self, G_STRUCT_OFFSET (TlmModelState, path), path);
}

char *
tlm_models_dup_name (TlmModels  *self,
                     const char *path)
{
  return tlm_model_names_dup (self->names, path);
}
