/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists in chats: who answers, that one which is switched off does not, and that they are exchanged
 * without reading the model again. The model and the adapters are random; the model's file is gone before
 * the second answer, so that nothing could be read from it. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chats-special-support.h"
#include "models/engine-service-private.h"
#include "support.h"

#define RISKY "how much ibuprofen can I take with blood thinners"

static void
swaps_without_reading_the_model_again (Special      *s,
                                       gconstpointer data)
{
  g_autofree char *one = add_specialist (s, "one", NULL), *two = add_specialist (s, "two", NULL);
  g_autofree char *first = NULL;
  TlmMessage      *answer;
  const tl_model  *loaded;

  choose_for_chat (s, one);
  answer = ask (s, "Once upon a time");
  g_assert_cmpstr (tlm_message_get_error (answer), ==, NULL);
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "random.gguf with one"));
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "small");
  g_assert_cmpstr (tlm_message_get_why (answer), ==, "You chose a specialist for this chat.");
  first = g_strdup (tlm_message_get_text (answer));
  loaded = s->chats.engine->writing.model;
  g_assert_cmpint (g_unlink (s->model), ==, 0);
  choose_for_chat (s, two);
  g_assert_true (regenerate (&s->chats, s->chat, answer));
  answer = get_message (s->chat, 1);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "with two"));
  g_assert_cmpstr (tlm_message_get_text (answer), !=, first); /* of the same seed */
  g_assert_true (s->chats.engine->writing.model == loaded);
  choose_for_chat (s, one);
  g_assert_true (regenerate (&s->chats, s->chat, answer));
  g_assert_cmpstr (tlm_message_get_text (get_message (s->chat, 1)), ==, first);
}

/* Off, in the bin, and gone from the store; on again it answers as before. */
static void
says_that_a_specialist_is_absent (Special      *s,
                                  gconstpointer data)
{
  static const char *const ways[][2] = {
    { "UPDATE trainings SET used = 0", "UPDATE trainings SET used = 1" },
    { "UPDATE trainings SET trashed = 1", "UPDATE trainings SET trashed = NULL" },
    { "UPDATE trainings SET out = 'x' || out", "UPDATE trainings SET out = substr (out, 2)" },
  };
  g_autofree char *path = add_specialist (s, "one", NULL);
  TlmMessage      *answer;

  choose_for_chat (s, path);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      tlm_test_exec (s->chats.store, ways[i][0]);
      answer = ask (s, "What is 17 * 23?");
      g_assert_cmpstr (tlm_message_get_tool (answer), ==, "code");
      g_assert_nonnull (strstr (tlm_message_get_text (answer), "Without the specialist “one”"));
      g_assert_nonnull (strstr (tlm_message_get_text (answer), "**391**"));
      tlm_test_exec (s->chats.store, ways[i][1]);
    }
  answer = ask (s, "What is 17 * 23?");
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "small");
  g_assert_null (strstr (tlm_message_get_text (answer), "Without"));
}

/* A click goes before the specialist, and the specialist before what a click is remembered for. */
static void
lets_a_click_go_first (Special      *s,
                       gconstpointer data)
{
  g_autofree char *path = add_specialist (s, "one", NULL);
  TlmMessage      *answer;

  choose_for_chat (s, path);
  ask (s, "hello gate green hello");
  choose_tool (s, TLM_TOOL_RETRIEVAL);
  answer = get_message (s->chat, 1);
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "retrieval");
  g_assert_cmpstr (tlm_message_get_why (answer), ==, "You chose it.");
  answer = ask (s, "hello gate green hello");
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "small");
  g_assert_cmpstr (tlm_message_get_why (answer), ==, "You chose a specialist for this chat.");
}

static void
hands_over_what_could_hurt (Special      *s,
                            gconstpointer data)
{
  g_autofree char *path = add_specialist (s, "one", NULL);
  TlmMessage      *answer;

  choose_for_chat (s, path);
  answer = ask (s, RISKY);
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "hand-over");
  g_assert_nonnull (strstr (tlm_message_get_text (answer), "a doctor"));
}

