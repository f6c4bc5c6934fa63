/* SPDX-License-Identifier: Apache-2.0 */
/* The list of sets. A set that is made or removed is so at once; the store is told in order. */
#include "example-sets.h"

#include "core/errors.h"
#include "example-set-private.h"
#include "store/store-private.h"

#include <glib/gi18n-lib.h>

struct _TlmExampleSets
{
  GObject     parent_instance;
  TlmStore   *store;
  GListStore *list;
  guint       n_untold; /* changes of the list that are on their way to the store */
};

enum { FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmExampleSets, tlm_example_sets, G_TYPE_OBJECT)

static void
failed_cb (TlmExampleSets *self, const char *sentence)
{
  g_signal_emit (self, signals[FAILED], 0, sentence);
}

/* (transfer full) */
static TlmExampleSet *
make_set (TlmExampleSets *self, gint64 id, const char *name, const char *kind, const char *base,
          gint64 created)
{
  TlmExampleSet *set = tlm_example_set_new (self->store, id, name, kind, base, created);

  g_signal_connect_object (set, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  return set;
}

TlmExampleSet *
tlm_example_sets_find (TlmExampleSets *self, gint64 id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmExampleSet) set = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (tlm_example_set_get_id (set) == id)
        return set; /* the list holds it */
    }
  return NULL;
}

/* ---- reading ---- */

/* A set as the store has it. */
typedef struct
{
  gint64 id, created;
  char  *name, *kind, *base;
} Head;

typedef struct
{
  GPtrArray *heads, *records;
} Loaded;

static void
head_free (gpointer data)
{
  Head *head = data;

  g_free (head->name);
  g_free (head->kind);
  g_free (head->base);
  g_free (head);
}

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_ptr_array_unref (loaded->heads);
  g_clear_pointer (&loaded->records, g_ptr_array_unref);
  g_free (loaded);
}

static gboolean
read_heads (TlmDb *db, GPtrArray *heads, GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT id, name, kind, base, created FROM example_sets "
                                    "WHERE trashed IS NULL ORDER BY id DESC", "");
  int more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      Head *head = g_new (Head, 1);

      *head = (Head) { sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 4),
                       g_strdup (tlm_db_column_text (row, 1)),
                       g_strdup (tlm_db_column_text (row, 2)),
                       g_strdup (tlm_db_column_text (row, 3)) };
      g_ptr_array_add (heads, head);
    }
  return more == 0;
}

static void
load_job (gpointer owner, GTask *task)
{
  Loaded *loaded = g_new0 (Loaded, 1);
  GError *error = NULL;

  loaded->heads = g_ptr_array_new_with_free_func (head_free);
  if (tlm_store_empty_bin (owner, TLM_WORDS_OF_NONE, "DELETE FROM example_sets WHERE trashed < ?",
                           &error)
      && read_heads (owner, loaded->heads, &error))
    loaded->records = tlm_example_records_read (owner, &error);
  if (loaded->records != NULL)
    {
      g_task_return_pointer (task, loaded, loaded_free);
      return;
    }
  loaded_free (loaded);
  g_task_return_error (task, error);
}

static void
add_rows (TlmExampleSet *set, GPtrArray *records)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < records->len; i++)
    {
      const TlmExampleRecord *record = records->pdata[i];

      if (record->set_id == tlm_example_set_get_id (set))
        g_ptr_array_add (rows, tlm_example_row_new (record));
    }
  tlm_example_set_add_rows (set, rows, FALSE);
}

/* The newest first. */
static int
compare_ids (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 first = tlm_example_set_get_id ((TlmExampleSet *) (gsize) a);
  gint64 second = tlm_example_set_get_id ((TlmExampleSet *) (gsize) b);

  return first > second ? -1 : first < second;
}

static gboolean
has_head (const Loaded *loaded, gint64 id)
{
  for (guint i = 0; i < loaded->heads->len; i++)
    if (((const Head *) loaded->heads->pdata[i])->id == id)
      return TRUE;
  return FALSE;
}

/* Those that another program moved to the bin, but none that the store did not take. */
static void
take_away_gone (TlmExampleSets *self, const Loaded *loaded)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->list)); i-- > 0;)
    {
      g_autoptr (TlmExampleSet) set = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (!has_head (loaded, tlm_example_set_get_id (set)) && tlm_example_set_get_kept (set))
        g_list_store_remove (self->list, i);
    }
}

/* A name is none of the list's properties, so that its watchers are told as of another set. */
static void
take_head (TlmExampleSets *self, TlmExampleSet *set, const Head *head)
{
  guint place;

  if (tlm_example_set_take (set, head->name, head->base)
      && g_list_store_find (self->list, set, &place))
    g_list_model_items_changed (G_LIST_MODEL (self->list), place, 1, 1);
}

static void
show (TlmExampleSets *self, const Loaded *loaded)
{
  take_away_gone (self, loaded);
  for (guint i = 0; i < loaded->heads->len; i++)
    {
      const Head *head = loaded->heads->pdata[i];
      TlmExampleSet *here = tlm_example_sets_find (self, head->id);
      g_autoptr (TlmExampleSet) set = NULL;

      if (here != NULL)
        {
          take_head (self, here, head);
          continue;
        }
      set = make_set (self, head->id, head->name, head->kind, head->base, head->created);
      add_rows (set, loaded->records);
      g_list_store_insert_sorted (self->list, set, compare_ids, NULL);
    }
}

