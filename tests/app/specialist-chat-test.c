/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists of a model that says how conversations are written: they learn and are asked what the
 * chat itself would send. The model is random, its format Mistral's first, whose marks are plain
 * text. */
#include <stdlib.h>
#include <string.h>

#include "chats/conversation.h"
#include "core/paths.h"
#include "random-model.h"
#include "run-cli.h"
#include "specialists/specialist-private.h"
#include "support.h"

#define TEMPLATE "{{ '[INST] ' + message + ' [/INST]' }}"

typedef struct
{
  char        *folder, *path, *data;
  TlmExamples *examples;
  tl_model    *model;
} Fixture;

static char *
make_conversations (void)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < 12; i++)
    g_string_append_printf (out, "{\"messages\": [{\"role\": \"system\", \"content\": \"Count.\"}, "
                                 "{\"role\": \"user\", \"content\": \"hello\"}, "
                                 "{\"role\": \"assistant\", \"content\": \"hi\"}, "
                                 "{\"role\": \"user\", \"content\": \"after %u\"}, "
                                 "{\"role\": \"assistant\", \"content\": \"comes %u\"}]}\n",
                            i, i + 1);
  return g_string_free (out, FALSE);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char   *text = make_conversations ();
  g_autoptr (GError) error = NULL;
  tl_error           err = { 0 };

  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "chat.gguf", NULL);
  f->data = g_build_filename (f->folder, "chats.jsonl", NULL);
  g_assert_true (g_file_set_contents (f->data, text, -1, NULL));
  tlm_test_make_model (f->path, TEMPLATE);
  f->model = tl_model_open (f->path, &err);
  g_assert_nonnull (f->model);
  f->examples = tlm_examples_load (f->data, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tl_model_close (f->model);
  tlm_examples_free (f->examples);
  tlm_test_remove_folder (f->folder);
  g_free (f->path);
  g_free (f->data);
}

static TlmSpecialistData *
prepare (Fixture           *f,
         const tl_model    *model,
         const TlmExamples *examples)
{
  TlmSpecialistOptions options = { f->path, f->path, examples, .seed = 1 };
  g_autoptr (GError)   error = NULL;
  TlmSpecialistData   *data = tlm_specialist_data_new (&options, model, TRUE, &error);

  g_assert_no_error (error);
  return data;
}

static void
keeps_the_turns (Fixture      *f,
                 gconstpointer data)
{
  static const char *const turns[]
    = { "system", "Count.", "user", "hello", "assistant", "hi", "user", "after 3", NULL };
  g_autoptr (TlmExamples) copy = tlm_examples_new (f->examples->items, f->examples->n);

  g_assert_cmpuint (copy->n, ==, 12);
  g_assert_cmpstrv (copy->items[3].turns, turns);
  g_assert_cmpstr (copy->items[3].input, ==, "Count.\nhello\nhi\nafter 3");
  g_assert_cmpstr (copy->items[3].output, ==, "comes 4");
}

/* The tokens of an example; what ends it is </s>. */
static void
check_example (Fixture       *f,
               const TlmForm *form,
               guint          i)
{
  const TlmExample  *e = &f->examples->items[i];
  char              *late = e->turns[7];
  char               early[] = "hello", hi[] = "hi";
  const TlmTurn      turns[] = { { TLM_TURN_USER, early }, { TLM_TURN_ASSISTANT, hi },
                                 { TLM_TURN_USER, late } };
  TlmGenerateRequest request = { .turns = turns, .n_turns = G_N_ELEMENTS (turns) };
  guint               n_turns;
  g_autofree TlmTurn *all = tlm_form_make_turns (form, &request, &n_turns);
  g_autoptr (GString) answer = g_string_new (NULL);
  tl_error            err = { 0 };
  gsize               n, n_prompt, n_sent;
  gboolean            cut;
  int32_t            *ids = tlm_form_encode (form, f->model, e->input, e->turns, e->output, 512, &n,
                                             &n_prompt, &cut, &err);
  int32_t            *sent;

  g_assert_nonnull (ids);
  g_assert_false (cut);
  request.turns = all;
  request.n_turns = n_turns;
  g_assert_true (tlm_conversation_encode (f->model, &request, 512, &sent, &n_sent, NULL, NULL));
  g_assert_cmpmem (ids, n_prompt * sizeof *ids, sent, n_sent * sizeof *sent);
  for (gsize j = n_prompt; j + 1 < n; j++)
    {
      tl_str piece = tl_tokenizer_get_piece (tl_model_get_tokenizer (f->model), ids[j]);

      g_string_append_len (answer, piece.data, (gssize) piece.len);
    }
  g_assert_nonnull (g_strrstr (answer->str, "comes"));
  g_assert_cmpint (ids[n - 1], ==, tl_tokenizer_get_eos (tl_model_get_tokenizer (f->model)));
  free (ids);
  free (sent);
}

