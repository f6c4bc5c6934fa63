/* SPDX-License-Identifier: Apache-2.0 */
/* How fast an adapter is trained beside a model: one JSON line. Rank 16 at all matrices, sixteen
 * examples of 64 tokens a step, of which the last eight are learned, without dropout.
 * Usage: lora-bench MODEL.gguf [SECONDS [THREADS]]. torch-train.py is the peer. */
#include "train/lora-train.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_EXAMPLES = 16, N_TOKENS = 65, N_PROMPT = 57 };

static double
seconds (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* A product is 2 operations a weight and token; frozen matrices see it twice, forward and for the
 * gradient of their input, pairs three times. The head sees the learned rows alone; attention is
 * left out. */
static double
flops_a_token (const tl_lora_trainer *t, const tl_model_info *info)
{
  double head = (double) info->n_vocab * info->n_embd;
  double learned = (double) (N_TOKENS - N_PROMPT) / (N_TOKENS - 1);

  return 4.0 * ((double) info->n_params - head + learned * head)
         + 6.0 * (double) tl_lora_trainer_n_params (t);
}

static void
measure (tl_lora_trainer *t, const tl_model_info *info, const tl_lora_example *examples,
         double limit, unsigned n_threads)
{
  double wall, cpu, loss, n_tokens = 0.0;

  tl_lora_trainer_step (t, examples, N_EXAMPLES); /* touch all memory */
  wall = -seconds (CLOCK_MONOTONIC);
  cpu = -seconds (CLOCK_PROCESS_CPUTIME_ID);
  do
    {
      loss = tl_lora_trainer_step (t, examples, N_EXAMPLES);
      n_tokens += N_EXAMPLES * (N_TOKENS - 1);
    }
  while (wall + seconds (CLOCK_MONOTONIC) < limit);
  wall += seconds (CLOCK_MONOTONIC);
  cpu += seconds (CLOCK_PROCESS_CPUTIME_ID);
  printf ("{\"name\":\"train/lora\",\"params\":%zu,\"threads\":%u,\"tokens_per_s\":%.0f,"
          "\"tokens_per_cpu_s\":%.0f,\"gflops_per_cpu_s\":%.1f,\"loss\":%.3f}\n",
          tl_lora_trainer_n_params (t), n_threads, n_tokens / wall, n_tokens / cpu,
          n_tokens / cpu * flops_a_token (t, info) * 1e-9, loss);
}

int
main (int argc, char **argv)
{
  const double limit = argc > 2 ? atof (argv[2]) : 5.0;
  const unsigned n_threads = argc > 3 ? (unsigned) atoi (argv[3]) : 1;
  static int32_t ids[N_EXAMPLES * N_TOKENS];
  tl_lora_example examples[N_EXAMPLES];
  tl_error err = { 0 };
  tl_pool *pool = tl_pool_new (n_threads, &err);
  tl_model *m = argc > 1 ? tl_model_open (argv[1], &err) : NULL;
  tl_lora_config c = { .rank = 16, .alpha = 32.0f, .targets = (1u << TL_TARGETS) - 1,
                       .max_rows = N_EXAMPLES * (N_TOKENS - 1), .max_seq_len = N_TOKENS - 1,
                       .wide_bytes = (size_t) 1 << 40,
                       .adamw = { 4e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 1.0f },
                       .schedule = { TL_SCHEDULE_COSINE, 10, 0, 100000, 0.1f } };
  tl_lora_trainer *t = m != NULL ? tl_lora_trainer_new (&c, m, pool, &err) : NULL;

  if (t == NULL)
    {
      fprintf (stderr, "%s\n", argc > 1 ? err.message : "usage: lora-bench MODEL.gguf");
      return 1;
    }
  for (int32_t i = 0; i < N_EXAMPLES * N_TOKENS; i++)
    ids[i] = i * i % (int32_t) tl_model_get_info (m)->n_vocab;
  for (int i = 0; i < N_EXAMPLES; i++)
    examples[i] = (tl_lora_example) { ids + i * N_TOKENS, N_TOKENS, N_PROMPT };
  measure (t, tl_model_get_info (m), examples, limit, n_threads);
  tl_lora_trainer_free (t);
  tl_model_close (m);
  tl_pool_free (pool);
  return 0;
}
