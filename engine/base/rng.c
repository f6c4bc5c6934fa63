/* SPDX-License-Identifier: Apache-2.0 */
/* xoshiro256** and the few distributions that sampling and training need. */
#include "base/rng.h"

#include <assert.h>
#include <math.h>

static uint64_t
rotl (uint64_t x, int k)
{
  return (x << k) | (x >> (64 - k));
}

/* SplitMix64 spreads a small seed over the whole state, which must not be all zero. */
void
tl_rng_init (tl_rng *rng, uint64_t seed)
{
  for (int i = 0; i < 4; i++)
    {
      uint64_t z = (seed += 0x9e3779b97f4a7c15u);

      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      rng->s[i] = z ^ (z >> 31);
    }
}

uint64_t
tl_rng_next (tl_rng *rng)
{
  uint64_t *s = rng->s;
  uint64_t result = rotl (s[1] * 5, 7) * 9;
  uint64_t t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl (s[3], 45);
  return result;
}

/* Lemire 2019, arXiv:1805.10941: the high half of a product, rejecting the uneven rest. */
uint32_t
tl_rng_below (tl_rng *rng, uint32_t n)
{
  uint32_t reject_below;
  uint64_t product;

  assert (n > 0);
  reject_below = -n % n;
  do
    product = (tl_rng_next (rng) >> 32) * n;
  while ((uint32_t) product < reject_below);
  return (uint32_t) (product >> 32);
}

float
tl_rng_uniform (tl_rng *rng)
{
  return (float) (tl_rng_next (rng) >> 40) * 0x1p-24f;
}

float
tl_rng_normal (tl_rng *rng)
{
  float u = 1.0f - tl_rng_uniform (rng); /* (0, 1], so that logf is finite */
  float v = tl_rng_uniform (rng);

  return sqrtf (-2.0f * logf (u)) * cosf (6.28318530717958647692f * v);
}
