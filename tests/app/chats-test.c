/* SPDX-License-Identifier: Apache-2.0 */
/* Chats: messages are saved before they are answered, replies say who made them, stopping keeps
 * what there is, and a restart finds all of it. */
#include <string.h>

#include "chats-support.h"
#include "core/errors.h"
#include "core/paths.h"
#include "support.h"

static void
says_what_it_is_for (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage         *reply;

  g_assert_true (send_message (f, chat, "Hello there!", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 2);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 0)), ==, "Hello there!");
  g_assert_cmpint (tlm_message_get_role (get_message (chat, 0)), ==, TLM_ROLE_USER);
  reply = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_role (reply), ==, TLM_ROLE_ASSISTANT);
  g_assert_cmpint (tlm_message_get_state (reply), ==, TLM_MESSAGE_DONE);
  g_assert_cmpstr (tlm_message_get_route (reply), ==, "code");
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "Summarize"));
  g_assert_false (tlm_chat_get_busy (chat));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "Hello there!");
}

static void
finds_all_again_after_a_restart (Fixture      *f,
                                 gconstpointer data)
{
  TlmChat         *chat = create (f);
  g_autofree char *reply = NULL;

  g_assert_true (send_message (f, chat, "First", NULL));
  g_assert_true (send_message (f, chat, "Second", NULL));
  reply = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "First");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 4);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, reply);
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 1)), ==, "code");
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 2)), ==, "Second");
  g_object_unref (chat);
}

/* Messages are of those that were opened last; the rest has them again when it is opened. */
static void
keeps_messages_of_a_few_chats (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (GPtrArray) chats = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char      *reply = NULL;
  TlmMessage           *second;
  guint                 n_filled = 0;

  for (int i = 0; i < 20; i++)
    {
      g_ptr_array_add (chats, create (f));
      open_chat (f, chats->pdata[i]);
      g_assert_true (send_message (f, chats->pdata[i], "First", NULL));
      if (i > 0)
        continue;
      reply = g_strdup (tlm_message_get_text (get_message (chats->pdata[i], 1)));
      g_assert_true (regenerate (f, chats->pdata[i], get_message (chats->pdata[i], 1)));
      turn (f, chats->pdata[i], get_message (chats->pdata[i], 1), -1);
    }
  for (int i = 0; i < 20; i++)
    n_filled += g_list_model_get_n_items (chats->pdata[i]) > 0;
  g_assert_cmpuint (n_filled, <=, 10);
  g_assert_cmpuint (g_list_model_get_n_items (chats->pdata[0]), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (chats->pdata[19]), ==, 2);

  open_chat (f, chats->pdata[0]);
  g_assert_cmpuint (g_list_model_get_n_items (chats->pdata[0]), ==, 2);
  second = get_message (chats->pdata[0], 1);
  g_assert_cmpstr (tlm_message_get_text (second), ==, reply);
  g_assert_cmpuint (tlm_message_get_n_versions (second), ==, 2);
  g_assert_true (send_message (f, chats->pdata[0], "Next", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (chats->pdata[0]), ==, 4);
}

static void
refuses_an_empty_message (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autoptr (GError)  error = NULL;

  g_assert_false (send_message (f, chat, " \n\xe2\x80\x8b", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_assert_null (strstr (error->message, "summarize"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 0);
}

static void
takes_a_sign_for_a_message (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "?", NULL));
  g_assert_true (send_message (f, chat, "👍", NULL));
  for (guint i = 1; i < 4; i += 2)
    g_assert_cmpint (tlm_message_get_state (get_message (chat, i)), ==, TLM_MESSAGE_DONE);
}

/* The name is on its way into the store when the message is sent. */
static void
keeps_its_name_when_it_is_sent_to (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (GAsyncResult) renamed = NULL;
  g_autoptr (TlmChat)      chat = create (f);

  tlm_chats_rename_async (f->chats, chat, "Harbour", NULL, tlm_test_keep, &renamed);
  g_assert_true (send_message (f, chat, "Hello there!", NULL));
  g_assert_true (tlm_chats_organise_finish (f->chats, renamed, NULL));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "Harbour");
}

static void
count_messages (GObject      *source,
                GAsyncResult *result,
                gpointer      n)
{
  g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (source), 0);

  g_assert_true (tlm_chats_open_finish (TLM_CHATS (source), result, NULL));
  *(guint *) n = g_list_model_get_n_items (G_LIST_MODEL (chat));
}

