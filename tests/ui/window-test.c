/* SPDX-License-Identifier: Apache-2.0 */
/* The window over real services: writing, leaving, a chat. */
#include "support.h"

#include "chats/chat-page-private.h"
#include "chats/composer.h"
#include "chats/handoff-page.h"
#include "chats/message-row.h"
#include "notes/note-page-private.h"
#include "core/paths.h"
#include "random-model.h"
#include "notes/span-row.h"

#include <gtksourceview/gtksource.h>
#include <sqlite3.h>

static char *
dup_editor_text (Fixture *fixture)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (editor_of (fixture), &start, &end);
  return gtk_text_buffer_get_text (editor_of (fixture), &start, &end, TRUE);
}

static gboolean
editor_holds (Fixture *fixture, const char *text)
{
  g_autofree char *shown = dup_editor_text (fixture);

  return g_str_equal (shown, text);
}

static void
test_teaches_when_empty (Fixture *fixture, gconstpointer data)
{
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Welcome to TinyLM") != NULL);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_BUTTON, "Sample"));
}

/* What a crash costs: README's second. A loaded machine may be late, which is not the program's doing. */
static void
assert_soon (guint timeout)
{
  GSource *source = timeout != 0 ? g_main_context_find_source_by_id (NULL, timeout) : NULL;

  g_assert_nonnull (source);
  g_assert_cmpint (g_source_get_ready_time (source), <=, g_get_monotonic_time () + G_USEC_PER_SEC);
}

static TlmNotePage *
note_page_of (Fixture *fixture)
{
  return TLM_NOTE_PAGE (find_widget (fixture->window, TLM_TYPE_NOTE_PAGE, NULL));
}

static void
test_saves_by_itself (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmNote) note = NULL;

  new_note (fixture, "# Groceries\n\nMilk.");
  assert_soon (note_page_of (fixture)->save_timeout);
  note = g_list_model_get_item (notes_of (fixture), 0);
  wait_until (g_str_equal (tlm_note_get_title (note), "Groceries") && tlm_note_get_saved (note));
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "2 words · Saved") != NULL);
}

/* Nothing waits for the pause in typing when another note is opened. */
static void
test_leaving_saves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmNote) first = NULL;

  new_note (fixture, "the first");
  first = g_list_model_get_item (notes_of (fixture), 0);
  new_note (fixture, "the second");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-note", "x",
                              tlm_note_get_id (first));
  wait_until (editor_is_ready (fixture) && editor_holds (fixture, "the first"));
  g_assert_true (tlm_note_get_saved (first));
}

static void
test_summary_leads_to_the_sentence (Fixture *fixture, gconstpointer data)
{
  const char *text = "The weather was fine and we talked about it.\n\n"
                     "We decided to move the launch from June 1 to June 15 because the payment tests "
                     "are not finished.\n\nBen will write to the bank by Friday.\n";
  g_autofree char *reader = tlm_paths_dup_data ("models/eeny.gguf");
  g_autofree char *sentence = NULL;
  GtkTextIter start, end;
  GtkWidget *row;

  if (!g_file_test (reader, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("models/eeny.gguf is not there");
      return;
    }
  new_note (fixture, text);
  wait_until ((row = find_widget (fixture->window, TLM_TYPE_SPAN_ROW, NULL)) != NULL);
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  g_assert_true (gtk_text_buffer_get_selection_bounds (editor_of (fixture), &start, &end));
  sentence = gtk_text_buffer_get_text (editor_of (fixture), &start, &end, TRUE);
  g_assert_nonnull (strstr (text, sentence));
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, sentence));
}

static void
send_it (TlmComposer *composer)
{
  g_signal_emit_by_name (gtk_widget_get_template_child (GTK_WIDGET (composer), TLM_TYPE_COMPOSER,
                                                        "send_button"), "clicked");
}

static void
test_chat_answers (Fixture *fixture, gconstpointer data)
{
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));
  g_autoptr (TlmChat) chat = NULL;
  TlmComposer *composer;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats) == 1);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  tlm_composer_set_text (composer, "Who are you?");
  send_it (composer);
  chat = g_list_model_get_item (chats, 0);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (chat)) == 2 && !tlm_chat_get_busy (chat));
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Answered by") != NULL);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "Who are you?"));
}

static gboolean
composer_holds (TlmComposer *composer, const char *text)
{
  g_autofree char *draft = tlm_composer_dup_text (composer);

  return g_str_equal (draft, text);
}

/* What was typed for one chat waits there while another is open. */
static void
test_chat_keeps_its_draft (Fixture *fixture, gconstpointer data)
{
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));
  g_autoptr (TlmChat) first = NULL;
  TlmComposer *composer;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats) == 1);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  first = g_list_model_get_item (chats, 0);
  tlm_composer_set_text (composer, "half a thought");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats) == 2);
  wait_until (composer_holds (composer, ""));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-chat", "x",
                              tlm_chat_get_id (first));
  g_assert_true (composer_holds (composer, "half a thought"));
}

