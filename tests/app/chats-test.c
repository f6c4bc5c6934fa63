/* SPDX-License-Identifier: Apache-2.0 */
/* Chats: messages are saved before they are answered, replies say who made them, stopping keeps
 * what there is, and a restart finds all of it. */
#include <string.h>

#include "chats.h"
#include "errors.h"
#include "paths.h"
#include "random-model.h"
#include "support.h"

typedef struct
{
  char             *folder, *path;
  TlmStore         *store;
  TlmEngineService *engine;
  TlmChats         *chats;
} Fixture;

static void
start (Fixture *f)
{
  g_autofree char *reader = tlm_paths_dup_data ("models/eeny.gguf");

  f->store = tlm_test_open_store (f->path);
  f->engine = tlm_engine_service_new (reader);
  f->chats = tlm_chats_new (f->store, f->engine);
}

/* As the program ends: the engine first, so that what it had so far is saved by the store's
 * close. */
static void
stop (Fixture *f)
{
  tlm_engine_service_shutdown (f->engine);
  tlm_store_close (f->store);
  tlm_test_finalize (f->chats);
  tlm_test_finalize (f->engine);
  tlm_test_finalize (f->store);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  start (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  stop (f);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static TlmChat *
create (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmChat                 *chat;

  tlm_chats_create_async (f->chats, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  chat = tlm_chats_create_finish (f->chats, result, &error);
  g_assert_no_error (error);
  return chat;
}

static gboolean
send (Fixture    *f,
      TlmChat    *chat,
      const char *text,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_send_async (f->chats, chat, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, error);
}

/* The chats of a program that has just started, and the messages of the first. */
static TlmChat *
load_first (Fixture *f)
{
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  TlmChat                 *chat;

  tlm_chats_load_async (f->chats, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_chats_load_finish (f->chats, loaded, NULL));
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  g_assert_nonnull (chat);
  tlm_chats_open_async (f->chats, chat, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  g_assert_true (tlm_chats_open_finish (f->chats, opened, NULL));
  return chat;
}

/* (transfer none): the chat keeps it */
static TlmMessage *
get_message (TlmChat *chat,
             guint    i)
{
  g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (chat), i);

  g_assert_nonnull (message);
  return message;
}

static void
says_what_it_is_for (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage         *reply;

  g_assert_true (send (f, chat, "Hello there!", NULL));
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

  g_assert_true (send (f, chat, "First", NULL));
  g_assert_true (send (f, chat, "Second", NULL));
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

static void
refuses_an_empty_message (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autoptr (GError)  error = NULL;

  g_assert_false (send (f, chat, " \n ", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 0);
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
  g_assert_false (send (f, chat, large, &error));
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
  g_assert_true (send (f, chat, "half a thought, and more", NULL));
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "");
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "");
  g_object_unref (chat);
}

static void
is_named_after_the_text_it_brings (Fixture      *f,
                                   gconstpointer data)
{
  g_autoptr (TlmChat) brings = create (f), brief = create (f), asks = create (f);

  g_assert_true (send (f, brings, "Summarize this:\n\n# Harbour fair\n\nThe pier is repaired and the "
                                  "fair moves to June.", NULL));
  g_assert_cmpstr (tlm_chat_get_title (brings), ==, "Harbour fair");
  g_assert_true (send (f, brief, "Find the action items in this: call Ruth", NULL));
  g_assert_cmpstr (tlm_chat_get_title (brief), ==, "call Ruth");
  g_assert_true (send (f, asks, "Summarize this:\n\n", NULL));
  g_assert_cmpstr (tlm_chat_get_title (asks), ==, "Summarize this:");
}

static void
says_when_the_model_is_missing (Fixture      *f,
                                gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  TlmMessage         *reply;

  tlm_chats_set_model (f->chats, "/nowhere/model.gguf", NULL);
  g_assert_true (send (f, chat, "Tell me a story", NULL));
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
  g_assert_true (send (f, chat, text, NULL));
  reply = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_state (reply), ==, TLM_MESSAGE_DONE);
  g_assert_cmpstr (tlm_message_get_route (reply), ==, "eeny");
  g_assert_nonnull (strstr (tlm_message_get_text (reply), "\n- "));
  /* And now without the text: the one above is meant. */
  g_assert_true (send (f, chat, "and the action items?", NULL));
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 3)), ==, "eeny");
}

static void
answers_a_sum_without_a_model (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send (f, chat, "What is 17 * 23?", NULL));
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 1)), ==, "code");
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, "**391**");
}

static void
says_what_is_beyond_it (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send (f, chat, "how much ibuprofen can I take with blood thinners", NULL));
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (chat, 1)), "a doctor"));
  g_assert_true (send (f, chat, "hello", NULL));
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 3)), "beyond"));
}

static char *
make_model (Fixture *f)
{
  char *path = g_build_filename (f->folder, "random.gguf", NULL);

  tlm_test_make_model (path, NULL);
  return path;
}

static gboolean
regenerate (Fixture    *f,
            TlmChat    *chat,
            TlmMessage *answer)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_regenerate_async (f->chats, chat, answer, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, NULL);
}