/* Who asked for it may look for one of them. */
static void
is_open_with_all_its_messages (Fixture      *f,
                               gconstpointer data)
{
  TlmChat *chat = create (f);
  guint    n = G_MAXUINT;

  g_assert_true (send_message (f, chat, "First", NULL));
  g_object_unref (chat);
  stop (f);
  start (f);
  tlm_chats_load_async (f->chats, NULL, NULL, NULL);
  while (g_list_model_get_n_items (G_LIST_MODEL (f->chats)) == 0)
    g_main_context_iteration (NULL, TRUE);
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  tlm_chats_open_async (f->chats, chat, NULL, count_messages, &n);
  while (n == G_MAXUINT)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 2);
  g_object_unref (chat);
}

/* A second program holds the file's page limit: nothing can be saved, and that is said in the
 * chat. */
static void
keeps_a_message_in_sight_that_cannot_be_saved (Fixture      *f,
                                               gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autofree char    *large = g_strnfill (1 << 20, 'x');
  g_autoptr (GError)  error = NULL;

  tlm_test_exec (f->store, "PRAGMA max_page_count = 64");
  g_assert_false (send_message (f, chat, large, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_FULL);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 0)), ==, large);
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 0)), ==, TLM_MESSAGE_FAILED);
  g_assert_cmpstr (tlm_message_get_error (get_message (chat, 0)), ==, error->message);
  g_assert_false (tlm_chat_get_busy (chat));
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, large);
}

static gboolean
save_draft (Fixture    *f,
            TlmChat    *chat,
            const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_save_draft_async (f->chats, chat, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_save_draft_finish (f->chats, result, NULL);
}

static void
keeps_a_draft_until_it_is_sent (Fixture      *f,
                                gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (save_draft (f, chat, "half a thought"));
  g_assert_true (save_draft (f, chat, "half a thought, and more"));
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "half a thought, and more");
  g_assert_true (send_message (f, chat, "half a thought, and more", NULL));
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "");
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "");
  g_object_unref (chat);
}

static void
assert_stored (Fixture    *f,
               const char *sql,
               const char *wanted)
{
  g_autofree char *found = tlm_test_query (f->path, sql);

  g_assert_cmpstr (found, ==, wanted);
}

/* While the pasted text may not be touched, typing is saved all the same. */
static void
saves_of_a_draft_what_has_changed (Fixture      *f,
                                   gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (save_draft (f, chat, "look at" TLM_DRAFT_SEPARATOR "one" TLM_DRAFT_SEPARATOR "two"));
  tlm_test_exec (f->store, "CREATE TRIGGER no_more BEFORE DELETE ON draft_texts "
                           "BEGIN SELECT raise (ABORT, 'no'); END");
  g_assert_true (save_draft (f, chat, "look at this" TLM_DRAFT_SEPARATOR "one" TLM_DRAFT_SEPARATOR
                                      "two"));
  assert_stored (f, "SELECT draft FROM chats", "look at this");
  assert_stored (f, "SELECT texts FROM draft_texts", "one" TLM_DRAFT_SEPARATOR "two");
  g_assert_false (save_draft (f, chat, "look" TLM_DRAFT_SEPARATOR "two"));
  assert_stored (f, "SELECT draft FROM chats", "look at this");
  tlm_test_exec (f->store, "DROP TRIGGER no_more");
  g_assert_true (save_draft (f, chat, "look" TLM_DRAFT_SEPARATOR "two"));
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "look" TLM_DRAFT_SEPARATOR "two");
  g_assert_true (send_message (f, chat, "look\n\ntwo", NULL));
  assert_stored (f, "SELECT count (*) FROM draft_texts", "0");
  g_object_unref (chat);
}