/* Off, no summary is begun by what is typed, and the one that is there stays. */
static void
test_summarizes_while_typing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");

  new_note (fixture, "# Groceries");
  wait_until (note_page_of (fixture)->summary_timeout == 0); /* of the note that was opened */
  g_settings_set_boolean (settings, "summarize-while-typing", FALSE);
  gtk_text_buffer_insert_at_cursor (editor_of (fixture), "\n\nBread.", -1);
  g_assert_cmpuint (note_page_of (fixture)->summary_timeout, ==, 0);
  g_settings_reset (settings, "summarize-while-typing");
  gtk_text_buffer_insert_at_cursor (editor_of (fixture), "\n\nMilk.", -1);
  g_assert_cmpuint (note_page_of (fixture)->summary_timeout, !=, 0);
}

static TlmMessage *
message_at (TlmChat *chat, guint i)
{
  g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (chat), i);

  return message;
}

static TlmChat *
first_chat (Fixture *fixture)
{
  TlmChats *chats = tlm_services_get_chats (fixture->services);
  g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (chats), 0);

  return chat;
}

/* Escape stops the answer; what there was of it stays, now and after a restart. */
static void
test_chat_with_a_model (Fixture *fixture, gconstpointer data)
{
  g_autofree char *model = g_build_filename (fixture->folder, "random.gguf", NULL);
  g_autofree char *kept = NULL;
  TlmComposer *composer;
  TlmChat *chat;

  tlm_test_make_model (model, NULL);
  tlm_chats_set_model (tlm_services_get_chats (fixture->services), model, NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  tlm_composer_set_text (composer, "Once upon a time");
  send_it (composer);
  chat = first_chat (fixture);
  wait_until (*tlm_message_get_text (message_at (chat, 1)) != '\0');
  g_assert_true (tlm_chat_get_busy (chat));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.escape", NULL);
  wait_until (!tlm_chat_get_busy (chat));
  g_assert_cmpint (tlm_message_get_state (message_at (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  g_assert_cmpstr (tlm_message_get_route (message_at (chat, 1)), ==, "random.gguf");
  kept = g_strdup (tlm_message_get_text (message_at (chat, 1)));
  fixture_restart (fixture);
  wait_until ((chat = first_chat (fixture)) != NULL
              && g_list_model_get_n_items (G_LIST_MODEL (chat)) == 2);
  g_assert_cmpstr (tlm_message_get_text (message_at (chat, 1)), ==, kept);
  g_assert_cmpint (tlm_message_get_state (message_at (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "Stopped") != NULL);
}

/* In the window, or in one over it where libadwaita has no dialogs. */
static GtkWidget *
find_handoff (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *page = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && page == NULL; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      page = find_widget (window, TLM_TYPE_HANDOFF_PAGE, NULL);
    }
  return page;
}

static void
leave_handoff (void)
{
  GtkWidget *page = find_handoff ();
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_close (ADW_DIALOG (gtk_widget_get_ancestor (page, ADW_TYPE_DIALOG)));
#else
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (page)));
#endif
}

/* Under what is too much for a small model stands a way out, and under nothing else; the keyboard comes
 * back to it. */
static void
test_chat_hands_over (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer;
  GtkWidget *label, *button;
  TlmChat *chat;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  chat = first_chat (fixture);
  tlm_composer_set_text (composer, "What is 12 * 12?");
  send_it (composer);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (chat)) == 2 && !tlm_chat_get_busy (chat));
  g_assert_null (find_widget (fixture->window, GTK_TYPE_LABEL, "Take It Elsewhere…"));
  tlm_composer_set_text (composer, "I am Tobias Gruenwald. Should I stop taking my warfarin?");
  send_it (composer);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (chat)) == 4 && !tlm_chat_get_busy (chat));
  wait_until ((label = find_widget (fixture->window, GTK_TYPE_LABEL, "Take It Elsewhere…")) != NULL);
  button = gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);
  gtk_widget_grab_focus (button);
  gtk_widget_activate (button);
  wait_until (find_handoff () != NULL);
  leave_handoff ();
  wait_until (find_handoff () == NULL);
  wait_until (gtk_root_get_focus (GTK_ROOT (fixture->window)) == button);
}

/* Nothing waits for the pause in typing when the window closes. */
static void
test_draft_outlives_the_program (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  tlm_composer_set_text (composer, "half a thought");
  fixture_restart (fixture);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  g_assert_true (composer_holds (composer, "half a thought"));
}

/* (transfer full): of the only chat, as another program reads the store */
static char *
stored_draft (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "tinylm.db", NULL);
  char *draft = NULL;
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;

  g_assert_true (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
  g_assert_true (sqlite3_prepare_v2 (db, "SELECT draft FROM chats", -1, &row, NULL) == SQLITE_OK);
  if (sqlite3_step (row) == SQLITE_ROW)
    draft = g_strdup ((const char *) sqlite3_column_text (row, 0));
  sqlite3_finalize (row);
  sqlite3_close (db);
  return draft;
}

static gboolean
is_stored (Fixture *fixture, const char *draft)
{
  g_autofree char *stored = stored_draft (fixture);

  return g_strcmp0 (stored, draft) == 0;
}

