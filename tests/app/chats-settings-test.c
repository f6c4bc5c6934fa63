/* SPDX-License-Identifier: Apache-2.0 */
/* How a chat is answered: settings of its own, presets, and a conversation that has no room. */
#include <string.h>

#include "chats-support.h"
#include "random-model.h"
#include "support.h"

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
  g_assert_true (send_message (f, chat, "Once upon a time", NULL));
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
  g_assert_true (send_message (f, chat, words, NULL));
  answer = get_message (chat, 1);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_cmpuint (tlm_message_get_context_used (answer), >, 500);
  g_assert_cmpuint (tlm_message_get_context_held (answer), ==, 1024);
  words[0] = 'y';
  g_assert_true (send_message (f, chat, words, NULL));
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

/* ---- what another window writes ---- */

static void
write_instructions_elsewhere (Fixture *f)
{
  tlm_test_exec (f->store, "UPDATE chats SET instructions = 'Theirs.'");
  tlm_chats_reload (f->chats);
}

/* What was asked of the store, and what that asked for in turn. */
static void
wait_for_store (Fixture *f)
{
  for (int i = 0; i < 3; i++)
    tlm_test_exec (f->store, "SELECT 1");
}

/* Else the next that are saved here would overwrite them. */
static void
takes_the_settings_of_another_window_after_an_answer (Fixture      *f,
                                                      gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, chat, "One", cancellable, tlm_test_keep, &result);
  write_instructions_elsewhere (f);
  wait_for_store (f);
  g_assert_true (tlm_chat_get_busy (chat));
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "");
  g_cancellable_cancel (cancellable);
  tlm_test_await (&result);
  wait_for_store (f);
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "Theirs.");
}

static void
takes_the_settings_of_another_window_after_a_draft (Fixture      *f,
                                                    gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  write_instructions_elsewhere (f);
  tlm_chats_save_draft_async (f->chats, chat, "Ours", NULL, NULL, NULL);
  wait_for_store (f);
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "Theirs.");
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "Ours");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/keeps-settings-and-presets", keeps_settings_and_presets);
  ADD ("/app/chats/answers-the-same-with-the-same-seed", answers_the_same_with_the_same_seed);
  ADD ("/app/chats/asks-before-it-leaves-anything-out", asks_before_it_leaves_anything_out);
  ADD ("/app/chats/takes-the-settings-of-another-window-after-an-answer",
       takes_the_settings_of_another_window_after_an_answer);
  ADD ("/app/chats/takes-the-settings-of-another-window-after-a-draft",
       takes_the_settings_of_another_window_after_a_draft);
  return g_test_run ();
}
