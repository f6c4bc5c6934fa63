/* SPDX-License-Identifier: Apache-2.0 */
/* Models unlike most: one in several files, and one whose vocabulary cannot spell a text. */
#include "models/models.h"

#include <string.h>

#include "core/errors.h"
#include "core/paths.h"
#include "models/generation.h"
#include "random-model.h"
#include "specialists/specialist-private.h"
#include "support.h"

typedef struct
{
  char    *folder, *file;
  tl_gguf *gguf; /* of @file, the random model */
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *models = tlm_paths_dup_models ();
  tl_error         err = { 0 };

  tlm_test_remove_folder (g_steal_pointer (&models));
  f->folder = tlm_test_make_folder ();
  f->file = g_build_filename (f->folder, "random.gguf", NULL);
  tlm_test_make_model (f->file, NULL);
  f->gguf = tl_gguf_open (f->file, &err);
  g_assert_nonnull (f->gguf);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tl_gguf_close (f->gguf);
  g_free (f->file);
  tlm_test_remove_folder (f->folder);
}

/* Adds the tensors [begin, end) to @w and writes it. Returns: (transfer full): where */
static char *
save (Fixture        *f,
      tl_gguf_writer *w,
      const char     *name,
      gsize           begin,
      gsize           end)
{
  char    *path = g_build_filename (f->folder, name, NULL);
  tl_error err = { 0 };

  for (gsize i = begin; i < end; i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (f->gguf, i);

      tl_gguf_writer_tensor (w, t->name, t->type, t->n_dims, t->dims, t->data);
    }
  g_assert_true (tl_gguf_writer_save (w, path, &err));
  tl_gguf_writer_free (w);
  return path;
}

/* (transfer full): the first of two files */
static char *
write_two (Fixture *f)
{
  static const char *const except[] = { NULL };
  gsize                    n = tl_gguf_get_n_tensors (f->gguf);
  char                    *first = NULL;

  for (guint i = 0; i < 2; i++)
    {
      tl_gguf_writer  *w = tl_gguf_writer_new ();
      g_autofree char *name = g_strdup_printf ("two-0000%u-of-00002.gguf", i + 1), *path = NULL;

      if (i == 0)
        tl_gguf_writer_keys (w, f->gguf, except);
      tl_gguf_writer_u32 (w, "split.no", i);
      tl_gguf_writer_u32 (w, "split.count", 2);
      path = save (f, w, name, i == 0 ? 0 : n / 2, i == 0 ? n / 2 : n);
      if (i == 0)
        first = g_steal_pointer (&path);
    }
  return first;
}

static void
of_two_files_is_used_where_it_lies (Fixture      *f,
                                    gconstpointer data)
{
  g_autofree char       *database = g_build_filename (f->folder, "tinylm.db", NULL);
  g_autofree char       *path = write_two (f), *folder = tlm_paths_dup_models (), *said = NULL;
  g_autofree char       *refused = NULL;
  g_autoptr (TlmStore)   store = tlm_test_open_store (database);
  g_autoptr (TlmModels)  models = tlm_models_new (store);
  g_autoptr (GDir)       dir = NULL;
  g_autoptr (GError)     error = NULL;

  for (guint copy = 2; copy-- > 0;)
    {
      g_autoptr (GAsyncResult) done = NULL;

      tlm_models_import_async (models, path, copy == 1, NULL, tlm_test_keep, &done);
      tlm_test_await (&done);
      if (copy == 1)
        refused = tlm_models_finish (models, done, &error);
      else
        said = tlm_models_finish (models, done, NULL);
    }
  g_assert_null (refused);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "Use it where its files lie."));
  dir = g_dir_open (folder, 0, NULL);
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
  g_assert_nonnull (said);
  tlm_models_shutdown (models);
  tlm_store_close (store);
}

static void
ignore (const char *bytes,
        gsize       n,
        gpointer    data)
{
}

/* From examples that have no token before their outputs. */
static void
assert_learns_nothing (const tl_model *model)
{
  TlmExample              items[10];
  g_autoptr (TlmExamples) examples = NULL;
  TlmSpecialistOptions    options = { .seed = 1 };
  g_autoptr (GError)      error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    items[i] = (TlmExample) { g_strnfill (i + 1, '='), (char *) (i % 2 ? "a" : "b"), NULL };
  options.examples = examples = tlm_examples_new (items, G_N_ELEMENTS (items));
  g_assert_null (tlm_specialist_data_new (&options, model, TRUE, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "no tokens for this text"));
  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    g_free (items[i].input);
}

/* None is of what stands before the outputs of examples. */
static void
write_other_tokens (Fixture        *f,
                    tl_gguf_writer *w)
{
  static const char  key[] = "tokenizer.ggml.tokens";
  tl_gguf_type       type;
  size_t             n;
  g_autofree tl_str *tokens = NULL;

  g_assert_true (tl_gguf_get_array (f->gguf, key, &type, &n));
  tokens = g_new (tl_str, n);
  for (size_t i = 0; i < n; i++)
    {
      tokens[i] = tl_gguf_array_string (f->gguf, key, i);
      if (tokens[i].len == 1 && *tokens[i].data == '=')
        tokens[i] = (tl_str) { "qx", 2 };
      else if (tokens[i].len == 1 && *tokens[i].data == '>')
        tokens[i] = (tl_str) { "qy", 2 };
    }
  tl_gguf_writer_strings (w, key, tokens, n);
}

/* Of nothing but letters, and without a token that begins a text. */
static void
says_that_it_cannot_spell (Fixture      *f,
                           gconstpointer data)
{
  static const char *const except[] = { "tokenizer.ggml.tokens", NULL };
  tl_gguf_writer          *w = tl_gguf_writer_new ();
  g_autofree char         *path = NULL;
  g_autoptr (GError)       error = NULL;
  TlmGenerateRequest       request;
  tl_error                 err = { 0 };
  tl_model                *model;
  tl_session              *session;

  tl_gguf_writer_keys (w, f->gguf, except);
  write_other_tokens (f, w);
  tl_gguf_writer_bool (w, "tokenizer.ggml.add_bos_token", false);
  tl_gguf_writer_bool (w, "tokenizer.ggml.add_space_prefix", false);
  path = save (f, w, "mute.gguf", 0, tl_gguf_get_n_tensors (f->gguf));
  model = tl_model_open (path, &err);
  g_assert_nonnull (model);
  session = tl_session_new (model, 64, NULL, &err);
  g_assert_nonnull (session);
  tlm_generate_request_init (&request);
  request.max_tokens = 4;
  request.prompt = "abc";
  g_assert_true (tlm_generation_run (model, session, &request, ignore, NULL, NULL, NULL, NULL,
                                     &error));
  g_assert_no_error (error);
  request.prompt = "ä";
  g_assert_false (tlm_generation_run (model, session, &request, ignore, NULL, NULL, NULL, NULL,
                                      &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "no tokens for this text"));
  assert_learns_nothing (model);
  tl_session_free (session);
  tl_model_close (model);
}

int
main (int   argc,
      char *argv[])
{
  char *home = tlm_test_make_folder ();
  int   status;

  g_setenv ("XDG_DATA_HOME", home, TRUE); /* before GLib reads it */
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/models/of-two-files-is-used-where-it-lies", Fixture, NULL, set_up,
              of_two_files_is_used_where_it_lies, tear_down);
  g_test_add ("/app/models/says-that-it-cannot-spell", Fixture, NULL, set_up,
              says_that_it_cannot_spell, tear_down);
  status = g_test_run ();
  tlm_test_remove_folder (home);
  return status;
}
