/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing the list up to date is a chain: load the list; as long as there is one, take the next note
 * that changed, summarise it, keep its items; load the list again. Each step is a job of the thread
 * that owns what it needs, so that a note that is being written waits for one other note at most. */
#include "todos.h"

#include "errors.h"
#include "store-private.h"

#include <string.h>

/* A note of many pages takes seconds; longer than this nobody needs the processor to rest. */
#define MAX_REST_MS 2000

struct _TlmTodos
{
  GObject           parent_instance;
  TlmStore         *store;
  TlmEngineService *engine;
  GListStore       *list;
  guint             n_left;
  GCancellable     *catching_up; /* NULL: nothing is read in the background */
  gint64            taken_at;    /* monotonic: when the present note was begun */
};

enum { PROP_0, PROP_N_LEFT, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmTodos, tlm_todos, G_TYPE_OBJECT)

static void
tlm_todos_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_N_LEFT:
      g_value_set_uint (value, TLM_TODOS (object)->n_left);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_todos_finalize (GObject *object)
{
  TlmTodos *self = TLM_TODOS (object);

  g_clear_object (&self->list);
  g_clear_object (&self->catching_up);
  g_clear_object (&self->engine);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_todos_parent_class)->finalize (object);
}

static void
tlm_todos_class_init (TlmTodosClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = tlm_todos_get_property;
  G_OBJECT_CLASS (klass)->finalize = tlm_todos_finalize;
  properties[PROP_N_LEFT] = g_param_spec_uint ("n-left", NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
tlm_todos_init (TlmTodos *self)
{
  self->list = g_list_store_new (TLM_TYPE_TODO);
}

TlmTodos *
tlm_todos_new (TlmStore *store, TlmEngineService *engine)
{
  TlmTodos *self = g_object_new (TLM_TYPE_TODOS, NULL);

  self->store = g_object_ref (store);
  self->engine = g_object_ref (engine);
  return self;
}

GListModel *
tlm_todos_get_list (TlmTodos *self)
{
  return G_LIST_MODEL (self->list);
}

guint
tlm_todos_get_n_left (TlmTodos *self)
{
  return self->n_left;
}

static void
set_n_left (TlmTodos *self, guint n_left)
{
  if (self->n_left == n_left)
    return;
  self->n_left = n_left;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LEFT]);
}

/* ---- one note that changed ---- */

/* Plain data on its way between the threads. */
typedef struct
{
  gint64      note_id, updated; /* 0: none is left */
  char       *text;
  guint       n_left;
  TlmSummary *summary; /* NULL for a note that is no text */
} ChangedNote;

static void
changed_note_free (gpointer data)
{
  ChangedNote *changed = data;

  g_free (changed->text);
  g_clear_object (&changed->summary);
  g_free (changed);
}

static void
next_job (gpointer owner, GTask *task)
{
  TlmDb        *db = owner;
  ChangedNote  *changed = g_task_get_task_data (task);
  GError       *error = NULL;
  sqlite3_stmt *row = tlm_db_query (db, &error,
                                    "SELECT n.id, n.updated, n.text, COUNT (*) OVER () FROM notes n "
                                    "LEFT JOIN todo_reads r ON r.note_id = n.id "
                                    "WHERE n.trashed IS NULL AND r.updated IS NOT n.updated "
                                    "ORDER BY n.updated DESC LIMIT 1", "");
  int           step = row != NULL ? tlm_db_step (db, row, &error) : -1;

  if (step > 0)
    {
      changed->note_id = sqlite3_column_int64 (row, 0);
      changed->updated = sqlite3_column_int64 (row, 1);
      changed->text = g_strdup (tlm_db_column_text (row, 2));
      changed->n_left = (guint) sqlite3_column_int64 (row, 3);
      sqlite3_reset (row);
    }
  tlm_task_return_success (task, step >= 0, error);
}

