/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard's place in the window: the Tab key goes through each page and back, a page that is opened
 * has it, and whatever goes away under the keyboard, it stands on something that is seen afterwards. */
#include "support.h"

#include "chats/chat-page.h"
#include "common/item-list.h"
#include "common/item-row.h"
#include "common/page.h"
#include "notes/note-page.h"
#include "notes/span-row.h"
#include "settings/bin-page.h"
#include "settings/bin-row.h"

#include <gtksourceview/gtksource.h>

static GtkWidget *
get_focus (Fixture *fixture)
{
  return gtk_root_get_focus (GTK_ROOT (fixture->window));
}

/* (transfer full): for a failure, the types from the widget up */
static char *
dup_path (GtkWidget *widget)
{
  GString *path = g_string_new (widget != NULL ? G_OBJECT_TYPE_NAME (widget) : "nothing");

  while (widget != NULL && (widget = gtk_widget_get_parent (widget)) != NULL)
    g_string_append_printf (path, " in %s", G_OBJECT_TYPE_NAME (widget));
  return g_string_free (path, FALSE);
}

static gboolean
is_in_window (Fixture *fixture, GtkWidget *widget)
{
  graphene_rect_t place;

  return gtk_widget_compute_bounds (widget, GTK_WIDGET (fixture->window), &place)
         && place.size.width > 0 && place.size.height > 0 && place.origin.x >= 0
         && place.origin.x + place.size.width <= gtk_widget_get_width (GTK_WIDGET (fixture->window));
}

static gboolean
is_seen (Fixture *fixture)
{
  GtkWidget *focus = get_focus (fixture);

  return focus != NULL && gtk_widget_get_mapped (focus) && gtk_widget_is_sensitive (focus)
         && is_in_window (fixture, focus);
}

/* Where the keyboard goes to may first have to be laid out. */
static void
assert_seen (Fixture *fixture)
{
  for (guint i = 0; i < 250 && !is_seen (fixture); i++)
    wait_a_moment ();
  if (!is_seen (fixture))
    {
      g_autofree char *path = dup_path (get_focus (fixture));

      g_error ("the keyboard is lost: %s", path);
    }
}

/* The keyboard is within a widget of the type. */
static gboolean
has_focus_within (Fixture *fixture, GType type)
{
  GtkWidget *focus = get_focus (fixture);

  return focus != NULL && gtk_widget_get_mapped (focus)
         && gtk_widget_get_ancestor (focus, type) != NULL;
}

static void
act (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

/* ---- there and back ---- */

static GPtrArray *
walk (Fixture *fixture, GtkDirectionType direction)
{
  GPtrArray *way = g_ptr_array_new ();

  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  while (gtk_widget_child_focus (GTK_WIDGET (fixture->window), direction)
         && !g_ptr_array_find (way, get_focus (fixture), NULL))
    {
      assert_seen (fixture);
      g_ptr_array_add (way, get_focus (fixture));
    }
  return way;
}

static void
assert_there_and_back (Fixture *fixture)
{
  g_autoptr (GPtrArray) there = NULL, back = NULL;

  /* What is read from the disk may come meanwhile. */
  for (guint i = 0; i < 100 && (there == NULL || there->len != back->len); i++)
    {
      g_clear_pointer (&there, g_ptr_array_unref);
      g_clear_pointer (&back, g_ptr_array_unref);
      wait_a_moment ();
      there = walk (fixture, GTK_DIR_TAB_FORWARD);
      back = walk (fixture, GTK_DIR_TAB_BACKWARD);
    }
  g_assert_cmpuint (there->len, >, 5);
  g_assert_cmpuint (back->len, ==, there->len);
  for (guint i = 0; i < there->len; i++)
    if (there->pdata[i] != back->pdata[back->len - 1 - i])
      {
        g_autofree char *one = dup_path (there->pdata[i]);
        g_autofree char *other = dup_path (back->pdata[back->len - 1 - i]);

        g_error ("the way back comes past %s where the way there came past %s", other, one);
      }
}

/* @data: the action that opens it */
static void
test_page (Fixture *fixture, gconstpointer data)
{
  act (fixture, data);
  wait_until (has_focus_within (fixture, TLM_TYPE_PAGE));
  assert_seen (fixture);
  assert_there_and_back (fixture);
  act (fixture, "win.escape");
  wait_until (!has_focus_within (fixture, TLM_TYPE_PAGE));
  assert_seen (fixture);
}

/* The way goes by where things lie. */
static void
wait_for_row (Fixture *fixture, GType type)
{
  GtkWidget *row;

  wait_until ((row = find_widget (fixture->window, type, NULL)) != NULL && gtk_widget_get_width (row) > 0);
}

static void
test_sample (Fixture *fixture, gconstpointer data)
{
  act (fixture, "win.new-sample");
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Chosen by eeny") != NULL);
  wait_until (has_focus_within (fixture, GTK_SOURCE_TYPE_VIEW));
  wait_for_row (fixture, TLM_TYPE_ITEM_ROW);
  wait_for_row (fixture, TLM_TYPE_SPAN_ROW);
  assert_there_and_back (fixture);
}

static void
test_chat (Fixture *fixture, gconstpointer data)
{
  act (fixture, "win.new-chat");
  wait_until (has_focus_within (fixture, TLM_TYPE_CHAT_PAGE));
  wait_for_row (fixture, TLM_TYPE_ITEM_ROW);
  assert_there_and_back (fixture);
}

static void
step (Fixture *fixture, int n)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.next-pane", "i", n);
}

