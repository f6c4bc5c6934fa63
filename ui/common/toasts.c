/* SPDX-License-Identifier: Apache-2.0 */
#include "common/toasts.h"

#include "compat/compat.h"

#include <glib/gi18n.h>

#define UNDO_SECONDS 10 /* those of libadwaita have 5 */

/* Until libadwaita 1.4 a toast's title is markup always. */
AdwToast *
tlm_toast_new (const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  return adw_toast_new (escaped);
}

AdwToast *
tlm_undo_toast_new (const char *sentence)
{
  AdwToast *toast = tlm_toast_new (sentence);

  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  return toast;
}

void
tlm_toast_in_preferences (GtkWidget *widget, const char *sentence)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (g_application_get_default ()));

  if (gtk_widget_get_root (widget) != NULL)
    tlm_preferences_add_toast (widget, tlm_toast_new (sentence));
  else if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s", sentence);
}