static gboolean
keep_item (TlmDb *db, const ChangedNote *changed, const TlmAction *action, gsize position,
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
keep_items (TlmDb *db, const ChangedNote *changed, GError **error)
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

static void
keep_job (gpointer owner, GTask *task)
{
  TlmDb       *db = owner;
  ChangedNote *changed = g_task_get_task_data (task);
  GError      *error = NULL;
  gboolean     there = FALSE, good = tlm_db_begin (db, &error);

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

/* ---- the list ---- */

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

static void
load_job (gpointer owner, GTask *task)
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

static gboolean
same_at (TlmTodos *self, guint i, TlmTodo *todo)
{
  g_autoptr (TlmTodo) here = g_list_model_get_item (G_LIST_MODEL (self->list), i);

  return here != NULL && tlm_todo_same (here, todo);
}

/* Only what lies between the first and the last change is exchanged, so that rows stay. */
static void
show_list (TlmTodos *self, GPtrArray *todos)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list)), head = 0, tail = 0;

  while (head < todos->len && head < n && same_at (self, head, todos->pdata[head]))
    head++;
  while (tail < todos->len - head && tail < n - head
         && same_at (self, n - 1 - tail, todos->pdata[todos->len - 1 - tail]))
    tail++;
  if (n - head - tail + todos->len - head - tail > 0)
    g_list_store_splice (self->list, head, n - head - tail, todos->pdata + head,
                         todos->len - head - tail);
}

/* ---- the chain ---- */

static void take_next (GTask *outer);

static void
fail (GTask *outer, GError *error)
{
  set_n_left (g_task_get_source_object (outer), 0);
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

static void
post (GTask *outer, ChangedNote *changed, TlmWorkerFunc job, GAsyncReadyCallback done)
{
  TlmTodos *self = g_task_get_source_object (outer);
  GTask    *task = g_task_new (self, g_task_get_cancellable (outer), done, outer);

  if (changed != NULL)
    g_task_set_task_data (task, changed, changed_note_free);
  tlm_store_post (self->store, task, job);
}

static void
loaded_last (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) todos = NULL;
  GTask                *outer = data;
  GError               *error = NULL;

  todos = g_task_propagate_pointer (G_TASK (result), &error);
  if (todos == NULL)
    {
      fail (outer, error);
      return;
    }
  show_list (TLM_TODOS (source), todos);
  set_n_left (TLM_TODOS (source), 0);
  g_task_return_boolean (outer, TRUE);
  g_object_unref (outer);
}

static gboolean
rested_cb (gpointer outer)
{
  take_next (outer);
  return G_SOURCE_REMOVE;
}

static void
rest (TlmTodos *self, GTask *outer)
{
  gint64 taken = g_get_monotonic_time () - self->taken_at;

  g_timeout_add_full (G_PRIORITY_LOW, (guint) CLAMP (taken / 1000, 1, MAX_REST_MS), rested_cb, outer,
                      NULL);
}

static void
kept (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fail (data, error);
  else if (g_task_get_source_tag (data) == tlm_todos_catch_up)
    rest (TLM_TODOS (source), data);
  else
    take_next (data);
}

/* A missing or damaged model, and a cancelled call, end the chain; a note that is no text does not. */
static gboolean
is_of_the_note (const GError *error)
{
  return g_error_matches (error, TLM_ERROR, TLM_ERROR_EMPTY)
         || g_error_matches (error, TLM_ERROR, TLM_ERROR_BINARY)
         || g_error_matches (error, TLM_ERROR, TLM_ERROR_ENCODING)
         || g_error_matches (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
}

/* What the summary needs of the chain. */
typedef struct
{
  GTask       *outer;
  ChangedNote *changed;
} Step;

static void
summarized (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Step *step = data;
  GError          *error = NULL;

  step->changed->summary = tlm_engine_service_summarize_finish (TLM_ENGINE_SERVICE (source), result,
                                                                &error);
  if (error != NULL && !is_of_the_note (error))
    {
      changed_note_free (step->changed);
      fail (step->outer, error);
      return;
    }
  g_clear_error (&error);
  post (step->outer, step->changed, keep_job, kept);
}

static void
found (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmTodos           *self = TLM_TODOS (source);
  GTask              *outer = data;
  ChangedNote        *found = g_task_get_task_data (G_TASK (result));
  TlmSummarizeRequest request = { .len = -1 };
  GError             *error = NULL;
  Step               *step;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (outer, error);
      return;
    }
  if (found->note_id == 0)
    {
      post (outer, NULL, load_job, loaded_last);
      return;
    }
  set_n_left (self, found->n_left);
  step = g_new0 (Step, 1);
  step->outer = outer;
  step->changed = g_new0 (ChangedNote, 1);
  step->changed->note_id = found->note_id;
  step->changed->updated = found->updated;
  request.text = found->text;
  request.written_at = found->updated / G_USEC_PER_SEC;
  tlm_engine_service_summarize_full_async (self->engine, &request, g_task_get_cancellable (outer),
                                           summarized, step);
}