/* F6 comes back to where the keyboard was in a page. */
static void
test_panes (Fixture *fixture, gconstpointer data)
{
  GtkWidget *place;

  act (fixture, "win.show-models");
  wait_until (has_focus_within (fixture, TLM_TYPE_PAGE));
  place = find_widget (find_widget (fixture->window, TLM_TYPE_PAGE, NULL), GTK_TYPE_SPIN_BUTTON, NULL);
  g_assert_true (gtk_widget_grab_focus (place));
  place = get_focus (fixture);
  step (fixture, 1);
  g_assert_false (has_focus_within (fixture, TLM_TYPE_PAGE));
  step (fixture, 1);
  g_assert_true (get_focus (fixture) == place);
  step (fixture, -1);
  step (fixture, -1);
  g_assert_true (get_focus (fixture) == place);
}

/* ---- what goes away ---- */

static void
write_notes (Fixture *fixture, guint n)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));

  for (guint i = 0; i < n; i++)
    {
      GtkWidget *editor;

      act (fixture, "win.new-note");
      wait_until (g_list_model_get_n_items (notes) == i + 1);
      wait_until ((editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL)) != NULL
                  && gtk_text_view_get_editable (GTK_TEXT_VIEW (editor))
                  && gtk_text_buffer_get_char_count (
                       gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor))) == 0);
      gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor)), "walrus", -1);
      act (fixture, "win.save");
      wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "· Saved") != NULL);
    }
}

static GtkWidget *
get_focused_row (Fixture *fixture)
{
  GtkWidget *focus = get_focus (fixture);
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  return row != NULL && TLM_IS_ITEM_ROW (row) && gtk_widget_get_mapped (row) ? row : NULL;
}

static void
test_notes_go_into_the_bin (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));

  write_notes (fixture, 3);
  gtk_widget_grab_focus (gtk_widget_get_parent (find_widget (fixture->window, TLM_TYPE_ITEM_ROW,
                                                             NULL)));
  for (guint left = 3; left > 0; left--)
    {
      g_assert_cmpuint (g_list_model_get_n_items (notes), ==, left);
      wait_until (get_focused_row (fixture) != NULL);
      tlm_item_row_trash (TLM_ITEM_ROW (get_focused_row (fixture)));
      wait_until (g_list_model_get_n_items (notes) == left - 1);
    }
  wait_until (get_focus (fixture) != NULL && !has_focus_within (fixture, TLM_TYPE_ITEM_LIST));
  assert_seen (fixture);
}

static void
test_open_note_goes_into_the_bin (Fixture *fixture, gconstpointer data)
{
  write_notes (fixture, 2);
  g_assert_true (has_focus_within (fixture, TLM_TYPE_NOTE_PAGE));
  act (fixture, "win.trash");
  wait_until (find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo") != NULL);
  wait_until (get_focus (fixture) != NULL && !has_focus_within (fixture, TLM_TYPE_NOTE_PAGE));
  assert_seen (fixture);
}

static guint
count (GtkWidget *top, GType type)
{
  guint n = g_type_is_a (G_OBJECT_TYPE (top), type) && gtk_widget_get_mapped (top);

  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count (child, type);
  return n;
}

static void
restore_one (Fixture *fixture)
{
  GtkWidget *row = find_widget (fixture->window, TLM_TYPE_BIN_ROW, NULL);
  GtkWidget *button = find_widget (row, GTK_TYPE_BUTTON, "Restore");

  gtk_widget_grab_focus (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_bin_is_emptied (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));

  write_notes (fixture, 2);
  for (guint left = 2; left > 0; left--)
    {
      tlm_item_row_trash (TLM_ITEM_ROW (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)));
      wait_until (g_list_model_get_n_items (notes) == left - 1);
    }
  act (fixture, "win.show-bin");
  wait_until (count (GTK_WIDGET (fixture->window), TLM_TYPE_BIN_ROW) == 2);
  wait_until (has_focus_within (fixture, TLM_TYPE_PAGE)); /* the page takes the keyboard when it is idle */
  restore_one (fixture);
  wait_until (count (GTK_WIDGET (fixture->window), TLM_TYPE_BIN_ROW) == 1);
  wait_until (has_focus_within (fixture, TLM_TYPE_BIN_PAGE)); /* on the other row, or a button of it */
  restore_one (fixture);
  wait_until (count (GTK_WIDGET (fixture->window), TLM_TYPE_BIN_ROW) == 0);
  wait_until (has_focus_within (fixture, TLM_TYPE_PAGE));
  assert_seen (fixture);
}

