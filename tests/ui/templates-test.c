/* SPDX-License-Identifier: Apache-2.0 */
/* Every template builds, is drawn and goes away under fatal warnings. */
#include "widget-types.h"

static void
test_builds (gconstpointer data)
{
  GType (*get_type) (void) = data;
  GtkWidget *window = gtk_window_new (), *widget = g_object_new (get_type (), NULL);

  if (GTK_IS_LIST_BOX_ROW (widget))
    {
      GtkWidget *list = gtk_list_box_new ();

      gtk_list_box_append (GTK_LIST_BOX (list), widget);
      widget = list;
    }
  /* AdwFlap of libadwaita 1.2 allocates its separator by chance while it has no children. */
  if (TLM_IS_SIDE_PANE (widget))
    g_object_set (widget, "content", gtk_label_new (NULL), "pane", gtk_label_new (NULL), NULL);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static int
min_width (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static int
min_height (GtkWidget *widget, int width)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Two lines where it is narrow, one from the width that it asks for on: GTK 4.24 warns otherwise. */
static void
test_asks_for_its_columns (void)
{
  GtkWidget *columns = g_object_ref_sink (g_object_new (TLM_TYPE_EXAMPLES_COLUMNS, NULL));
  int natural;

  tlm_examples_columns_set (TLM_EXAMPLES_COLUMNS (columns), gtk_label_new ("a"), gtk_label_new ("b"));
  gtk_widget_measure (columns, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  g_assert_cmpint (min_height (columns, natural), ==, min_height (columns, 1000));
  g_assert_cmpint (min_height (columns, min_width (columns)), >, min_height (columns, 1000));
  g_object_unref (columns);
}

static void
test_shortcuts (void)
{
  GtkWidget *window = g_object_new (ADW_TYPE_APPLICATION_WINDOW, NULL);
  GListModel *windows = gtk_window_get_toplevels ();
  guint n_before = g_list_model_get_n_items (windows);

  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  gtk_window_present (GTK_WINDOW (window));
  tlm_present_shortcuts (window);
  gtk_test_widget_wait_for_draw (window);
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n_before);
  g_assert_nonnull (dialog);
  g_assert_cmpint (min_width (GTK_WIDGET (dialog)), <=, 360);
#else
  GtkWidget *dialog = g_list_model_get_item (windows, n_before);

  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, n_before + 1);
  g_assert_cmpint (min_width (gtk_widget_get_first_child (dialog)), <=, 360); /* without its border */
  g_object_unref (dialog);
#endif
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (widget_types); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/templates/%s", widget_types[i].name);

      g_test_add_data_func (path, widget_types[i].get_type, test_builds);
    }
  g_test_add_func ("/ui/templates/asks-for-its-columns", test_asks_for_its_columns);
  g_test_add_func ("/ui/templates/shortcuts", test_shortcuts);
  return g_test_run ();
}
