/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the store and fills notes and chats, one after the other, without the main loop ever waiting;
 * "ready" tells the window when there is something to show. A locked store stays as it is until
 * somebody unlocks it. */
#include "services.h"

#include "store/backups.h"
#include "core/errors.h"
#include "store/vault.h"
#include "store/watch.h"

struct _TlmServices
{
  GObject           parent_instance;
  char             *store_path;
  TlmStore         *store;
  TlmNotes         *notes;
  TlmChats         *chats;
  TlmEngineService *engine;
  TlmLicenses      *licenses;
  TlmModels        *models;
  TlmTraining      *training;
  TlmExampleSets   *example_sets;
  TlmTrainedList   *trained;
  TlmTodos         *todos;
  TlmFolders       *folders;
  TlmWatch         *watch;
  gboolean          ready, locked;
  GError           *trouble; /* NULL: none */
};

enum
{
  PROP_0,
  PROP_READY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmServices, tlm_services, G_TYPE_OBJECT)

/* What came from the folders is read once nothing more of them is to come. */
static void
folders_busy_cb (TlmServices *self)
{
  if (!tlm_folders_get_busy (self->folders))
    tlm_todos_catch_up (self->todos);
}

/* Another window or tinylm-cli wrote: what is shown here is read again. */
static void
watch_cb (TlmServices *self, guint changed)
{
  if (!self->ready)
    return;
  if (changed & TLM_WATCHED_NOTES)
    tlm_notes_load_async (self->notes, NULL, NULL, NULL);
  if (changed & TLM_WATCHED_CHATS)
    tlm_chats_reload (self->chats);
  if (changed & TLM_WATCHED_LICENSES)
    tlm_licenses_load_async (self->licenses, NULL, NULL, NULL);
  if (changed & TLM_WATCHED_MODELS)
    tlm_models_load_async (self->models, NULL, NULL, NULL);
  if (changed & TLM_WATCHED_TRAINED)
    {
      tlm_trained_list_load (self->trained);
      tlm_training_load (self->training);
    }
  if (changed & TLM_WATCHED_EXAMPLES)
    tlm_example_sets_load_async (self->example_sets, NULL, NULL, NULL);
  if (changed & TLM_WATCHED_FOLDERS)
    tlm_folders_reload (self->folders);
}

/**
 * tlm_services_new:
 * @store_path: of the database, which need not exist
 * @reader_path: of the built-in model, which is loaded when it is first asked
 */
