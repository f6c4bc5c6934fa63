/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli quantize`: writes a model's matrices in another type, says what became of each that
 * the type did not fit, and on request what it costs in perplexity. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "tinylm.h"

typedef struct
{
  char *importance, *perplexity, *embedding_type;
  int   threads;
} Options;

/* Tokens that perplexity is measured over at most, and how many stand in one window. */
#define MAX_TOKENS 32768
#define WINDOW 512

/* Of the types that can be written. */
static gboolean
parse_type (const char *name,
            tl_type    *type)
{
  const tl_type_info *info = tl_type_find (name);

  if (info == NULL || info->quantize == NULL)
    return FALSE;
  *type = info->type;
  return TRUE;
}

/* A ternary embedding ruins a model that was not trained for it, so the ternary types leave it at
 * more bits, as llama.cpp does. */
static tl_type
default_embedding_type (tl_type type)
{
  return type == TL_TYPE_TQ1_0 || type == TL_TYPE_TQ2_0 ? TL_TYPE_Q6_K : type;
}

/* Returns: (transfer full): the text's ids, at most @max, for free(); NULL with @err */
static int32_t *
read_ids (const char         *path,
          const tl_tokenizer *tokenizer,
          size_t              max,
          size_t             *n,
          tl_error           *err)
{
  g_autofree char   *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize              len;
  int32_t           *ids = NULL;

  if (!g_file_get_contents (path, &text, &len, &error))
    {
      tl_error_set (err, TL_ERROR_IO, "%s", error->message);
      return NULL;
    }
  if (!tl_tokenizer_encode (tokenizer, text, len, TL_TOKENIZE_NONE, &ids, n, err))
    return NULL;
  if (*n < 2)
    tl_error_set (err, TL_ERROR_ARGUMENT, "%s: too short a text", path);
  *n = MIN (*n, max);
  return ids;
}

/* exp (mean -log p) over windows of the text that do not see each other; NAN with @err. */
static double
measure_perplexity (const tl_model *model,
                    tl_pool        *pool,
                    const int32_t  *ids,
                    size_t          n,
                    tl_error       *err)
{
  uint32_t    window = MIN (WINDOW, tl_model_get_info (model)->n_ctx_train);
  tl_session *session = tl_session_new (model, window, pool, err);
  float       logprobs[WINDOW];
  double      sum = 0;
  size_t      counted = 0;

  for (size_t at = 0; session != NULL && at < n; at += window)
    {
      size_t length = MIN (window, n - at);

      tl_session_truncate (session, 0);
      if (!tl_session_score (session, ids + at, length, logprobs, err))
        {
          tl_session_free (session);
          return NAN;
        }
      for (size_t i = 1; i < length; i++)
        sum -= logprobs[i];
      counted += length - 1;
    }
  tl_session_free (session);
  return counted > 0 ? exp (sum / (double) counted) : NAN;
}

/* Of the text that @ids stand for. */
static size_t
count_bytes (const tl_tokenizer *tokenizer,
             const int32_t      *ids,
             size_t              n)
{
  size_t bytes = 0;

  for (size_t i = 0; i < n; i++)
    bytes += tl_tokenizer_get_piece (tokenizer, ids[i]).len;
  return bytes;
}

static gboolean
tell_perplexity (const char    *path,
                 const Options *o,
                 tl_pool       *pool,
                 tl_error      *err)
{
  tl_model *model = tl_model_open (path, err);
  const tl_tokenizer *tokenizer = model != NULL ? tl_model_get_tokenizer (model) : NULL;
  int32_t  *ids = NULL;
  size_t    n = 0;
  double    perplexity = NAN;

  if (model != NULL && tokenizer == NULL)
    tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: the file has no tokenizer", path);
  if (tokenizer != NULL)
    ids = read_ids (o->perplexity, tokenizer, MAX_TOKENS, &n, err);
  if (ids != NULL && n >= 2)
    perplexity = measure_perplexity (model, pool, ids, n, err);
  if (!isnan (perplexity))
    {
      g_autofree char *name = g_path_get_basename (path);

      /* Bits a byte can be compared between models of different vocabularies. */
      printf (ngettext ("%s: %.1f MB, perplexity %.4f over %zu token, %.4f bits a byte\n",
                        "%s: %.1f MB, perplexity %.4f over %zu tokens, %.4f bits a byte\n",
                        (gulong) n), name,
              (double) tl_model_get_info (model)->weight_bytes / 1e6, perplexity, n,
              log2 (perplexity) * (double) n / (double) MAX (count_bytes (tokenizer, ids, n), 1));
    }
  free (ids);
  tl_model_close (model);
  return !isnan (perplexity);
}

static void
tell (void       *data,
      const char *tensor,
      tl_type     from,
      tl_type     to,
      bool        unfit)
{
  tl_type wanted = *(const tl_type *) data;

  (void) from;
  if (unfit)
    /* Translators: the name of a tensor, the number type that was asked for, the one that it
     * gets. */
    printf (_("%s: its rows are no whole blocks of %s, so it is %s\n"), tensor,
            tl_type_get_info (wanted)->name, tl_type_get_info (to)->name);
}

/* @importance: (out): NULL when none is asked for */
static gboolean
read_importance (const tl_gguf  *model,
                 const Options  *o,
                 tl_pool        *pool,
                 tl_importance **importance,
                 tl_error       *err)
{
  tl_tokenizer *tokenizer;
  int32_t      *ids = NULL;
  size_t        n = 0;

  *importance = NULL;
  if (o->importance == NULL)
    return TRUE;
  tokenizer = tl_tokenizer_new_from_gguf (model, err);
  if (tokenizer != NULL)
    ids = read_ids (o->importance, tokenizer, SIZE_MAX, &n, err);
  if (ids != NULL && n >= 2)
    *importance = tl_importance_measure (model, ids, n, pool, err);
  free (ids);
  tl_tokenizer_free (tokenizer);
  return *importance != NULL;
}

static gboolean
quantize (const char    *in,
          const char    *out,
          tl_type        type,
          tl_type        embedding_type,
          const Options *o,
          tl_error      *err)
{
  tl_pool       *pool = tl_pool_new ((unsigned) o->threads, NULL);
  tl_gguf       *gguf = tl_gguf_open (in, err);
  tl_importance *importance = NULL;
  gboolean       good = gguf != NULL && read_importance (gguf, o, pool, &importance, err);

  if (good)
    {
      tl_quantize_options options = { type, embedding_type, importance, tell, &type, NULL };

      good = tl_quantize_gguf (gguf, &options, out, err);
    }
  tl_importance_free (importance);
  tl_gguf_close (gguf);
  if (good && o->perplexity != NULL)
    good = tell_perplexity (in, o, pool, err) && tell_perplexity (out, o, pool, err);
  tl_pool_free (pool);
  return good;
}

static int
run (int            argc,
     char         **argv,
     const Options *o)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *in = NULL;
  tl_type            type, embedding_type;
  tl_error           err = { 0 };

  if (argc != 4 || o->threads < 0 || o->threads > 1024)
    {
      tlm_cli_fail (_("“quantize” needs a model, a file to write and a type. “tinylm-cli quantize "
                      "--help” tells more."));
      return 2;
    }
  if (!parse_type (argv[3], &type))
    {
      tlm_cli_fail (_("There is no type “%s” to write; those that can be written are F32, F16, BF16, "
                      "Q8_0, Q6_K, Q4_K, Q4_0, TQ2_0 and TQ1_0."), argv[3]);
      return 2;
    }
  embedding_type = default_embedding_type (type);
  if (o->embedding_type != NULL && !parse_type (o->embedding_type, &embedding_type))
    {
      tlm_cli_fail (_("There is no type “%s” to write."), o->embedding_type);
      return 2;
    }
  in = tlm_cli_find_model (argv[1], &error);
  if (in == NULL)
    return tlm_cli_fail ("%s", error->message);
  if (quantize (in, argv[2], type, embedding_type, o, &err))
    return 0;
  return tlm_cli_fail ("%s", err.message);
}

int
tlm_cli_quantize (int    argc,
                  char **argv)
{
  Options o = { 0 };
  const GOptionEntry entries[] = {
    { "importance", 'i', 0, G_OPTION_ARG_FILENAME, &o.importance,
      N_("A text like those to come, whose activations say which weights matter"),
      N_("FILE.txt") },
    { "embedding-type", 'e', 0, G_OPTION_ARG_STRING, &o.embedding_type,
      N_("Type of the embedding and the head (as the others; Q6_K beside ternary)"), N_("TYPE") },
    { "perplexity", 'p', 0, G_OPTION_ARG_FILENAME, &o.perplexity,
      N_("A text on which both models are measured"), N_("FILE.txt") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o.threads, N_("Threads; 0: one a processor (0)"),
      "N" },
    { NULL }
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("IN.gguf OUT.gguf TYPE"),
                              _("Writes a model with smaller weights."));

  if (status < 0)
    status = run (argc, argv, &o);
  g_free (o.importance);
  g_free (o.embedding_type);
  g_free (o.perplexity);
  return status;
}
