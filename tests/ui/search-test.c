/* SPDX-License-Identifier: Apache-2.0 */
/* Searching in the sidebar, and where what is found leads; the bin; places that other programs ask
 * for. */
#include "support.h"

#include "chats/chat-page.h"
#include "common/item-row.h"
#include "notes/hit-row.h"
#include "settings/bin-page.h"
#include "settings/bin-row.h"
#include "settings/help-page.h"

#include <gtksourceview/gtksource.h>

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmNote) note = tlm_notes_create_finish (TLM_NOTES (source), result, NULL);

  g_assert_nonnull (note);
  *(gboolean *) user_data = TRUE;
}

static void
add_note (Fixture *fixture, const char *text)
{
  gboolean there = FALSE;

  tlm_notes_create_async (tlm_services_get_notes (fixture->services), text, NULL, created_cb,
                          &there);
  wait_until (there);
}

/* (transfer none): the entry, with the words in it */
static GtkWidget *
search (Fixture *fixture, const char *words)
{
  GtkWidget *entry = find_widget (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), words);
  return entry;
}

static gboolean
finds (Fixture *fixture, const char *words)
{
  GtkWidget *row = find_widget (fixture->window, TLM_TYPE_HIT_ROW, NULL);

  return row != NULL && find_widget (row, GTK_TYPE_LABEL, words) != NULL;
}

static gboolean
finds_nothing (Fixture *fixture)
{
  return find_widget (fixture->window, GTK_TYPE_LABEL,
                      "Nothing was found. Fewer or shorter words find more.") != NULL;
}

static gboolean
is_open (Fixture *fixture, const char *text)
{
  GtkWidget *editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL);
  g_autofree char *shown = NULL;

  if (editor == NULL)
    return FALSE;
  g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor)), "text", &shown, NULL);
  return g_str_equal (shown, text);
}

static void
test_finds (Fixture *fixture, gconstpointer data)
{
  add_note (fixture, "A walrus came by.");
  search (fixture, "walr");
  wait_until (finds (fixture, "walrus"));
  search (fixture, "unicorn");
  wait_until (finds_nothing (fixture));
  search (fixture, "");
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
}

/* The entry tells of new words a moment later than Enter does. */
static void
test_enter_opens_what_was_typed (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;

  add_note (fixture, "A walrus came by.");
  add_note (fixture, "A gull flew off.");
  search (fixture, "walrus");
  wait_until (finds (fixture, "walrus"));
  entry = search (fixture, "gull");
  g_signal_emit_by_name (entry, "activate");
  wait_until (is_open (fixture, "A gull flew off."));
  wait_until (finds (fixture, "gull"));

  search (fixture, "walrus");
  wait_until (finds (fixture, "walrus"));
  g_signal_emit_by_name (entry, "activate");
  wait_until (is_open (fixture, "A walrus came by."));
}

static void
test_what_goes_into_the_bin_is_found_no_more (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry, *undo;

  add_note (fixture, "A walrus came by.");
  entry = search (fixture, "walrus");
  g_signal_emit_by_name (entry, "activate");
  wait_until (is_open (fixture, "A walrus came by."));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.trash", NULL);
  wait_until (finds_nothing (fixture));
  wait_until ((undo = find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo")) != NULL);
  g_signal_emit_by_name (undo, "clicked");
  wait_until (finds (fixture, "walrus"));
}

/* (nullable): the hit that has the keyboard, if it shows @words */
static GtkWidget *
get_focused_hit (Fixture *fixture, const char *words)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL && TLM_IS_HIT_ROW (focus) && find_widget (focus, GTK_TYPE_LABEL, words) != NULL
           ? focus : NULL;
}

static guint
count_hits (Fixture *fixture)
{
  GtkWidget *hit = find_widget (fixture->window, TLM_TYPE_HIT_ROW, NULL);
  guint n = 0;

  for (; hit != NULL; hit = gtk_widget_get_next_sibling (hit))
    n += TLM_IS_HIT_ROW (hit);
  return n;
}

static void
trash (Fixture *fixture, const char *text)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));

  for (guint i = 0; i < g_list_model_get_n_items (notes); i++)
    {
      g_autoptr (TlmNote) note = g_list_model_get_item (notes, i);

      if (g_str_equal (tlm_note_get_title (note), text))
        tlm_notes_trash_async (TLM_NOTES (notes), note, NULL, NULL, NULL);
    }
}