static void
is_named_after_the_text_it_brings (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (TlmChat) brings = create (f), brief = create (f), asks = create (f);

  g_assert_true (send_message (f, brings,
                               "Summarize this:\n\n# Harbour fair\n\nThe pier is repaired and the "
                               "fair moves to June.", NULL));
  g_assert_cmpstr (tlm_chat_get_title (brings), ==, "Harbour fair");
  g_assert_true (send_message (f, brief, "Find the action items in this: call Ruth", NULL));
  g_assert_cmpstr (tlm_chat_get_title (brief), ==, "call Ruth");
  g_assert_true (send_message (f, asks, "Summarize this:\n\n", NULL));
  g_assert_cmpstr (tlm_chat_get_title (asks), ==, "Summarize this:");
}

static void
says_when_the_model_is_missing (Fixture      *f,
                                gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage         *reply;

  tlm_chats_set_model (f->chats, "/nowhere/model.gguf", NULL);
  g_assert_true (send_message (f, chat, "Tell me a story", NULL));
  reply = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_state (reply), ==, TLM_MESSAGE_FAILED);
  g_assert_nonnull (tlm_message_get_error (reply));
  g_assert_cmpstr (tlm_message_get_route (reply), ==, "model.gguf");
}

static void
summarizes_what_a_message_holds (Fixture      *f,
                                 gconstpointer data)
{
  g_autofree char    *reader = tlm_test_find_reader ();
  g_autofree char    *path = tlm_paths_dup_data ("samples/meeting.md");
  g_autofree char    *note = NULL, *text = NULL;
  g_autoptr (TlmChat) chat = NULL;
  TlmMessage         *reply;

  if (reader == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &note, NULL, NULL));
  text = g_strconcat ("Summarize this, please:\n\n", note, NULL);
  chat = create (f);
  g_assert_true (send_message (f, chat, text, NULL));
  reply = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_state (reply), ==, TLM_MESSAGE_DONE);
  g_assert_cmpstr (tlm_message_get_route (reply), ==, "eeny");
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "\n- "));
  /* And now without the text: the one above is meant. */
  g_assert_true (send_message (f, chat, "and the action items?", NULL));
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 3)), ==, "eeny");
}

/* A button's words are in the person's language, which may be any. */
static void
keeps_the_skill_that_was_chosen (Fixture      *f,
                                 gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL, edited = NULL;
  g_autoptr (TlmChat)      chat = create (f);
  const char              *wish = "Awgryma deitl i hyn:\n\n";
  g_autofree char         *asked = g_strconcat (wish, "banc", NULL);
  TlmMessage              *answer;

  tlm_chats_ask_skill_async (f->chats, chat, TLM_INTENT_TITLE, wish, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
  answer = get_message (chat, 1);
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "reader");
  g_assert_nonnull (strstr (tlm_message_get_text (answer), "look for a title"));
  g_clear_object (&chat);
  g_clear_object (&result);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 0)), ==, "title");
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (chat, 1)), "look for a title"));
  tlm_chats_edit_async (f->chats, chat, get_message (chat, 0), asked, NULL, tlm_test_keep, &edited);
  tlm_test_await (&edited);
  g_assert_true (tlm_chats_send_finish (f->chats, edited, NULL));
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (chat, 1)), "look for a title"));
}

static void
answers_a_sum_without_a_model (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "What is 17 * 23?", NULL));
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 1)), ==, "code");
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, "**391**");
}

static void
says_what_is_beyond_it (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "how much ibuprofen can I take with blood thinners", NULL));
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (chat, 1)), "a doctor"));
  g_assert_true (send_message (f, chat, "hello", NULL));
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 3)), "beyond"));
}

static void
streams_a_model_and_keeps_what_was_stopped (Fixture      *f,
                                            gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char         *kept = NULL;
  TlmChat                 *chat;

  chat = create (f);
  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, chat, "Once upon a time", cancellable, tlm_test_keep, &result);
  g_assert_true (tlm_chat_get_busy (chat));
  while (*tlm_message_get_text (get_message (chat, 1)) == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  kept = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_true (strlen (kept) > 0);
  g_object_unref (chat);
  g_clear_object (&result);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, kept);
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  g_object_unref (chat);
}

