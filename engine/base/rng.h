/* SPDX-License-Identifier: Apache-2.0 */
/* A small generator with a state that can be saved in a checkpoint: xoshiro256** seeded by
 * SplitMix64 (Blackman & Vigna 2018, https://prng.di.unimi.it). Not for cryptography. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(default)

typedef struct
{
  uint64_t s[4];
} tl_rng;

/**
 * tl_rng_init:
 * @rng: (out): the caller's own
 * @seed: of which any two give unlike sequences
 */
void tl_rng_init (tl_rng *rng, uint64_t seed);

/**
 * tl_rng_next:
 * Returns: 64 random bits
 */
uint64_t tl_rng_next (tl_rng *rng);

/**
 * tl_rng_below:
 * @n: at least 1
 *
 * Returns: uniform in [0, n), without bias
 */
uint32_t tl_rng_below (tl_rng *rng, uint32_t n);

/**
 * tl_rng_uniform:
 * Returns: in [0, 1), of 24 random bits
 */
float tl_rng_uniform (tl_rng *rng);

/**
 * tl_rng_normal:
 * Returns: of mean 0 and variance 1, by Box and Muller, one of two
 */
float tl_rng_normal (tl_rng *rng);

#pragma GCC visibility pop
