/* SPDX-License-Identifier: Apache-2.0 */
/* A chat of 10,000 messages: a few screens of rows, whatever is done. tests/bench/chat-bench says
 * in what time. */
#include "support.h"

#include "chats/chat-private.h"
#include "chats/message-list.h"
#include "chats/message-row.h"

#define N_MESSAGES 10000
#define MAX_ROWS 200 /* some 100 stand near a window of this size; 10,000 would be all */

static GListModel *
chats_of (Fixture *fixture)
{
  return G_LIST_MODEL (tlm_services_get_chats (fixture->services));
}

/* (transfer none): the only one */
static TlmChat *
get_chat (Fixture *fixture)
{
  g_autoptr (TlmChat) chat = g_list_model_get_item (chats_of (fixture), 0);

  return chat;
}

static void
import_long_chat (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "long.jsonl", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GString) lines = g_string_new (NULL);

  for (int i = 0; i < N_MESSAGES / 2; i++)
    g_string_append_printf (lines,
                            "{\"role\": \"user\", \"content\": \"Question %d about the sea?\"}\n"
                            "{\"role\": \"assistant\", \"content\": \"**Answer** %d:\\n\\n"
                            "- one\\n- two\\n\\n```c\\nint n = %d;\\n```\"}\n", i, i, i);
  g_assert_true (g_file_set_contents (path, lines->str, (gssize) lines->len, NULL));
  wait_until (tlm_services_get_ready (fixture->services));
  tlm_window_open_file (fixture->window, file);
  wait_until (g_list_model_get_n_items (chats_of (fixture)) == 1);
}

static guint
count_rows (Fixture *fixture)
{
  GtkWidget *row = find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL);
  guint n = 0;

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    n++;
  return n;
}

static GtkWidget *
find_scroller (Fixture *fixture)
{
  return find_widget (find_widget (fixture->window, TLM_TYPE_MESSAGE_LIST, NULL),
                      GTK_TYPE_SCROLLED_WINDOW, NULL);
}

static GtkAdjustment *
get_place (Fixture *fixture)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (find_scroller (fixture)));
}

/* Whether a row with this text lies within the view. */
static gboolean
is_in_sight (Fixture *fixture, const char *text)
{
  GtkWidget *list = find_widget (fixture->window, TLM_TYPE_MESSAGE_LIST, NULL);
  GtkWidget *label = list != NULL ? find_widget (list, GTK_TYPE_LABEL, text) : NULL;
  GtkWidget *scroller = list != NULL ? find_scroller (fixture) : NULL;
  graphene_rect_t at;

  return label != NULL && gtk_widget_compute_bounds (label, scroller, &at)
         && at.origin.y + at.size.height > 0 && at.origin.y < gtk_widget_get_height (scroller)
         && at.size.height > 0;
}

static void
open_chat (Fixture *fixture)
{
  import_long_chat (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-chat", "x",
                              tlm_chat_get_id (get_chat (fixture)));
  wait_until (is_in_sight (fixture, "Question 4999 about"));
}

static void
test_opens_at_its_end (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *place;

  open_chat (fixture);
  place = get_place (fixture);
  wait_until (gtk_adjustment_get_value (place) + gtk_adjustment_get_page_size (place)
              >= gtk_adjustment_get_upper (place) - 1);
  g_assert_cmpuint (count_rows (fixture), <, MAX_ROWS);
}

/* Steps of half a page up, then the bar to the middle and to the top. */
static void
test_scrolls (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *place;

  open_chat (fixture);
  place = get_place (fixture);
  for (int i = 0; i < 20; i++)
    {
      gtk_adjustment_set_value (place, gtk_adjustment_get_value (place)
                                         - gtk_adjustment_get_page_size (place) / 2);
      wait_a_moment ();
    }
  wait_until (!is_in_sight (fixture, "Question 4999 about"));
  gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place) / 2);
  wait_until (is_in_sight (fixture, "Question 24") || is_in_sight (fixture, "Question 25"));
  gtk_adjustment_set_value (place, 0);
  wait_until (is_in_sight (fixture, "Question 0 about"));
  wait_until (gtk_adjustment_get_value (place) == 0);
  g_assert_cmpuint (count_rows (fixture), <, MAX_ROWS);
}

static gint64
id_at (Fixture *fixture, guint position)
{
  g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (get_chat (fixture)),
                                                          position);

  return tlm_message_get_id (message);
}

static void
show_message (Fixture *fixture, TlmChat *chat, gint64 id)
{
  GtkWidget *row;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-message", "(xx)",
                              tlm_chat_get_id (chat), id);
  wait_until (is_in_sight (fixture, "Question 3000 about"));
  row = gtk_widget_get_ancestor (find_widget (fixture->window, GTK_TYPE_LABEL,
                                              "Question 3000 about"), TLM_TYPE_MESSAGE_ROW);
  g_assert_true (gtk_widget_has_css_class (row, "marked"));
}

static void
test_shows_a_message (Fixture *fixture, gconstpointer data)
{
  open_chat (fixture);
  show_message (fixture, get_chat (fixture), id_at (fixture, 6000));
}

/* Its messages are not in memory, as when others were opened since. */
static void
test_shows_a_message_of_another_chat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmChat) chat = NULL;
  gint64 id;

  open_chat (fixture);
  chat = g_object_ref (get_chat (fixture));
  id = id_at (fixture, 6000);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats_of (fixture)) == 2);
  wait_until (!is_in_sight (fixture, "Question 4999 about"));
  g_assert_true (tlm_chat_empty (chat));
  show_message (fixture, chat, id);
}

/* The row goes while its message is far from sight; what was written in it does not. */
static void
test_edit_outlives_its_row (Fixture *fixture, gconstpointer data)
{
  GtkWidget *list, *row, *edit;
  GtkAdjustment *place;

  open_chat (fixture);
  list = find_widget (fixture->window, TLM_TYPE_MESSAGE_LIST, NULL);
  place = get_place (fixture);
  row = tlm_message_list_get_row (TLM_MESSAGE_LIST (list), N_MESSAGES - 2);
  gtk_widget_activate_action (row, "message.edit", NULL);
  edit = find_widget (row, GTK_TYPE_TEXT_VIEW, NULL);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit)), "Half a thought", -1);
  gtk_adjustment_set_value (place, 0);
  wait_until (tlm_message_list_get_row (TLM_MESSAGE_LIST (list), N_MESSAGES - 2) == NULL);
  gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place));
  wait_until ((row = tlm_message_list_get_row (TLM_MESSAGE_LIST (list), N_MESSAGES - 2)) != NULL);
  edit = find_widget (row, GTK_TYPE_TEXT_VIEW, NULL);
  g_assert_nonnull (edit);
  g_assert_cmpint (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit))),
                   ==, (int) strlen ("Half a thought"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/large-chat/opens-at-its-end", Fixture, NULL, fixture_set_up,
              test_opens_at_its_end, fixture_tear_down);
  g_test_add ("/ui/large-chat/scrolls", Fixture, NULL, fixture_set_up, test_scrolls,
              fixture_tear_down);
  g_test_add ("/ui/large-chat/shows-a-message", Fixture, NULL, fixture_set_up,
              test_shows_a_message, fixture_tear_down);
  g_test_add ("/ui/large-chat/shows-a-message-of-another-chat", Fixture, NULL, fixture_set_up,
              test_shows_a_message_of_another_chat, fixture_tear_down);
  g_test_add ("/ui/large-chat/edit-outlives-its-row", Fixture, NULL, fixture_set_up,
              test_edit_outlives_its_row, fixture_tear_down);
  return g_test_run ();
}
