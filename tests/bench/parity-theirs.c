/* SPDX-License-Identifier: Apache-2.0 */
/* What llama.cpp (libllama 0.7) computes for given tokens: the other half of parity-ours.c, which
 * tests/bench/parity builds where libllama-dev is.
 * Usage: parity-theirs sample MODEL IDS N: writes N ids, or as many as its context has, drawn from
 * the model (temperature 1, one seed), beginning with BOS, or id 0 where there is none.
 *        parity-theirs f16|f32 MODEL IDS LOGITS N_GREEDY PROMPT_LENGTH...: as parity-ours, all ids
 * in one batch; the first word is the type of the KV cache. An adapter beside the model, MODEL.lora,
 * is used. Each step of greedy is a list of
 * [id, logit]: the token that was taken and the next best ones. */
#include <llama.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_CTX 1024
#define N_CANDIDATES 4

static struct llama_context *ctx;
static int32_t n_vocab;

static void
fail (const char *what)
{
  fprintf (stderr, "parity-theirs: %s\n", what);
  exit (1);
}

static void
quiet (enum ggml_log_level level, const char *text, void *data)
{
  (void) data;
  if (level >= GGML_LOG_LEVEL_ERROR && level < GGML_LOG_LEVEL_CONT)
    fputs (text, stderr);
}

static void
use_adapter (struct llama_model *model, const char *model_path)
{
  char path[4096];
  struct llama_adapter_lora *adapter;
  float scale = 1.0f;
  FILE *there;

  snprintf (path, sizeof path, "%s.lora", model_path);
  if ((there = fopen (path, "rb")) == NULL)
    return;
  fclose (there);
  if ((adapter = llama_adapter_lora_init (model, path)) == NULL
      || llama_set_adapters_lora (ctx, &adapter, 1, &scale) != 0)
    fail ("the adapter cannot be loaded");
}

static const struct llama_vocab *
open_model (const char *path, enum ggml_type cache)
{
  struct llama_context_params params = llama_context_default_params ();
  struct llama_model *model;

  llama_log_set (quiet, NULL);
  ggml_backend_load_all ();
  if ((model = llama_model_load_from_file (path, llama_model_default_params ())) == NULL)
    fail ("the model cannot be loaded");
  params.n_ctx = params.n_batch = N_CTX;
  /* Frequencies depend on the context where a family has two sets of them. */
  if (llama_model_n_ctx_train (model) < N_CTX)
    params.n_ctx = (uint32_t) llama_model_n_ctx_train (model);
  params.n_threads = params.n_threads_batch = 1;
  params.type_k = params.type_v = cache;
  if (cache == GGML_TYPE_F32)
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED; /* it rounds to halves inside */
  if ((ctx = llama_init_from_model (model, params)) == NULL)
    fail ("no context");
  use_adapter (model, path);
  n_vocab = llama_vocab_n_tokens (llama_model_get_vocab (model));
  return llama_model_get_vocab (model);
}

/* Computes @n tokens from position @at on. @all: the logits of each, else of the last. */
static void
decode (const int32_t *ids, int32_t n, int32_t at, bool all)
{
  struct llama_batch batch = llama_batch_init (n, 0, 1);

  batch.n_tokens = n;
  for (int32_t i = 0; i < n; i++)
    {
      batch.token[i] = ids[i];
      batch.pos[i] = at + i;
      batch.n_seq_id[i] = 1;
      batch.seq_id[i][0] = 0;
      batch.logits[i] = all || i == n - 1;
    }
  if (llama_decode (ctx, batch) != 0)
    fail ("decoding failed");
  llama_batch_free (batch);
}

static double
log_sum_exp (const float *logits)
{
  double max = logits[0], sum = 0.0;

  for (int32_t i = 1; i < n_vocab; i++)
    max = fmax (max, logits[i]);
  for (int32_t i = 0; i < n_vocab; i++)
    sum += exp (logits[i] - max);
  return max + log (sum);
}

static int32_t
draw (const float *logits, uint64_t *state)
{
  double total = log_sum_exp (logits), u;

  *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth, MMIX */
  u = (double) (*state >> 11) * 0x1p-53;
  for (int32_t i = 0; i < n_vocab; i++)
    if ((u -= exp (logits[i] - total)) < 0.0)
      return i;
  return n_vocab - 1;
}

