/* SPDX-License-Identifier: Apache-2.0 */
/* The list of chats in the sidebar: names, what is pinned, and the archive. */
#include "support.h"

#include "chats/chat-private.h"
#include "common/item-row.h"
#include "chats/handoff-page.h"
#include "chats/message-row.h"
#include "chats/message-words.h"
#include "chats/route-popover.h"
#include "window-private.h"

static GListModel *
chats_of (Fixture *fixture)
{
  return G_LIST_MODEL (tlm_services_get_chats (fixture->services));
}

static TlmChat *
new_chat (Fixture *fixture)
{
  guint n = g_list_model_get_n_items (chats_of (fixture));
  g_autoptr (TlmChat) chat = NULL;

  wait_until (tlm_services_get_ready (fixture->services));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats_of (fixture)) == n + 1);
  chat = g_list_model_get_item (chats_of (fixture), 0);
  return chat;
}

static void
test_is_renamed (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);
  GtkWidget *row, *entry;

  wait_until ((row = find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL)) != NULL);
  gtk_widget_activate_action (row, "item.rename", NULL);
  wait_until ((entry = find_widget (row, GTK_TYPE_ENTRY, NULL)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "Harbour");
  g_signal_emit_by_name (entry, "activate");
  wait_until (g_str_equal (tlm_chat_get_title (chat), "Harbour"));
  wait_until (find_widget (row, GTK_TYPE_LABEL, "Harbour") != NULL);
}

static void
place (Fixture *fixture, TlmChat *chat, TlmChatPlace where)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.place-chat", "(xi)",
                              tlm_chat_get_id (chat), (int) where);
  wait_until (tlm_chat_get_place (chat) == where);
}

static void
test_is_pinned_and_archived (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);
  GtkWidget *archive;

  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
  place (fixture, chat, TLM_CHAT_PINNED);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Pinned") != NULL);
  place (fixture, chat, TLM_CHAT_ARCHIVED);
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) == NULL);
  archive = find_widget (fixture->window, GTK_TYPE_TOGGLE_BUTTON, "Archived");
  g_assert_nonnull (archive);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (archive), TRUE);
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
  place (fixture, chat, TLM_CHAT_LISTED);
  wait_until (!gtk_widget_get_visible (archive));
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
}

static GtkWidget *
find_row_of (GtkWidget *top, TlmChat *chat)
{
  if (TLM_IS_ITEM_ROW (top) && tlm_item_row_get_item (TLM_ITEM_ROW (top)) == G_OBJECT (chat))
    return gtk_widget_get_mapped (top) ? top : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = find_row_of (child, chat);

      if (row != NULL)
        return row;
    }
  return NULL;
}

static gboolean
has_keyboard (Fixture *fixture, TlmChat *chat)
{
  GtkWidget *row = find_row_of (GTK_WIDGET (fixture->window), chat);

  return row != NULL && gtk_root_get_focus (GTK_ROOT (fixture->window)) == gtk_widget_get_parent (row);
}

/* Wherever its row goes. */
static void
test_keeps_the_keyboard (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);

  for (guint i = 0; i < 3; i++)
    new_chat (fixture);
  wait_until (find_row_of (GTK_WIDGET (fixture->window), chat) != NULL);
  for (TlmChatPlace where = TLM_CHAT_PINNED;; where = TLM_CHAT_LISTED)
    {
      gtk_widget_grab_focus (gtk_widget_get_parent (find_row_of (GTK_WIDGET (fixture->window), chat)));
      wait_until (has_keyboard (fixture, chat));
      place (fixture, chat, where);
      for (guint i = 0; i < 25; i++)
        wait_a_moment ();
      wait_until (has_keyboard (fixture, chat));
      if (where == TLM_CHAT_LISTED)
        break;
    }
}

static void
test_imports_a_dropped_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "talk.json", NULL);

  g_assert_true (g_file_set_contents (path, "[{\"role\": \"user\", \"content\": \"A tide?\"}]", -1,
                                      NULL));
  wait_until (tlm_services_get_ready (fixture->services));
  drop_file (fixture, path);
  wait_until (g_list_model_get_n_items (chats_of (fixture)) == 1);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "1 chat was imported.") != NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "A tide?"));
  wait_until (find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL) != NULL); /* and it is open */
}

/* Which of them is wanted is not known. */
static void
test_opens_none_of_several (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "two.jsonl", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (
    path,
    "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"A tide?\"}]}\n"
    "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"A wave?\"}]}\n", -1, NULL));
  wait_until (tlm_services_get_ready (fixture->services));
  tlm_window_open_file (fixture->window, file);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "2 chats were imported.") != NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
  g_assert_null (find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL));
}

