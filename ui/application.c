/* SPDX-License-Identifier: Apache-2.0 */
/* The application makes the services, opens them while the window is already drawn, and closes them
 * when the last window has gone. Files given on the command line or by "Open With" become notes as
 * soon as there is a place to keep them; what the desktop asks for, as a new note or a place that it
 * found, is shown then too. A training goes on when the window is closed. While the store is locked
 * there is another window, which knows nothing of what is kept; a store that cannot be used has one
 * too. The actions are in application-actions.c. */
#include "application-private.h"

#include "common/notify.h"
#include "core/alarm.h"
#include "core/paths.h"
#include "common/style.h"
#include "compat/compat.h"
#include "settings/trouble-page.h"
#include "settings/unlock-page.h"

#include <glib/gi18n.h>

/* After the last question of the desktop's search, as long as GApplication gives a service that was
 * not asked anything. */
#define SERVICE_IDLE_MS 10000

G_DEFINE_FINAL_TYPE (TlmApplication, tlm_application, ADW_TYPE_APPLICATION)

/**
 * tlm_application_get_window:
 *
 * Returns: (nullable): the window with what is kept
 */
TlmWindow *
tlm_application_get_window (TlmApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (TLM_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

static void
do_in_window (TlmWindow *window, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (g_action_parse_detailed_name (detailed, &name, &target, NULL))
    gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
}

/**
 * tlm_application_begin_work:
 * @warning: (nullable): shown over the window, which there may be none of yet
 *
 * The window opens and does what waited for it.
 */
void
tlm_application_begin_work (TlmApplication *self, const char *warning)
{
  TlmWindow *window = tlm_application_get_window (self);

  if (warning != NULL && window != NULL)
    tlm_window_warn (window, warning);
  for (guint i = 0; window != NULL && i < self->waiting->len; i++)
    tlm_window_open_file (window, g_ptr_array_index (self->waiting, i));
  for (guint i = 0; window != NULL && i < self->wanted->len; i++)
    do_in_window (window, g_ptr_array_index (self->wanted, i));
  g_ptr_array_set_size (self->waiting, 0);
  g_ptr_array_set_size (self->wanted, 0);
}

static gboolean
is_in_trouble (TlmApplication *self)
{
  return tlm_services_get_trouble (self->services) != NULL;
}

/* In place of every other window: what they show is not what is kept. */
static void
show_trouble (TlmApplication *self)
{
  GtkWidget *window = g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", self, "title",
                                    "TinyLM", "content", tlm_trouble_page_new (self->services),
                                    "default-width", 560, "default-height", 640, NULL);
  g_autoptr (GList) others = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  gtk_window_present (GTK_WINDOW (window));
  for (GList *l = others; l != NULL; l = l->next)
    if (l->data != window)
      gtk_window_destroy (l->data);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = tlm_services_open_finish (TLM_SERVICES (source), result, &error);

  if (TLM_SERVICES (source) != self->services)
    return;
  if (self->search_provider != NULL)
    tlm_search_provider_set_services (self->search_provider, self->services);
  if (tlm_services_get_locked (self->services))
    return;
  if (!is_in_trouble (self))
    tlm_application_begin_work (self, done ? NULL : error->message);
  else if (gtk_application_get_windows (GTK_APPLICATION (self)) != NULL)
    show_trouble (self); /* else only the desktop's search has asked */
}

static void
apply_model (TlmApplication *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");
  g_autofree char *format = g_settings_get_string (self->settings, "chat-format");

  if (self->services == NULL) /* erasing resets the settings between the old ones and the new */
    return;
  tlm_chats_set_model (tlm_services_get_chats (self->services), path, format);
  tlm_engine_service_set_context (tlm_services_get_engine (self->services),
                                  (guint) g_settings_get_double (self->settings, "chat-context"),
                                  g_settings_get_boolean (self->settings, "chat-compact-context"));
}

static void
apply_text_size (TlmApplication *self)
{
  gboolean system = g_settings_get_boolean (self->settings, "editor-system-size");

  tlm_style_set_text_size (system ? 0 : g_settings_get_double (self->settings, "editor-size"),
                           g_settings_get_int (self->settings, "text-zoom"));
}

static void
training_changed_cb (TlmTraining *training)
{
  if (tlm_training_get_state (training) == TLM_TRAINING_DONE)
    tlm_notify ("training", _("The training is done"), NULL, "tinylm:specialists");
}

/**
 * tlm_application_start_services:
 *
 * Makes them and begins to open them.
 */
void
tlm_application_start_services (TlmApplication *self)
{
  g_autofree char *store_path = tlm_paths_dup_database ();
  g_autofree char *reader_path = tlm_paths_dup_data ("models/eeny.gguf");

  self->services = tlm_services_new (store_path, reader_path);
  apply_model (self);
  g_signal_connect_object (tlm_services_get_training (self->services), "changed",
                           G_CALLBACK (training_changed_cb), self, 0);
  tlm_services_open_async (self->services, NULL, opened_cb, g_object_ref (self));
}

/**
 * tlm_application_end_services:
 *
 * The window saves and goes, its dialogs too, and with the services all that was read from the
 * store.
 */
void
tlm_application_end_services (TlmApplication *self)
{
  TlmWindow *window = tlm_application_get_window (self);
  GListModel *windows = gtk_window_get_toplevels ();

  self->leaving = TRUE;
  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
  while (g_list_model_get_n_items (windows) > 0)
    {
      g_autoptr (GtkWindow) first = g_list_model_get_item (windows, 0);

      gtk_window_destroy (first);
    }
  self->leaving = FALSE;
  g_clear_object (&self->background);
  if (self->search_provider != NULL)
    tlm_search_provider_set_services (self->search_provider, NULL);
  tlm_services_close (self->services);
  g_clear_object (&self->services);
}

static gboolean
idle_cb (gpointer user_data)
{
  TlmApplication *self = user_data;

  self->idle = 0;
  tlm_application_lock_unused (self);
  return G_SOURCE_REMOVE;
}

static gboolean
can_lock (TlmApplication *self)
{
  return self->services != NULL && !tlm_services_get_locked (self->services);
}

/**
 * tlm_application_was_used:
 *
 * Each event in a window begins the time until it locks anew, but for one behind a sleep of the
 * machine that was longer.
 *
 * Returns: whether the event is to be taken for none
 */
gboolean
tlm_application_was_used (TlmApplication *self)
{
  double minutes = g_settings_get_double (self->settings, "lock-idle-minutes");
  gint64 now = tlm_alarm_get_time ();

  if (self->idle != 0 && now >= self->locks_at)
    return GDK_EVENT_STOP;
  g_clear_handle_id (&self->idle, g_source_remove);
  self->locks_at = now + (gint64) (minutes * 60 * G_USEC_PER_SEC);
  if (minutes > 0 && can_lock (self))
    self->idle = tlm_alarm_add (self->locks_at, idle_cb, self);
  return GDK_EVENT_PROPAGATE;
}

static void
watch_use (TlmApplication *self, GtkWidget *window)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_event_controller_set_propagation_limit (controller, GTK_LIMIT_NONE); /* popovers too */
  g_signal_connect_object (controller, "event", G_CALLBACK (tlm_application_was_used), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (window, controller);
  tlm_application_was_used (self);
}

/* Also dialogs, which are windows of their own before libadwaita 1.5. */
static void
toplevels_changed_cb (GListModel *windows, guint position, guint n_removed, guint n_added,
                      TlmApplication *self)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      watch_use (self, window);
    }
}