/* What another program writes meanwhile, and what goes, moves the keyboard to no other hit. */
static void
test_the_keyboard_stays_at_its_hit (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  add_note (fixture, "walrus one");
  add_note (fixture, "walrus two");
  add_note (fixture, "walrus three");
  search (fixture, "walrus");
  wait_until (count_hits (fixture) == 3);
  row = gtk_widget_get_next_sibling (find_widget (fixture->window, TLM_TYPE_HIT_ROW, NULL));
  g_assert_true (gtk_widget_grab_focus (row));
  g_assert_true (get_focused_hit (fixture, "two") == row);

  add_note (fixture, "A gull flew off.");
  for (int i = 0; i < 20; i++)
    wait_a_moment ();
  g_assert_true (get_focused_hit (fixture, "two") == row);

  add_note (fixture, "walrus four");
  wait_until (count_hits (fixture) == 4);
  g_assert_nonnull (get_focused_hit (fixture, "two"));
  trash (fixture, "walrus two");
  wait_until (count_hits (fixture) == 3);
  g_assert_nonnull (get_focused_hit (fixture, "walrus"));
}

static void
test_enter_is_over_elsewhere (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry, *row;

  add_note (fixture, "A walrus came by.");
  add_note (fixture, "A gull flew off.");
  entry = search (fixture, "walrus");
  wait_until (finds (fixture, "walrus"));
  row = find_widget (fixture->window, TLM_TYPE_HIT_ROW, NULL);
  gtk_widget_grab_focus (entry);
  search (fixture, "gull");
  g_signal_emit_by_name (entry, "activate");
  gtk_widget_grab_focus (row);
  wait_until (finds (fixture, "gull"));
  g_assert_false (is_open (fixture, "A gull flew off."));
}

static void
test_bin_and_back (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));
  GtkWidget *undo;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-note", NULL);
  wait_until (is_open (fixture, ""));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.trash", NULL);
  wait_until (g_list_model_get_n_items (notes) == 0);
  wait_until ((undo = find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo")) != NULL);
  g_signal_emit_by_name (undo, "clicked");
  wait_until (g_list_model_get_n_items (notes) == 1);
}

static guint
count_in_bin (Fixture *fixture)
{
  GtkWidget *page = find_widget (fixture->window, TLM_TYPE_BIN_PAGE, NULL);
  GtkWidget *row = page != NULL ? find_widget (page, TLM_TYPE_BIN_ROW, NULL) : NULL;
  guint n = 0;

  for (row = row != NULL ? gtk_widget_get_parent (row) : NULL; row != NULL;
       row = gtk_widget_get_next_sibling (row))
    n += find_widget (row, TLM_TYPE_BIN_ROW, NULL) != NULL;
  return n;
}

/* The page shows at once what goes there from the sidebar, and what Undo takes out. */
static void
test_bin_is_looked_at (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));
  GtkWidget *undo;

  add_note (fixture, "A walrus came by.");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-bin", NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_BIN_PAGE, NULL) != NULL);
  tlm_item_row_trash (TLM_ITEM_ROW (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)));
  wait_until (count_in_bin (fixture) == 1);
  wait_until ((undo = find_widget (fixture->window, GTK_TYPE_BUTTON, "Undo")) != NULL);
  g_signal_emit_by_name (undo, "clicked");
  wait_until (g_list_model_get_n_items (notes) == 1);
  wait_until (count_in_bin (fixture) == 0);
}

