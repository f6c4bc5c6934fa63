/* SPDX-License-Identifier: Apache-2.0 */
/* lookup-bench MODEL.gguf TEXT [THREADS]: what guessing the next tokens from the text before gains
 * and costs. Given tokens are decoded, as if the model had chosen them: "copy" is the text a second
 * time behind itself; "edit" the same with every sixteenth token another one; "plain" is the text
 * once; "random" tokens do not even repeat by chance. Each is decoded with guesses and without,
 * alternating, and compared by processor time; one JSON line a case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/rng.h"
#include "model/session.h"

enum { MAX_TOKENS = 256, N_PAIRS = 9 };

typedef struct
{
  const char *name;
  uint32_t    n_before, n;
  int32_t     ids[2 * MAX_TOKENS];
} task;

static double
processor_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double
decode (tl_session *s, const task *t, bool lookup)
{
  double start;

  tl_session_truncate (s, 0);
  tl_session_set_lookup (s, lookup);
  if (!tl_session_prefill (s, t->ids, t->n_before, NULL, NULL, NULL))
    abort ();
  start = processor_seconds ();
  for (uint32_t i = t->n_before; i < t->n; i++)
    if (!tl_session_decode (s, t->ids[i], NULL))
      abort ();
  return processor_seconds () - start;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
run (tl_session *s, const task *t, unsigned n_threads)
{
  double ratio[N_PAIRS], with = 0, without = 0;
  uint32_t n = t->n - t->n_before;
  tl_session_work before = *tl_session_get_work (s), after;

  decode (s, t, true);
  after = *tl_session_get_work (s);
  for (int i = 0; i < N_PAIRS; i++)
    {
      double a = decode (s, t, true), b = decode (s, t, false);

      ratio[i] = b / a;
      with += a / N_PAIRS;
      without += b / N_PAIRS;
    }
  qsort (ratio, N_PAIRS, sizeof *ratio, compare);
  printf ("{\"name\": \"lookup %s / %u threads\", \"with\": %.1f, \"without\": %.1f, \"unit\": "
          "\"tokens/s of processor time\", \"ratio\": %.3f, \"quartiles\": [%.3f, %.3f], "
          "\"tokens\": %u, \"steps\": %u, \"guessed\": %u, \"hits\": %u}\n",
          t->name, n_threads, n / with, n / without, ratio[N_PAIRS / 2], ratio[N_PAIRS / 4],
          ratio[3 * N_PAIRS / 4], n, (unsigned) (after.n_steps - before.n_steps),
          (unsigned) (after.n_guessed - before.n_guessed),
          (unsigned) (after.n_hits - before.n_hits));
}

static task
make_copy (const char *name, const int32_t *ids, uint32_t n, uint32_t edit_every, uint32_t n_vocab)
{
  task t = { name, n, 2 * n, { 0 } };
  tl_rng rng;

  tl_rng_init (&rng, 1);
  memcpy (t.ids, ids, n * sizeof *ids);
  memcpy (t.ids + n, ids, n * sizeof *ids);
  for (uint32_t i = edit_every; edit_every > 0 && i < n; i += edit_every)
    t.ids[n + i] = (int32_t) tl_rng_below (&rng, n_vocab);
  return t;
}

static task
make_plain (const int32_t *ids, uint32_t n)
{
  task t = { "plain", 1, n, { 0 } };

  memcpy (t.ids, ids, n * sizeof *ids);
  return t;
}

static task
make_random (uint32_t n, uint32_t n_vocab)
{
  task t = { "random", 1, n, { 0 } };
  tl_rng rng;

  tl_rng_init (&rng, 2);
  for (uint32_t i = 0; i < n; i++)
    t.ids[i] = (int32_t) tl_rng_below (&rng, n_vocab);
  return t;
}

static int
fail (const char *what, const tl_error *err)
{
  fprintf (stderr, "lookup-bench: %s: %s\n", what, err->message);
  return 1;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };
  unsigned n_threads = argc > 3 ? (unsigned) atoi (argv[3]) : 1;
  tl_model *model;
  tl_pool *pool;
  tl_session *s;
  tl_map file = { 0 };
  int32_t *ids = NULL;
  size_t n = 0;
  uint32_t n_vocab;
  task tasks[4];

  if (argc < 3)
    return fprintf (stderr, "usage: lookup-bench MODEL.gguf TEXT [THREADS]\n"), 2;
  model = tl_model_open (argv[1], &err);
  pool = tl_pool_new (n_threads, &err);
  s = model != NULL && pool != NULL ? tl_session_new (model, 0, pool, &err) : NULL;
  if (s == NULL)
    return fail (argv[1], &err);
  if (!tl_map_open (&file, argv[2], &err)
      || !tl_tokenizer_encode (tl_model_get_tokenizer (model), (const char *) file.data, file.size,
                               TL_TOKENIZE_NONE, &ids, &n, &err))
    return fail (argv[2], &err);
  n = n < MAX_TOKENS ? n : MAX_TOKENS;
  n = n < tl_session_get_n_ctx (s) / 2 ? n : tl_session_get_n_ctx (s) / 2;
  n_vocab = tl_model_get_info (model)->n_vocab;
  tasks[0] = make_copy ("copy", ids, (uint32_t) n, 0, n_vocab);
  tasks[1] = make_copy ("edit", ids, (uint32_t) n, 16, n_vocab);
  tasks[2] = make_plain (ids, (uint32_t) n);
  tasks[3] = make_random ((uint32_t) n, n_vocab);
  for (int i = 0; i < 4; i++)
    run (s, &tasks[i], n_threads);
  free (ids);
  tl_map_close (&file);
  tl_session_free (s);
  tl_pool_free (pool);
  tl_model_close (model);
  return 0;
}
