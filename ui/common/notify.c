/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications say that something is ready and lead there. Whoever sees the screen reads them, and the
 * desktop keeps them: no word of a note or a chat is in one. */
#include "notify.h"

#include <gtk/gtk.h>

static gboolean
is_in_front (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  return window != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)) && gtk_window_is_active (window);
}

/**
 * tlm_notify:
 * @id: takes the place of the notification before with the same one
 * @title: a sentence without content
 * @body: (nullable): another
 * @place: a "tinylm:" link to where a click leads
 *
 * Does nothing while a window is in front, or when the person wants none.
 */
void
tlm_notify (const char *id, const char *title, const char *body, const char *place)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  g_autoptr (GNotification) notification = NULL;

  if (is_in_front (application) || !g_settings_get_boolean (settings, "notifications"))
    return;
  notification = g_notification_new (title);
  if (body != NULL)
    g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-place", "s", place);
  g_application_send_notification (application, id, notification);
}