/* Six megabytes of words, which take the index a second or two. (transfer full): the file */
static GFile *
write_many_chats (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "many.jsonl", NULL);
  g_autoptr (GString) lines = g_string_new (NULL);

  for (int i = 0; i < 300; i++)
    {
      g_string_append (lines, "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"");
      for (int word = 0; word < 3000; word++)
        g_string_append_printf (lines, "w%d ", (i * 3000 + word) % 50021);
      g_string_append (lines, "\"}]}\n");
    }
  g_assert_true (g_file_set_contents (path, lines->str, (gssize) lines->len, NULL));
  return g_file_new_for_path (path);
}

static void
test_stops_an_import (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = write_many_chats (fixture);
  GtkWidget *label;

  wait_until (tlm_services_get_ready (fixture->services));
  tlm_window_open_file (fixture->window, file);
  wait_until ((label = find_widget (fixture->window, GTK_TYPE_LABEL, "Importing Chats…")) != NULL);
  gtk_widget_activate_action (label, "win.stop-import", NULL);
  wait_until (!gtk_widget_get_mapped (label));
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL,
                           "The import was stopped, and no chat of it was kept.") != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (chats_of (fixture)), ==, 0);
}

/* Its popover is made when it is first wanted. */
static void
test_tells_the_tool_by_keyboard (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);
  GtkWidget *row, *button, *popover;

  tlm_chat_append (chat, tlm_message_new (1, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "Four.", NULL,
                                          "code", 1));
  wait_until ((row = find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL)) != NULL);
  button = find_widget (row, GTK_TYPE_MENU_BUTTON, NULL);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_HAS_POPUP, TRUE);
  g_assert_true (gtk_widget_child_focus (button, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_activate (gtk_window_get_focus (GTK_WINDOW (fixture->window))));
  wait_until ((popover = find_widget (button, TLM_TYPE_ROUTE_POPOVER, NULL)) != NULL);
  wait_until (gtk_widget_get_mapped (popover));
  wait_until (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), popover));
  gtk_popover_popdown (GTK_POPOVER (popover));
}

/* What needs no model goes on; of the rest the person is told why not. */
static void
test_says_that_an_answer_is_made (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);
  GtkWidget *page = find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL);
  guint n_windows;

  tlm_chat_append (chat, tlm_message_new (1, TLM_ROLE_USER, TLM_MESSAGE_DONE, "Two and two?", NULL,
                                          NULL, 0));
  tlm_chat_append (chat, tlm_message_new (2, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "Four.", NULL,
                                          "code", 1));
  tlm_chat_set_busy (chat, TRUE);
  gtk_widget_activate_action (page, "chat.regenerate", "x", (gint64) 2);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL,
                           "An answer is being made. Stop it first."));
  n_windows = g_list_model_get_n_items (gtk_window_get_toplevels ());
  gtk_widget_activate_action (page, "chat.hand-over", "x", (gint64) 2);
  wait_until (find_widget (fixture->window, TLM_TYPE_HANDOFF_PAGE, NULL) != NULL /* a dialog */
              || g_list_model_get_n_items (gtk_window_get_toplevels ()) > n_windows);
  tlm_chat_set_busy (chat, FALSE);
}

static void
add_specialist_job (gpointer owner, GTask *task)
{
  g_assert_true (tlm_db_run (owner, NULL,
                             "INSERT INTO trainings (set_id, name, base, out, rank, alpha, "
                             "dropout, rate, targets, epochs, minutes, seed, finished, used) "
                             "VALUES (0, 'Post', '/no/base.gguf', '/no/post.gguf', 2, 4.0, 0.0, 0.0, "
                             "0, 0, 0.0, 0, 1, 1)", ""));
  g_task_return_boolean (task, TRUE);
}

/* It was offered while its file was there. */
static void
test_asks_no_specialist_without_a_file (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat = new_chat (fixture);
  TlmStore *store = tlm_services_get_store (fixture->services);
  TlmTrainedList *list = tlm_services_get_trained (fixture->services);
  GtkWidget *page = find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL);

  tlm_chat_append (chat, tlm_message_new (1, TLM_ROLE_USER, TLM_MESSAGE_DONE, "Two and two?", NULL,
                                          NULL, 0));
  tlm_chat_append (chat, tlm_message_new (2, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "Four.", NULL,
                                          "code", 1));
  tlm_store_post (store, g_task_new (store, NULL, NULL, NULL), add_specialist_job);
  tlm_trained_list_load (list);
  wait_until (tlm_trained_list_find (list, "/no/post.gguf") != NULL);
  gtk_widget_activate_action (page, "chat.ask-specialist", "(xs)", (gint64) 2, "/no/post.gguf");
  g_assert_false (tlm_chat_get_busy (chat));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 2);
}

/* (transfer full): the words on an answer of @route, and of the large model */
static char *
dup_words (const char *route)
{
  g_autoptr (TlmMessage) answer = tlm_message_new (1, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "Four.", NULL,
                                                   route, 0);

  tlm_message_set_tool (answer, "large", "");
  return tlm_message_words_dup_tool (answer);
}

