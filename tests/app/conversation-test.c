/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations for a model whose tokens are letters, so that what it is given can be read, and
 * which holds 1,024 of them. */
#include "chats/conversation.h"
#include "core/errors.h"
#include "random-model.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define TEMPLATE "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}"

typedef struct
{
  char     *folder, *path;
  tl_model *model;
} Fixture;

static void
fixture_init (Fixture    *f,
              const char *chat_template)
{
  tl_error err = { 0 };

  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "chat.gguf", NULL);
  tlm_test_make_model (f->path, chat_template);
  f->model = tl_model_open (f->path, &err);
  g_assert_nonnull (f->model);
}

static void
fixture_clear (Fixture *f)
{
  tl_model_close (f->model);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

/* What the model is given, control tokens as "^". (nullable) */
static char *
encode (Fixture       *f,
        const TlmTurn *turns,
        guint          n_turns,
        const char    *format,
        guint         *n_left_out,
        GError       **error)
{
  TlmGenerateRequest request;
  int32_t           *ids = NULL;
  size_t             n = 0;
  GString           *text;

  tlm_generate_request_init (&request);
  request.turns = turns;
  request.n_turns = n_turns;
  request.chat_format = format;
  if (!tlm_conversation_encode (f->model, &request, 1024, &ids, &n, n_left_out, error))
    return NULL;
  text = g_string_new (NULL);
  for (size_t i = 0; i < n; i++)
    g_string_append_c (text, ids[i] < 3 ? '^' : ids[i] == 3 ? ' ' : (char) ('!' + ids[i] - 4));
  free (ids);
  return g_string_free (text, FALSE);
}

static void
writes_every_turn (void)
{
  Fixture            f;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  guint              n_left_out = 9;
  const TlmTurn      turns[] = { { TLM_TURN_SYSTEM, "Be brief." }, { TLM_TURN_USER, "Hi" },
                                 { TLM_TURN_ASSISTANT, "Yes?" }, { TLM_TURN_USER, "Bye</s>" } };

  fixture_init (&f, "[INST]<<SYS>>");
  text = encode (&f, turns, 4, NULL, &n_left_out, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "<<SYS>>"));
  g_assert_nonnull (strstr (text, "Be brief."));
  g_assert_nonnull (strstr (text, "Hi [/INST] Yes? ^^"));
  g_assert_nonnull (strstr (text, "Bye</s> [/INST]"));
  g_assert_cmpuint (n_left_out, ==, 0);
  fixture_clear (&f);
}

/* A hundred turns of forty letters: the newest stay, and the system's words. */
static void
leaves_out_the_oldest (void)
{
  Fixture            f;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  guint              n_left_out = 0;
  TlmTurn            turns[102] = { { TLM_TURN_SYSTEM, "Rule." } };

  fixture_init (&f, TEMPLATE);
  for (guint i = 1; i < 102; i++)
    turns[i] = (TlmTurn) { i % 2 == 1 ? TLM_TURN_USER : TLM_TURN_ASSISTANT,
                           g_strdup_printf ("turn %03u, and some more words of it", i) };
  text = encode (&f, turns, 102, NULL, &n_left_out, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "Rule."));
  g_assert_nonnull (strstr (text, "turn 101"));
  g_assert_nonnull (strstr (text, "turn 095"));
  g_assert_null (strstr (text, "turn 001"));
  g_assert_cmpuint (strlen (text), <=, 1024 - 256);
  g_assert_cmpuint (n_left_out, >, 80);
  g_assert_cmpuint (n_left_out, <, 96);
  /* The first that stays is the person's. */
  g_assert_nonnull (g_strstr_len (text, 40, "<|user|>"));
  for (guint i = 1; i < 102; i++)
    g_free (turns[i].text);
  fixture_clear (&f);
}

static void
says_when_one_message_is_too_long (void)
{
  Fixture            f;
  g_autoptr (GError) error = NULL;
  g_autofree char   *words = g_strnfill (3000, 'x');
  g_autofree char   *text = NULL;
  const TlmTurn      turn = { TLM_TURN_USER, words };

  fixture_init (&f, TEMPLATE);
  text = encode (&f, &turn, 1, NULL, NULL, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
  g_assert_null (text);
  fixture_clear (&f);
}

static void
asks_for_a_format_that_it_does_not_know (void)
{
  Fixture            f;
  g_autoptr (GError) error = NULL, wrong = NULL;
  g_autofree char   *refused = NULL, *chosen = NULL, *no_such = NULL;
  const TlmTurn      turn = { TLM_TURN_USER, "Hi" };

  fixture_init (&f, "{{ 'Q: ' + x }}");
  refused = encode (&f, &turn, 1, NULL, NULL, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  chosen = encode (&f, &turn, 1, "BitNet", NULL, NULL);
  g_assert_nonnull (strstr (chosen, "User: Hi"));
  no_such = encode (&f, &turn, 1, "Nonsense", NULL, &wrong);
  g_assert_error (wrong, TLM_ERROR, TLM_ERROR_MODEL);
  fixture_clear (&f);
}

/* A base model was never taught to answer: it goes on from the text. */
static void
continues_where_there_is_no_format (void)
{
  Fixture            f;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  guint              n_left_out = 0;
  const TlmTurn      turns[] = { { TLM_TURN_USER, "Hi" }, { TLM_TURN_ASSISTANT, "Yes?" },
                                 { TLM_TURN_USER, "Once upon" } };

  fixture_init (&f, NULL);
  text = encode (&f, turns, 3, NULL, &n_left_out, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "^ Once upon");
  g_assert_cmpuint (n_left_out, ==, 2);
  fixture_clear (&f);
}

static void
lists_the_formats (void)
{
  g_auto (GStrv) names = tlm_conversation_list_formats ();

  g_assert_true (g_strv_contains ((const char *const *) names, "ChatML"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conversation/every-turn", writes_every_turn);
  g_test_add_func ("/conversation/oldest-left-out", leaves_out_the_oldest);
  g_test_add_func ("/conversation/too-long", says_when_one_message_is_too_long);
  g_test_add_func ("/conversation/unknown-format", asks_for_a_format_that_it_does_not_know);
  g_test_add_func ("/conversation/no-format", continues_where_there_is_no_format);
  g_test_add_func ("/conversation/formats", lists_the_formats);
  return g_test_run ();
}
