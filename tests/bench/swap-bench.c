/* SPDX-License-Identifier: Apache-2.0 */
/* How long it takes to exchange the adapter of a session for another one: opening the file, and putting
 * it beside the weights. Usage: swap-bench MODEL ADAPTER ADAPTER */
#include "tinylm.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_SWAPS 101

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static bool
swap (const char *path, const tl_model *m, tl_session *s, double *ms, tl_error *err)
{
  double start = now_ms ();
  tl_adapter *adapter = tl_adapter_open (path, m, err);
  tl_adapter_use use = { adapter, 1 };
  bool ok = adapter != NULL && tl_session_set_adapters (s, &use, 1, err);

  tl_adapter_close (adapter);
  *ms = now_ms () - start;
  return ok;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  double ms[N_SWAPS];
  tl_error err = { 0 };
  tl_model *m = argc == 4 ? tl_model_open (argv[1], &err) : NULL;
  tl_session *s = m != NULL ? tl_session_new (m, 512, NULL, &err) : NULL;
  bool ok = s != NULL;

  for (int i = 0; ok && i < N_SWAPS; i++)
    ok = swap (argv[2 + i % 2], m, s, &ms[i], &err);
  if (ok)
    {
      qsort (ms, N_SWAPS, sizeof *ms, compare);
      printf ("swap: median %.2f ms, longest %.2f ms of %d\n", ms[N_SWAPS / 2], ms[N_SWAPS - 1], N_SWAPS);
    }
  else
    fprintf (stderr, "swap-bench: %s\n", argc == 4 ? err.message : "swap-bench MODEL ADAPTER ADAPTER");
  tl_session_free (s);
  tl_model_close (m);
  return ok ? 0 : 1;
}
