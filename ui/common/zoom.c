/* SPDX-License-Identifier: Apache-2.0 */
#include "zoom.h"

#include <glib/gi18n.h>

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GdkModifierType state = gtk_event_controller_get_current_event_state (
    GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_CONTROL_MASK) == 0)
    return FALSE;
  if (dy != 0)
    gtk_widget_activate_action (widget, dy < 0 ? "app.zoom-in" : "app.zoom-out", NULL);
  return TRUE;
}

/**
 * tlm_zoom_add_wheel:
 * @widget: over which a turn of the wheel with Ctrl makes the text larger or smaller
 */
void
tlm_zoom_add_wheel (GtkWidget *widget)
{
  GtkEventController *wheel = gtk_event_controller_scroll_new (
    GTK_EVENT_CONTROLLER_SCROLL_VERTICAL | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);

  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect (wheel, "scroll", G_CALLBACK (scroll_cb), NULL);
  gtk_widget_add_controller (widget, wheel);
}

static gboolean
describe_cb (GValue *value, GVariant *variant, gpointer user_data)
{
  /* Translators: how large the text is shown, in percent of its usual size. */
  g_value_take_string (value, g_strdup_printf (_("%d %%"), g_variant_get_int32 (variant)));
  return TRUE;
}

static GtkWidget *
create_button (const char *icon, const char *name, const char *action)
{
  GtkWidget *button = gtk_button_new ();

  if (icon != NULL)
    gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

/**
 * tlm_zoom_row_new:
 *
 * Returns: (transfer floating): smaller, the size in percent and back to it, larger; for a menu
 */
GtkWidget *
tlm_zoom_row_new (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *smaller = create_button ("zoom-out-symbolic", _("Smaller Text"), "app.zoom-out");
  GtkWidget *normal = create_button (NULL, _("Normal Text Size"), "app.zoom-normal");
  GtkWidget *larger = create_button ("zoom-in-symbolic", _("Larger Text"), "app.zoom-in");

  gtk_widget_add_css_class (smaller, "circular");
  gtk_widget_add_css_class (normal, "numeric");
  gtk_widget_add_css_class (larger, "circular");
  gtk_widget_set_hexpand (normal, TRUE);
  g_settings_bind_with_mapping (settings, "text-zoom", normal, "label", G_SETTINGS_BIND_GET,
                                describe_cb, NULL, NULL, NULL);
  gtk_widget_set_margin_start (row, 12);
  gtk_widget_set_margin_end (row, 12);
  gtk_box_append (GTK_BOX (row), smaller);
  gtk_box_append (GTK_BOX (row), normal);
  gtk_box_append (GTK_BOX (row), larger);
  return row;
}
