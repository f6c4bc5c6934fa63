/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the trainer is on the shapes of our language models: one JSON line a case. Arithmetic is
 * counted as 6 operations a parameter of a matrix product and token (2 forward, 4 backward; Kaplan
 * et al. 2020, arXiv:2001.08361) and 6 operations a visible pair of positions and query channel for
 * each of the two products of attention, so a causal sequence of T counts T / 2 keys.
 * Usage: train-bench [SECONDS [THREADS [NAME]]]; threads 0: 1 and 2. torch-train.py is the peer. */
#include "kernels/cpu.h"
#include "train/lm-train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct
{
  const char        *name;
  tl_lm_train_config config;
} shape;

static const shape shapes[] = {
  { "lm-1.0M",
    { .blocks = { 128, 4, 4, 2, 32, 320, 1e-5f, 10000.0f, true, 0.0f },
      .n_vocab = 2048, .tied = true, .seq_len = 256, .batch_tokens = 4096 } },
  { "lm-5.77M",
    { .blocks = { 256, 6, 4, 2, 64, 768, 1e-5f, 10000.0f, true, 0.0f },
      .n_vocab = 4096, .tied = true, .seq_len = 256, .batch_tokens = 4096 } },
  { "lm-5.77M-long",
    { .blocks = { 256, 6, 4, 2, 64, 768, 1e-5f, 10000.0f, true, 0.0f },
      .n_vocab = 4096, .tied = true, .seq_len = 512, .batch_tokens = 16384 } },
};

static double
seconds (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double
flops_a_token (const tl_lm_train_config *c)
{
  const tl_blocks_config *b = &c->blocks;
  double q_dim = (double) b->n_heads * b->head_dim;
  double matrices = (double) tl_blocks_n_params (b) + (double) c->n_vocab * b->n_embd;

  return 6.0 * matrices + 6.0 * 2.0 * q_dim * (c->seq_len / 2.0) * b->n_layers;
}

static int
run (const shape *s, unsigned n_threads, double limit)
{
  tl_lm_train_config c = s->config;
  tl_error       err = { 0 };
  tl_pool       *pool = n_threads > 1 ? tl_pool_new (n_threads, &err) : NULL;
  tl_lm_trainer *t;
  static int32_t tokens[100000];
  double         wall, cpu, n_tokens = 0.0;
  float          loss = 0.0f;

  c.adamw = (tl_adamw_params) { 1e-3f, 0.9f, 0.95f, 1e-8f, 0.05f, 1.0f };
  c.schedule = (tl_schedule) { TL_SCHEDULE_COSINE, 10, 0, 1000, 0.1f };
  t = tl_lm_trainer_new (&c, pool, &err);
  if (t == NULL)
    {
      fprintf (stderr, "%s: %s\n", s->name, err.message);
      return 1;
    }
  for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
    tokens[i] = (int32_t) (i * i % c.n_vocab);
  tl_lm_trainer_step (t, tokens, sizeof tokens / sizeof *tokens); /* touch all memory */
  wall = -seconds (CLOCK_MONOTONIC);
  cpu = -seconds (CLOCK_PROCESS_CPUTIME_ID);
  do
    {
      loss = tl_lm_trainer_step (t, tokens, sizeof tokens / sizeof *tokens);
      n_tokens += c.batch_tokens;
    }
  while (wall + seconds (CLOCK_MONOTONIC) < limit);
  wall += seconds (CLOCK_MONOTONIC);
  cpu += seconds (CLOCK_PROCESS_CPUTIME_ID);

  printf ("{\"name\":\"train/%s\",\"kernels\":\"%s\",\"params\":%zu,\"seq_len\":%u,\"threads\":%u,"
          "\"tokens_per_s\":%.0f,\"tokens_per_cpu_s\":%.0f,\"gflops_per_s\":%.1f,"
          "\"gflops_per_cpu_s\":%.1f,\"loss\":%.3f}\n",
          s->name, tl_kernels_get ()->name, tl_lm_trainer_n_params (t), c.seq_len, n_threads,
          n_tokens / wall, n_tokens / cpu, n_tokens / wall * flops_a_token (&c) * 1e-9,
          n_tokens / cpu * flops_a_token (&c) * 1e-9, (double) loss);
  fflush (stdout);
  tl_lm_trainer_free (t);
  tl_pool_free (pool);
  return 0;
}

int
main (int argc, char **argv)
{
  double   limit = argc > 1 ? atof (argv[1]) : 5.0;
  unsigned n_threads = argc > 2 ? (unsigned) atoi (argv[2]) : 0;
  int      failures = 0;

  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    {
      if (argc > 3 && strcmp (argv[3], shapes[i].name) != 0)
        continue;
      if (n_threads > 0)
        failures += run (&shapes[i], n_threads, limit);
      else
        failures += run (&shapes[i], 1, limit) + run (&shapes[i], 2, limit);
    }
  return failures > 0;
}
