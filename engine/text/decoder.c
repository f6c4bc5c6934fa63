/* SPDX-License-Identifier: Apache-2.0 */
/* Token ids to text, as a stream: a token may end inside a UTF-8 character, and its bytes then wait
 * for the next one. Well-formed sequences are those of Unicode 15, table 3-7; what is not becomes
 * U+FFFD as in its chapter 3, "U+FFFD Substitution of Maximal Subparts". */
#include <string.h>

#include "text/tokenizer-private.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define REPLACEMENT_LEN 3

/* The length that lead byte @b promises, 0 for none, and the range of the byte after it. */
static size_t
lead_byte (uint8_t b, uint8_t *low, uint8_t *high)
{
  *low = 0x80;
  *high = 0xBF;
  if (b < 0x80)
    return 1;
  if (b < 0xC2 || b > 0xF4)
    return 0;
  if (b == 0xE0)
    *low = 0xA0; /* below: overlong */
  else if (b == 0xED)
    *high = 0x9F; /* above: surrogates */
  else if (b == 0xF0)
    *low = 0x90; /* below: overlong */
  else if (b == 0xF4)
    *high = 0x8F; /* above: beyond U+10FFFF */
  return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}

/* Whether @byte may come after what is pending. */
static bool
continues (const tl_decoder *d, uint8_t byte)
{
  uint8_t low, high;

  if (d->n_pending == 0)
    return lead_byte (byte, &low, &high) > 0;
  lead_byte (d->pending[0], &low, &high);
  return d->n_pending == 1 ? byte >= low && byte <= high : byte >= 0x80 && byte <= 0xBF;
}

static size_t
write_replacement (char *out)
{
  memcpy (out, REPLACEMENT, REPLACEMENT_LEN);
  return REPLACEMENT_LEN;
}

static size_t
decode_byte (tl_decoder *d, uint8_t byte, char *out)
{
  uint8_t low, high;
  size_t n = 0;

  if (!continues (d, byte))
    {
      n = tl_tokenizer_decode_finish (d, out);
      if (!continues (d, byte))
        return n + write_replacement (out + n);
    }
  d->pending[d->n_pending++] = byte;
  if (d->n_pending == lead_byte (d->pending[0], &low, &high))
    {
      memcpy (out + n, d->pending, d->n_pending);
      n += d->n_pending;
      d->n_pending = 0;
    }
  return n;
}

size_t
tl_tokenizer_decode (const tl_tokenizer *t, tl_decoder *d, int32_t id, char *out)
{
  tl_str s = tl_tokenizer_get_piece (t, id);
  size_t i = 0, n = 0;

  if (s.len == 0)
    return 0;
  if (!d->started && t->kind == TL_VOCAB_SENTENCEPIECE && t->add_space_prefix && s.data[0] == ' ')
    i = 1;
  d->started = true;
  for (; i < s.len; i++)
    n += decode_byte (d, (uint8_t) s.data[i], out + n);
  return n;
}

size_t
tl_tokenizer_decode_finish (tl_decoder *d, char *out)
{
  bool cut = d->n_pending > 0;

  d->n_pending = 0;
  return cut ? write_replacement (out) : 0;
}

size_t
tl_tokenizer_get_max_piece (const tl_tokenizer *t)
{
  return REPLACEMENT_LEN * (t->vocab.longest + 4);
}
