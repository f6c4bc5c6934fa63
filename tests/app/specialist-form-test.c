/* SPDX-License-Identifier: Apache-2.0 */
/* Examples as a specialist learns them, and the prompts that it is asked later. */
#include <stdlib.h>
#include <string.h>

#include "core/errors.h"
#include "core/paths.h"
#include "models/generation.h"
#include "models/model-hash.h"
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
         gsize             n,
         gboolean          spread)
{
  g_autofree char        *path = tlm_paths_dup_data ("models/meeny.gguf");
  g_autoptr (TlmExamples) examples = tlm_examples_new (items, n);
  TlmSpecialistOptions    options = { path, path, examples, .seed = 1 };
  tl_model               *model = tl_model_open (path, NULL);
  g_autoptr (GError)      error = NULL;
  TlmSpecialistData      *data = tlm_specialist_data_new (&options, model, spread, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (data->n_train + data->n_valid + data->n_held_out, ==, n);
  for (gsize i = 0; i < data->n_held_out; i++) /* which borrows them */
    data->held_out[i] = &items[atoi (data->held_out[i]->input + strlen ("mail "))];
  tl_model_close (model);
  return data;
}

static void
assert_labels_are_judged (gsize    n,
                          gboolean spread,
                          gsize    n_held_out,
                          guint    n_labels)
{
  g_autofree TlmExample *items = g_new (TlmExample, n);
  guint                  counts[N_LABELS] = { 0 };
  TlmSpecialistData     *data;

  fill_examples (items, n);
  data = prepare (items, n, spread);
  g_assert_cmpuint (data->n_held_out, ==, n_held_out);
  for (gsize i = 0; i < n_held_out; i++)
    counts[atoi (data->held_out[i]->output + strlen ("label "))]++;
  for (guint i = 0; i < N_LABELS; i++)
    g_assert_cmpuint (counts[i], ==, i < n_labels ? n_held_out / n_labels : 0);
  tlm_specialist_data_free (data);
  clear_examples (items, n);
}

static void
judges_all_labels (void)
{
  assert_labels_are_judged (400, TRUE, 80, N_LABELS);
  assert_labels_are_judged (1000, TRUE, 200, N_LABELS);
  assert_labels_are_judged (3000, TRUE, 200, N_LABELS); /* no more are asked */
}

/* As it was trained: those that it learned are not asked. */
static void
knows_what_older_ones_held_out (void)
{
  assert_labels_are_judged (1000, FALSE, 200, N_LABELS);
  assert_labels_are_judged (2000, FALSE, 200, N_LABELS / 2);
}

static bool
is_fourth (void *n)
{
  return ++*(guint *) n > 3;
}

/* Leaves a checkpoint of what an older version began. */
static void
begin_as_older (const TlmSpecialistOptions *options)
{
  g_autofree char    *checkpoint = tlm_specialist_dup_checkpoint (options->out_path);
  g_autofree char    *sha256 = tlm_model_hash (options->model_path, NULL);
  tl_model           *model = tl_model_open (options->model_path, NULL);
  TlmSpecialistData  *data = tlm_specialist_data_new (options, model, FALSE, NULL);
  guint               n_polls = 0, n_steps;
  TlmSpecialistJob    job = { options, data, model, .pool = tl_pool_new (2, NULL),
                              .cancel = is_fourth, .cancel_data = &n_polls,
                              .checkpoint = checkpoint, .base_sha256 = sha256 };
  TlmRecipe           recipe;
  gboolean            resumed;

  g_assert_null (tlm_specialist_run_trainer (&job, &n_steps, &recipe, &resumed, NULL));
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  tl_pool_free (job.pool);
  tlm_specialist_data_free (data);
  tl_model_close (model);
}

/* More examples than all those that are held out; the card says how, for who votes. */
static void
goes_on_as_it_was_split (void)
{
  enum { N = 1010 };
  g_autofree TlmExample  *items = g_new0 (TlmExample, N);
  g_autoptr (TlmExamples) examples = NULL;
  char                   *folder = tlm_test_make_folder ();
  g_autofree char        *model = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char        *out = g_build_filename (folder, "x.gguf", NULL);
  TlmSpecialistOptions    options = { model, out, .rank = 4, .epochs = 1, .n_threads = 2,
                                      .seed = 7 };
  g_autoptr (GError)      error = NULL;

  for (gsize i = 0; i < N; i++)
    items[i] = (TlmExample) { g_strdup_printf ("mail %zu", i), (char *) (i % 2 ? "a" : "b"), NULL };
  options.examples = examples = tlm_examples_new (items, N);
  for (guint older = 0; older < 2; older++)
    {
      TlmSpecialistResult result;
      g_autoptr (TlmForm) form = NULL;
      tl_gguf            *gguf;

      if (older)
        begin_as_older (&options);
      g_assert_true (tlm_specialist_train (&options, NULL, NULL, NULL, NULL, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpint (result.resumed, ==, older);
      g_assert_cmpuint (result.n_held_out, ==, 200);
      gguf = tl_gguf_open (out, NULL);
      form = tlm_form_read (gguf);
      g_assert_cmpint (form->spread, ==, !older);
      tl_gguf_close (gguf);
      tlm_specialist_drop_checkpoint (out);
    }
  for (gsize i = 0; i < N; i++)
    g_free (items[i].input);
  tlm_test_remove_folder (folder);
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
  g_assert_null (strstr (error->message, "summary")); /* which nobody can ask for here */
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

static char *
write_output (Asked    *a,
              guint     n_tokens,
              tl_error *err)
{
  return tlm_form_write_output (a->form, a->session, a->model, "", NULL, n_tokens, count_polls, a,
                                NULL, err);
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

/* At every poll; there is one for each token. */
static void
stops_between_tokens (Asked        *a,
                      gconstpointer data)
{
  const guint n_tokens = 6;
  char       *text;
  guint       n;

  a->n_max = G_MAXUINT;
  a->n_polls = 0;
  text = write_output (a, n_tokens, NULL);
  g_assert_nonnull (text);
  g_free (text);
  n = a->n_polls;
  g_assert_cmpuint (n, >=, n_tokens);
  for (a->n_max = n - n_tokens; a->n_max < n; a->n_max++)
    {
      tl_error err = { 0 };

      a->n_polls = 0;
      g_assert_null (write_output (a, n_tokens, &err));
      g_assert_cmpint (err.code, ==, TL_ERROR_CANCELLED);
      g_assert_cmpuint (a->n_polls, ==, a->n_max + 1);
    }
}

/* ---- texts without a token ---- */

/* Of a form whose suffix is empty too. */
static void
says_that_it_cannot_spell (void)
{
  g_autofree char *path = tlm_paths_dup_data ("models/meeny.gguf");
  Asked            a = { .model = tl_model_open (path, NULL), .form = tlm_form_new (),
                         .n_max = G_MAXUINT };
  tl_error         err = { 0 };

  a.session = tl_session_new (a.model, 64, NULL, NULL);
  a.form->suffix[0] = '\0';
  g_ptr_array_add (a.form->labels, g_strdup ("bill"));
  g_assert_false (classify (&a, "", NULL, &err));
  g_assert_nonnull (strstr (err.message, "no tokens for this text"));
  err = (tl_error) { 0 };
  g_assert_null (write_output (&a, 4, &err));
  g_assert_nonnull (strstr (err.message, "no tokens for this text"));
  tlm_form_free (a.form);
  tl_session_free (a.session);
  tl_model_close (a.model);
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
  g_test_add_func ("/app/specialist-form/knows-what-older-ones-held-out",
                   knows_what_older_ones_held_out);
  g_test_add_func ("/app/specialist-form/goes-on-as-it-was-split", goes_on_as_it_was_split);
  ADD ("asks-with-the-tokens-that-it-learned", asks_with_the_tokens_that_it_learned);
  ADD ("says-what-is-too-long", says_what_is_too_long);
  ADD ("stops-between-labels", stops_between_labels);
  ADD ("stops-between-tokens", stops_between_tokens);
  g_test_add_func ("/app/specialist-form/says-that-it-cannot-spell", says_that_it_cannot_spell);
  ADD ("stops-measuring-what-was-forgotten", stops_measuring_what_was_forgotten);
  return g_test_run ();
}
