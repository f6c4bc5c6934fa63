/* SPDX-License-Identifier: Apache-2.0 */
/* Examples as a specialist learns them, and the prompts that it is asked later. */
#include <stdlib.h>
#include <string.h>

#include "core/errors.h"
#include "core/paths.h"
#include "models/generation.h"
#include "random-model.h"
#include "specialists/specialist-private.h"
#include "support.h"

/* ---- what is held out ---- */

#define N_LABELS 20

static void
fill_examples (TlmExample *items,
               gsize       n)
{
  for (gsize i = 0; i < n; i++)
    items[i] = (TlmExample) { g_strdup_printf ("mail %zu", i),
                              g_strdup_printf ("label %02zu", i * N_LABELS / n), NULL };
}

static void
clear_examples (TlmExample *items,
                gsize       n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_free (items[i].input);
      g_free (items[i].output);
    }
}

static TlmSpecialistData *
prepare (const TlmExample *items,
         gsize             n)
{
  g_autofree char        *path = tlm_paths_dup_data ("models/meeny.gguf");
  g_autoptr (TlmExamples) examples = tlm_examples_new (items, n);
  TlmSpecialistOptions    options = { path, path, examples, .seed = 1 };
  tl_model               *model = tl_model_open (path, NULL);
  g_autoptr (GError)      error = NULL;
  TlmSpecialistData      *data = tlm_specialist_data_new (&options, model, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (data->n_train + data->n_valid + data->n_held_out, ==, n);
  for (gsize i = 0; i < data->n_held_out; i++) /* which borrows them */
    data->held_out[i] = &items[atoi (data->held_out[i]->input + strlen ("mail "))];
  tl_model_close (model);
  return data;
}

static void
assert_all_labels_are_judged (gsize n,
                              gsize n_held_out)
{
  g_autofree TlmExample *items = g_new (TlmExample, n);
  guint                  counts[N_LABELS] = { 0 };
  TlmSpecialistData     *data;

  fill_examples (items, n);
  data = prepare (items, n);
  g_assert_cmpuint (data->n_held_out, ==, n_held_out);
  for (gsize i = 0; i < n_held_out; i++)
    counts[atoi (data->held_out[i]->output + strlen ("label "))]++;
  for (guint i = 0; i < N_LABELS; i++)
    g_assert_cmpuint (counts[i], ==, n_held_out / N_LABELS);
  tlm_specialist_data_free (data);
  clear_examples (items, n);
}

static void
judges_all_labels (void)
{
  assert_all_labels_are_judged (400, 80);
  assert_all_labels_are_judged (1000, 200);
  assert_all_labels_are_judged (3000, 200); /* no more are asked */
}

/* ---- prompts, with a vocabulary of SentencePiece ---- */

typedef struct
{
  char       *folder;
  tl_model   *model;
  tl_session *session;
  TlmForm    *form;
  guint       n_polls, n_max;
} Asked;

static void
set_up (Asked        *a,
        gconstpointer data)
{
  g_autofree char *path = NULL;

  a->folder = tlm_test_make_folder ();
  path = g_build_filename (a->folder, "random.gguf", NULL);
  tlm_test_make_model (path, NULL);
  a->model = tl_model_open (path, NULL);
  a->session = tl_session_new (a->model, 128, NULL, NULL);
  a->form = tlm_form_new ();
}

static void
tear_down (Asked        *a,
           gconstpointer data)
{
  tlm_form_free (a->form);
  tl_session_free (a->session);
  tl_model_close (a->model);
  tlm_test_remove_folder (a->folder);
}

/* What a chat, a batch and the command line compute is what the examples were. */
static void
asks_with_the_tokens_that_it_learned (Asked        *a,
                                      gconstpointer data)
{
  static const char *const inputs[] = { "hello gate", "a", "", " a  b ", "two\nlines\n" };
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (a->model);

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autofree char   *prompt = tlm_form_make_prompt (a->form, inputs[i]);
      g_autofree char   *input = tlm_form_dup_input (a->form, prompt);
      TlmGenerateRequest request = { .prompt = input };
      int32_t           *asked, *learned;
      size_t             n;
      gsize              n_all, n_prompt;

      g_assert_cmpstr (input, ==, inputs[i]);
      tlm_form_fill_request (a->form, tokenizer, &request);
      g_assert_true (tlm_generation_encode (tokenizer, &request, &asked, &n, NULL));
      learned = tlm_form_encode (a->form, a->model, inputs[i], NULL, "out", 512, &n_all, &n_prompt,
                                 NULL, NULL);
      g_assert_cmpmem (asked, n * sizeof *asked, learned, n_prompt * sizeof *learned);
      free (asked);
      free (learned);
    }
}

static void
ignore_bytes (const char *bytes,
              gsize       n,
              gpointer    data)
{
}

static void
says_what_is_too_long (Asked        *a,
                       gconstpointer data)
{
  g_autofree char   *text = g_strnfill (200, 'a');
  g_autoptr (GError) error = NULL;
  TlmGenerateRequest request;

  tlm_generate_request_init (&request);
  request.prompt = text;
  tlm_form_fill_request (a->form, tl_model_get_tokenizer (a->model), &request);
  g_assert_false (tlm_generation_run (a->model, a->session, &request, ignore_bytes, NULL, NULL, NULL,
                                      NULL, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "the model holds 128"));
}

static bool
count_polls (void *data)
{
  Asked *a = data;

  return ++a->n_polls > a->n_max;
}

static gboolean
classify (Asked      *a,
          const char *text,
          gboolean   *cut,
          tl_error   *err)
{
  double p[3];

  a->n_polls = 0;
  return tlm_form_classify (a->form, a->session, a->model, text, NULL, 1, count_polls, a, p, cut,
                            err);
}

/* At every poll; there is one for each label. */
static void
stops_between_labels (Asked        *a,
                      gconstpointer data)
{
  static const char *const labels[] = { "bill", "mail", "note" };
  g_autofree char *text = g_strnfill (200, 'a');
  guint            n;
  gboolean         cut;

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    g_ptr_array_add (a->form->labels, g_strdup (labels[i]));
  a->n_max = G_MAXUINT;
  g_assert_true (classify (a, "hello", &cut, NULL));
  g_assert_false (cut);
  g_assert_true (classify (a, text, &cut, NULL));
  g_assert_true (cut);
  n = a->n_polls;
  g_assert_cmpuint (n, >=, G_N_ELEMENTS (labels));
  for (a->n_max = n - G_N_ELEMENTS (labels); a->n_max < n; a->n_max++)
    {
      tl_error err = { 0 };

      g_assert_false (classify (a, text, &cut, &err));
      g_assert_cmpint (err.code, ==, TL_ERROR_CANCELLED);
      g_assert_cmpuint (a->n_polls, ==, a->n_max + 1);
    }
}

static void
stops_measuring_what_was_forgotten (Asked        *a,
                                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TlmVerdict         verdict;

  a->n_max = 0;
  g_assert_false (tlm_judge_forgetting (a->model, a->model, NULL, 0, NULL, count_polls, a, &verdict,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name, func) g_test_add ("/app/specialist-form/" name, Asked, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/specialist-form/judges-all-labels", judges_all_labels);
  ADD ("asks-with-the-tokens-that-it-learned", asks_with_the_tokens_that_it_learned);
  ADD ("says-what-is-too-long", says_what_is_too_long);
  ADD ("stops-between-labels", stops_between_labels);
  ADD ("stops-measuring-what-was-forgotten", stops_measuring_what_was_forgotten);
  return g_test_run ();
}
