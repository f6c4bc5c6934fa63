/* SPDX-License-Identifier: Apache-2.0 */
/* A small generator with a state that can be saved in a checkpoint: xoshiro256** seeded by
 * SplitMix64 (Blackman & Vigna 2018, https://prng.di.unimi.it). Not for cryptography. */
#pragma once

#include <stdint.h>

typedef struct
{
  uint64_t s[4];
} tl_rng;

void     tl_rng_init    (tl_rng *rng, uint64_t seed);
uint64_t tl_rng_next    (tl_rng *rng);
uint32_t tl_rng_below   (tl_rng *rng, uint32_t n); /* uniform in [0, n), n > 0, without bias */
float    tl_rng_uniform (tl_rng *rng);             /* [0, 1), 24 random bits */
float    tl_rng_normal  (tl_rng *rng);             /* mean 0, variance 1: Box-Muller, one of two */