TlmServices *
tlm_services_new (const char *store_path, const char *reader_path)
{
  TlmServices *self = g_object_new (TLM_TYPE_SERVICES, NULL);

  self->store_path = g_strdup (store_path);
  tlm_backups_put_in_place (store_path, NULL); /* opening says what failed */
  self->locked = tlm_vault_is_sealed (store_path);
  self->store = tlm_store_new ();
  self->engine = tlm_engine_service_new (reader_path);
  self->notes = tlm_notes_new (self->store);
  self->chats = tlm_chats_new (self->store, self->engine);
  self->licenses = tlm_licenses_new (self->store);
  self->todos = tlm_todos_new (self->store, self->engine);
  self->models = tlm_models_new (self->store);
  self->training = tlm_training_new (self->store, TLM_TRAINING_NICE);
  self->example_sets = tlm_example_sets_new (self->store);
  self->trained = tlm_trained_list_new (self->store);
  self->folders = tlm_folders_new (self->store, self->notes);
  g_signal_connect_object (self->folders, "notify::busy", G_CALLBACK (folders_busy_cb), self,
                           G_CONNECT_SWAPPED);
  self->watch = tlm_watch_new (self->store);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (watch_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/* What is loaded when the store is open; their results come in this order, the store's first. */
typedef struct
{
  guint n_left;
  GError *error; /* the first */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_error (&opening->error);
  g_free (opening);
}

static void
finish (GTask *task)
{
  TlmServices *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  self->locked = tlm_store_get_is_locked (self->store);
  if (tlm_error_is_trouble (opening->error))
    self->trouble = g_error_copy (opening->error);
  else if (!self->locked)
    {
      self->ready = TRUE;
      tlm_folders_start (self->folders);
      tlm_models_load_async (self->models, NULL, NULL, NULL);
      tlm_training_load (self->training);
      tlm_trained_list_load (self->trained);
      tlm_example_sets_load_async (self->example_sets, NULL, NULL, NULL);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  if (opening->error != NULL)
    g_task_return_error (task, g_steal_pointer (&opening->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* (transfer full): a reference to @task, and @error */
static void
loaded (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);

  if (opening->error == NULL)
    opening->error = error;
  else
    g_clear_error (&error);
  if (--opening->n_left == 0)
    finish (task);
  g_object_unref (task);
}

static void
licenses_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  tlm_licenses_load_finish (TLM_LICENSES (source), result, &error);
  loaded (user_data, error);
}

static void
chats_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  tlm_chats_load_finish (TLM_CHATS (source), result, &error);
  loaded (user_data, error);
}

static void
notes_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  tlm_notes_load_finish (TLM_NOTES (source), result, &error);
  loaded (user_data, error);
}

static void
store_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  tlm_store_open_finish (TLM_STORE (source), result, &error);
  loaded (user_data, error);
}

/* Behind the opening that was just asked for: the store reads on its thread while the window is made.
 * What stays closed answers with an error, after the store's own. */
static void
load_behind (TlmServices *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  tlm_watch_begin (self->watch);
  tlm_notes_load_async (self->notes, cancellable, notes_loaded_cb, g_object_ref (task));
  tlm_chats_load_async (self->chats, cancellable, chats_loaded_cb, g_object_ref (task));
  tlm_licenses_load_async (self->licenses, cancellable, licenses_loaded_cb, g_object_ref (task));
}

static GTask *
new_opening (TlmServices *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Opening *opening = g_new0 (Opening, 1);

  opening->n_left = 4;
  g_task_set_task_data (task, opening, opening_free);
  return task;
}

/**
 * tlm_services_open_async:
 *
 * Opens the store and loads both lists. Whatever comes of it, "ready" is TRUE afterwards; but for
 * a store that is locked or in trouble.
 */
void
tlm_services_open_async (TlmServices        *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = new_opening (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tlm_services_open_async);
  tlm_store_open_async (self->store, self->store_path, cancellable, store_opened_cb,
                        g_object_ref (task));
  load_behind (self, task);
}

/**
 * tlm_services_unlock_async:
 * @secret: the passphrase or the recovery code
 *
 * Goes on where tlm_services_open_async() found the store locked; tlm_services_open_finish() ends it.
 */
void
tlm_services_unlock_async (TlmServices        *self,
                           const char         *secret,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = new_opening (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tlm_services_unlock_async);
  tlm_store_unlock_async (self->store, secret, cancellable, store_opened_cb, g_object_ref (task));
  load_behind (self, task);
}

/**
 * tlm_services_open_finish:
 *
 * Returns: FALSE with @error set when the store cannot be used
 */
gboolean
tlm_services_open_finish (TlmServices *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tlm_services_close:
 *
 * Waits until everything that was to be saved is saved.
 */
void
tlm_services_close (TlmServices *self)
{
  tlm_training_shutdown (self->training);
  tlm_models_shutdown (self->models);
  tlm_engine_service_shutdown (self->engine);
  tlm_store_close (self->store);
}

/**
 * tlm_services_get_store:
 *
 * Returns: (transfer none): the store
 */
TlmStore *
tlm_services_get_store (TlmServices *self)
{
  return self->store;
}

/**
 * tlm_services_get_models:
 *
 * Returns: (transfer none): the installed models
 */
TlmModels *
tlm_services_get_models (TlmServices *self)
{
  return self->models;
}

/**
 * tlm_services_get_example_sets:
 *
 * Returns: (transfer none): the sets of examples
 */
TlmExampleSets *
tlm_services_get_example_sets (TlmServices *self)
{
  return self->example_sets;
}

/**
 * tlm_services_get_trained:
 *
 * Returns: (transfer none): the specialists
 */
TlmTrainedList *
tlm_services_get_trained (TlmServices *self)
{
  return self->trained;
}

/**
 * tlm_services_get_training:
 *
 * Returns: (transfer none): the training that runs or waits
 */
TlmTraining *
tlm_services_get_training (TlmServices *self)
{
  return self->training;
}

/**
 * tlm_services_get_notes:
 *
 * Returns: (transfer none): the notes
 */
TlmNotes *
tlm_services_get_notes (TlmServices *self)
{
  return self->notes;
}

/**
 * tlm_services_get_chats:
 *
 * Returns: (transfer none): the chats
 */
TlmChats *
tlm_services_get_chats (TlmServices *self)
{
  return self->chats;
}

/**
 * tlm_services_get_engine:
 *
 * Returns: (transfer none): the engine's door
 */
TlmEngineService *
tlm_services_get_engine (TlmServices *self)
{
  return self->engine;
}

/**
 * tlm_services_get_licenses:
 *
 * Returns: (transfer none): the license keys
 */
TlmLicenses *
tlm_services_get_licenses (TlmServices *self)
{
  return self->licenses;
}

/**
 * tlm_services_get_folders:
 *
 * Returns: (transfer none): the folders that are watched
 */
TlmFolders *
tlm_services_get_folders (TlmServices *self)
{
  return self->folders;
}

/**
 * tlm_services_get_todos:
 *
 * Returns: (transfer none): the action items of all notes, to be brought up to date by who shows them
 */
TlmTodos *
tlm_services_get_todos (TlmServices *self)
{
  return self->todos;
}

/**
 * tlm_services_get_ready:
 *
 * Returns: whether opening has ended, well or not
 */
gboolean
tlm_services_get_ready (TlmServices *self)
{
  return self->ready;
}

/**
 * tlm_services_get_locked:
 *
 * Returns: whether the store waits for its passphrase; known from the beginning
 */
gboolean
tlm_services_get_locked (TlmServices *self)
{
  return self->locked;
}

/**
 * tlm_services_get_trouble:
 *
 * Returns: (transfer none) (nullable): why what is there cannot be used, newer or damaged; nothing is
 * ready then
 */
const GError *
tlm_services_get_trouble (TlmServices *self)
{
  return self->trouble;
}

static void
tlm_services_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_READY:
      g_value_set_boolean (value, TLM_SERVICES (object)->ready);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_services_finalize (GObject *object)
{
  TlmServices *self = TLM_SERVICES (object);

  if (self->folders != NULL)
    g_object_run_dispose (G_OBJECT (self->folders));
  g_clear_object (&self->folders);
  g_clear_object (&self->watch);
  g_clear_object (&self->training);
  g_clear_object (&self->example_sets);
  g_clear_object (&self->trained);
  g_clear_object (&self->models);
  g_clear_object (&self->todos);
  g_clear_object (&self->licenses);
  g_clear_object (&self->chats);
  g_clear_object (&self->notes);
  g_clear_object (&self->engine);
  g_clear_object (&self->store);
  g_free (self->store_path);
  g_clear_error (&self->trouble);
  G_OBJECT_CLASS (tlm_services_parent_class)->finalize (object);
}

static void
tlm_services_class_init (TlmServicesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tlm_services_finalize;
  object_class->get_property = tlm_services_get_property;
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_services_init (TlmServices *self)
{
}
