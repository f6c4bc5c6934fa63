/* SPDX-License-Identifier: Apache-2.0 */
/* The system says when the database's log has been written, by whomever; SQLite says then whether it
 * was somebody else (https://sqlite.org/pragma.html#pragma_data_version). A few sums over the tables say
 * what needs to be read again. */
#include "watch.h"

#include "store-private.h"

/* Between two readings: who answers in another window writes all the time. */
#define REST_US (2 * G_TIME_SPAN_SECOND)

/* Of TlmWatched, in the order of its bits; NULL: not compared. Each is one row of one column. */
static const char *const sums[] = {
  "SELECT count (*) || ' ' || total (updated) || ' ' || total (id) FROM notes WHERE trashed IS NULL",
  NULL,
  "SELECT group_concat (text || coalesce (trashed, '')) "
  "|| coalesce ((SELECT text FROM revoked_licenses), '') FROM licenses",
  "SELECT group_concat (uri || name || sha256 || coalesce (trashed, '')) FROM models",
  "SELECT group_concat (id || name || out || used || coalesce (trashed, '')) FROM trainings "
  "WHERE finished = 1",
  "SELECT group_concat (id || name || coalesce (trashed, '')) FROM example_sets",
  "SELECT group_concat (uri || paused) FROM folders",
};

struct _TlmWatch
{
  GObject       parent_instance;
  TlmStore     *store;
  GFileMonitor *monitor;
  guint         timeout;
  gint64        looked; /* monotonic: when something was found last */
  gboolean      looking, again;

  /* On the store's thread. */
  gint64        version; /* of the data; -1: not known */
  int           n_own;   /* rows that were written here */
  char         *seen[G_N_ELEMENTS (sums)];
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (TlmWatch, tlm_watch, G_TYPE_OBJECT)

static void
tlm_watch_finalize (GObject *object)
{
  TlmWatch *self = TLM_WATCH (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->monitor);
  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    g_free (self->seen[i]);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_watch_parent_class)->finalize (object);
}

static void
tlm_watch_class_init (TlmWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_watch_finalize;
  changed_signal = g_signal_new ("changed", TLM_TYPE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tlm_watch_init (TlmWatch *self)
{
  self->version = -1;
}

TlmWatch *
tlm_watch_new (TlmStore *store)
{
  TlmWatch *self = g_object_new (TLM_TYPE_WATCH, NULL);

  self->store = g_object_ref (store);
  return self;
}

/* ---- on the store's thread ---- */

/* (transfer full) (nullable): the one value of @sql, a literal */
static char *
read_value (TlmDb      *db,
            const char *sql)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "");
  char         *value = NULL;

  if (row != NULL && tlm_db_step (db, row, NULL) > 0)
    {
      value = g_strdup (tlm_db_column_text (row, 0));
      sqlite3_reset (row);
    }
  return value;
}

static gint64
read_version (TlmDb *db)
{
  g_autofree char *value = read_value (db, "PRAGMA data_version");

  return value != NULL ? g_ascii_strtoll (value, NULL, 10) : -1;
}

/* What is other than it was seen, which it is from now on. */
static guint
compare (TlmWatch *self,
         TlmDb    *db)
{
  guint changed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      char *now = sums[i] != NULL ? read_value (db, sums[i]) : NULL;

      if (sums[i] == NULL || g_strcmp0 (now, self->seen[i]) != 0)
        changed |= 1u << i;
      g_free (self->seen[i]);
      self->seen[i] = now;
    }
  return changed;
}

/* Whether rows were written here since it was asked last. */
static gboolean
has_written (TlmWatch *self,
             TlmDb    *db)
{
  int n_before = self->n_own;

  self->n_own = tlm_db_get_n_written (db);
  return self->n_own != n_before;
}

/* What others and this program wrote since the last look may make the sums what they were. Returns by the task
 * what has changed; -1 where nobody can say. */
static void
look_job (gpointer owner,
          GTask   *task)
{
  TlmWatch *self = g_task_get_source_object (task);
  gint64    version = read_version (owner), before = self->version;
  gboolean  own = version >= 0 && has_written (self, owner);
  guint     changed = 0;

  if (own || version != before)
    changed = compare (self, owner);
  if (own)
    changed = TLM_WATCHED_ALL;
  self->version = version;
  if (before < 0 || version == before)
    changed = 0;
  g_task_return_int (task, version < 0 ? -1 : (gssize) changed);
}

/* ---- on the main thread ---- */

static void
looked (TlmWatch *self,
        gssize    changed)
{
  self->looking = FALSE;
  if (self->again)
    tlm_watch_look (self);
  if (changed <= 0)
    return;
  self->looked = g_get_monotonic_time ();
  g_signal_emit (self, changed_signal, 0, (guint) changed);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  looked (TLM_WATCH (source), g_task_propagate_int (G_TASK (result), NULL));
}

void
tlm_watch_look (TlmWatch *self)
{
  self->again = self->looking; /* what is written now, that look may have missed */
  if (self->looking)
    return;
  self->looking = TRUE;
  tlm_store_post (self->store, g_task_new (self, NULL, looked_cb, NULL), look_job);
}

static gboolean
timeout_cb (gpointer data)
{
  TlmWatch *self = data;

  self->timeout = 0;
  tlm_watch_look (self);
  return G_SOURCE_REMOVE;
}

/* Also for what is written here: then the look finds nothing. */
static void
written_cb (TlmWatch *self)
{
  gint64 rest = self->looked + REST_US - g_get_monotonic_time ();

  if (self->timeout == 0)
    self->timeout = g_timeout_add ((guint) (MAX (rest, 0) / 1000), timeout_cb, self);
}

static void
begun_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmWatch          *self = TLM_WATCH (source);
  gssize             changed = g_task_propagate_int (G_TASK (result), NULL);
  const char        *path = tlm_store_get_path (self->store);
  g_autofree char   *log = NULL;
  g_autoptr (GFile)  file = NULL;

  looked (self, changed);
  if (changed < 0 || path == NULL || tlm_store_get_is_volatile (self->store))
    return;
  log = g_strconcat (path, "-wal", NULL);
  file = g_file_new_for_path (log);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (written_cb), self,
                             G_CONNECT_SWAPPED);
}

void
tlm_watch_begin (TlmWatch *self)
{
  self->looking = TRUE;
  tlm_store_post (self->store, g_task_new (self, NULL, begun_cb, NULL), look_job);
}