/* The program ends while a reply streams. */
static void
keeps_a_reply_that_the_end_cuts_off (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autofree char         *seen = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  TlmChat                 *chat;

  chat = create (f);
  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, chat, "Once upon a time", NULL, tlm_test_keep, &result);
  while (*tlm_message_get_text (get_message (chat, 1)) == '\0')
    g_main_context_iteration (NULL, TRUE);
  seen = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_clear_object (&chat);
  tlm_engine_service_shutdown (f->engine);
  tlm_store_close (f->store);
  tlm_test_await (&result);
  g_clear_object (&result);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_true (g_str_has_prefix (tlm_message_get_text (get_message (chat, 1)), seen));
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  g_object_unref (chat);
}

static void
send_and_wait_in_line (Fixture       *f,
                       TlmChat       *chat,
                       GCancellable  *cancellable,
                       guint          n_ahead,
                       GAsyncResult **result)
{
  tlm_chats_send_async (f->chats, chat, "Once upon a time", cancellable, tlm_test_keep, result);
  while (tlm_chat_get_n_ahead (chat) != n_ahead || tlm_message_get_id (get_message (chat, 1)) == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Of three chats the second waits, is taken out at once, and the third moves up. */
static void
stands_in_line_for_the_model (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autoptr (TlmChat)      one = create (f), two = create (f), three = create (f);
  g_autoptr (GCancellable) first = g_cancellable_new (), second = g_cancellable_new ();
  g_autoptr (GCancellable) third = g_cancellable_new ();
  g_autoptr (GAsyncResult) a = NULL, b = NULL, c = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  send_and_wait_in_line (f, one, first, 0, &a);
  while (*tlm_message_get_text (get_message (one, 1)) == '\0')
    g_main_context_iteration (NULL, TRUE);
  send_and_wait_in_line (f, two, second, 1, &b);
  send_and_wait_in_line (f, three, third, 2, &c);
  g_cancellable_cancel (second);
  tlm_test_await (&b);
  g_assert_null (a);
  g_assert_cmpint (tlm_message_get_state (get_message (two, 1)), ==, TLM_MESSAGE_STOPPED);
  g_assert_cmpuint (tlm_chat_get_n_ahead (three), ==, 1);
  g_cancellable_cancel (first);
  tlm_test_await (&a);
  while (*tlm_message_get_text (get_message (three, 1)) == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tlm_chat_get_n_ahead (three), ==, 0);
  g_cancellable_cancel (third);
  tlm_test_await (&c);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/says-what-it-is-for", says_what_it_is_for);
  ADD ("/app/chats/finds-all-again-after-a-restart", finds_all_again_after_a_restart);
  ADD ("/app/chats/keeps-messages-of-a-few-chats", keeps_messages_of_a_few_chats);
  ADD ("/app/chats/refuses-an-empty-message", refuses_an_empty_message);
  ADD ("/app/chats/takes-a-sign-for-a-message", takes_a_sign_for_a_message);
  ADD ("/app/chats/keeps-its-name-when-it-is-sent-to", keeps_its_name_when_it_is_sent_to);
  ADD ("/app/chats/is-open-with-all-its-messages", is_open_with_all_its_messages);
  ADD ("/app/chats/keeps-in-sight-what-cannot-be-saved",
       keeps_a_message_in_sight_that_cannot_be_saved);
  ADD ("/app/chats/keeps-a-draft-until-it-is-sent", keeps_a_draft_until_it_is_sent);
  ADD ("/app/chats/saves-of-a-draft-what-has-changed", saves_of_a_draft_what_has_changed);
  ADD ("/app/chats/is-named-after-the-text-it-brings", is_named_after_the_text_it_brings);
  ADD ("/app/chats/says-when-the-model-is-missing", says_when_the_model_is_missing);
  ADD ("/app/chats/summarizes-what-a-message-holds", summarizes_what_a_message_holds);
  ADD ("/app/chats/keeps-the-skill-that-was-chosen", keeps_the_skill_that_was_chosen);
  ADD ("/app/chats/answers-a-sum", answers_a_sum_without_a_model);
  ADD ("/app/chats/says-what-is-beyond-it", says_what_is_beyond_it);
  ADD ("/app/chats/streams-and-keeps-what-was-stopped", streams_a_model_and_keeps_what_was_stopped);
  ADD ("/app/chats/keeps-a-reply-that-the-end-cuts-off", keeps_a_reply_that_the_end_cuts_off);
  ADD ("/app/chats/stands-in-line-for-the-model", stands_in_line_for_the_model);
  return g_test_run ();
}
