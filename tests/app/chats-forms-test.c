/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists in chats that were trained here: they are asked in the form that they learned, and what
 * has no room is said. The model and the adapters are random. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chats-special-support.h"
#include "models/adapters.h"
#include "random-model.h"
#include "specialists/specialist-merge.h"
#include "specialists/specialist-trial.h"
#include "support.h"
#include "tinylm.h"

static void
answers_with_a_label (Special      *s,
                      gconstpointer data)
{
  g_autoptr (TlmForm) form = new_form (TRUE, FALSE);
  g_autofree char    *path = add_specialist (s, "post", form);
  g_autofree char    *lesson = NULL;
  const char         *text;

  choose_for_chat (s, path);
  text = tlm_message_get_text (ask (s, "17 * 23"));
  g_assert_true (g_str_has_prefix (text, "**\\*bill**") || g_str_has_prefix (text, "**\\*mail**"));
  lesson = tlm_message_dup_lesson (get_message (s->chat, 1));
  g_assert_cmpmem (lesson, strlen (lesson), text + 3, 5);
}

static void
assert_not_asked (TlmMessage *answer,
                  const char *words)
{
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_FAILED);
  g_assert_nonnull (strstr (tlm_message_get_error (answer), words));
  g_assert_cmpstr (tlm_message_get_text (answer), ==, "");
}

/* What is loaded of it would answer with the other's labels, or as a model that learned none. */
static void
asks_no_file_that_is_another (Special      *s,
                              gconstpointer data)
{
  g_autoptr (TlmForm) form = new_form (TRUE, FALSE), letters = new_form (FALSE, FALSE);
  g_autofree char    *path = add_specialist (s, "post", form), *other = NULL;

  g_ptr_array_add (letters->labels, g_strdup ("alpha"));
  g_ptr_array_add (letters->labels, g_strdup ("beta"));
  other = make_adapter (s, "other", letters);
  choose_for_chat (s, path);
  g_assert_nonnull (strstr (tlm_message_get_text (ask (s, "gate")), "l**"));
  g_assert_cmpint (g_rename (other, path), ==, 0);
  assert_not_asked (ask (s, "gate"), "is another adapter");
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_not_asked (ask (s, "gate"), path);
}

/* What @form, of the adapter at @path, makes of a conversation, or of @input. */
static char *
ask_directly (Special       *s,
              const TlmForm *form,
              const char    *path,
              const char    *input,
              char *const   *turns,
              double        *p)
{
  g_autoptr (GPtrArray) adapters = tlm_adapters_new ();
  tl_model             *model = tl_model_open (s->model, NULL);
  tl_session           *session = tl_session_new (model, 0, NULL, NULL);
  char                 *text = NULL;

  tlm_adapters_add (adapters, path, 1, NULL);
  g_assert_true (tlm_adapters_use (adapters, model, session, NULL));
  if (p != NULL)
    g_assert_true (tlm_form_classify (form, session, model, input, turns, 1, NULL, NULL, p, NULL,
                                      NULL));
  else
    text = tlm_form_write_output (form, session, model, input, turns, 12, NULL, NULL, NULL, NULL);
  tl_session_free (session);
  tl_model_close (model);
  return text;
}

/* Of its own form the tokens are those that it learned. */
static void
asks_its_input_alone (Special      *s,
                      gconstpointer data)
{
  g_autoptr (TlmForm) form = new_form (FALSE, FALSE);
  g_autofree char    *path = add_specialist (s, "title", form), *wanted = NULL;

  choose_for_chat (s, path);
  ask (s, "hello green");
  wanted = ask_directly (s, form, path, "gate", NULL, NULL);
  g_assert_cmpstr (tlm_message_get_text (ask (s, "gate")), ==, wanted);
}

/* Of labels the beginning is judged, and that is said; what is to be written needs the whole. */
static void
says_that_a_text_has_no_room (Special      *s,
                              gconstpointer data)
{
  const gboolean      labels = GPOINTER_TO_INT (data);
  g_autoptr (TlmForm) form = new_form (labels, FALSE);
  g_autofree char    *path = add_specialist (s, "post", form), *lesson = NULL;
  g_autofree char    *text = g_strnfill (2000, 'a');
  TlmMessage         *answer;

  choose_for_chat (s, path);
  answer = ask (s, "gate");
  g_assert_null (strstr (tlm_message_get_text (answer), "no room"));
  answer = ask (s, text);
  if (!labels)
    {
      g_assert_nonnull (strstr (tlm_message_get_error (answer), "Shorten it"));
      return;
    }
  g_assert_nonnull (strstr (tlm_message_get_text (answer), "no room for the whole text"));
  lesson = tlm_message_dup_lesson (answer);
  g_assert_cmpuint (strlen (lesson), ==, strlen ("*bill"));
}

