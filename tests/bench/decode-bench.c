/* SPDX-License-Identifier: Apache-2.0 */
/* decode-bench MODEL CACHE DEPTH N RUNS: how fast tokens are decoded one by one with one thread, where
 * there is nothing but the engine, as under Node: N tokens after DEPTH others, RUNS times, over a cache of
 * the type CACHE. Prints a line of JSON with the median of tokens a second of processor time, the largest,
 * and the spread (largest - smallest) / median. */
#include "kernels/kernels.h"
#include "tinylm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_RUNS 100

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* Any tokens do: what is computed does not depend on which. */
static int32_t
token_at (const tl_session *s, uint32_t n_vocab)
{
  return (int32_t) (tl_session_get_position (s) * 7919u % n_vocab);
}

static bool
decode (tl_session *s, uint32_t n_vocab, size_t n, tl_error *err)
{
  for (size_t i = 0; i < n; i++)
    if (!tl_session_decode (s, token_at (s, n_vocab), err))
      return false;
  return true;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static bool
measure (tl_session *s, uint32_t n_vocab, size_t depth, size_t n, size_t n_runs, tl_error *err)
{
  double runs[MAX_RUNS];

  if (!decode (s, n_vocab, depth, err))
    return false;
  for (size_t i = 0; i < n_runs; i++)
    {
      double start = now ();

      if (!decode (s, n_vocab, n, err))
        return false;
      runs[i] = (double) n / (now () - start);
      tl_session_truncate (s, (uint32_t) depth);
    }
  qsort (runs, n_runs, sizeof runs[0], compare_doubles);
  printf ("{\"path\": \"%s\", \"depth\": %zu, \"n\": %zu, \"tokens_per_second\": %.1f, "
          "\"best\": %.1f, \"spread\": %.3f}\n", tl_kernels_get ()->name, depth, n, runs[n_runs / 2],
          runs[n_runs - 1], (runs[n_runs - 1] - runs[0]) / runs[n_runs / 2]);
  return true;
}

static bool
find_type (const char *name, tl_type *type, tl_error *err)
{
  static const tl_type types[] = { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0 };

  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (strcmp (name, tl_type_get_info (types[i])->name) == 0)
      {
        *type = types[i];
        return true;
      }
  return tl_error_set (err, TL_ERROR_ARGUMENT, "CACHE is F32, F16 or Q8_0");
}

static bool
run (char **argv, tl_error *err)
{
  size_t depth = strtoul (argv[3], NULL, 10), n = strtoul (argv[4], NULL, 10);
  size_t n_runs = strtoul (argv[5], NULL, 10);
  tl_type cache = TL_TYPE_F16;
  tl_model *m;
  tl_session *s;
  bool ok;

  if (n == 0 || n_runs == 0 || n_runs > MAX_RUNS)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "N is at least 1, RUNS 1 to %d", MAX_RUNS);
  if (!find_type (argv[2], &cache, err))
    return false;
  m = tl_model_open (argv[1], err);
  s = m != NULL ? tl_session_new_with_cache (m, (uint32_t) (depth + n), cache, NULL, err) : NULL;
  ok = s != NULL && measure (s, tl_model_get_info (m)->n_vocab, depth, n, n_runs, err);
  tl_session_free (s);
  tl_model_close (m);
  return ok;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };

  if (argc != 6)
    tl_error_set (&err, TL_ERROR_ARGUMENT, "usage: decode-bench MODEL F32|F16|Q8_0 DEPTH N RUNS");
  else if (run (argv, &err))
    return 0;
  fprintf (stderr, "decode-bench: %s\n", err.message);
  return 1;
}