/* What comes into the bin and goes meanwhile changes neither what a button does nor what is asked. */
static void
test_bin_rows_stay (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page, *row, *focus, *question;

  add_note (fixture, "walrus one");
  add_note (fixture, "walrus two");
  add_note (fixture, "walrus three");
  trash (fixture, "walrus one");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-bin", NULL);
  wait_until (count_in_bin (fixture) == 1);
  page = find_widget (fixture->window, TLM_TYPE_BIN_PAGE, NULL);
  row = gtk_widget_get_ancestor (find_widget (page, GTK_TYPE_LABEL, "walrus one"), TLM_TYPE_BIN_ROW);
  wait_until (gtk_root_get_focus (GTK_ROOT (fixture->window)) != NULL); /* which comes when it is idle */
  g_assert_true (gtk_widget_grab_focus (find_button (row, "Restore")));
  trash (fixture, "walrus two");
  wait_until (count_in_bin (fixture) == 2);
  focus = gtk_root_get_focus (GTK_ROOT (fixture->window));
  g_assert_true (focus == find_button (row, "Restore"));
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "walrus one"));

  gtk_menu_button_popup (GTK_MENU_BUTTON (find_widget (row, GTK_TYPE_MENU_BUTTON, NULL)));
  wait_until ((question = find_widget (row, GTK_TYPE_LABEL, "for good?")) != NULL);
  trash (fixture, "walrus three");
  wait_until (count_in_bin (fixture) == 3);
  g_assert_true (gtk_widget_get_mapped (question));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (question)), ==, "Delete “walrus one” for good?");
  tlm_bin_row_set_item (TLM_BIN_ROW (row), NULL); /* as another would come */
  g_assert_null (find_widget (row, GTK_TYPE_LABEL, "for good?"));
}

/* What was open goes, and the page over it stays. */
static void
test_bin_leaves_the_page (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-note", NULL);
  wait_until (is_open (fixture, ""));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-help", NULL);
  tlm_item_row_trash (TLM_ITEM_ROW (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)));
  wait_until (g_list_model_get_n_items (notes) == 0);
  g_assert_nonnull (find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL));

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-help", NULL);
  tlm_item_row_trash (TLM_ITEM_ROW (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)));
  wait_until (g_list_model_get_n_items (chats) == 0);
  g_assert_nonnull (find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL));
}

/* From a note or an answer. */
static void
test_place_in_the_help (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-place", "s", "tinylm:help/models");
  wait_until ((page = find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL)) != NULL);
  wait_until (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (fixture->window)), page));
}

static void
test_place_that_the_help_has_not (Fixture *fixture, gconstpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-place", "s", "tinylm:help/elsewhere");
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "The place that this link leads to") != NULL);
  g_assert_null (find_widget (fixture->window, TLM_TYPE_HELP_PAGE, NULL));
}

/* As any program on the session's bus can. */
static void
test_another_place_is_none (Fixture *fixture, gconstpointer data)
{
  static const char *const places[] = { "", "t", "elsewh:specialists" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-place", "s", places[i]);
      wait_until (find_widget (fixture->window, GTK_TYPE_LABEL,
                               "The place that this link leads to"));
    }
  g_assert_null (find_widget (fixture->window, GTK_TYPE_LABEL, "Teach It One Job"));
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/search/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("finds", test_finds);
  ADD ("enter-opens-what-was-typed", test_enter_opens_what_was_typed);
  ADD ("what-goes-into-the-bin-is-found-no-more", test_what_goes_into_the_bin_is_found_no_more);
  ADD ("the-keyboard-stays-at-its-hit", test_the_keyboard_stays_at_its_hit);
  ADD ("enter-is-over-elsewhere", test_enter_is_over_elsewhere);
  ADD ("bin-and-back", test_bin_and_back);
  ADD ("bin-is-looked-at", test_bin_is_looked_at);
  ADD ("bin-rows-stay", test_bin_rows_stay);
  ADD ("bin-leaves-the-page", test_bin_leaves_the_page);
  ADD ("place-in-the-help", test_place_in_the_help);
  ADD ("place-that-the-help-has-not", test_place_that_the_help_has_not);
  ADD ("another-place-is-none", test_another_place_is_none);
  return g_test_run ();
}