static gsize
count_tokens (Special       *s,
              const TlmForm *form,
              char *const   *turns)
{
  tl_model *model = tl_model_open (s->model, NULL);
  gsize     n, n_prompt;

  free (tlm_form_encode (form, model, "", turns, NULL, 4096, &n, &n_prompt, NULL, NULL));
  tl_model_close (model);
  return n;
}

/* One that learned conversations is asked all that was said, behind what these began with. */
static void
asks_the_whole_conversation (Special      *s,
                             gconstpointer data)
{
  const gboolean labels = GPOINTER_TO_INT (data);

  tlm_test_make_model (s->model, TEMPLATE);
  g_autoptr (TlmForm) form = new_form (labels, TRUE);
  g_autofree char    *path = add_specialist (s, "talk", form), *first = NULL, *second = NULL;
  g_autofree char    *wanted = NULL, *other = NULL;
  double              p[2];
  char               *turns[] = { (char *) "system", (char *) "Count.", (char *) "user",
                                  (char *) "hello gate green hello gate", (char *) "assistant", NULL,
                                  (char *) "user", (char *) "gate", NULL };
  char               *last[] = { turns[0], turns[1], turns[6], turns[7], NULL };

  choose_for_chat (s, path);
  first = g_strdup (tlm_message_get_text (ask (s, turns[3])));
  second = g_strdup (tlm_message_get_text (ask (s, turns[7])));
  turns[5] = first;
  wanted = ask_directly (s, form, path, "", turns, labels ? p : NULL);
  if (labels)
    {
      wanted = g_strdup_printf ("(%.0f %%)", 100 * MAX (p[0], p[1]));
      g_assert_nonnull (strstr (second, wanted));
      ask_directly (s, form, path, "", last, p);
      other = g_strdup_printf ("(%.0f %%)", 100 * MAX (p[0], p[1]));
      g_assert_cmpstr (wanted, !=, other);
      return;
    }
  g_assert_cmpstr (second, ==, wanted);
  g_assert_cmpuint (tlm_message_get_context_used (get_message (s->chat, 3)), >,
                    count_tokens (s, form, turns));
}

/* (transfer full): an answer of free text, as the page of a specialist asks for it */
static TlmTrial *
try (Special    *s,
     const char *path,
     const char *input)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_specialist_try_async (s->model, path, input, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_specialist_try_finish (result, NULL);
}

/* The model writes without end, a letter a token. */
static void
is_tried_as_it_answers (Special      *s,
                        gconstpointer data)
{
  g_autoptr (TlmForm)  form = new_form (FALSE, FALSE);
  g_autofree char     *path = make_adapter (s, "title", form), *text = g_strnfill (2000, 'a');
  g_autoptr (TlmTrial) whole = try (s, path, "gate"), cut = try (s, path, text);

  g_assert_cmpuint (strlen (whole->specialist), >, 256);
  g_assert_false (whole->cut);
  g_assert_true (cut->cut);
}

#define N_TALKS 20

static void
fill_talks (TlmExample *talks)
{
  for (guint i = 0; i < N_TALKS; i++)
    {
      g_autofree char *input = g_strdup_printf ("hello gate green%.*s\nhello\ngate", (int) i,
                                                "aeiouaeiouaeiouaeiou");
      g_auto (GStrv)   said = g_strsplit (input, "\n", -1);
      const char      *turns[] = { "user", said[0], "assistant", said[1], "user", said[2], NULL };

      talks[i] = (TlmExample) { g_steal_pointer (&input), g_strdup (i % 2 ? "mail" : "bill"),
                                g_strdupv ((char **) (void *) turns) };
    }
}

