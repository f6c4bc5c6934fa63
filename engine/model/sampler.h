/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses a token from logits. The order is: constraint, repetition penalty, then greedy, or
 * temperature, top-k, top-p, min-p and a draw. */
#pragma once

#include "base/rng.h"
#include "model/model.h"

#pragma GCC visibility push(default)

typedef struct
{
  float    temperature;    /* 0: greedy, the lowest id wins a tie */
  uint32_t top_k;          /* 0: off */
  float    top_p;          /* 1: off */
  float    min_p;          /* 0: off; drops what is below min_p x the best probability */
  float    repeat_penalty; /* 1: off; Keskar et al. 2019, arXiv:1909.05858 */
  uint32_t repeat_last_n;  /* how many past tokens are penalised, at most 1024 */
  uint64_t seed;
} tl_sampler_params;

typedef struct tl_sampler tl_sampler;

/**
 * tl_sampler_params_init:
 * @p: (out): greedy, seed 0, everything else off
 */
void tl_sampler_params_init (tl_sampler_params *p);

/**
 * tl_sampler_new:
 * @p: copied; a number out of its range is TL_ERROR_ARGUMENT
 * @n_vocab: logits that it chooses from
 *
 * Returns: (transfer full) (nullable): of one owner
 */
tl_sampler *tl_sampler_new (const tl_sampler_params *p, uint32_t n_vocab, tl_error *err);

/**
 * tl_sampler_free:
 * @s: (nullable)
 */
void tl_sampler_free (tl_sampler *s);

/**
 * tl_sampler_accept:
 * @id: a token that is now part of the text, of the prompt too
 */
void tl_sampler_accept (tl_sampler *s, int32_t id);

/**
 * tl_sampler_sample:
 * @logits: [n_vocab]; changed
 * @allowed: (nullable): [n_allowed] distinct ids; NULL for all. An empty set is a caller's error
 * @n_allowed: how many
 *
 * Does not allocate. Returns: the id, always one of @allowed.
 */
int32_t tl_sampler_sample (tl_sampler *s, float *logits, const int32_t *allowed, size_t n_allowed);

#pragma GCC visibility pop