static gboolean
edit (Fixture    *f,
      TlmChat    *chat,
      TlmMessage *message,
      const char *text,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_edit_async (f->chats, chat, message, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, error);
}

static void
turn (Fixture    *f,
      TlmChat    *chat,
      TlmMessage *message,
      int         step)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_turn_async (f->chats, chat, message, step, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_turn_finish (f->chats, result, NULL));
}

/* The texts of the branch that is shown, the person's only. */
static void
assert_asked (TlmChat    *chat,
              const char *expected)
{
  g_autoptr (GString) asked = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    if (tlm_message_get_role (get_message (chat, i)) == TLM_ROLE_USER)
      g_string_append_printf (asked, "%s;", tlm_message_get_text (get_message (chat, i)));
  g_assert_cmpstr (asked->str, ==, expected);
}

static void
keeps_an_answer_that_is_made_again (Fixture      *f,
                                    gconstpointer data)
{
  TlmChat         *chat = create (f);
  g_autofree char *model = make_model (f);
  g_autofree char *first = NULL, *second = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send (f, chat, "Once upon a time", NULL));
  first = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  second = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 2);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  g_assert_cmpuint (tlm_message_get_version (get_message (chat, 1)), ==, 1);
  turn (f, chat, get_message (chat, 1), -1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  turn (f, chat, get_message (chat, 1), -1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  turn (f, chat, get_message (chat, 1), 1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, second);
  g_object_unref (chat);
}

static void
keeps_what_followed_a_message_that_is_edited (Fixture      *f,
                                              gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (send (f, chat, "one", NULL));
  g_assert_true (send (f, chat, "two", NULL));
  g_assert_true (send (f, chat, "three", NULL));
  g_assert_true (edit (f, chat, get_message (chat, 2), "zwei", NULL));
  assert_asked (chat, "one;zwei;");
  g_assert_true (send (f, chat, "drei", NULL));
  assert_asked (chat, "one;zwei;drei;");
  g_assert_true (edit (f, chat, get_message (chat, 0), "eins", NULL));
  assert_asked (chat, "eins;");
  turn (f, chat, get_message (chat, 0), -1);
  assert_asked (chat, "one;zwei;drei;");
  turn (f, chat, get_message (chat, 2), -1);
  assert_asked (chat, "one;two;three;");
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  assert_asked (chat, "one;two;three;");
  g_assert_true (send (f, chat, "four", NULL));
  assert_asked (chat, "one;two;three;four;");
  turn (f, chat, get_message (chat, 2), 1);
  assert_asked (chat, "one;zwei;drei;");
  g_object_unref (chat);
}

/* Nothing is sent in place of a message by an edit that leaves it empty. */
static void
refuses_to_edit_to_nothing (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autoptr (GError)  error = NULL;

  g_assert_true (send (f, chat, "one", NULL));
  g_assert_false (edit (f, chat, get_message (chat, 0), " ", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  assert_asked (chat, "one;");
}

/* What is sent before the messages of an old chat were read stands after them. */
static void
appends_to_a_chat_that_is_not_open (Fixture      *f,
                                    gconstpointer data)
{
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  TlmChat                 *chat = create (f);

  g_assert_true (send (f, chat, "one", NULL));
  g_object_unref (chat);
  stop (f);
  start (f);
  tlm_chats_load_async (f->chats, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_chats_load_finish (f->chats, loaded, NULL));
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  g_assert_true (send (f, chat, "two", NULL));
  tlm_chats_open_async (f->chats, chat, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  g_assert_true (tlm_chats_open_finish (f->chats, opened, NULL));
  assert_asked (chat, "one;two;");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 4);
  g_object_unref (chat);
}

static void
save_settings (Fixture               *f,
               TlmChat               *chat,
               const TlmChatSettings *settings)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_save_settings_async (f->chats, chat, settings, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_save_settings_finish (f->chats, result, NULL));
}

static void
save_preset (Fixture               *f,
             const char            *name,
             const TlmChatSettings *settings)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_save_preset_async (f->chats, name, settings, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_save_settings_finish (f->chats, result, NULL));
}

static void
keeps_settings_and_presets (Fixture      *f,
                            gconstpointer data)
{
  TlmChat              *chat = create (f);
  const TlmChatSettings settings = { (char *) "Be brief.", 0.25, 0.5, 7, 40, TRUE }, *kept;
  g_auto (GStrv)        names = NULL;

  save_settings (f, chat, &settings);
  save_preset (f, "Zebra", &settings);
  save_preset (f, "Ant", &settings);
  save_preset (f, "Gone", &settings);
  save_preset (f, "Gone", NULL);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  kept = tlm_chat_get_settings (chat);
  g_assert_cmpstr (kept->instructions, ==, "Be brief.");
  g_assert_cmpfloat (kept->temperature, ==, 0.25);
  g_assert_cmpfloat (kept->top_p, ==, 0.5);
  g_assert_cmpint (kept->seed, ==, 7);
  g_assert_cmpint (kept->max_tokens, ==, 40);
  g_assert_true (kept->drop_oldest);
  names = tlm_chats_list_presets (f->chats);
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "Ant");
  g_assert_cmpstr (tlm_chats_find_preset (f->chats, "Zebra")->instructions, ==, "Be brief.");
  g_assert_null (tlm_chats_find_preset (f->chats, "Gone"));
  g_object_unref (chat);
}