/* A kill a moment after typing finds it in the store, without anything being left or closed. */
static void
test_draft_saves_by_itself (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  tlm_composer_set_text (composer, "half a thought");
  assert_soon (TLM_CHAT_PAGE (find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL))->save_timeout);
  wait_until (is_stored (fixture, "half a thought"));
}

/* (transfer none): the row of the message that is shown at @i */
static GtkWidget *
row_at (Fixture *fixture, guint i)
{
  GtkWidget *row = find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL);

  while (row != NULL && i-- > 0)
    row = gtk_widget_get_next_sibling (row);
  return row;
}

static void
act_on_row (Fixture *fixture, guint i, const char *action)
{
  g_assert_nonnull (row_at (fixture, i));
  g_assert_true (gtk_widget_activate_action (row_at (fixture, i), action, NULL));
}

/* What was edited and what was made again stay, and the keyboard never loses its place. */
static void
test_chat_branches (Fixture *fixture, gconstpointer data)
{
  TlmChat *chat;
  GtkWidget *edit;

  test_chat_answers (fixture, data);
  chat = first_chat (fixture);
  act_on_row (fixture, 1, "message.retry");
  wait_until (!tlm_chat_get_busy (chat));
  g_assert_cmpuint (tlm_message_get_n_versions (message_at (chat, 1)), ==, 2);
  g_assert_nonnull (find_widget (row_at (fixture, 1), GTK_TYPE_LABEL, "2/2"));
  act_on_row (fixture, 0, "message.edit");
  edit = find_widget (row_at (fixture, 0), GTK_TYPE_TEXT_VIEW, NULL);
  g_assert_nonnull (edit);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit)), "And who am I?", -1);
  act_on_row (fixture, 0, "message.send-edit");
  wait_until (!tlm_chat_get_busy (chat));
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "And who am I?"));
  act_on_row (fixture, 0, "message.older");
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "Who are you?"));
  g_assert_nonnull (find_widget (row_at (fixture, 1), GTK_TYPE_LABEL, "2/2"));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (fixture->window)),
                                         row_at (fixture, 0)));
}

/* The person is told, and what they choose is done. The model holds 1,024 letters. */
static void
test_chat_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *model = g_build_filename (fixture->folder, "chat.gguf", NULL);
  g_autofree char *words = g_strnfill (600, 'x');
  TlmChats *chats = tlm_services_get_chats (fixture->services);
  TlmComposer *composer;
  TlmChat *chat;

  tlm_test_make_model (model, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  tlm_chats_set_model (chats, model, NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = (gpointer) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  chat = first_chat (fixture);
  tlm_composer_set_text (composer, words);
  send_it (composer);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (chat)) == 2 && !tlm_chat_get_busy (chat));
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "024 tokens") != NULL); /* 1024, or 1,024 */
  tlm_composer_set_text (composer, words);
  send_it (composer);
  wait_until (find_widget (fixture->window, GTK_TYPE_BUTTON, "Leave Out the Oldest") != NULL);
  wait_until (!tlm_chat_get_busy (chat));
  act_on_row (fixture, 3, "message.drop-oldest");
  wait_until (!tlm_chat_get_busy (chat));
  wait_until (tlm_message_get_state (message_at (chat, 3)) == TLM_MESSAGE_DONE);
  g_assert_true (tlm_chat_get_settings (chat)->drop_oldest);
}

static int
least_width (Fixture *fixture)
{
  GtkWidget *content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (fixture->window));
  int least;

  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* On a phone of 360 px nothing is cut off; 350 leaves room for the frame that X11 draws around. */
static void
test_fits_a_phone (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (least_width (fixture), <=, 350);
  new_note (fixture, "# A note\n\nIts text was agreed on Monday by everybody.");
  wait_until (find_widget (fixture->window, TLM_TYPE_SPAN_ROW, NULL) != NULL);
  g_assert_cmpint (least_width (fixture), <=, 350);
  test_chat_answers (fixture, data);
  g_assert_cmpint (least_width (fixture), <=, 350);
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/window/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("teaches-when-empty", test_teaches_when_empty);
  ADD ("saves-by-itself", test_saves_by_itself);
  ADD ("leaving-saves", test_leaving_saves);
  ADD ("summarizes-while-typing", test_summarizes_while_typing);
  ADD ("summary-leads-to-the-sentence", test_summary_leads_to_the_sentence);
  ADD ("chat-answers", test_chat_answers);
  ADD ("chat-keeps-its-draft", test_chat_keeps_its_draft);
  ADD ("chat-with-a-model", test_chat_with_a_model);
  ADD ("chat-branches", test_chat_branches);
  ADD ("chat-full", test_chat_full);
  ADD ("chat-hands-over", test_chat_hands_over);
  ADD ("draft-outlives-the-program", test_draft_outlives_the_program);
  ADD ("draft-saves-by-itself", test_draft_saves_by_itself);
  ADD ("fits-a-phone", test_fits_a_phone);
  return g_test_run ();
}
