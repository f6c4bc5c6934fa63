/* SPDX-License-Identifier: Apache-2.0 */
/* Searching in the sidebar, and where what is found leads; the bin; places that other programs ask
 * for. */
#include "support.h"

#include "common/item-row.h"
#include "notes/hit-row.h"

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
  ADD ("bin-and-back", test_bin_and_back);
  ADD ("another-place-is-none", test_another_place_is_none);
  return g_test_run ();
}
