/* SPDX-License-Identifier: Apache-2.0 */
/* Which sentences a summary shows: the most probable ones, none that says again what is already
 * chosen, and together at most half of the note. */
#include <stdlib.h>

#include "reader/reader.h"
#include "reader/words.h"

#define MAX_WORDS 64        /* of a unit, when two are compared */
#define MAX_PASSED 64 /* candidates that may be passed over: beyond them nothing is probable */
#define DUPLICATE_SHARE 0.8f /* of the shorter one's words standing in the other: says the same */

static size_t
hash_words (const char *text, const tl_unit *u, uint32_t hashes[MAX_WORDS])
{
  size_t n = 0, pos = 0, start, len = u->end - u->start;

  while (n < MAX_WORDS && tl_word_next (text + u->start, len, &pos, &start))
    hashes[n++] = tl_word_hash (text + u->start + start, pos - start);
  return n;
}

static bool
says_the_same (const char *text, const tl_unit *a, const tl_unit *b)
{
  uint32_t x[MAX_WORDS], y[MAX_WORDS];
  size_t n = hash_words (text, a, x), m = hash_words (text, b, y), shared = 0;

  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m; k++)
      if (x[i] == y[k])
        {
          shared++;
          break;
        }
  return (float) shared >= DUPLICATE_SHARE * (float) (n < m ? n : m);
}

typedef struct
{
  float  p;
  size_t unit;
} candidate;

static int
by_probability (const void *a, const void *b)
{
  const candidate *x = a, *y = b;

  if (x->p != y->p)
    return x->p > y->p ? -1 : 1;
  return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* Content, the most probable first; a tie goes to the earlier one. */
static size_t
gather_candidates (const tl_reading *reading, candidate *list)
{
  size_t n = 0;

  for (size_t i = 0; i < reading->n_units; i++)
    if (tl_unit_is_content (&reading->units[i].unit))
      list[n++] = (candidate) { reading->units[i].p_key, i };
  qsort (list, n, sizeof *list, by_probability);
  return n;
}

static bool
repeats_one (const tl_reading *reading, const char *text, const size_t *chosen, size_t n,
             size_t unit)
{
  for (size_t i = 0; i < n; i++)
    if (says_the_same (text, &reading->units[chosen[i]].unit, &reading->units[unit].unit))
      return true;
  return false;
}

size_t
tl_reading_choose_keys (const tl_reading *reading, const char *text, size_t max, size_t *chosen)
{
  candidate *list = malloc ((reading->n_units + 1) * sizeof *list);
  size_t n = 0, total = 0, used = 0, n_candidates;

  if (list == NULL)
    return 0;
  n_candidates = gather_candidates (reading, list);
  for (size_t i = 0; i < reading->n_units; i++)
    total += reading->units[i].unit.end - reading->units[i].unit.start;
  for (size_t i = 0; i < n_candidates && i < max + MAX_PASSED && n < max; i++)
    {
      size_t unit = list[i].unit;
      size_t bytes = reading->units[unit].unit.end - reading->units[unit].unit.start;

      if ((n > 0 && 2 * (used + bytes) > total) || repeats_one (reading, text, chosen, n, unit))
        continue;
      chosen[n++] = unit;
      used += bytes;
    }
  free (list);
  return n;
}