/* In a chat without one, and even of what could hurt: the person has read that. What is very like it goes
 * there too, unless the specialist is switched off. */
static void
remembers_the_one_that_was_clicked (Special      *s,
                                    gconstpointer data)
{
  g_autofree char            *path = add_specialist (s, "one", NULL);
  g_autoptr (TlmTrainedList)  list = tlm_trained_list_new (s->chats.store);
  g_autoptr (GAsyncResult)    result = NULL;
  TlmMessage                 *answer;

  tlm_trained_list_load (list);
  while (tlm_trained_list_find (list, path) == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = ask (s, RISKY);
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "hand-over");
  tlm_chats_ask_specialist_async (s->chats.chats, s->chat, answer, tlm_trained_list_find (list, path),
                                  NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (s->chats.chats, result, NULL));
  answer = get_message (s->chat, 1);
  g_assert_cmpstr (tlm_message_get_tool (answer), ==, "small");
  g_assert_cmpstr (tlm_message_get_why (answer), ==, "You chose it.");
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "random.gguf with one"));
  g_assert_cmpuint (tlm_message_get_n_versions (answer), ==, 2);
  answer = ask (s, RISKY " please");
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "random.gguf with one"));
  g_assert_cmpstr (tlm_message_get_why (answer), ==, "You chose it for “" RISKY "”.");
  tlm_test_exec (s->chats.store, "UPDATE trainings SET used = 0");
  g_assert_cmpstr (tlm_message_get_tool (ask (s, RISKY)), ==, "hand-over");
  tlm_test_exec (s->chats.store, "UPDATE trainings SET used = 1");
  /* A tool that is chosen later takes its place. */
  choose_tool (s, TLM_TOOL_RETRIEVAL);
  g_assert_cmpstr (tlm_message_get_tool (ask (s, RISKY)), ==, "retrieval");
}

/* As the person calls them at that moment, in the bin too; what is there says what it said. */
static void
names_who_answers (Special      *s,
                   gconstpointer data)
{
  g_autofree char *path = add_specialist (s, "one", NULL), *sql = NULL;
  g_autofree char *uri = g_filename_to_uri (s->model, NULL, NULL);
  TlmMessage      *answer, *again;

  sql = g_strdup_printf ("INSERT INTO models (uri, name, owned, sha256, size, added) "
                         "VALUES ('%s', 'Letters, large', 1, '', 0, 0)", uri);
  tlm_test_exec (s->chats.store, sql);
  tlm_test_exec (s->chats.store, "UPDATE trainings SET name = 'Post'");
  choose_for_chat (s, path);
  answer = ask (s, "Once upon a time");
  g_assert_true (g_str_has_prefix (tlm_message_get_route (answer),
                                   "Letters, large with Post (SHA-256 "));
  tlm_test_exec (s->chats.store, "UPDATE models SET name = 'Ada', trashed = 1");
  g_assert_true (regenerate (&s->chats, s->chat, answer));
  again = get_message (s->chat, 1);
  g_assert_true (g_str_has_prefix (tlm_message_get_route (again), "Ada with Post (SHA-256 "));
  g_assert_true (g_str_has_prefix (tlm_message_get_route (answer), "Letters, large with Post "));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_SPECIAL ("swaps-without-reading-the-model-again", swaps_without_reading_the_model_again);
  ADD_SPECIAL ("names-who-answers", names_who_answers);
  ADD_SPECIAL ("says-that-a-specialist-is-absent", says_that_a_specialist_is_absent);
  ADD_SPECIAL ("lets-a-click-go-first", lets_a_click_go_first);
  ADD_SPECIAL ("hands-over-what-could-hurt", hands_over_what_could_hurt);
  ADD_SPECIAL ("remembers-the-one-that-was-clicked", remembers_the_one_that_was_clicked);
  return g_test_run ();
}