static void
take_next (GTask *outer)
{
  TlmTodos *self = g_task_get_source_object (outer);

  self->taken_at = g_get_monotonic_time ();
  post (outer, g_new0 (ChangedNote, 1), next_job, found);
}

static void
loaded_first (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) todos = NULL;
  GError               *error = NULL;

  todos = g_task_propagate_pointer (G_TASK (result), &error);
  if (todos == NULL)
    {
      fail (data, error);
      return;
    }
  show_list (TLM_TODOS (source), todos);
  take_next (data);
}

void
tlm_todos_refresh_async (TlmTodos *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_cancellable_cancel (self->catching_up);
  post (g_task_new (self, c, cb, data), NULL, load_job, loaded_first);
}

/* What failed is tried again the next time, or by who asks for the list and is told why. */
static void
caught_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmTodos *self = TLM_TODOS (source);

  g_clear_object (&self->catching_up);
  tlm_todos_refresh_finish (self, result, NULL);
}

void
tlm_todos_catch_up (TlmTodos *self)
{
  GTask *outer;

  if (self->catching_up != NULL)
    return;
  self->catching_up = g_cancellable_new ();
  outer = g_task_new (self, self->catching_up, caught_up_cb, NULL);
  g_task_set_source_tag (outer, tlm_todos_catch_up);
  g_task_set_priority (outer, G_PRIORITY_LOW);
  post (outer, NULL, load_job, loaded_first);
}

gboolean
tlm_todos_refresh_finish (TlmTodos *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

/* ---- ticking off ---- */

typedef struct
{
  TlmTodo *todo; /* touched on the main thread only */
  gint64   id;
  gboolean done;
} Tick;

static void
tick_free (gpointer data)
{
  Tick *tick = data;

  g_object_unref (tick->todo);
  g_free (tick);
}

static void
tick_job (gpointer owner, GTask *task)
{
  Tick    *tick = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tick->done ? tlm_db_run (owner, &error, "UPDATE todos SET done = ? WHERE id = ?",
                                           "ii", g_get_real_time (), tick->id)
                             : tlm_db_run (owner, &error,
                                           "UPDATE todos SET done = NULL WHERE id = ?", "i",
                                           tick->id);

  tlm_task_return_success (task, good, error);
}

static void
ticked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) outer = data;
  Tick             *tick = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (!good)
    tlm_todo_set_done (tick->todo, !tick->done);
  tlm_task_return_success (outer, good, error);
}

void
tlm_todos_set_done_async (TlmTodos           *self,
                          TlmTodo            *todo,
                          gboolean            done,
                          GCancellable       *c,
                          GAsyncReadyCallback cb,
                          gpointer            data)
{
  GTask *task = g_task_new (self, c, ticked, g_task_new (self, c, cb, data));
  Tick  *tick = g_new0 (Tick, 1);

  tick->todo = g_object_ref (todo);
  tick->id = tlm_todo_get_id (todo);
  tick->done = done;
  tlm_todo_set_done (todo, done);
  g_task_set_task_data (task, tick, tick_free);
  tlm_store_post (self->store, task, tick_job);
}

gboolean
tlm_todos_set_done_finish (TlmTodos *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
