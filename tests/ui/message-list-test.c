/* SPDX-License-Identifier: Apache-2.0 */
/* The list of messages while a chat grows: where its rows are drawn, not what its scroll bar says. */
#include "chats/message-list.h"

#include "chats/chat-private.h"

#define PAGE_PX 400
#define N_FRAMES 6 /* after which nothing moves any more; the text of a row that grows waits for two */

static const char long_answer[] = "One.\n\n- two\n- three\n- four\n\nFive.\n\nSix.\n\nSeven.";

typedef struct
{
  GtkWindow      *window;
  TlmMessageList *list;
  TlmChat        *chat;
  gint64          n;
} Fixture;

static GtkWidget *
get_scroller (Fixture *fixture)
{
  return adw_bin_get_child (ADW_BIN (fixture->list));
}

static GtkAdjustment *
get_place (Fixture *fixture)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (get_scroller (fixture)));
}

static gboolean
passed_cb (gpointer passed)
{
  *(gboolean *) passed = TRUE;
  return G_SOURCE_REMOVE;
}

/* A tenth of a second, in which words that come one by one are shown; then some frames. */
static void
settle (Fixture *fixture)
{
  gboolean passed = FALSE;

  g_timeout_add (100, passed_cb, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
  for (int i = 0; i < N_FRAMES; i++)
    gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->n = 0;
  fixture->chat = tlm_chat_new (1, "", 0, "");
  fixture->list = g_object_new (TLM_TYPE_MESSAGE_LIST, NULL);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 500, PAGE_PX);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->list));
  tlm_message_list_set_chat (fixture->list, fixture->chat);
  gtk_window_present (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  g_object_unref (fixture->chat);
}

/* (transfer none) */
static TlmMessage *
append (Fixture *fixture, TlmRole role, TlmMessageState state, const char *text)
{
  TlmMessage *message = tlm_message_new (++fixture->n, role, state, text, NULL, "code", 1);

  tlm_chat_append (fixture->chat, message);
  return message;
}

/* As the chat page does: both messages at once, then the answer. */
static TlmMessage *
ask (Fixture *fixture)
{
  tlm_message_list_follow (fixture->list);
  append (fixture, TLM_ROLE_USER, TLM_MESSAGE_DONE, "Who are you?");
  return append (fixture, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "");
}

static TlmMessage *
ask_long (Fixture *fixture)
{
  g_autoptr (GString) text = g_string_new ("Summarize this:");

  for (int i = 0; i < 8; i++)
    g_string_append (text, " Nothing else was said about the boats that lie there.");
  tlm_message_list_follow (fixture->list);
  append (fixture, TLM_ROLE_USER, TLM_MESSAGE_DONE, text->str);
  return append (fixture, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "");
}

static void
finish (TlmMessage *answer)
{
  tlm_message_append (answer, long_answer);
  tlm_message_set_tool (answer, "hand-over", "It is too broad.");
  tlm_message_finish (answer, TLM_MESSAGE_DONE, NULL, 1);
}

static void
fill (Fixture *fixture)
{
  for (int i = 0; i < 4; i++)
    {
      finish (ask (fixture));
      settle (fixture);
    }
}

/* Where @widget is drawn, in the view. */
static graphene_rect_t
find_place (Fixture *fixture, GtkWidget *widget)
{
  graphene_rect_t at;

  g_assert_true (gtk_widget_compute_bounds (widget, get_scroller (fixture), &at));
  return at;
}

static void
assert_in_sight (Fixture *fixture, GtkWidget *widget)
{
  graphene_rect_t at = find_place (fixture, widget);

  g_assert_cmpfloat (at.size.height, >, 0);
  g_assert_cmpfloat (at.origin.y, >=, 0);
  g_assert_cmpfloat (at.origin.y + at.size.height, <=,
                     gtk_widget_get_height (get_scroller (fixture)));
}

static void
assert_end_in_sight (Fixture *fixture)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (fixture->chat));
  graphene_rect_t at = find_place (fixture, tlm_message_list_get_row (fixture->list, n - 1));
  double end = at.origin.y + at.size.height;

  g_assert_cmpfloat (end, <=, gtk_widget_get_height (get_scroller (fixture)));
  g_assert_cmpfloat (end, >, gtk_widget_get_height (get_scroller (fixture)) - 24);
}

