/* SPDX-License-Identifier: Apache-2.0 */
/* The window as it was left: its page, place and size; and what is taken along from its sidebar. */
#include "support.h"

#include "common/item-row.h"
#include "notes/note-page-private.h"
#include "settings/privacy-page.h"

#include <gtksourceview/gtksource.h>

/* 0 before lines are laid out: each would be the last one then. */
static int
get_top (Fixture *fixture)
{
  GtkTextView *view = GTK_TEXT_VIEW (find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL));
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  GdkRectangle seen;
  GtkTextIter iter;

  gtk_text_view_get_visible_rect (view, &seen);
  if (seen.height == 0 || gtk_adjustment_get_upper (place) <= gtk_adjustment_get_page_size (place))
    return 0;
  gtk_text_view_get_line_at_y (view, &iter, seen.y, NULL);
  return gtk_text_iter_get_line (&iter);
}

/* Returns: whether @line is where it was scrolled to; before there are lines it is not. */
static gboolean
scrolls (Fixture *fixture, int line)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_line (editor_of (fixture), &iter, line);
  gtk_text_buffer_place_cursor (editor_of (fixture), &iter);
  gtk_text_view_scroll_to_mark (
    GTK_TEXT_VIEW (find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL)),
    gtk_text_buffer_get_insert (editor_of (fixture)), 0, TRUE, 0, 0);
  return get_top (fixture) == line;
}

/* Where that is, the window said when it closed: lines that are not measured yet still move. */
static gboolean
is_where_it_was_left (Fixture *fixture)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkTextIter iter;

  if (!editor_is_ready (fixture))
    return FALSE;
  gtk_text_buffer_get_iter_at_offset (editor_of (fixture), &iter,
                                      g_settings_get_int (settings, "last-top"));
  return gtk_text_iter_get_line (&iter) > 10 && get_top (fixture) == gtk_text_iter_get_line (&iter);
}

static void
test_begins_where_it_was_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("# Many lines\n");

  for (int i = 0; i < 300; i++)
    g_string_append_printf (text, "Line %d.\n", i);
  new_note (fixture, text->str);
  wait_until (scrolls (fixture, 200));

  fixture_restart (fixture);
  wait_until (is_where_it_was_left (fixture));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-privacy", NULL);
  fixture_restart (fixture);
  wait_until (find_widget (fixture->window, TLM_TYPE_PRIVACY_PAGE, NULL) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.escape", NULL);
  wait_until (is_where_it_was_left (fixture));
}

/* (transfer none): another window of the same services, which nobody has seen yet */
static GtkWindow *
make_window (Fixture *fixture)
{
  return GTK_WINDOW (tlm_window_new (GTK_APPLICATION (fixture->application), fixture->services));
}

static void
test_keeps_its_size (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWindow *window;
  int width, height;

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 500);
  fixture_restart (fixture);
  gtk_window_get_default_size (GTK_WINDOW (fixture->window), &width, &height);
  g_assert_cmpint (width, ==, 700);
  g_assert_cmpint (height, ==, 500);
  g_assert_false (gtk_window_is_maximized (GTK_WINDOW (fixture->window)));

  window = make_window (fixture);
  gtk_window_maximize (window);
  g_assert_true (gtk_window_is_maximized (window));
  g_signal_emit_by_name (window, "close-request", &(gboolean){ FALSE });
  gtk_window_destroy (window);
  g_assert_true (g_settings_get_boolean (settings, "window-maximized"));
  window = make_window (fixture);
  g_assert_true (gtk_window_is_maximized (window));
  gtk_window_destroy (window);
  g_settings_reset (settings, "window-maximized");
  g_settings_reset (settings, "window-size");
}

/* (transfer full) (nullable): what a pointer takes along that begins to move on the first row */
static GdkContentProvider *
drag_first (Fixture *fixture)
{
  g_autoptr (GListModel) controllers = NULL;
  GdkContentProvider *taken = NULL;
  GtkWidget *row;

  wait_until ((row = find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)) != NULL);
  controllers = gtk_widget_observe_controllers (row);
  for (guint i = 0; taken == NULL && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DRAG_SOURCE (controller))
        g_signal_emit_by_name (controller, "prepare", 0.0, 0.0, &taken);
    }
  return taken;
}

/* A note is taken along, and a chat is not. */
static void
test_drags_a_note (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GdkContentProvider) taken = NULL, none = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  new_note (fixture, "# Groceries");
  wait_until ((taken = drag_first (fixture)) != NULL);
  g_value_init (&value, TLM_TYPE_NOTE);
  g_assert_true (gdk_content_provider_get_value (taken, &value, NULL));
  g_assert_true (g_value_get_object (&value) == TLM_NOTE_PAGE (find_widget (fixture->window, TLM_TYPE_NOTE_PAGE, NULL))->note);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (tlm_services_get_chats (fixture->services))) == 1);
  wait_until (TLM_IS_CHAT (tlm_item_row_get_item (TLM_ITEM_ROW (
    find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)))));
  g_assert_null (none = drag_first (fixture));
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/window-state/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("begins-where-it-was-left", test_begins_where_it_was_left);
  ADD ("keeps-its-size", test_keeps_its_size);
  ADD ("drags-a-note", test_drags_a_note);
  return g_test_run ();
}