static void
sample (const struct llama_vocab *vocab, const char *path, int32_t n)
{
  int32_t *ids = calloc ((size_t) n + 1, sizeof *ids);
  uint64_t state = 1;
  FILE    *out = fopen (path, "wb");

  if (n > llama_model_n_ctx_train (llama_get_model (ctx)))
    n = llama_model_n_ctx_train (llama_get_model (ctx));
  if (ids == NULL || out == NULL || n < 2 || n > N_CTX / 2)
    fail ("the ids cannot be written");
  ids[0] = llama_vocab_bos (vocab) >= 0 ? llama_vocab_bos (vocab) : 0;
  for (int32_t i = 0; i < n; i++)
    {
      decode (ids + i, 1, i, false);
      ids[i + 1] = draw (llama_get_logits_ith (ctx, -1), &state);
    }
  if (fwrite (ids, sizeof *ids, (size_t) n, out) != (size_t) n || fclose (out) != 0)
    fail ("the ids cannot be written");
}

static int32_t *
read_ids (const char *path, int32_t *n)
{
  FILE    *in = fopen (path, "rb");
  int32_t *ids = calloc (N_CTX, sizeof *ids);

  if (in == NULL || ids == NULL || (*n = (int32_t) fread (ids, sizeof *ids, N_CTX / 2, in)) < 2)
    fail ("no ids");
  fclose (in);
  return ids;
}

static void
write_logits (const int32_t *ids, int32_t n, const char *path)
{
  FILE  *out = fopen (path, "wb");
  double nll = 0.0;

  decode (ids, n, 0, true);
  for (int32_t i = 0; i < n; i++)
    {
      const float *logits = llama_get_logits_ith (ctx, i);

      if (out == NULL || fwrite (logits, sizeof *logits, (size_t) n_vocab, out) != (size_t) n_vocab)
        fail ("the logits cannot be written");
      if (i + 1 < n)
        nll += (log_sum_exp (logits) - logits[ids[i + 1]]) / (n - 1);
    }
  if (fclose (out) != 0)
    fail ("the logits cannot be written");
  printf ("{\"n_vocab\": %d, \"nll\": %.9f, \"greedy\": [", n_vocab, nll);
}

/* Prints the best candidates as [id, logit]. Returns: the very best */
static int32_t
print_candidates (float *logits)
{
  int32_t best[N_CANDIDATES];

  for (int c = 0; c < N_CANDIDATES; c++)
    {
      best[c] = 0;
      for (int32_t i = 1; i < n_vocab; i++)
        if (logits[i] > logits[best[c]])
          best[c] = i;
      printf ("%s[%d, %.6f]", c > 0 ? ", " : "[", best[c], (double) logits[best[c]]);
      logits[best[c]] = -INFINITY;
    }
  printf ("]");
  return best[0];
}

static void
print_greedy (const int32_t *ids, int32_t length, int n_greedy)
{
  llama_memory_clear (llama_get_memory (ctx), true);
  decode (ids, length, 0, false);
  for (int i = 0; i < n_greedy; i++)
    {
      int32_t id;

      printf ("%s", i > 0 ? ", " : "");
      id = print_candidates (llama_get_logits_ith (ctx, -1));
      decode (&id, 1, length + i, false);
    }
}

int
main (int argc, char **argv)
{
  const struct llama_vocab *vocab;
  int32_t  n, *ids;

  if (argc < 5)
    fail ("usage: see the head of parity-theirs.c");
  vocab = open_model (argv[2], strcmp (argv[1], "f32") == 0 ? GGML_TYPE_F32 : GGML_TYPE_F16);
  if (strcmp (argv[1], "sample") == 0)
    {
      sample (vocab, argv[3], atoi (argv[4]));
      return 0;
    }
  ids = read_ids (argv[3], &n);
  write_logits (ids, n, argv[4]);
  for (int i = 6; i < argc; i++)
    {
      if (atoi (argv[i]) < 1 || atoi (argv[i]) > n || atoi (argv[i]) + atoi (argv[5]) > N_CTX)
        fail ("no prompt of that length");
      printf ("%s[", i > 6 ? ", " : "");
      print_greedy (ids, atoi (argv[i]), atoi (argv[5]));
      printf ("]");
    }
  printf ("]}\n");
  free (ids);
  return 0;
}
