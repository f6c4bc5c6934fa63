/* SPDX-License-Identifier: Apache-2.0 */
/* A question to one note, and why a sentence was chosen: the answers are places in the note as the
 * person has it, with its front matter. */
#include <string.h>

#include "models/engine-service.h"
#include "core/errors.h"
#include "support.h"

#define NOTE                                                                                       \
  "---\ndate: 2026-05-04\n---\n"                                                                   \
  "# Bakery\n\nWe talked about the weather for a while.\n"                                         \
  "We decided to close the bakery on Mondays because the oven must be repaired by 3 June.\n\n"     \
  "- [x] Order flour\n- [ ] Ann calls the fitter\n\n```\nx = 1\n```\n"

static gboolean
ask (TlmEngineService *engine, const char *text, const char *question, TlmSpan *answer,
     GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_engine_service_ask_async (engine, text, question, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_engine_service_ask_finish (engine, result, answer, error);
}

static TlmWhy *
explain (TlmEngineService *engine, const char *words, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gsize place = (gsize) (strstr (NOTE, words) - NOTE);

  tlm_engine_service_explain_async (engine, NOTE, place, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_engine_service_explain_finish (engine, result, error);
}

static void
answers_with_a_place (void)
{
  g_autofree char             *reader = tlm_test_find_reader ();
  g_autoptr (TlmEngineService) engine = NULL;
  g_autoptr (GError)           error = NULL;
  TlmSpan                      answer;

  if (reader == NULL)
    return;
  engine = tlm_engine_service_new (reader);
  g_assert_true (ask (engine, NOTE, "When is the bakery closed?", &answer, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (&NOTE[answer.start], "We decided to close"));
  g_assert_true (ask (engine, NOTE, "Who plays the violin in Vienna?", &answer, &error));
  g_assert_cmpuint (answer.start, ==, answer.end);
  g_assert_false (ask (engine, "", "When?", &answer, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
}

/* What is true of a sentence alone moves what the reader says of it. */
static void
explains_a_sentence (void)
{
  g_autofree char             *reader = tlm_test_find_reader ();
  g_autoptr (TlmEngineService) engine = NULL;
  g_autoptr (GError)           error = NULL;
  g_autofree TlmWhy           *why = NULL;

  if (reader == NULL)
    return;
  engine = tlm_engine_service_new (reader);
  why = explain (engine, "bakery on Mondays", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (&NOTE[why->unit.start], "We decided"));
  g_assert_cmpfloat (why->p_key, >, 0);
  g_assert_cmpfloat (why->key[TL_REASON_DECISION], >, 0);
  g_assert_cmpfloat (why->key[TL_REASON_FORM], ==, 0); /* no bullet, no box: nothing to take */
}

static void
says_what_is_kept_out (void)
{
  static const struct { const char *words; tl_unit_kind kind; tl_check check; } cases[] = {
    { "date:", TL_UNIT_FRONT_MATTER, TL_CHECK_NONE },
    { "Bakery", TL_UNIT_HEADING, TL_CHECK_NONE },
    { "Order flour", TL_UNIT_BULLET, TL_CHECK_DONE },
    { "Ann calls", TL_UNIT_BULLET, TL_CHECK_OPEN },
    { "x = 1", TL_UNIT_CODE, TL_CHECK_NONE },
  };
  g_autofree char             *reader = tlm_test_find_reader ();
  g_autoptr (TlmEngineService) engine = NULL;

  if (reader == NULL)
    return;
  engine = tlm_engine_service_new (reader);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree TlmWhy *why = explain (engine, cases[i].words, &error);

      g_assert_no_error (error);
      g_assert_cmpint (why->unit.kind, ==, cases[i].kind);
      g_assert_cmpint (why->unit.check, ==, cases[i].check);
    }
}

/* A summary is made again from the model's file alone. */
static void
replays_a_summary (void)
{
  g_autofree char             *reader = tlm_test_find_reader (), *why = NULL, *path = NULL;
  g_autofree char             *bytes = NULL, *folder = NULL;
  g_autoptr (TlmEngineService) engine = NULL;
  g_autoptr (TlmSummary)       summary = NULL;
  g_autoptr (GAsyncResult)     made = NULL, again = NULL, changed = NULL;
  g_autoptr (GError)           error = NULL;
  gsize                        len;

  if (reader == NULL)
    return;
  folder = tlm_test_make_folder ();
  path = g_build_filename (folder, "eeny.gguf", NULL);
  g_assert_true (g_file_get_contents (reader, &bytes, &len, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) len, NULL));
  engine = tlm_engine_service_new (path);
  tlm_engine_service_summarize_async (engine, NOTE, -1, NULL, tlm_test_keep, &made);
  tlm_test_await (&made);
  summary = tlm_engine_service_summarize_finish (engine, made, &error);
  g_assert_no_error (error);
  tlm_engine_service_replay_async (engine, summary, NULL, tlm_test_keep, &again);
  tlm_test_await (&again);
  g_assert_true (tlm_engine_service_replay_finish (engine, again, &why, &error));
  g_assert_cmpstr (why, ==, NULL);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) len / 2, NULL));
  tlm_engine_service_replay_async (engine, summary, NULL, tlm_test_keep, &changed);
  tlm_test_await (&changed);
  g_assert_false (tlm_engine_service_replay_finish (engine, changed, &why, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  tlm_test_remove_folder (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/ask/answers-with-a-place", answers_with_a_place);
  g_test_add_func ("/app/ask/explains-a-sentence", explains_a_sentence);
  g_test_add_func ("/app/ask/says-what-is-kept-out", says_what_is_kept_out);
  g_test_add_func ("/app/ask/replays-a-summary", replays_a_summary);
  return g_test_run ();
}