static void
learns_what_the_chat_sends (Fixture      *f,
                            gconstpointer data)
{
  TlmSpecialistData *prepared = prepare (f, f->model, f->examples);
  guint              n_found = 0;

  g_assert_true (prepared->form->chat);
  g_assert_cmpstr (prepared->form->system, ==, "Count.");
  for (guint i = 0; i < f->examples->n; i++)
    {
      const TlmExample *e = &f->examples->items[i];
      gsize             n, n_prompt;
      int32_t          *ids = tlm_form_encode (prepared->form, f->model, e->input, e->turns,
                                               e->output, 512, &n, &n_prompt, NULL, NULL);

      check_example (f, prepared->form, i);
      n_found += n == prepared->train[0].n && n_prompt == prepared->train[0].n_prompt
                 && memcmp (ids, prepared->train[0].ids, n * sizeof *ids) == 0;
      free (ids);
    }
  g_assert_cmpuint (n_found, ==, 1);
  tlm_specialist_data_free (prepared);
}

/* First the oldest turns, then the end of the newest; how an answer begins stays. */
static void
leaves_out_what_has_no_room (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr (TlmForm) form = tlm_form_new ();
  const TlmExample   *e = &f->examples->items[0];
  gsize               n_whole, n_prompt;
  int32_t            *whole, *cut_ids;
  tl_error            err = { 0 };

  form->chat = TRUE;
  whole = tlm_form_encode (form, f->model, e->input, e->turns, NULL, 512, &n_whole, &n_prompt, NULL,
                           &err);
  g_assert_nonnull (whole);
  for (gsize max = n_whole - 1; max > 24; max--)
    {
      gboolean cut = FALSE;
      gsize    n;

      cut_ids = tlm_form_encode (form, f->model, e->input, e->turns, NULL, max, &n, &n_prompt, &cut,
                                 &err);
      g_assert_nonnull (cut_ids);
      g_assert_cmpuint (n, <=, max);
      g_assert_true (cut);
      g_assert_cmpmem (cut_ids + n - 5, 5 * sizeof *whole, whole + n_whole - 5, 5 * sizeof *whole);
      free (cut_ids);
    }
  g_assert_null (tlm_form_encode (form, f->model, e->input, e->turns, NULL, 4, &n_whole, &n_prompt,
                                  NULL, &err));
  g_assert_nonnull (strstr (err.message, "room for 4"));
  free (whole);
}

static void
keeps_its_own_form_without_a_format (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char   *path = tlm_paths_dup_data ("models/meeny.gguf");
  tl_model          *meeny = tl_model_open (path, NULL);
  TlmSpecialistData *prepared = prepare (f, meeny, f->examples);

  g_assert_false (prepared->form->chat);
  tlm_specialist_data_free (prepared);
  tl_model_close (meeny);
  for (gsize i = 0; i < f->examples->n; i++)
    g_clear_pointer (&f->examples->items[i].turns, g_strfreev);
  prepared = prepare (f, f->model, f->examples); /* pairs */
  g_assert_false (prepared->form->chat);
  tlm_specialist_data_free (prepared);
}

static void
is_asked_as_it_learned (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char *out = g_build_filename (f->folder, "out.gguf", NULL);
  g_autofree char *receipt = g_build_filename (f->folder, "r.json", NULL);
  g_autofree char *formed = NULL, *said = NULL, *bare = NULL;
  TlmTestRun       run;

  tlm_test_run_cli (&run, NULL, "train", "--data", f->data, "--base", f->path, "--out", out,
                    "--epochs", "1", "--threads", "2", NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", f->path, "--adapter", out, "-p", "after 7", "-n",
                    "8", NULL);
  g_assert_cmpint (run.status, ==, 0);
  formed = tlm_test_dup_bytes (run.out);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", f->path, "--adapter", out, "-p", "after 7", "-n",
                    "8", "--chat", "--system", "Count.", "--temp", "0", NULL);
  said = tlm_test_dup_bytes (run.out);
  g_assert_cmpstr (formed, ==, said);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", f->path, "--adapter", out, "-p", "after 7", "-n",
                    "8", "--raw", "--temp", "0", NULL);
  bare = tlm_test_dup_bytes (run.out);
  g_assert_cmpstr (formed, !=, bare);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", f->path, "--adapter", out, "-p", "after 7",
                    "--receipt", receipt, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "--receipt"));
  tlm_test_run_clear (&run);
}

#define TEST(name, func) \
  g_test_add ("/app/specialist-chat/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("keeps-the-turns", keeps_the_turns);
  TEST ("learns-what-the-chat-sends", learns_what_the_chat_sends);
  TEST ("leaves-out-what-has-no-room", leaves_out_what_has_no_room);
  TEST ("keeps-its-own-form-without-a-format", keeps_its_own_form_without_a_format);
  TEST ("is-asked-as-it-learned", is_asked_as_it_learned);
  return g_test_run ();
}