static void
answers_the_same_with_the_same_seed (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char      *model = make_model (f);
  g_autoptr (TlmChat)   chat = create (f);
  const TlmChatSettings settings = { (char *) "", 0.8, 0.95, 7, 20, FALSE };
  g_autofree char      *first = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  save_settings (f, chat, &settings);
  g_assert_true (send (f, chat, "Once upon a time", NULL));
  first = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_cmpuint (strlen (first), <=, 20);
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
}

/* The model holds 1,024 letters. */
static void
asks_before_it_leaves_anything_out (Fixture      *f,
                                    gconstpointer data)
{
  g_autofree char    *model = g_build_filename (f->folder, "chat.gguf", NULL);
  g_autofree char    *words = g_strnfill (500, 'x');
  g_autoptr (TlmChat) chat = create (f);
  TlmChatSettings     settings = { (char *) "", 0.8, 0.95, 7, 20, FALSE };
  TlmMessage         *answer;

  tlm_test_make_model (model, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  tlm_chats_set_model (f->chats, model, NULL);
  save_settings (f, chat, &settings);
  g_assert_true (send (f, chat, words, NULL));
  answer = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_cmpuint (tlm_message_get_context_used (answer), >, 500);
  g_assert_cmpuint (tlm_message_get_context_held (answer), ==, 1024);
  words[0] = 'y';
  g_assert_true (send (f, chat, words, NULL));
  answer = get_message (chat, 3);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_FAILED);
  g_assert_cmpuint (tlm_message_get_context_used (answer), >, 1024);
  settings.drop_oldest = TRUE;
  save_settings (f, chat, &settings);
  g_assert_true (regenerate (f, chat, answer));
  answer = get_message (chat, 3);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "without"));
  g_assert_cmpuint (tlm_message_get_context_used (answer), <=, 1024);
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
goes_to_the_bin_and_comes_back (Fixture      *f,
                                gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) trashed = NULL, restored = NULL;

  tlm_chats_trash_async (f->chats, chat, NULL, tlm_test_keep, &trashed);
  tlm_test_await (&trashed);
  g_assert_true (tlm_chats_trash_finish (f->chats, trashed, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  tlm_chats_restore_async (f->chats, chat, NULL, tlm_test_keep, &restored);
  tlm_test_await (&restored);
  g_assert_true (tlm_chats_restore_finish (f->chats, restored, NULL));
  g_assert_true (tlm_chats_find (f->chats, tlm_chat_get_id (chat)) == chat);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/says-what-it-is-for", says_what_it_is_for);
  ADD ("/app/chats/finds-all-again-after-a-restart", finds_all_again_after_a_restart);
  ADD ("/app/chats/refuses-an-empty-message", refuses_an_empty_message);
  ADD ("/app/chats/keeps-in-sight-what-cannot-be-saved",
       keeps_a_message_in_sight_that_cannot_be_saved);
  ADD ("/app/chats/keeps-a-draft-until-it-is-sent", keeps_a_draft_until_it_is_sent);
  ADD ("/app/chats/is-named-after-the-text-it-brings", is_named_after_the_text_it_brings);
  ADD ("/app/chats/says-when-the-model-is-missing", says_when_the_model_is_missing);
  ADD ("/app/chats/summarizes-what-a-message-holds", summarizes_what_a_message_holds);
  ADD ("/app/chats/answers-a-sum", answers_a_sum_without_a_model);
  ADD ("/app/chats/says-what-is-beyond-it", says_what_is_beyond_it);
  ADD ("/app/chats/streams-and-keeps-what-was-stopped", streams_a_model_and_keeps_what_was_stopped);
  ADD ("/app/chats/keeps-a-reply-that-the-end-cuts-off", keeps_a_reply_that_the_end_cuts_off);
  ADD ("/app/chats/keeps-an-answer-made-again", keeps_an_answer_that_is_made_again);
  ADD ("/app/chats/keeps-what-followed-an-edited-message",
       keeps_what_followed_a_message_that_is_edited);
  ADD ("/app/chats/refuses-to-edit-to-nothing", refuses_to_edit_to_nothing);
  ADD ("/app/chats/appends-to-a-chat-that-is-not-open", appends_to_a_chat_that_is_not_open);
  ADD ("/app/chats/keeps-settings-and-presets", keeps_settings_and_presets);
  ADD ("/app/chats/answers-the-same-with-the-same-seed", answers_the_same_with_the_same_seed);
  ADD ("/app/chats/asks-before-it-leaves-anything-out", asks_before_it_leaves_anything_out);
  ADD ("/app/chats/goes-to-the-bin-and-comes-back", goes_to_the_bin_and_comes_back);
  return g_test_run ();
}