/* What a blind vote shows is an answer to all that was said. */
static void
votes_on_the_whole_conversation (Special      *s,
                                 gconstpointer data)
{
  tlm_test_make_model (s->model, TEMPLATE);
  g_autoptr (TlmForm)      form = new_form (TRUE, TRUE);
  g_autofree char         *path = add_specialist (s, "talk", form);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray)    trials = NULL;
  g_autoptr (TlmExamples)  examples = NULL;
  TlmExample               talks[N_TALKS];
  TlmSpecialistOptions     options = { s->model, path, .seed = 1 };

  fill_talks (talks);
  options.examples = examples = tlm_examples_new (talks, N_TALKS);
  tlm_specialist_compare_async (&options, 3, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  trials = tlm_specialist_compare_finish (result, NULL);
  g_assert_cmpuint (trials->len, ==, 3);
  for (guint i = 0; i < trials->len; i++)
    {
      const TlmTrial *trial = trials->pdata[i];
      guint           at = 0;
      double          p[2];

      while (!g_str_equal (talks[at].input, trial->input))
        at++;
      ask_directly (s, form, path, "", talks[at].turns, p);
      g_assert_cmpfloat_with_epsilon (trial->chances[0].p, MAX (p[0], p[1]), 1e-6);
    }
  for (guint i = 0; i < N_TALKS; i++)
    {
      g_free (talks[i].input);
      g_free (talks[i].output);
      g_strfreev (talks[i].turns);
    }
}

/* A model of its own then, it has its labels still, and nothing else comes out. */
static void
answers_with_a_label_when_merged (Special      *s,
                                  gconstpointer data)
{
  g_autoptr (TlmForm)   form = new_form (TRUE, FALSE);
  g_autofree char      *adapter = make_adapter (s, "post", form);
  g_autofree char      *merged = g_build_filename (s->chats.folder, "merged.gguf", NULL);
  g_autoptr (GPtrArray) adapters = tlm_adapters_new ();
  g_autoptr (GError)    error = NULL;
  const char           *text;

  tlm_adapters_add (adapters, adapter, 1, NULL);
  g_assert_true (tlm_specialist_merge (s->model, adapters, TL_TYPE_Q8_0, merged, &error));
  tlm_chats_set_model (s->chats.chats, merged, NULL);
  ask (s, "hello gate green hello");
  choose_tool (s, TLM_TOOL_LARGE);
  g_assert_nonnull (strstr (tlm_message_get_route (get_message (s->chat, 1)), "merged.gguf"));
  text = tlm_message_get_text (get_message (s->chat, 1));
  g_assert_true (g_str_has_prefix (text, "**\\*bill**") || g_str_has_prefix (text, "**\\*mail**"));
  /* Nothing is written of a base that is not whole. */
  g_assert_cmpint (truncate (s->model, 1 << 16), ==, 0);
  g_assert_cmpint (g_unlink (merged), ==, 0);
  g_assert_false (tlm_specialist_merge (s->model, adapters, TL_TYPE_Q8_0, merged, &error));
  g_assert_nonnull (strstr (error->message, "random.gguf"));
  g_assert_false (g_file_test (merged, G_FILE_TEST_EXISTS));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_SPECIAL ("answers-with-a-label", answers_with_a_label);
  ADD_SPECIAL ("asks-no-file-that-is-another", asks_no_file_that_is_another);
  ADD_SPECIAL ("asks-its-input-alone", asks_its_input_alone);
  ADD_SPECIAL ("is-tried-as-it-answers", is_tried_as_it_answers);
  g_test_add ("/app/chats/specialists/refuses-what-has-no-room", Special, GINT_TO_POINTER (FALSE),
              set_up_special, says_that_a_text_has_no_room, tear_down_special);
  g_test_add ("/app/chats/specialists/says-that-a-label-has-not-read-all", Special, GINT_TO_POINTER (TRUE),
              set_up_special, says_that_a_text_has_no_room, tear_down_special);
  g_test_add ("/app/chats/specialists/asks-the-whole-conversation", Special, GINT_TO_POINTER (FALSE),
              set_up_special, asks_the_whole_conversation, tear_down_special);
  g_test_add ("/app/chats/specialists/labels-the-whole-conversation", Special,
              GINT_TO_POINTER (TRUE), set_up_special, asks_the_whole_conversation,
              tear_down_special);
  ADD_SPECIAL ("votes-on-the-whole-conversation", votes_on_the_whole_conversation);
  ADD_SPECIAL ("answers-with-a-label-when-merged", answers_with_a_label_when_merged);
  return g_test_run ();
}
