/* SPDX-License-Identifier: Apache-2.0 */
/* The actions of the application, with their keys and the window's. Locking, restoring and erasing
 * end the services and begin anew. */
#include "application-private.h"

#include "compat/compat.h"
#include "core/paths.h"
#include "settings/folders-group.h"
#include "settings/preferences.h"
#include "settings/tool-choices-group.h"
#include "store/backups.h"
#include "store/erase.h"

#include <glib/gi18n.h>

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tlm_present_about (GTK_WIDGET (tlm_application_get_window (user_data)));
}

/* Not while what they show is locked or damaged. */
static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  TlmWindow *window = tlm_application_get_window (self);
  GtkWidget *page, *folders, *choices;

  if (self->services == NULL || window == NULL)
    return;
  page = tlm_preferences_new (tlm_licenses_get_list (tlm_services_get_licenses (self->services)),
                              tlm_services_get_models (self->services));
  folders = tlm_folders_group_new (tlm_services_get_folders (self->services));
  choices = tlm_tool_choices_group_new (tlm_services_get_store (self->services));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (folders));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (choices));
  tlm_present_preferences (GTK_WIDGET (window), page);
}

/* Each window is closed as its close button would do it, so that it saves. */
static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  TlmWindow *window = tlm_application_get_window (self);

  self->leaving = TRUE;
  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
  else
    g_application_quit (G_APPLICATION (self));
  self->leaving = FALSE;
}

/* What the window's action of the same name does, as soon as there is a window that shows what is
 * kept. */
static void
in_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  g_autofree char *name = g_strconcat ("win.", g_action_get_name (G_ACTION (action)), NULL);

  g_ptr_array_add (self->wanted, g_action_print_detailed_name (name, parameter));
  g_application_activate (G_APPLICATION (self));
  if (tlm_services_get_ready (self->services))
    tlm_application_begin_work (self, NULL);
}

static gboolean
may_lock (TlmApplication *self)
{
  TlmWindow *window = tlm_application_get_window (self);

  if (self->services == NULL || !tlm_store_get_is_sealed (tlm_services_get_store (self->services))
      || tlm_services_get_locked (self->services))
    return FALSE;
  if (window == NULL || !tlm_window_holds_code (window))
    return TRUE;
  tlm_application_was_used (self); /* it locks that much later */
  return FALSE;
}

/* Also what is still being typed. */
static gboolean
would_lose (TlmApplication *self)
{
  TlmWindow *window = tlm_application_get_window (self);

  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.save", NULL);
  return tlm_store_would_lose (tlm_services_get_store (self->services));
}

static void
lock (TlmApplication *self)
{
  if (self->background != NULL) /* without a window there is none to show instead */
    {
      g_application_quit (G_APPLICATION (self));
      return;
    }
  g_application_hold (G_APPLICATION (self));
  tlm_application_end_services (self);
  tlm_application_start_services (self);
  g_application_activate (G_APPLICATION (self));
  g_application_release (G_APPLICATION (self));
}

/**
 * tlm_application_lock_unused:
 *
 * Locks it as nobody does anything, but not what would be gone then: that waits for somebody.
 */
void
tlm_application_lock_unused (TlmApplication *self)
{
  if (!may_lock (self))
    return;
  if (would_lose (self))
    tlm_application_was_used (self);
  else
    lock (self);
}

static gboolean
lock_all_the_same_cb (gpointer user_data)
{
  if (may_lock (user_data))
    lock (user_data);
  return G_SOURCE_REMOVE;
}

/* The dialog goes first. */
static void
accepted_cb (TlmApplication *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, lock_all_the_same_cb, g_object_ref (self), g_object_unref);
}

static void
lock_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;

  if (!may_lock (self))
    return;
  if (!would_lose (self))
    {
      lock (self);
      return;
    }
  g_application_activate (G_APPLICATION (self));
  tlm_present_question (GTK_WIDGET (tlm_application_get_window (self)), _("Lock Without Saving?"),
                        _("What was written since TinyLM was opened is only in memory, and would "
                          "be lost."), _("_Lock Now"), G_CALLBACK (accepted_cb), self);
}

/* @window: of new services, where they could be used */
static void
say (TlmWindow *window, const char *sentence)
{
  if (window != NULL)
    tlm_window_toast (window, sentence);
}

/* With what was laid ready to take the database's place. @parameter: what to say when it did */
static void
reopen_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  g_autofree char *database = tlm_paths_dup_database ();
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_application_hold (G_APPLICATION (self));
  tlm_application_end_services (self);
  done = tlm_backups_place_now (database, &error);
  tlm_application_start_services (self);
  g_application_activate (G_APPLICATION (self));
  say (tlm_application_get_window (self),
       done ? g_variant_get_string (parameter, NULL) : error->message);
  g_application_release (G_APPLICATION (self));
}

static void
erase_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_application_hold (G_APPLICATION (self));
  tlm_application_end_services (self);
  done = tlm_erase_everything (&error);
  tlm_application_start_services (self);
  g_application_activate (G_APPLICATION (self));
  say (tlm_application_get_window (self), done ? _("Everything is erased.") : error->message);
  g_application_release (G_APPLICATION (self));
}

static void
zoom_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TlmApplication *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));
  int zoom = g_settings_get_int (self->settings, "text-zoom");

  if (g_str_equal (name, "zoom-normal"))
    zoom = 100;
  else
    zoom = CLAMP (zoom + (g_str_equal (name, "zoom-in") ? 10 : -10), 50, 200);
  g_settings_set_int (self->settings, "text-zoom", zoom);
}

/**
 * tlm_application_add_actions:
 *
 * And the keys of these and of the window's.
 */
void
tlm_application_add_actions (TlmApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = about_cb },
    { .name = "erase", .activate = erase_cb },
    { .name = "lock", .activate = lock_cb },
    { .name = "new-chat", .activate = in_window_cb },
    { .name = "new-note", .activate = in_window_cb },
    { .name = "preferences", .activate = preferences_cb },
    { .name = "quit", .activate = quit_cb },
    { .name = "reopen", .activate = reopen_cb, .parameter_type = "s" },
    { .name = "search-for", .activate = in_window_cb, .parameter_type = "s" },
    { .name = "show-place", .activate = in_window_cb, .parameter_type = "s" },
    { .name = "zoom-in", .activate = zoom_cb },
    { .name = "zoom-normal", .activate = zoom_cb },
    { .name = "zoom-out", .activate = zoom_cb },
  };
  static const struct { const char *action, *accels[4]; } keys[] = {
    { "app.preferences", { "<Primary>comma" } },
    { "app.quit", { "<Primary>q" } },
    { "app.zoom-in", { "<Primary>plus", "<Primary>equal", "<Primary>KP_Add" } },
    { "app.zoom-normal", { "<Primary>0", "<Primary>KP_0" } },
    { "app.zoom-out", { "<Primary>minus", "<Primary>KP_Subtract" } },
    { "win.new-note", { "<Primary>n" } },
    { "win.new-chat", { "<Primary>t" } },
    { "win.import", { "<Primary>o" } },
    { "win.search", { "<Primary><Shift>f" } },
    { "win.save", { "<Primary>s" } },
    { "win.show-help", { "F1" } },
    { "win.show-models", { "<Primary><Shift>m" } },
    { "win.show-todo", { "<Primary><Shift>d" } },
    { "win.toggle-sidebar", { "F9" } },
    { "win.show-help-overlay", { "<Primary>question" } },
    { "window.close", { "<Primary>w" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].accels);
}