static void
tlm_application_startup (GApplication *application)
{
  static const struct { const char *signal; GCallback apply; } applied[] = {
    { "changed::chat-compact-context", G_CALLBACK (apply_model) },
    { "changed::chat-context", G_CALLBACK (apply_model) },
    { "changed::chat-format", G_CALLBACK (apply_model) },
    { "changed::chat-model-path", G_CALLBACK (apply_model) },
    { "changed::editor-size", G_CALLBACK (apply_text_size) },
    { "changed::editor-system-size", G_CALLBACK (apply_text_size) },
    { "changed::lock-idle-minutes", G_CALLBACK (tlm_application_was_used) },
    { "changed::text-zoom", G_CALLBACK (apply_text_size) },
  };
  TlmApplication *self = TLM_APPLICATION (application);

  G_APPLICATION_CLASS (tlm_application_parent_class)->startup (application);
  tlm_mend_for_readers ();
  gtk_window_set_default_icon_name ("com.sprapp.TinyLM");
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  for (guint i = 0; i < G_N_ELEMENTS (applied); i++)
    g_signal_connect_object (self->settings, applied[i].signal, applied[i].apply, self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_window_get_toplevels (), "items-changed",
                           G_CALLBACK (toplevels_changed_cb), self, 0);
  apply_text_size (self);
  tlm_style_follow_contrast ();
  tlm_application_add_actions (self);
  if (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE)
    g_application_set_inactivity_timeout (application, SERVICE_IDLE_MS);
  tlm_application_start_services (self);
}

static void
unlocked_cb (TlmUnlockPage *page, const char *warning, TlmApplication *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (page)));

  if (is_in_trouble (self))
    {
      show_trouble (self);
      return;
    }
  g_application_activate (G_APPLICATION (self));
  gtk_window_destroy (GTK_WINDOW (window));
  tlm_application_begin_work (self, warning);
}

static GtkWidget *
new_unlock_window (TlmApplication *self)
{
  GtkWidget *page = tlm_unlock_page_new (self->services);

  g_signal_connect_object (page, "unlocked", G_CALLBACK (unlocked_cb), self, 0);
  return g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", self, "title", "TinyLM",
                       "content", page, "default-width", 560, "default-height", 640, NULL);
}

static GtkWidget *
new_main_window (TlmApplication *self)
{
  g_application_set_inactivity_timeout (G_APPLICATION (self), 0);
  g_clear_object (&self->background);
  return tlm_window_new (GTK_APPLICATION (self), self->services);
}

