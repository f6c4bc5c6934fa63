/* SPDX-License-Identifier: Apache-2.0 */
/* What is laid out otherwise where it is narrow, from libadwaita 1.4. A breakpoint hides its child while it
 * changes over. GTK (4.18) then holds on to the widget that has the keyboard in it, to give the keyboard to
 * another; and does so forever where something in that widget is hidden too before the frame ends. Hence the
 * keyboard is taken out meanwhile. */
#include "compat-private.h"

#if ADW_CHECK_VERSION(1, 4, 0)

/**
 * tlm_breakpoint_new:
 * @child: (transfer floating)
 * @width: from which on it is narrow, in pixels at the usual size of text
 * @applied: (scope async): called with @user_data when it gets narrow
 * @unapplied: (scope async): called with @user_data when it is so no more
 * @user_data: lives as long as @child
 *
 * Returns: (transfer floating): an AdwBreakpointBin, which wants a size request
 */
GtkWidget *
tlm_breakpoint_new (GtkWidget *child,
                    int        width,
                    GCallback  applied,
                    GCallback  unapplied,
                    gpointer   user_data)
{
  GtkWidget *bin = adw_breakpoint_bin_new ();
  g_autofree char *condition = g_strdup_printf ("max-width: %dsp", width);
  AdwBreakpoint *narrow = adw_breakpoint_new (adw_breakpoint_condition_parse (condition));

  g_signal_connect_swapped (narrow, "apply", applied, user_data);
  g_signal_connect_swapped (narrow, "unapply", unapplied, user_data);
  adw_breakpoint_bin_add_breakpoint (ADW_BREAKPOINT_BIN (bin), narrow);
  adw_breakpoint_bin_set_child (ADW_BREAKPOINT_BIN (bin), child);
  return bin;
}

/**
 * tlm_take_focus:
 *
 * Returns: (transfer full) (nullable): what in the widget had the keyboard, which nothing has now
 */
GtkWidget *
tlm_take_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, widget))
    return NULL;
  g_object_ref (focus);
  gtk_root_set_focus (root, NULL);
  return focus;
}

#endif
