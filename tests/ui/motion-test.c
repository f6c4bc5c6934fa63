/* SPDX-License-Identifier: Apache-2.0 */
/* Who has switched animations off sees none that goes on: some time after a page was opened, and while
 * something is waited for, no frame is drawn any more. An animation that ends by itself is not found here. A
 * frame is drawn for the caret where it blinks, so that is switched off too. */
#include "support.h"

/* For this long; an animation draws 60 frames a second. */
#define SPAN_US (G_USEC_PER_SEC / 2)
#define FRAMES_MAX 3 /* of a label that changes meanwhile */

static void
count_cb (GdkFrameClock *clock, guint *n)
{
  (*n)++;
}

static guint
count_frames (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gint64 end = g_get_monotonic_time () + SPAN_US;
  guint n = 0;
  gulong id = g_signal_connect (clock, "update", G_CALLBACK (count_cb), &n);

  while (g_get_monotonic_time () < end)
    wait_a_moment ();
  g_signal_handler_disconnect (clock, id);
  return n;
}

static void
switch_motion (gboolean on)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", on, "gtk-cursor-blink", FALSE,
                NULL);
}

/* @data: an action that opens something */
static void
test_comes_to_rest (Fixture *fixture, gconstpointer data)
{
  switch_motion (FALSE);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), data, NULL));
  wait_until (count_frames (GTK_WIDGET (fixture->window)) <= FRAMES_MAX);
}

static GtkWidget *
present_spinner (void)
{
  GtkWidget *window = gtk_window_new (), *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_window_set_child (GTK_WINDOW (window), spinner);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

static void
test_spinner (void)
{
  GtkWidget *window;

  switch_motion (TRUE);
  window = present_spinner ();
  g_assert_cmpuint (count_frames (window), >, FRAMES_MAX); /* so that motion would be seen */
  gtk_window_destroy (GTK_WINDOW (window));
  switch_motion (FALSE);
  window = present_spinner ();
  wait_until (count_frames (window) <= FRAMES_MAX);
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(name, action)                                                                           \
  g_test_add ("/ui/motion/" name, Fixture, action, fixture_set_up, test_comes_to_rest, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/motion/spinner", test_spinner);
  ADD ("sample", "win.new-sample");
  ADD ("chat", "win.new-chat");
  ADD ("models", "win.show-models");
  ADD ("privacy", "win.show-privacy");
  ADD ("specialists", "win.show-specialists");
  return g_test_run ();
}
