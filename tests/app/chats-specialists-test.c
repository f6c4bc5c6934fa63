/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists in chats: who answers, that one which is switched off does not, and that they are exchanged
 * without reading the model again. The model and the adapters are random; the model's file is gone before
 * the second answer, so that nothing could be read from it. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/adapters.h"
#include "chats-support.h"
#include "models/engine-service-private.h"
#include "models/model-hash.h"
#include "random-adapter.h"
#include "random-model.h"
#include "specialists/specialist-form.h"
#include "specialists/specialist-merge.h"
#include "specialists/specialist-trial.h"
#include "support.h"
#include "tinylm.h"

/* Mistral's first format. */
#define TEMPLATE "{{ '[INST] ' + message + ' [/INST]' }}"

#define RISKY "how much ibuprofen can I take with blood thinners"

typedef struct
{
  Fixture  chats;
  char    *model;
  TlmChat *chat;
} Special;

/* (transfer full): the path of a new adapter. @form: (nullable) */
static char *
make_adapter (Special       *s,
              const char    *name,
              const TlmForm *form)
{
  char *path = g_build_filename (s->chats.folder, name, NULL);

  tlm_test_make_adapter (path, s->model, form);
  return path;
}

/* As the store has one that is switched on. */
static char *
add_specialist (Special       *s,
                const char    *name,
                const TlmForm *form)
{
  g_autofree char *sql = NULL;
  char            *path = make_adapter (s, name, form);

  sql = g_strdup_printf ("INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, rate, "
                         "targets, epochs, minutes, seed, finished, used) VALUES (0, '%s', '%s', '%s', "
                         "2, 4.0, 0.0, 0.0, 0, 0, 0.0, 0, 1, 1)", name, s->model, path);
  tlm_test_exec (s->chats.store, sql);
  return path;
}

static void
choose_for_chat (Special    *s,
                 const char *path)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_new ();
  g_autofree char      *sha256 = tlm_model_hash (path, NULL), *text = NULL;
  TlmChatSettings       settings = { (char *) "", 0.8, 0.95, 7, 12, FALSE };

  tlm_adapters_add (chosen, path, 1, sha256);
  settings.specialists = text = tlm_adapters_dup_text (chosen);
  save_settings (&s->chats, s->chat, &settings);
}

/* (transfer none): the newest answer */
static TlmMessage *
ask (Special    *s,
     const char *text)
{
  g_assert_true (send_message (&s->chats, s->chat, text, NULL));
  return get_message (s->chat, g_list_model_get_n_items (G_LIST_MODEL (s->chat)) - 1);
}

/* For the first answer. */
static void
choose_tool (Special *s,
             TlmTool  tool)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_choose_tool_async (s->chats.chats, s->chat, get_message (s->chat, 1), tool, NULL,
                               tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (s->chats.chats, result, NULL));
}

static void
set_up_special (Special      *s,
                gconstpointer data)
{
  set_up (&s->chats, data);
  s->model = make_model (&s->chats);
  s->chat = create (&s->chats);
}

static void
tear_down_special (Special      *s,
                   gconstpointer data)
{
  g_object_unref (s->chat);
  g_free (s->model);
  tear_down (&s->chats, data);
}

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

/* Of two labels, or of free text. */
static TlmForm *
new_form (gboolean labels,
          gboolean chat)
{
  TlmForm *form = tlm_form_new ();

  if (labels)
    {
      g_ptr_array_add (form->labels, g_strdup ("*bill"));
      g_ptr_array_add (form->labels, g_strdup ("*mail"));
    }
  form->chat = chat;
  form->system = chat ? g_strdup ("Count.") : NULL;
  return form;
}

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

/* What @form, of the adapter at @path, makes of a conversation. */
static char *
ask_directly (Special       *s,
              const TlmForm *form,
              const char    *path,
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
    g_assert_true (tlm_form_classify (form, session, model, "", turns, 1, p, NULL));
  else
    text = tlm_form_write_output (form, session, model, "", turns, 12, NULL);
  tl_session_free (session);
  tl_model_close (model);
  return text;
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
  wanted = ask_directly (s, form, path, turns, labels ? p : NULL);
  if (labels)
    {
      wanted = g_strdup_printf ("(%.0f %%)", 100 * MAX (p[0], p[1]));
      g_assert_nonnull (strstr (second, wanted));
      ask_directly (s, form, path, last, p);
      other = g_strdup_printf ("(%.0f %%)", 100 * MAX (p[0], p[1]));
      g_assert_cmpstr (wanted, !=, other);
      return;
    }
  g_assert_cmpstr (second, ==, wanted);
  g_assert_cmpuint (tlm_message_get_context_used (get_message (s->chat, 3)), >,
                    count_tokens (s, form, turns));
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
      ask_directly (s, form, path, talks[at].turns, p);
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

#define ADD_SPECIAL(name, func) \
  g_test_add ("/app/chats/specialists/" name, Special, NULL, set_up_special, func, tear_down_special)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_SPECIAL ("swaps-without-reading-the-model-again", swaps_without_reading_the_model_again);
  ADD_SPECIAL ("names-who-answers", names_who_answers);
  ADD_SPECIAL ("answers-with-a-label", answers_with_a_label);
  g_test_add ("/app/chats/specialists/asks-the-whole-conversation", Special, GINT_TO_POINTER (FALSE),
              set_up_special, asks_the_whole_conversation, tear_down_special);
  g_test_add ("/app/chats/specialists/labels-the-whole-conversation", Special,
              GINT_TO_POINTER (TRUE), set_up_special, asks_the_whole_conversation,
              tear_down_special);
  ADD_SPECIAL ("votes-on-the-whole-conversation", votes_on_the_whole_conversation);
  ADD_SPECIAL ("answers-with-a-label-when-merged", answers_with_a_label_when_merged);
  ADD_SPECIAL ("says-that-a-specialist-is-absent", says_that_a_specialist_is_absent);
  ADD_SPECIAL ("lets-a-click-go-first", lets_a_click_go_first);
  ADD_SPECIAL ("hands-over-what-could-hurt", hands_over_what_could_hurt);
  ADD_SPECIAL ("remembers-the-one-that-was-clicked", remembers_the_one_that_was_clicked);
  return g_test_run ();
}