static gboolean
shows_sidebar (Fixture *fixture)
{
  GtkWidget *entry = find_widget (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL);

  return entry != NULL && gtk_widget_get_mapped (entry) && is_in_window (fixture, entry);
}

static void
wait_some_frames (Fixture *fixture)
{
  for (guint i = 0; i < 30; i++)
    wait_a_moment ();
}

/* The back button of libadwaita 1.4 and newer; where there is none, its Escape leads nowhere either. */
static gboolean
has_way_back (GtkWidget *top)
{
  gboolean found = GTK_IS_ACTIONABLE (top) && gtk_widget_get_mapped (top)
                   && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (top)), "navigation.pop") == 0;

  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL && !found;
       child = gtk_widget_get_next_sibling (child))
    found = has_way_back (child);
  return found;
}

/* Hidden by F9 in a wide window, it comes over the page for nothing but the search. */
static void
test_hidden_sidebar (Fixture *fixture, gconstpointer data)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1100, 700);
  wait_until (gtk_widget_get_width (GTK_WIDGET (fixture->window)) > 1000);
  write_notes (fixture, 1);
  act (fixture, "win.toggle-sidebar");
  wait_until (!shows_sidebar (fixture));
  act (fixture, "win.escape");
  wait_some_frames (fixture);
  g_assert_false (shows_sidebar (fixture));
  g_assert_false (has_way_back (GTK_WIDGET (fixture->window)));
  act (fixture, "win.trash");
  wait_until (find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo") != NULL);
  wait_some_frames (fixture);
  g_assert_false (shows_sidebar (fixture));
  act (fixture, "win.search");
  wait_until (shows_sidebar (fixture));
  g_assert_true (has_focus_within (fixture, GTK_TYPE_SEARCH_ENTRY));
}

static void
test_toast_goes (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));
  GtkWidget *undo, *before;

  write_notes (fixture, 1);
  act (fixture, "win.trash");
  wait_until ((undo = find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo")) != NULL);
  before = get_focus (fixture);
  gtk_widget_grab_focus (undo);
  g_signal_emit_by_name (undo, "clicked");
  wait_until (g_list_model_get_n_items (notes) == 1);
  wait_until (find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo") == NULL);
  assert_seen (fixture);
  g_assert_true (get_focus (fixture) == before);
}

static void
test_find_bar_goes (Fixture *fixture, gconstpointer data)
{
  write_notes (fixture, 1);
  gtk_widget_activate_action (find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL), "note.find",
                              NULL);
  wait_until (has_focus_within (fixture, GTK_TYPE_ENTRY)
              || has_focus_within (fixture, GTK_TYPE_SEARCH_ENTRY));
  wait_for_row (fixture, TLM_TYPE_ITEM_ROW);
  assert_there_and_back (fixture);
  gtk_widget_grab_focus (find_widget (find_widget (fixture->window, TLM_TYPE_NOTE_PAGE, NULL),
                                      GTK_TYPE_SEARCH_ENTRY, NULL));
  gtk_widget_activate_action (get_focus (fixture), "find.close", NULL);
  wait_until (has_focus_within (fixture, GTK_SOURCE_TYPE_VIEW));
}

#define ADD(name, data, func)                                                                       \
  g_test_add ("/ui/focus/" name, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("bin", "win.show-bin", test_page);
  ADD ("help", "win.show-help", test_page);
  ADD ("licenses", "win.show-licenses", test_page);
  ADD ("models", "win.show-models", test_page);
  ADD ("privacy", "win.show-privacy", test_page);
  ADD ("specialists", "win.show-specialists", test_page);
  ADD ("todo", "win.show-todo", test_page);
  ADD ("sample", NULL, test_sample);
  ADD ("chat", NULL, test_chat);
  ADD ("notes-go-into-the-bin", NULL, test_notes_go_into_the_bin);
  ADD ("open-note-goes-into-the-bin", NULL, test_open_note_goes_into_the_bin);
  ADD ("bin-is-emptied", NULL, test_bin_is_emptied);
  ADD ("panes", NULL, test_panes);
  ADD ("hidden-sidebar", NULL, test_hidden_sidebar);
  ADD ("toast-goes", NULL, test_toast_goes);
  ADD ("find-bar-goes", NULL, test_find_bar_goes);
  return g_test_run ();
}