static void
tlm_application_activate (GApplication *application)
{
  TlmApplication *self = TLM_APPLICATION (application);
  gboolean locked = tlm_services_get_locked (self->services);
  GtkWidget *window = GTK_WIDGET (tlm_application_get_window (self));

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self));
       (locked || is_in_trouble (self)) && l != NULL; l = l->next)
    window = l->data; /* to unlock, or of the trouble: there is no other */
  if (window == NULL && is_in_trouble (self))
    {
      show_trouble (self);
      return;
    }
  if (window == NULL)
    window = locked ? new_unlock_window (self) : new_main_window (self);
  gtk_window_present (GTK_WINDOW (window));
}

/* Closing the window leaves a training running; quitting does not. */
static void
tlm_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  TlmApplication *self = TLM_APPLICATION (application);
  TlmTraining *training = self->services != NULL ? tlm_services_get_training (self->services) : NULL;

  if (!self->leaving && TLM_IS_WINDOW (window) && training != NULL && self->background == NULL
      && tlm_training_get_state (training) == TLM_TRAINING_RUNNING
      && !tlm_training_get_paused (training))
    self->background = tlm_background_new (G_APPLICATION (self), training);
  GTK_APPLICATION_CLASS (tlm_application_parent_class)->window_removed (application, window);
}

static void
tlm_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TlmApplication *self = TLM_APPLICATION (application);

  g_application_activate (application);
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (self->waiting, g_object_ref (files[i]));
  if (tlm_services_get_ready (self->services))
    tlm_application_begin_work (self, NULL);
}

/* "--new-note" and "--new-chat": what the desktop's menu runs where it does not go over D-Bus. */
static int
tlm_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  static const char *const actions[] = { "new-note", "new-chat" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      if (!g_variant_dict_contains (options, actions[i]))
        continue;
      if (!g_application_register (application, NULL, &error))
        {
          g_printerr ("%s\n", error->message);
          return EXIT_FAILURE;
        }
      g_action_group_activate_action (G_ACTION_GROUP (application), actions[i], NULL);
    }
  return -1; /* go on as ever */
}

static gboolean
tlm_application_dbus_register (GApplication    *application,
                               GDBusConnection *bus,
                               const char      *path,
                               GError         **error)
{
  TlmApplication *self = TLM_APPLICATION (application);
  g_autofree char *search_path = g_strconcat (path, "/SearchProvider", NULL);

  if (!G_APPLICATION_CLASS (tlm_application_parent_class)
         ->dbus_register (application, bus, path, error))
    return FALSE;
  self->search_provider = tlm_search_provider_new (application);
  return tlm_search_provider_export (self->search_provider, bus, search_path, error);
}

static void
tlm_application_dbus_unregister (GApplication    *application,
                                 GDBusConnection *bus,
                                 const char      *path)
{
  TlmApplication *self = TLM_APPLICATION (application);

  if (self->search_provider != NULL)
    tlm_search_provider_unexport (self->search_provider, bus);
  g_clear_object (&self->search_provider);
  G_APPLICATION_CLASS (tlm_application_parent_class)->dbus_unregister (application, bus, path);
}

static void
tlm_application_shutdown (GApplication *application)
{
  TlmApplication *self = TLM_APPLICATION (application);

  g_clear_object (&self->background);
  if (self->services != NULL)
    tlm_services_close (self->services);
  G_APPLICATION_CLASS (tlm_application_parent_class)->shutdown (application);
}

static void
tlm_application_finalize (GObject *object)
{
  TlmApplication *self = TLM_APPLICATION (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->services);
  g_clear_object (&self->settings);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->wanted);
  G_OBJECT_CLASS (tlm_application_parent_class)->finalize (object);
}

static void
tlm_application_class_init (TlmApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tlm_application_finalize;
  application_class->startup = tlm_application_startup;
  application_class->activate = tlm_application_activate;
  application_class->open = tlm_application_open;
  application_class->handle_local_options = tlm_application_handle_local_options;
  application_class->dbus_register = tlm_application_dbus_register;
  application_class->dbus_unregister = tlm_application_dbus_unregister;
  GTK_APPLICATION_CLASS (klass)->window_removed = tlm_application_window_removed;
  application_class->shutdown = tlm_application_shutdown;
}

static void
tlm_application_init (TlmApplication *self)
{
  static const GOptionEntry options[] = {
    { "new-note", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin a new note"), NULL },
    { "new-chat", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin a new chat"), NULL },
    { NULL },
  };

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->wanted = g_ptr_array_new_with_free_func (g_free);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/**
 * tlm_application_new:
 *
 * Returns: (transfer full): the application
 */
TlmApplication *
tlm_application_new (void)
{
  return g_object_new (TLM_TYPE_APPLICATION, "application-id", "com.sprapp.TinyLM",
                       "resource-base-path", "/com/sprapp/TinyLM", "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
