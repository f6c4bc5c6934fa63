/* SPDX-License-Identifier: Apache-2.0 */
/* The store object: one worker thread that owns the database, and the flag that says when the
 * database lives in memory only. */
#include "store-private.h"

#include "core/errors.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

struct _TlmStore
{
  GObject    parent_instance;
  TlmDb     *db;     /* touched by the worker only */
  GMutex     lock;   /* of worker, for tlm_store_call() */
  TlmWorker *worker; /* NULL when closed */
  char      *path;   /* NULL: in memory */
  gboolean   locked, sealed, unread;
  char      *volatile_reason;
  guint      again; /* a timeout */
};

G_DEFINE_FINAL_TYPE (TlmStore, tlm_store, G_TYPE_OBJECT)

enum { CLOSING, AGAIN, N_SIGNALS };

#define AGAIN_S 2 /* a try costs little, and nobody waits longer after making room */

/* As of work_idly(), at the end: enough for a few notes, and short. */
#define CLOSING_STEPS 3

static guint signals[N_SIGNALS];

static void
tlm_store_finalize (GObject *object)
{
  TlmStore *self = TLM_STORE (object);

  g_clear_handle_id (&self->again, g_source_remove);
  tlm_worker_finish (self->worker);
  tlm_db_free (self->db);
  g_free (self->path);
  g_free (self->volatile_reason);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (tlm_store_parent_class)->finalize (object);
}

static void
tlm_store_class_init (TlmStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_store_finalize;
  signals[CLOSING] = g_signal_new ("closing", TLM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[AGAIN] = g_signal_new ("again", TLM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
tlm_store_init (TlmStore *self)
{
  g_mutex_init (&self->lock);
  self->db = tlm_db_new ();
}

TlmStore *
tlm_store_new (void)
{
  return g_object_new (TLM_TYPE_STORE, NULL);
}

/* While nobody waits for the store, what was deleted is forgotten, what was written indexed. */
static gboolean
work_idly (gpointer owner)
{
  return tlm_db_forget_some (owner, FALSE) || tlm_db_index_some (owner);
}

/* (transfer full): @task, which is the store's from now on. Returns: whether it is open */
static gboolean
push (TlmStore     *self,
      GTask        *task,
      TlmWorkerFunc func)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->worker != NULL;
  if (open)
    tlm_worker_push (self->worker, task, func);
  g_mutex_unlock (&self->lock);
  if (open)
    return TRUE;
  g_task_return_new_error (task, TLM_ERROR, TLM_ERROR_STORE_CLOSED,
                           _("The database is not open, so nothing can be read or saved."));
  g_object_unref (task);
  return FALSE;
}

void
tlm_store_post (TlmStore     *self,
                GTask        *task,
                TlmWorkerFunc func)
{
  push (self, task, func);
}

/* ---- For threads that wait ---- */

typedef struct
{
  TlmStoreFunc func;
  gpointer     data;
  GError     **error;
  GMutex       lock;
  GCond        ended;
  gboolean     has_ended, good;
} Call;

static void
call_job (gpointer owner,
          GTask   *task)
{
  Call    *call = g_task_get_task_data (task);
  gboolean good = call->func (owner, call->data, call->error);

  g_task_return_boolean (task, TRUE);
  g_mutex_lock (&call->lock);
  call->good = good;
  call->has_ended = TRUE;
  g_cond_signal (&call->ended);
  g_mutex_unlock (&call->lock);
}

static void
wait_for (Call *call)
{
  g_mutex_lock (&call->lock);
  while (!call->has_ended)
    g_cond_wait (&call->ended, &call->lock);
  g_mutex_unlock (&call->lock);
}

gboolean
tlm_store_call (TlmStore    *self,
                TlmStoreFunc func,
                gpointer     data,
                GError     **error)
{
  Call   call = { .func = func, .data = data, .error = error };
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);

  g_mutex_init (&call.lock);
  g_cond_init (&call.ended);
  g_task_set_task_data (task, &call, NULL);
  if (push (self, task, call_job))
    wait_for (&call);
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_CLOSED,
                         _("The database is not open, so nothing can be read or saved."));
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.ended);
  return call.good;
}

static gboolean
again_cb (gpointer data)
{
  TlmStore *self = data;

  self->again = 0;
  g_signal_emit (self, signals[AGAIN], 0);
  return G_SOURCE_REMOVE;
}

void
tlm_store_ask_again (TlmStore *self)
{
  if (self->again == 0 && self->worker != NULL)
    self->again = g_timeout_add_seconds (AGAIN_S, again_cb, self);
}

/* Not being able to write is a state to work in, and a warning; a database that is there but cannot
 * be used is an error. */
static gboolean
is_only_a_warning (const GError *error)
{
  return g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY)
         || g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_FULL);
}

typedef struct
{
  char    *path;
  char    *secret;          /* NULL: without one */
  char    *volatile_reason; /* (out): NULL when the database is on the disk */
  gboolean locked, sealed;  /* (out) */
  gboolean unread;          /* (out): it is there, and memory holds nothing of it */
  GError  *error;           /* (out): what tlm_store_open_finish() gives */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->path);
  tlm_secret_free (opening->secret);
  g_free (opening->volatile_reason);
  g_clear_error (&opening->error);
  g_free (opening);
}

/* Also where nobody can tell, as in a folder that may not be searched. */
static gboolean
is_there (const char *path)
{
  GStatBuf info;

  return path != NULL && (g_lstat (path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR));
}

/* Memory in place of the disk: what stands in a database that can be read but not written is there
 * all the same. */