static void
test_shows_an_answer_given_at_once (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      finish (ask (fixture));
      settle (fixture);
      if (i > 1)
        assert_end_in_sight (fixture);
    }
}

/* The question is drawn before its answer comes. */
static void
test_shows_an_answer_given_later (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      TlmMessage *answer = ask (fixture);

      settle (fixture);
      finish (answer);
      settle (fixture);
      if (i > 1)
        assert_end_in_sight (fixture);
    }
}

static void
test_follows_words (Fixture *fixture, gconstpointer data)
{
  TlmMessage *answer;

  fill (fixture);
  answer = ask (fixture);
  for (int i = 0; i < 5; i++)
    {
      tlm_message_append (answer, "More words.\n\n");
      settle (fixture);
      assert_end_in_sight (fixture);
    }
}

static void
test_stays_where_the_reader_went (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *place = get_place (fixture);
  TlmMessage *answer;
  GtkWidget *row;
  double y;

  fill (fixture);
  answer = ask (fixture);
  settle (fixture);
  gtk_adjustment_set_value (place, gtk_adjustment_get_value (place) - 100);
  settle (fixture);
  row = tlm_message_list_get_row (fixture->list, 7);
  y = find_place (fixture, row).origin.y;
  for (int i = 0; i < 3; i++)
    {
      tlm_message_append (answer, "More words.\n\n");
      settle (fixture);
    }
  finish (answer);
  settle (fixture);
  g_assert_cmpfloat (find_place (fixture, row).origin.y, ==, y);
  finish (ask (fixture));
  settle (fixture);
  assert_end_in_sight (fixture);
}

/* From the last button up to the first message, which is two pages away and has no row as yet. */
static void
test_shows_what_has_the_keyboard (Fixture *fixture, gconstpointer data)
{
  GtkWidget *first = NULL, *focus = NULL;

  fill (fixture);
  g_assert_null (tlm_message_list_get_row (fixture->list, 0));
  while (first == NULL || !gtk_widget_is_ancestor (focus, first))
    {
      g_assert_true (gtk_widget_child_focus (GTK_WIDGET (fixture->window), GTK_DIR_TAB_BACKWARD));
      focus = gtk_window_get_focus (fixture->window);
      settle (fixture);
      assert_in_sight (fixture, focus);
      first = tlm_message_list_get_row (fixture->list, 0);
    }
}

static GtkWidget *
find_text_view (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_TEXT_VIEW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text_view (child);
  return found;
}

/* What is pasted and too long for a bubble scrolls in one that can be read. */
static void
test_shows_a_long_message (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  graphene_rect_t at;

  for (int i = 0; i < 500; i++)
    g_string_append (text, "The boats came in. ");
  append (fixture, TLM_ROLE_USER, TLM_MESSAGE_DONE, text->str);
  settle (fixture);
  at = find_place (fixture, find_text_view (tlm_message_list_get_row (fixture->list, 0)));
  g_assert_cmpfloat (at.size.width, >, 300);
  g_assert_cmpfloat (at.size.height, >, 300);
}

/* From the end, over messages that are higher and lower than the usual one. */
static void
test_shows_a_message_far_above (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 8; i++)
    {
      finish (ask_long (fixture));
      settle (fixture);
    }
  tlm_message_list_show (fixture->list, 4);
  settle (fixture);
  assert_in_sight (fixture, tlm_message_list_get_row (fixture->list, 4));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/message-list/shows-an-answer-given-at-once", Fixture, NULL, set_up,
              test_shows_an_answer_given_at_once, tear_down);
  g_test_add ("/ui/message-list/shows-an-answer-given-later", Fixture, NULL, set_up,
              test_shows_an_answer_given_later, tear_down);
  g_test_add ("/ui/message-list/follows-words", Fixture, NULL, set_up, test_follows_words,
              tear_down);
  g_test_add ("/ui/message-list/stays-where-the-reader-went", Fixture, NULL, set_up,
              test_stays_where_the_reader_went, tear_down);
  g_test_add ("/ui/message-list/shows-what-has-the-keyboard", Fixture, NULL, set_up,
              test_shows_what_has_the_keyboard, tear_down);
  g_test_add ("/ui/message-list/shows-a-message-far-above", Fixture, NULL, set_up,
              test_shows_a_message_far_above, tear_down);
  g_test_add ("/ui/message-list/shows-a-long-message", Fixture, NULL, set_up,
              test_shows_a_long_message, tear_down);
  return g_test_run ();
}
