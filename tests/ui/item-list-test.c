/* SPDX-License-Identifier: Apache-2.0 */
/* A click in the sidebar: on the row of what is open it leads there again; on another row, which is then
 * selected, and below the last one it does not. */
#include "common/item-list.h"

#include "common/item-row.h"
#include "notes/note-private.h"

static void
count_cb (TlmItemList *list, GObject *item, guint *n)
{
  (*n)++;
}

static GtkWidget *
find (GtkWidget *top, GType type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (top), type) ? top : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

/* As GTK tells of it. @y: pixels */
static void
click (GtkWidget *view, double y)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller))
        {
          /* Before the row's own, which comes after it on the way up. */
          g_assert_cmpint (gtk_event_controller_get_propagation_phase (controller), ==, GTK_PHASE_CAPTURE);
          g_signal_emit_by_name (controller, "released", 1, 20.0, y);
        }
    }
}

static double
get_middle (GtkWidget *view, GtkWidget *row)
{
  graphene_rect_t place;

  g_assert_true (gtk_widget_compute_bounds (row, view, &place));
  return (double) (place.origin.y + place.size.height / 2);
}

static void
test_clicks (void)
{
  g_autoptr (GListStore) notes = g_list_store_new (TLM_TYPE_NOTE);
  g_autoptr (TlmNote) open = tlm_note_new (1, "Open", 0);
  g_autoptr (TlmNote) other = tlm_note_new (2, "Other", 0);
  GtkWidget *list = g_object_new (TLM_TYPE_ITEM_LIST, NULL), *window = gtk_window_new (), *view, *row;
  guint n = 0;

  g_list_store_append (notes, open);
  g_list_store_append (notes, other);
  tlm_item_list_set_model (TLM_ITEM_LIST (list), G_LIST_MODEL (notes));
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 600);
  gtk_window_set_child (GTK_WINDOW (window), list);
  gtk_window_present (GTK_WINDOW (window));
  tlm_item_list_select (TLM_ITEM_LIST (list), open);
  g_signal_connect (list, "item-activated", G_CALLBACK (count_cb), &n);
  while ((row = find (list, TLM_TYPE_ITEM_ROW)) == NULL || gtk_widget_get_height (row) == 0)
    g_main_context_iteration (NULL, TRUE);
  view = find (list, GTK_TYPE_LIST_VIEW);
  click (view, get_middle (view, row));
  g_assert_cmpuint (n, ==, 1);
  click (view, get_middle (view, find (gtk_widget_get_next_sibling (gtk_widget_get_parent (row)),
                                       TLM_TYPE_ITEM_ROW)));
  g_assert_cmpuint (n, ==, 1);
  click (view, 590);
  g_assert_cmpuint (n, ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/item-list/clicks", test_clicks);
  return g_test_run ();
}
