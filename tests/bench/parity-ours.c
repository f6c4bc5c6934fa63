/* SPDX-License-Identifier: Apache-2.0 */
/* What this engine computes for given tokens, for tests/bench/parity to compare: parity-theirs.c is
 * the same on llama.cpp.
 * Usage: parity-ours f16|f32 MODEL IDS LOGITS N_GREEDY PROMPT_LENGTH...
 * The first word is the type of the KV cache. An adapter that lies beside the model as MODEL.lora
 * is used. IDS holds n int32, LOGITS receives float [n, vocab],
 * computed token by token. Standard output is one JSON object: n_vocab; nll, the mean -log p of
 * ids[1..], computed as one prefill; greedy, for each prompt (the first PROMPT_LENGTH ids) the next
 * N_GREEDY tokens. */
#include "tinylm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  tl_session *session;
  uint32_t    n_vocab;
  int32_t    *ids;
  size_t      n;
} engine;

static int
fail (const char *what, const char *why)
{
  fprintf (stderr, "parity-ours: %s: %s\n", what, why);
  return 1;
}

static bool
read_ids (engine *e, const char *path)
{
  FILE *in = fopen (path, "rb");
  long  size;

  if (in == NULL)
    return false;
  fseek (in, 0, SEEK_END);
  size = ftell (in);
  rewind (in);
  e->n = size > 0 ? (size_t) size / sizeof *e->ids : 0;
  e->ids = malloc (e->n * sizeof *e->ids + 1);
  if (e->ids == NULL || fread (e->ids, sizeof *e->ids, e->n, in) != e->n)
    e->n = 0;
  fclose (in);
  return e->n > 1;
}

static bool
write_logits (const engine *e, const char *path, tl_error *err)
{
  FILE  *out = fopen (path, "wb");
  size_t n_written = 0;
  bool   ok = out != NULL;

  tl_session_truncate (e->session, 0);
  for (size_t i = 0; ok && i < e->n; i++)
    {
      if (!tl_session_decode (e->session, e->ids[i], err))
        ok = false;
      else
        n_written += fwrite (tl_session_get_logits (e->session), sizeof (float), e->n_vocab, out);
    }
  if (out == NULL || fclose (out) != 0 || (ok && n_written != e->n * e->n_vocab))
    return tl_error_set (err, TL_ERROR_IO, "%s: cannot be written", path);
  return ok;
}

static bool
print_nll (const engine *e, tl_error *err)
{
  float *logprobs = malloc (e->n * sizeof *logprobs);
  double nll = 0.0;
  bool   ok;

  tl_session_truncate (e->session, 0);
  ok = logprobs != NULL && tl_session_score (e->session, e->ids, e->n, logprobs, err);
  for (size_t i = 1; ok && i < e->n; i++)
    nll -= (double) logprobs[i] / (double) (e->n - 1);
  free (logprobs);
  if (ok)
    printf ("{\"n_vocab\": %u, \"nll\": %.9f, \"greedy\": [", e->n_vocab, nll);
  return ok;
}

static int32_t
best (const float *logits, uint32_t n)
{
  uint32_t b = 0;

  for (uint32_t i = 1; i < n; i++)
    if (logits[i] > logits[b])
      b = i;
  return (int32_t) b;
}

static bool
print_greedy (const engine *e, size_t prompt_length, size_t n_greedy, tl_error *err)
{
  bool ok;

  tl_session_truncate (e->session, 0);
  ok = tl_session_prefill (e->session, e->ids, prompt_length, NULL, NULL, err);
  for (size_t i = 0; ok && i < n_greedy; i++)
    {
      int32_t id = best (tl_session_get_logits (e->session), e->n_vocab);

      printf ("%s%d", i > 0 ? ", " : "[", id);
      ok = tl_session_decode (e->session, id, err);
    }
  printf ("]");
  return ok;
}

static bool
use_adapter (const engine *e, const tl_model *m, const char *model, tl_error *err)
{
  char path[4096];
  tl_adapter_use use = { NULL, 1.0f };
  FILE *there;
  bool ok;

  snprintf (path, sizeof path, "%s.lora", model);
  if ((there = fopen (path, "rb")) == NULL)
    return true;
  fclose (there);
  if ((use.adapter = tl_adapter_open (path, m, err)) == NULL)
    return false;
  ok = tl_session_set_adapters (e->session, &use, 1, err);
  tl_adapter_close ((tl_adapter *) (uintptr_t) use.adapter);
  return ok;
}

static bool
run (const engine *e, char **argv, int n_prompts, tl_error *err)
{
  if (!write_logits (e, argv[4], err) || !print_nll (e, err))
    return false;
  for (int i = 0; i < n_prompts; i++)
    {
      size_t length = strtoul (argv[6 + i], NULL, 10);

      printf ("%s", i > 0 ? ", " : "");
      if (length == 0 || length > e->n)
        return tl_error_set (err, TL_ERROR_ARGUMENT, "no prompt of %zu tokens", length);
      if (!print_greedy (e, length, strtoul (argv[5], NULL, 10), err))
        return false;
    }
  printf ("]}\n");
  return true;
}

int
main (int argc, char **argv)
{
  tl_error  err = { 0 };
  engine    e = { 0 };
  tl_model *m;
  bool      ok;
  tl_type   cache = argc > 1 && strcmp (argv[1], "f32") == 0 ? TL_TYPE_F32 : TL_TYPE_F16;

  if (argc < 7)
    return fail ("usage", "parity-ours f16|f32 MODEL IDS LOGITS N_GREEDY PROMPT_LENGTH...");
  if (!read_ids (&e, argv[3]))
    return fail (argv[3], "not two or more ids");
  if ((m = tl_model_open (argv[2], &err)) == NULL)
    return fail (argv[2], err.message);
  e.n_vocab = tl_model_get_info (m)->n_vocab;
  e.session = tl_session_new_with_cache (m, 0, cache, NULL, &err);
  ok = e.session != NULL && use_adapter (&e, m, argv[2], &err) && run (&e, argv, argc - 6, &err);
  tl_session_free (e.session);
  tl_model_close (m);
  free (e.ids);
  return ok ? 0 : fail (argv[2], err.message);
}