static void
open_volatile (TlmDb   *db,
               Opening *opening)
{
  gboolean readable = opening->path != NULL && opening->error == NULL
                      && g_file_test (opening->path, G_FILE_TEST_IS_REGULAR);

  if (readable && tlm_db_open_copy (db, opening->path, NULL))
    return;
  opening->unread = is_there (opening->path);
  tlm_db_open (db, NULL, opening->error == NULL ? &opening->error : NULL);
}

static gboolean
unlock (TlmDb   *db,
        Opening *opening,
        GError **error)
{
  TlmVault *vault;

  if (opening->secret == NULL)
    return TRUE;
  tlm_db_close (db);
  if (!tlm_vault_is_sealed (opening->path)) /* another program put it there meanwhile */
    return TRUE;
  vault = tlm_vault_open (opening->path, opening->secret, error);
  tlm_db_set_vault (db, vault);
  return vault != NULL;
}

/* A locked database stays closed: it is no reason to work in memory. */
static void
open_path (TlmDb   *db,
           Opening *opening)
{
  g_autoptr (GError) error = NULL;
  gboolean           done = unlock (db, opening, &error) && tlm_db_open (db, opening->path, &error);

  opening->locked = !done && (g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED)
                              || (opening->secret != NULL && tlm_db_get_vfs (db) == NULL
                                  && !tlm_error_is_trouble (error)));
  if (!done && !opening->locked)
    opening->volatile_reason = g_strdup (error->message);
  if (!done && !is_only_a_warning (error))
    opening->error = g_steal_pointer (&error);
}

static void
open_job (gpointer owner,
          GTask   *task)
{
  TlmDb   *db = owner;
  Opening *opening = g_task_get_task_data (task);

  if (opening->path == NULL)
    opening->volatile_reason = g_strdup (_("Nothing is saved: the notes and chats live in memory "
                                           "only."));
  else
    open_path (db, opening);
  if (opening->volatile_reason != NULL)
    open_volatile (db, opening);
  opening->sealed = !opening->locked && tlm_db_get_vfs (db) != NULL;
  g_task_return_boolean (task, TRUE);
}

static void
opened (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  TlmStore         *self = TLM_STORE (source);
  g_autoptr (GTask)  outer = data;
  Opening          *opening = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error); /* cancelled before its turn came */
      return;
    }
  g_free (self->volatile_reason);
  self->volatile_reason = g_steal_pointer (&opening->volatile_reason);
  self->locked = opening->locked;
  self->sealed = opening->sealed;
  self->unread = opening->unread;
  if (opening->error != NULL)
    g_task_return_error (outer, g_steal_pointer (&opening->error));
  else
    g_task_return_boolean (outer, TRUE);
}

/* @secret: (transfer full) (nullable) */
static void
start_opening (TlmStore           *self,
               char               *secret,
               GCancellable       *c,
               GAsyncReadyCallback cb,
               gpointer            data)
{
  GTask   *outer = g_task_new (self, c, cb, data);
  GTask   *task = g_task_new (self, c, opened, outer);
  Opening *opening = g_new0 (Opening, 1);

  opening->path = g_strdup (self->path);
  opening->secret = secret;
  g_task_set_task_data (task, opening, opening_free);
  g_mutex_lock (&self->lock);
  if (self->worker == NULL)
    self->worker = tlm_worker_new ("tinylm-store", self->db, work_idly);
  g_mutex_unlock (&self->lock);
  tlm_store_post (self, task, open_job);
}

void
tlm_store_open_async (TlmStore           *self,
                      const char         *path,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  g_free (self->path);
  self->path = g_strdup (path);
  start_opening (self, NULL, c, cb, data);
}

gboolean
tlm_store_open_finish (TlmStore     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

void
tlm_store_unlock_async (TlmStore           *self,
                        const char         *secret,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  start_opening (self, g_strdup (secret), c, cb, data);
}

gboolean
tlm_store_get_is_locked (TlmStore *self)
{
  return self->locked;
}

gboolean
tlm_store_get_is_sealed (TlmStore *self)
{
  return self->sealed;
}

void
tlm_store_set_sealed (TlmStore *self,
                      gboolean  sealed)
{
  self->sealed = sealed;
}

gboolean
tlm_store_get_is_volatile (TlmStore *self)
{
  return self->volatile_reason != NULL;
}

const char *
tlm_store_get_volatile_reason (TlmStore *self)
{
  return self->volatile_reason;
}

gboolean
tlm_store_get_is_unread (TlmStore *self)
{
  return self->unread;
}

const char *
tlm_store_get_path (TlmStore *self)
{
  return self->path;
}

static void
close_job (gpointer owner,
           GTask   *task)
{
  for (guint i = 0; i < CLOSING_STEPS
                    && (tlm_db_forget_some (owner, TRUE) || tlm_db_index_some (owner)); i++)
    continue;
  tlm_db_close (owner);
  tlm_db_set_vault (owner, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * tlm_store_close:
 *
 * The end of the program: whoever holds unsaved text posts it at "closing"; then all jobs run.
 */
void
tlm_store_close (TlmStore *self)
{
  TlmWorker *worker;

  if (self->worker == NULL)
    return;
  g_clear_handle_id (&self->again, g_source_remove);
  g_signal_emit (self, signals[CLOSING], 0);
  g_mutex_lock (&self->lock); /* behind this job comes none */
  worker = g_steal_pointer (&self->worker);
  tlm_worker_push (worker, g_task_new (self, NULL, NULL, NULL), close_job);
  g_mutex_unlock (&self->lock);
  tlm_worker_finish (worker);
}

gboolean
tlm_store_delete (TlmDb      *db,
                  TlmWords    words,
                  const char *sql,
                  gint64      parameter,
                  GError    **error)
{
  if (!tlm_db_run (db, error, sql, "i", parameter))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) > 0)
    tlm_db_begin_to_forget (db, words);
  return TRUE;
}