/* @before: in @route of what was left out */
static void
assert_left_out (const char *model, const char *before)
{
  g_autofree char *route = g_strconcat (model, before, "without the oldest message", NULL);
  g_autofree char *words = dup_words (route), *first = dup_words (model);
  g_autofree char *answered = g_strdup_printf ("Answered by %s in ", model);
  g_autofree char *expected = g_strconcat (first, ", without the oldest message", NULL);

  g_assert_true (g_str_has_prefix (first, answered));
  g_assert_cmpstr (words, ==, expected);
}

/* What an answer left out stands behind its time, and is not what took it. Older versions wrote it
 * behind the name of a file. */
static void
test_says_what_was_left_out (void)
{
  assert_left_out ("Letters, large", "\n");
  assert_left_out ("code", "\n");
  assert_left_out ("a.gguf", ", ");
  assert_left_out ("a.gguf with b.gguf (SHA-256 0123456789ab…)", ", ");
}

/* Whole, also where it is wider than the window. */
static void
test_a_long_toast_is_whole (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sentence = g_strnfill (300, 'x');
  GtkLabel *label;

  for (int i = 9; i < 300; i += 10)
    sentence[i] = ' ';
  tlm_window_toast (fixture->window, sentence);
  wait_until ((label = (GtkLabel *) find_widget (fixture->window, GTK_TYPE_LABEL, sentence)) != NULL);
  wait_until (gtk_widget_get_width (GTK_WIDGET (label)) > 0
              && gtk_widget_get_width (GTK_WIDGET (label))
                   < gtk_widget_get_width (GTK_WIDGET (fixture->window)));
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (label)));
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (label)), >, 1);
}

/* With no window manager a size can be lost that is asked for while the window is laid out; the same one
 * asked for again is no news. */
static gboolean
is_narrow (TlmWindow *window)
{
  int width = gtk_widget_get_width (GTK_WIDGET (window)), asked, height;

  if (width > 0 && width < 400)
    return TRUE;
  gtk_window_get_default_size (GTK_WINDOW (window), &asked, &height);
  gtk_window_set_default_size (GTK_WINDOW (window), asked == 360 ? 361 : 360, 720);
  return FALSE;
}

/* As narrow as a window can be, beside the button; the list that the chat was in stays in front. */
static void
test_what_can_be_undone_is_said_whole (Fixture *fixture, gconstpointer data)
{
  const char *sentence = "The chat is in the bin for 30 days.";
  GtkLabel *label;

  new_chat (fixture);
  wait_until (find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL) != NULL);
  wait_until (is_narrow (fixture->window));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.trash", NULL);
  wait_until ((label = (GtkLabel *) find_widget (fixture->window, GTK_TYPE_LABEL, sentence)) != NULL);
  wait_until (gtk_widget_get_width (GTK_WIDGET (label)) > 0);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (label)));
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (label)), >, 1);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_BUTTON, "_Undo"));
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "No chats yet."));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/chats/is-renamed", Fixture, NULL, fixture_set_up, test_is_renamed,
              fixture_tear_down);
  g_test_add ("/ui/chats/keeps-the-keyboard", Fixture, NULL, fixture_set_up, test_keeps_the_keyboard,
              fixture_tear_down);
  g_test_add ("/ui/chats/is-pinned-and-archived", Fixture, NULL, fixture_set_up,
              test_is_pinned_and_archived, fixture_tear_down);
  g_test_add ("/ui/chats/imports-a-dropped-file", Fixture, NULL, fixture_set_up,
              test_imports_a_dropped_file, fixture_tear_down);
  g_test_add ("/ui/chats/opens-none-of-several", Fixture, NULL, fixture_set_up,
              test_opens_none_of_several, fixture_tear_down);
  g_test_add ("/ui/chats/stops-an-import", Fixture, NULL, fixture_set_up, test_stops_an_import,
              fixture_tear_down);
  g_test_add ("/ui/chats/tells-the-tool-by-keyboard", Fixture, NULL, fixture_set_up,
              test_tells_the_tool_by_keyboard, fixture_tear_down);
  g_test_add ("/ui/chats/says-that-an-answer-is-made", Fixture, NULL, fixture_set_up,
              test_says_that_an_answer_is_made, fixture_tear_down);
  g_test_add ("/ui/chats/asks-no-specialist-without-a-file", Fixture, NULL, fixture_set_up,
              test_asks_no_specialist_without_a_file, fixture_tear_down);
  g_test_add_func ("/ui/chats/says-what-was-left-out", test_says_what_was_left_out);
  g_test_add ("/ui/chats/a-long-toast-is-whole", Fixture, NULL, fixture_set_up,
              test_a_long_toast_is_whole, fixture_tear_down);
  g_test_add ("/ui/chats/what-can-be-undone-is-said-whole", Fixture, NULL, fixture_set_up,
              test_what_can_be_undone_is_said_whole, fixture_tear_down);
  return g_test_run ();
}
