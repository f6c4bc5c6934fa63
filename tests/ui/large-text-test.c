/* SPDX-License-Identifier: Apache-2.0 */
/* Text of one and a half and twice the size: no page needs more room than a narrow window has, and words
 * that are cut short there are told by a tooltip. */
#include "support.h"

#define NARROW 360 /* pixels, of a phone */
#define SHADOW 100 /* pixels around a window, at most */
#define PERSONS_OWN "Harbour library" /* the title of the sample, which a row of a list cuts short */

static void
act (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

static int
get_least_width (GtkWidget *widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* What makes it so wide. */
static void
tell_widest (GtkWidget *widget)
{
  GtkWidget *widest = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child)
        && (widest == NULL || get_least_width (child) > get_least_width (widest)))
      widest = child;
  g_test_message ("%s is %d wide%s%s", G_OBJECT_TYPE_NAME (widget), get_least_width (widget),
                  GTK_IS_LABEL (widget) ? ": " : "",
                  GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "");
  if (widest != NULL)
    tell_widest (widest);
}

static gboolean
is_told (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_get_has_tooltip (widget))
      return TRUE;
  return FALSE;
}

/* Of the program's own words. */
static guint
count_cut (GtkWidget *widget)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (GTK_IS_LABEL (widget) && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)))
      && !is_told (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), PERSONS_OWN) == NULL)
    {
      g_test_message ("cut short: “%s” in a %s", gtk_label_get_text (GTK_LABEL (widget)),
                      G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      n++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_cut (child);
  return n;
}

/* What is read from the disk has come, and is laid out. */
static void
settle (void)
{
  for (guint i = 0; i < 25; i++)
    wait_a_moment ();
}

/* As the desktop's scale of text does it, whose "Large Text" is 125. */
static void
set_size (Fixture *fixture, int percent, int width)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * percent / 100, NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 720);
}

/* With no window manager a size that is asked for while the window is laid out can be lost; the same
 * one asked for again is no news. */
static gboolean
is_wide (Fixture *fixture, int width)
{
  GtkWindow *window = GTK_WINDOW (fixture->window);
  int asked, height;

  if (ABS (gtk_widget_get_width (GTK_WIDGET (window)) - width) < SHADOW)
    return TRUE;
  gtk_window_get_default_size (window, &asked, &height);
  gtk_window_set_default_size (window, asked == width ? width + 1 : width, 720);
  return FALSE;
}

/* A text in a new size may take some frames to lie as it will. */
static guint
count_bad (Fixture *fixture)
{
  GtkWidget *content = gtk_window_get_child (GTK_WINDOW (fixture->window));
  guint n = 0;

  for (guint i = 0; i < 10; i++, settle ())
    {
      n = count_cut (content) + (get_least_width (content) > NARROW);
      if (n == 0)
        return 0;
    }
  tell_widest (content);
  return n;
}

static void
test_fits (Fixture *fixture, gconstpointer data)
{
  static const char *const acts[] = { "win.new-sample", "win.new-chat", "win.show-bin", "win.show-help",
                                      "win.show-licenses", "win.show-models", "win.show-privacy",
                                      "win.show-specialists", "win.show-todo" };
  int percent = GPOINTER_TO_INT (data);
  guint n_bad = 0;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (acts); i++)
    {
      int width = i % 2 == 0 ? NARROW : 1200;

      set_size (fixture, percent, width);
      act (fixture, acts[i / 2]);
      gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
      wait_until (is_wide (fixture, width));
      settle ();
      g_test_message ("%s, %d %%, %d pixels", acts[i / 2], percent, width);
      n_bad += count_bad (fixture);
    }
  g_assert_cmpuint (n_bad, ==, 0);
}

#define ADD(name, percent)                                                                          \
  g_test_add ("/ui/large-text/" name, Fixture, GINT_TO_POINTER (percent), fixture_set_up, test_fits, \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  /* GTK 4.8 draws a scroll bar now and then before it is laid out, and warns of it. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  adw_init ();
  ADD ("half-as-large-again", 150);
  ADD ("twice-as-large", 200);
  return g_test_run ();
}
