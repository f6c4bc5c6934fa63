/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the kernels are on this machine: one JSON line a case, for every path that the processor
 * has. `kernels-bench [WORD]` runs the cases whose name contains WORD: peak, sgemm, vector, pool.
 * One-thread figures are of processor time, so that a shared machine disturbs them less; others are
 * of wall time. Each is the median of N_RUNS, with the spread (max - min) / median. */
#include "kernels/kernels.h"
#include "tinylm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define N_RUNS 7
#define RUN_SECONDS 0.03

typedef void (*bench_func) (void *data);

typedef struct
{
  double seconds; /* a call */
  double spread;
} timing;

static double
now (bool one_thread)
{
  struct timespec t;

  clock_gettime (one_thread ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double
time_calls (bench_func func, void *data, bool one_thread, size_t n_calls)
{
  double start = now (one_thread);

  for (size_t i = 0; i < n_calls; i++)
    func (data);
  return now (one_thread) - start;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static timing
measure (bench_func func, void *data, bool one_thread)
{
  double runs[N_RUNS];
  size_t n_calls = 1;

  while (time_calls (func, data, one_thread, n_calls) < RUN_SECONDS)
    n_calls *= 2;
  for (size_t i = 0; i < N_RUNS; i++)
    runs[i] = time_calls (func, data, one_thread, n_calls) / (double) n_calls;
  qsort (runs, N_RUNS, sizeof runs[0], compare_doubles);
  return (timing) { runs[N_RUNS / 2], (runs[N_RUNS - 1] - runs[0]) / runs[N_RUNS / 2] };
}

static void *
allocate (size_t size)
{
  void *p = aligned_alloc (64, (size + 63) / 64 * 64);

  if (p == NULL)
    {
      fprintf (stderr, "kernels-bench: no memory for %zu bytes\n", size);
      exit (1);
    }
  return p;
}

static float *
random_floats (size_t n)
{
  float *x = allocate (n * sizeof *x);
  uint32_t state = 1;

  for (size_t i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u; /* Numerical Recipes, section 7.1 */
      x[i] = (float) (int32_t) state * 0x1p-31f;
    }
  return x;
}

/* The peak: multiply-adds in registers only, twelve chains to cover the latency. */
#define PEAK_STEPS 4096
#define PEAK_CHAINS 12

#if defined(__x86_64__)
static volatile float peak_sink;

__attribute__ ((target ("avx512f"))) static void
peak_avx512 (void *data)
{
  __m512 s[PEAK_CHAINS], a = _mm512_set1_ps (*(float *) data);

  for (int i = 0; i < PEAK_CHAINS; i++)
    s[i] = _mm512_set1_ps ((float) i);
  for (int p = 0; p < PEAK_STEPS; p++)
    {
#pragma GCC unroll 12
      for (int i = 0; i < PEAK_CHAINS; i++)
        s[i] = _mm512_fmadd_ps (s[i], a, a);
    }
  for (int i = 1; i < PEAK_CHAINS; i++)
    s[0] = _mm512_add_ps (s[0], s[i]);
  peak_sink = _mm512_cvtss_f32 (s[0]);
}

__attribute__ ((target ("avx2,fma"))) static void
peak_avx2 (void *data)
{
  __m256 s[PEAK_CHAINS], a = _mm256_set1_ps (*(float *) data);

  for (int i = 0; i < PEAK_CHAINS; i++)
    s[i] = _mm256_set1_ps ((float) i);
  for (int p = 0; p < PEAK_STEPS; p++)
    {
#pragma GCC unroll 12
      for (int i = 0; i < PEAK_CHAINS; i++)
        s[i] = _mm256_fmadd_ps (s[i], a, a);
    }
  for (int i = 1; i < PEAK_CHAINS; i++)
    s[0] = _mm256_add_ps (s[0], s[i]);
  peak_sink = _mm256_cvtss_f32 (s[0]);
}
#endif

/* GFLOP/s of one core with the widest vectors of @k; NAN where there is no such loop. */
static double
find_peak (const tl_kernels *k)
{
#if defined(__x86_64__)
  float a = 0.5f;

  if (strncmp (k->name, "avx512", 6) == 0)
    return 2e-9 * PEAK_STEPS * PEAK_CHAINS * 16 / measure (peak_avx512, &a, true).seconds;
  if (strcmp (k->name, "avx2") == 0)
    return 2e-9 * PEAK_STEPS * PEAK_CHAINS * 8 / measure (peak_avx2, &a, true).seconds;
#endif
  (void) k;
  return NAN;
}

typedef struct
{
  const tl_kernels *k;
  tl_pool *pool;
  bool     trans_a, trans_b;
  size_t   m, n, kk;
  const float *a, *b;
  float   *c, *scratch;
} sgemm_case;

static void
run_sgemm (void *data)
{
  sgemm_case *s = data;

  tl_sgemm (s->k, s->pool, s->trans_a, s->trans_b, s->m, s->n, s->kk, 1.0f, s->a,
            s->trans_a ? s->m : s->kk, s->b, s->trans_b ? s->kk : s->n, 0.0f, s->c, s->n, s->scratch);
}

static void
bench_sgemm_shape (sgemm_case *s, double peak)
{
  unsigned n_threads = tl_pool_get_n_threads (s->pool);
  timing t = measure (run_sgemm, s, n_threads == 1);
  double gflops = 2e-9 * (double) s->m * (double) s->n * (double) s->kk / t.seconds;

  printf ("{\"name\": \"sgemm\", \"path\": \"%s\", \"m\": %zu, \"n\": %zu, \"k\": %zu, "
          "\"trans\": \"%c%c\", \"threads\": %u, \"gflops\": %.1f, \"spread\": %.3f",
          s->k->name, s->m, s->n, s->kk, s->trans_a ? 't' : 'n', s->trans_b ? 't' : 'n', n_threads,
          gflops, t.spread);
  if (!isnan (peak))
    printf (", \"of_peak\": %.3f", gflops / peak / n_threads);
  printf ("}\n");
  fflush (stdout);
}

/* Cubes; a linear layer forward (rows x weights^T), its gradient by the input and by the weights;
 * the reader's trunk on a short note. */
static void
bench_sgemm (const tl_kernels *k, unsigned n_threads, double peak)
{
  static const struct { size_t m, n, kk; bool trans_a, trans_b; } shapes[] = {
    { 64, 64, 64, false, false },    { 256, 256, 256, false, false },
    { 512, 512, 512, false, false }, { 1024, 1024, 1024, false, false },
    { 512, 512, 512, false, true },  { 512, 512, 512, true, false },
    { 512, 512, 512, true, true },
    { 4096, 768, 256, false, true }, { 4096, 256, 768, false, false },
    { 768, 256, 4096, true, false },
    { 20, 128, 96, false, true },    { 32, 96, 96, false, true },
    { 64, 128, 128, false, true },   { 100, 96, 128, false, true },
    { 100, 128, 96, false, false },  { 96, 96, 100, true, false },
    { 1, 256, 256, false, true },
  };
  const size_t largest = 4096 * 1024;
  sgemm_case s = { .k = k };
  float *a = random_floats (largest), *b = random_floats (largest);

  s.pool = n_threads > 1 ? tl_pool_new (n_threads, NULL) : NULL;
  s.a = a;
  s.b = b;
  s.c = random_floats (largest);
  s.scratch = allocate (tl_sgemm_scratch_floats (k, n_threads) * sizeof (float));
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    {
      s.m = shapes[i].m;
      s.n = shapes[i].n;
      s.kk = shapes[i].kk;
      s.trans_a = shapes[i].trans_a;
      s.trans_b = shapes[i].trans_b;
      bench_sgemm_shape (&s, peak);
    }
  free (a);
  free (b);
  free (s.c);
  free (s.scratch);
  tl_pool_free (s.pool);
}

typedef struct
{
  const tl_kernels *k;
  size_t   n;
  float   *x, *y, *w;
  uint16_t *half;
  volatile float sink;
} vector_case;

#define VECTOR_BENCH(name, call)                                                                  \
  static void name (void *data)                                                                   \
  {                                                                                               \
    vector_case *v = data;                                                                        \
                                                                                                  \
    call;                                                                                         \
  }

VECTOR_BENCH (run_dot_f32, v->sink = v->k->dot_f32 (v->x, v->w, v->n))
VECTOR_BENCH (run_axpy_f32, v->k->axpy_f32 (v->y, 1e-9f, v->x, v->n))
VECTOR_BENCH (run_rms_norm, v->k->rms_norm (v->y, v->x, v->w, 1e-5f, v->n))
VECTOR_BENCH (run_exp_f32, v->k->exp_f32 (v->y, v->x, v->n))
VECTOR_BENCH (run_softmax, v->k->softmax (v->y, v->n))
VECTOR_BENCH (run_silu_mul, v->k->silu_mul (v->y, v->x, v->w, v->n))
VECTOR_BENCH (run_f32_to_f16, v->k->f32_to_f16 (v->half, v->x, v->n))
VECTOR_BENCH (run_f16_to_f32, v->k->f16_to_f32 (v->y, v->half, v->n))
VECTOR_BENCH (run_dot_f16, v->sink = v->k->dot_f16 (v->x, v->half, v->n))
VECTOR_BENCH (run_mul_f16, v->k->mul_f16 (v->y, v->x, v->half, v->n))
VECTOR_BENCH (run_dot_bf16, v->sink = v->k->dot_bf16 (v->half, v->x, v->n))

static void
bench_vectors (const tl_kernels *k, size_t n)
{
  static const struct { const char *name; bench_func run; } cases[] = {
    { "dot_f32", run_dot_f32 },       { "axpy_f32", run_axpy_f32 },
    { "rms_norm", run_rms_norm },     { "exp_f32", run_exp_f32 },
    { "softmax", run_softmax },       { "silu_mul", run_silu_mul },
    { "f32_to_f16", run_f32_to_f16 }, { "f16_to_f32", run_f16_to_f32 },
    { "dot_f16", run_dot_f16 },       { "mul_f16", run_mul_f16 },
    { "dot_bf16", run_dot_bf16 },
  };
  vector_case v = { .k = k, .n = n, .x = random_floats (n), .y = random_floats (n),
                    .w = random_floats (n), .half = allocate (2 * n) };

  k->f32_to_f16 (v.half, v.x, n);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      timing t = measure (cases[i].run, &v, true);

      printf ("{\"name\": \"vector/%s\", \"path\": \"%s\", \"n\": %zu, \"ns\": %.1f, "
              "\"elements_per_ns\": %.2f, \"spread\": %.3f}\n",
              cases[i].name, k->name, n, 1e9 * t.seconds, 1e-9 * (double) n / t.seconds, t.spread);
      fflush (stdout);
    }
  free (v.x);
  free (v.y);
  free (v.w);
  free (v.half);
}

static void
do_nothing (void *data, unsigned part, unsigned n_parts)
{
  (void) data;
  (void) part;
  (void) n_parts;
}

static void
run_fork_join (void *data)
{
  tl_pool_share (data, tl_pool_get_n_threads (data), do_nothing, data);
}

static void
bench_pool (unsigned n_threads)
{
  tl_pool *pool = tl_pool_new (n_threads, NULL);
  timing run = measure (run_fork_join, pool, false);

  printf ("{\"name\": \"pool\", \"threads\": %u, \"run_ns\": %.0f, \"run_spread\": %.3f}\n",
          n_threads, 1e9 * run.seconds, run.spread);
  fflush (stdout);
  tl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  static const uint32_t masks[] = { 0, TL_CPU_SSE2, TL_CPU_AVX2, TL_CPU_AVX2 | TL_CPU_AVX512, ~0u };
  const char *word = argc > 1 ? argv[1] : "";
  const tl_kernels *last = NULL;

  for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++)
    {
      const tl_kernels *k;
      double peak;

      tl_cpu_set_mask (masks[i]);
      k = tl_kernels_get ();
      if (k == last)
        continue;
      last = k;
      peak = find_peak (k);
      if (strstr ("peak", word) != NULL && !isnan (peak))
        printf ("{\"name\": \"peak\", \"path\": \"%s\", \"gflops\": %.1f}\n", k->name, peak);
      if (strstr ("sgemm", word) != NULL)
        {
          bench_sgemm (k, 1, peak);
          bench_sgemm (k, 2, peak);
        }
      if (strstr ("vector", word) != NULL)
        {
          bench_vectors (k, 64);
          bench_vectors (k, 256);
          bench_vectors (k, 4096);
        }
    }
  if (strstr ("pool", word) != NULL)
    {
      bench_pool (2);
      bench_pool (4);
    }
  return 0;
}
