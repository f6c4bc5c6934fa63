/* SPDX-License-Identifier: Apache-2.0 */
/* Special tokens in a sorted array: one that @text begins with is found by narrowing the array to
 * the pieces that agree with one more byte of it, and the longest is the last met. */
#include "text/specials.h"

#include <stdlib.h>
#include <string.h>

static int
compare (const void *a, const void *b)
{
  const tl_special *x = a, *y = b;
  size_t n = x->piece.len < y->piece.len ? x->piece.len : y->piece.len;
  int order = memcmp (x->piece.data, y->piece.data, n);

  if (order != 0)
    return order;
  if (x->piece.len != y->piece.len)
    return x->piece.len < y->piece.len ? -1 : 1;
  return x->id < y->id ? -1 : 1;
}

static bool
is_special (const tl_vocab *v, size_t id)
{
  tl_token_type type = (tl_token_type) v->types[id];

  return tl_vocab_get_piece (v, (int32_t) id).len > 0
         && (type == TL_TOKEN_CONTROL || type == TL_TOKEN_UNKNOWN || type == TL_TOKEN_USER_DEFINED);
}

bool
tl_specials_init (tl_specials *s, const tl_vocab *v, tl_error *err)
{
  size_t n = 0;

  memset (s, 0, sizeof *s);
  for (size_t i = 0; i < v->n_tokens; i++)
    n += is_special (v, i);
  s->sorted = malloc ((n + 1) * sizeof *s->sorted);
  if (!s->sorted)
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu special tokens", n);
  for (size_t i = 0; i < v->n_tokens; i++)
    if (is_special (v, i))
      {
        tl_str piece = tl_vocab_get_piece (v, (int32_t) i);

        s->begins[(uint8_t) piece.data[0]] = true;
        s->sorted[s->n++] = (tl_special) { piece, (int32_t) i, (tl_token_type) v->types[i] };
      }
  qsort (s->sorted, s->n, sizeof *s->sorted, compare);
  return true;
}

void
tl_specials_clear (tl_specials *s)
{
  free (s->sorted);
  memset (s, 0, sizeof *s);
}

/* In sorted[low, high), whose pieces agree up to @depth, the first whose byte there is at least
 * @byte; a piece that ends there sorts before all. */
static size_t
lower_bound (const tl_specials *s, size_t low, size_t high, size_t depth, int byte)
{
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      tl_str piece = s->sorted[middle].piece;

      if (piece.len <= depth || (uint8_t) piece.data[depth] < byte)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

const tl_special *
tl_specials_match (const tl_specials *s, const char *text, size_t len, bool control)
{
  const tl_special *found = NULL;
  size_t low = 0, high = s->n;

  if (!s->begins[(uint8_t) text[0]])
    return NULL;
  for (size_t depth = 0; depth < len && low < high; depth++)
    {
      int byte = (uint8_t) text[depth];

      low = lower_bound (s, low, high, depth, byte);
      high = lower_bound (s, low, high, depth, byte + 1);
      /* Equal pieces are neighbours: the first that may be taken is. */
      for (size_t i = low; i < high && s->sorted[i].piece.len == depth + 1; i++)
        if (control || s->sorted[i].type == TL_TOKEN_USER_DEFINED)
          {
            found = &s->sorted[i];
            break;
          }
    }
  return found;
}
