/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing the list up to date is a chain: load the list; as long as there is one, take the next note
 * that changed, summarise it, keep its items; load the list again. Each step is a job of the thread
 * that owns what it needs, so that a note that is being written waits for one other note at most. */
#include "todos-private.h"

#include "core/errors.h"

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

/* ---- the list ---- */

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

/* What is read in the background is cancelled by who reads all of it at once, and counts what is left. */
static void
fail (GTask *outer, GError *error)
{
  if (g_task_get_source_tag (outer) != tlm_todos_catch_up
      || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_n_left (g_task_get_source_object (outer), 0);
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

static void
post (GTask *outer, TlmChangedNote *changed, TlmWorkerFunc job, GAsyncReadyCallback done)
{
  TlmTodos *self = g_task_get_source_object (outer);
  GTask    *task = g_task_new (self, g_task_get_cancellable (outer), done, outer);

  if (changed != NULL)
    g_task_set_task_data (task, changed, tlm_changed_note_free);
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
  GTask          *outer;
  TlmChangedNote *changed;
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
      tlm_changed_note_free (step->changed);
      fail (step->outer, error);
      return;
    }
  g_clear_error (&error);
  post (step->outer, step->changed, tlm_todos_keep_job, kept);
}

static void
found (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmTodos           *self = TLM_TODOS (source);
  GTask              *outer = data;
  TlmChangedNote     *found = g_task_get_task_data (G_TASK (result));
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
      post (outer, NULL, tlm_todos_load_job, loaded_last);
      return;
    }
  set_n_left (self, found->n_left);
  step = g_new0 (Step, 1);
  step->outer = outer;
  step->changed = g_new0 (TlmChangedNote, 1);
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
  post (outer, g_new0 (TlmChangedNote, 1), tlm_todos_next_job, found);
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
  post (g_task_new (self, c, cb, data), NULL, tlm_todos_load_job, loaded_first);
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
  post (outer, NULL, tlm_todos_load_job, loaded_first);
}

gboolean
tlm_todos_refresh_finish (TlmTodos *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

/* ---- ticking off ---- */

static void
tick_free (gpointer data)
{
  TlmTick *tick = data;

  g_object_unref (tick->todo);
  g_free (tick);
}

static void
ticked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) outer = data;
  TlmTick          *tick = g_task_get_task_data (G_TASK (result));
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
  GTask   *task = g_task_new (self, c, ticked, g_task_new (self, c, cb, data));
  TlmTick *tick = g_new0 (TlmTick, 1);

  tick->todo = g_object_ref (todo);
  tick->id = tlm_todo_get_id (todo);
  tick->done = done;
  tlm_todo_set_done (todo, done);
  g_task_set_task_data (task, tick, tick_free);
  tlm_store_post (self->store, task, tlm_todos_tick_job);
}

gboolean
tlm_todos_set_done_finish (TlmTodos *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