static void load (GTask *outer);

/* What was changed here meanwhile has not been read: then it is read again. */
static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TlmExampleSets *self = TLM_EXAMPLE_SETS (source);
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  Loaded *loaded = g_task_propagate_pointer (G_TASK (result), &error);

  if (loaded == NULL)
    {
      g_task_return_error (outer, error);
      return;
    }
  if (self->n_untold > 0)
    load (g_steal_pointer (&outer));
  else
    {
      show (self, loaded);
      g_task_return_boolean (outer, TRUE);
    }
  loaded_free (loaded);
}

/* @outer: (transfer full) */
static void
load (GTask *outer)
{
  TlmExampleSets *self = g_task_get_source_object (outer);

  tlm_store_post (self->store, g_task_new (self, g_task_get_cancellable (outer), loaded_cb, outer),
                  load_job);
}

void
tlm_example_sets_load_async (TlmExampleSets *self, GCancellable *c, GAsyncReadyCallback cb,
                             gpointer data)
{
  load (g_task_new (self, c, cb, data));
}

gboolean
tlm_example_sets_load_finish (TlmExampleSets *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

/* ---- changing ---- */

static gboolean
write_set (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  return tlm_db_run (db, error, "INSERT INTO example_sets (id, name, kind, created) "
                                "VALUES (?, ?, ?, ?)", "itti", record->set_id, record->input,
                     record->output, record->created);
}

static gboolean
write_trashed (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  return tlm_db_run (db, error, "UPDATE example_sets SET trashed = ? WHERE id = ?", "ii",
                     record->created, record->set_id);
}

static gboolean
write_restored (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  if (!tlm_db_run (db, error, "UPDATE example_sets SET trashed = NULL WHERE id = ?", "i",
                   record->set_id))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) > 0)
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("This is no longer in the bin."));
  return FALSE;
}

static gboolean
was_told (TlmExampleSets *self, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  self->n_untold--;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    return TRUE;
  g_signal_emit (self, signals[FAILED], 0, error->message);
  return FALSE;
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExampleSet) set = user_data;

  tlm_example_set_set_kept (set, was_told (TLM_EXAMPLE_SETS (source), result));
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExampleSet) set = user_data;

  was_told (TLM_EXAMPLE_SETS (source), result);
}

/* Without a row each change of it would fail; but one that the store never took is nowhere else. */
static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmExampleSet) set = user_data;
  TlmExampleSets *self = TLM_EXAMPLE_SETS (source);
  guint place;

  if (!was_told (self, result) && tlm_example_set_get_kept (set)
      && g_list_store_find (self->list, set, &place))
    g_list_store_remove (self->list, place);
}

static void
tell (TlmExampleSets *self, TlmExampleSet *set, gint64 time, TlmExampleRecordFunc func,
      GAsyncReadyCallback done)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (tlm_example_record_free);
  TlmExampleRecord *record = g_new0 (TlmExampleRecord, 1);

  record->set_id = tlm_example_set_get_id (set);
  record->created = time;
  record->input = g_strdup (tlm_example_set_get_name (set));
  record->output = g_strdup (tlm_example_set_get_kind (set));
  g_ptr_array_add (records, record);
  self->n_untold++;
  tlm_example_records_post (self->store, self, records, func, done, g_object_ref (set));
}

TlmExampleSet *
tlm_example_sets_add (TlmExampleSets *self, const char *name, const char *kind)
{
  gint64 id = tlm_example_next_id ();
  g_autoptr (TlmExampleSet) set = make_set (self, id, name, kind, "", id);

  tell (self, set, id, write_set, added_cb);
  g_list_store_insert (self->list, 0, set);
  return set; /* the list holds it */
}

void
tlm_example_sets_remove (TlmExampleSets *self, TlmExampleSet *set)
{
  guint place;

  if (!g_list_store_find (self->list, set, &place))
    return;
  tell (self, set, g_get_real_time (), write_trashed, removed_cb);
  g_list_store_remove (self->list, place);
}

void
tlm_example_sets_restore (TlmExampleSets *self, TlmExampleSet *set)
{
  if (tlm_example_sets_find (self, tlm_example_set_get_id (set)) != NULL)
    return;
  if (tlm_example_set_get_kept (set))
    tell (self, set, 0, write_restored, restored_cb);
  else
    tell (self, set, tlm_example_set_get_created (set), write_set, added_cb);
  g_list_store_insert_sorted (self->list, set, compare_ids, NULL);
}

/* ---- the object ---- */

GListModel *
tlm_example_sets_get_list (TlmExampleSets *self)
{
  return G_LIST_MODEL (self->list);
}

TlmExampleSets *
tlm_example_sets_new (TlmStore *store)
{
  TlmExampleSets *self = g_object_new (TLM_TYPE_EXAMPLE_SETS, NULL);

  self->store = g_object_ref (store);
  return self;
}

static void
tlm_example_sets_finalize (GObject *object)
{
  TlmExampleSets *self = TLM_EXAMPLE_SETS (object);

  g_clear_object (&self->list);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_example_sets_parent_class)->finalize (object);
}

static void
tlm_example_sets_class_init (TlmExampleSetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_example_sets_finalize;
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tlm_example_sets_init (TlmExampleSets *self)
{
  self->list = g_list_store_new (TLM_TYPE_EXAMPLE_SET);
}
