/* SPDX-License-Identifier: Apache-2.0 */
/* GtkScrolledWindow takes every turn of the wheel for itself, also where it cannot go that way or is at its
 * end; a page would stand still under the mouse. */
#include "wheel.h"

#include <math.h>

#define SURFACE_FACTOR 2.5 /* of a touchpad's way, as GtkScrolledWindow has it */

static double
get_step (GtkEventControllerScroll *controller, GtkAdjustment *place)
{
  return gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE
           ? SURFACE_FACTOR
           : pow (gtk_adjustment_get_page_size (place), 2.0 / 3.0); /* GtkScrolledWindow's own */
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, GtkScrolledWindow *inner)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (
    GTK_EVENT_CONTROLLER (controller));
  gboolean turned = (state & GDK_SHIFT_MASK) != 0 && dx == 0;
  gboolean sideways = turned || fabs (dx) > fabs (dy);
  GtkAdjustment *place = sideways ? gtk_scrolled_window_get_hadjustment (inner)
                                  : gtk_scrolled_window_get_vadjustment (inner);
  double before = gtk_adjustment_get_value (place);
  double way = (sideways && !turned ? dx : dy) * get_step (controller, place);
  GtkPolicyType across, down;

  gtk_scrolled_window_get_policy (inner, &across, &down);
  if ((sideways ? across : down) == GTK_POLICY_NEVER)
    return FALSE;
  gtk_adjustment_set_value (place, before + way);
  return gtk_adjustment_get_value (place) != before;
}

/**
 * tlm_wheel_share:
 * @inner: in something that scrolls too
 *
 * From now on a turn of the wheel that moves nothing in @inner goes to what it is in.
 */
void
tlm_wheel_share (GtkScrolledWindow *inner)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (inner));
  GtkEventController *own = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) one = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (one))
        gtk_event_controller_set_propagation_phase (one, GTK_PHASE_NONE);
    }
  g_signal_connect (own, "scroll", G_CALLBACK (scroll_cb), inner);
  gtk_widget_add_controller (GTK_WIDGET (inner), own);
}
