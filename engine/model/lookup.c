/* SPDX-License-Identifier: Apache-2.0 */
/* The table of places is a plain hash without chains: a newer place replaces an older one, and a
 * wrong one is noticed by comparing the tokens before it. */
#include "model/lookup.h"

#include <stdbool.h>
#include <string.h>

#define N_GRAM 3u

/* The weight of the newest guess in the hit rate: after three right ones in a row it is 0.58. */
#define HIT_WEIGHT 0.25f

/* Beyond this the table stays in the second-level cache no more. */
#define MAX_PLACES (1u << 16)

uint32_t
tl_lookup_places (uint32_t n_ctx)
{
  uint32_t n = 64;

  while (n < n_ctx && n < MAX_PLACES)
    n *= 2;
  return n;
}

void
tl_lookup_reset (tl_lookup *l)
{
  l->n_known = 0;
  l->source = 0;
  l->hit_rate = 0.0f;
}

void
tl_lookup_cut (tl_lookup *l, uint32_t n)
{
  if (n < l->n_known)
    l->n_known = n;
  l->source = 0;
}

/* The place of the three tokens before ids[at]. Multipliers: the odd numbers next to 2^64 / phi and
 * its multiples (Knuth, TAOCP 3, 6.4). */
static uint32_t *
place_of (const tl_lookup *l, const int32_t *ids, uint32_t at)
{
  uint64_t h = (uint64_t) (uint32_t) ids[at - 3] * 0x9e3779b97f4a7c15u;

  h = (h ^ (uint32_t) ids[at - 2]) * 0x9e3779b97f4a7c15u;
  h = (h ^ (uint32_t) ids[at - 1]) * 0x9e3779b97f4a7c15u;
  return &l->places[(h >> 40) & (l->n_places - 1)];
}

/* Where the token behind the last three of ids [n] stands. */
static uint32_t
find (const tl_lookup *l, const int32_t *ids, uint32_t n)
{
  uint32_t at;

  if (n < N_GRAM)
    return 0;
  at = *place_of (l, ids, n);
  if (at < N_GRAM || at >= n
      || memcmp (&ids[at - N_GRAM], &ids[n - N_GRAM], N_GRAM * sizeof *ids) != 0)
    return 0;
  return at;
}

/* Three tokens are entered when the token behind them is there. */
static void
enter (tl_lookup *l, const int32_t *ids, uint32_t n)
{
  for (uint32_t at = l->n_known > N_GRAM ? l->n_known : N_GRAM; at < n; at++)
    *place_of (l, ids, at) = at;
  l->n_known = n;
}

void
tl_lookup_follow (tl_lookup *l, const int32_t *ids, uint32_t n)
{
  bool hit = l->source > 0 && ids[l->source] == ids[n - 1];

  if (l->source > 0)
    l->hit_rate += HIT_WEIGHT * ((hit ? 1.0f : 0.0f) - l->hit_rate);
  enter (l, ids, n);
  l->source = hit ? l->source + 1 : find (l, ids, n);
}

/* A batch of k guesses gives 1 + p + ... + p^k tokens for 1 + k cost. */
static uint32_t
best_length (float p, float cost, uint32_t max)
{
  float tokens = 1.0f, chain = 1.0f, best_rate = 1.0f;
  uint32_t best = 0;

  for (uint32_t k = 1; k <= max; k++)
    {
      chain *= p;
      tokens += chain;
      if (tokens / (1.0f + cost * (float) k) > best_rate)
        {
          best_rate = tokens / (1.0f + cost * (float) k);
          best = k;
        }
    }
  return best;
}

uint32_t
tl_lookup_draft (const tl_lookup *l, int32_t *ids, uint32_t n, uint32_t max, float cost)
{
  uint32_t length = l->source > 0 ? best_length (l->hit_rate, cost, max) : 0;

  /* One by one: a text that repeats itself is drafted from its own draft. */
  for (uint32_t i = 0; i < length; i++)
    ids[n + i] = ids[l->source + i];
  return length;
}
