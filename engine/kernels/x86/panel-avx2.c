/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels with AVX2, whose vpmaddubsw multiplies unsigned by signed bytes and adds
 * pairs in 16 bits with saturation; the comments say why none saturates. A vector of a panel is two
 * halves of eight rows. A tile is a panel by two tokens: four integer and four float sums of the
 * sixteen registers. */
#include "kernels/x86/vector-avx2.h"

#define MAX_P 1
#define MAX_T 2
#define ZERO_OF_BYTES 0 /* signed before they are multiplied */

#include "kernels/panel-operands.h"
#include "kernels/x86/avx2-private.h"

TILE __m256i
broadcast (const int8_t *x)
{
  return _mm256_set1_epi32 (word_of (x));
}

/* Half @h of the panel's vector @i. */
TILE __m256i
load_part (const operands *o, size_t h, size_t i)
{
  return _mm256_load_si256 ((const void *) part_of (o, h, i));
}

TILE __m256i
pairs_to_32 (__m256i pairs)
{
  return _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1));
}

/* Bytes: w x = |w| (sign (w) x), with w = q - 128, so no zero is left to take off; a pair is at
 * most 2 * 128 * 127 = 32512 < 2^15. */
TILE void
add_bytes (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t g)
{
  for (size_t i = 0; i < 8; i++)
    {
      const int8_t *x = o->q + g * 32 + 4 * i;

#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++)
        {
          __m256i w = load_part (o, h, g * 8 + i);

          w = _mm256_xor_si256 (w, _mm256_set1_epi8 (-128));
#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            {
              __m256i xt = _mm256_sign_epi8 (broadcast (x + t * o->cols), w);

              acc[h][t] = _mm256_add_epi32 (
                acc[h][t], pairs_to_32 (_mm256_maddubs_epi16 (_mm256_abs_epi8 (w), xt)));
            }
        }
    }
}

/* Fields of @bits, the first for columns at @x, the next @apart columns on. */
TILE void
add_fields (__m256i pairs[2][MAX_T], size_t n_t, const operands *o, size_t vector, int bits,
            const int8_t *x, size_t apart)
{
  const __m256i mask = _mm256_set1_epi8 ((char) ((1 << bits) - 1));

#pragma GCC unroll 2
  for (size_t h = 0; h < 2; h++)
    {
      __m256i w = load_part (o, h, vector);

#pragma GCC unroll 4
      for (int f = 0; f < 8 / bits; f++)
        {
          __m256i field = _mm256_and_si256 (_mm256_srli_epi16 (w, f * bits), mask);

#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            pairs[h][t] = _mm256_add_epi16 (
              pairs[h][t],
              _mm256_maddubs_epi16 (field, broadcast (x + (size_t) f * apart + t * o->cols)));
        }
    }
}

/* Four vectors are summed in 16 bits before they are widened: eight pairs of nibbles are at most 8
 * * 2 * 15 * 127 = 30480, sixteen of two bits 16 * 2 * 3 * 127 = 12192. Of levels up to 63 one pair
 * is at most 2 * 63 * 127 = 16002, so each vector is widened by itself. */
TILE void
add_four (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t vector, int bits,
          const int8_t *x, size_t apart)
{
  __m256i pairs[2][MAX_T];

#pragma GCC unroll 2
  for (size_t t = 0; t < n_t; t++)
    pairs[0][t] = pairs[1][t] = _mm256_setzero_si256 ();
  for (size_t i = 0; i < 4; i++)
    add_fields (pairs, n_t, o, vector + i, bits, x + 4 * i, apart);
#pragma GCC unroll 2
  for (size_t t = 0; t < n_t; t++)
    {
      acc[0][t] = _mm256_add_epi32 (acc[0][t], pairs_to_32 (pairs[0][t]));
      acc[1][t] = _mm256_add_epi32 (acc[1][t], pairs_to_32 (pairs[1][t]));
    }
}

/* Vector @i of five at @first: nibbles, and above them their fifth bits, of which a byte of the
 * fifth vector has eight. */
TILE void
add_fives (__m256i pairs[2][MAX_T], size_t n_t, const operands *o, size_t first, size_t i,
           const int8_t *x)
{
#pragma GCC unroll 2
  for (size_t h = 0; h < 2; h++)
    {
      __m256i w = load_part (o, h, first + i), fifths = load_part (o, h, first + 4);
      __m256i low = _mm256_slli_epi16 (fifths, (int) (4 - i));
      __m256i high = _mm256_srli_epi16 (fifths, (int) i);
      __m256i level[2] = { w, _mm256_srli_epi16 (w, 4) }, above[2] = { low, high };

#pragma GCC unroll 2
      for (size_t f = 0; f < 2; f++)
        {
          level[f] = _mm256_and_si256 (level[f], _mm256_set1_epi8 (15));
          above[f] = _mm256_and_si256 (above[f], _mm256_set1_epi8 (16));
          level[f] = _mm256_or_si256 (level[f], above[f]);
#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            pairs[h][t] = _mm256_add_epi16 (
              pairs[h][t],
              _mm256_maddubs_epi16 (level[f], broadcast (x + 4 * i + 16 * f + t * o->cols)));
        }
    }
}

/* Four pairs of levels up to 31 are at most 4 * 2 * 31 * 127 = 31496: two vectors. */
TILE void
add_five_vectors (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t g)
{
#pragma GCC unroll 2
  for (size_t i = 0; i < 4; i += 2)
    {
      __m256i pairs[2][MAX_T];

#pragma GCC unroll 2
      for (size_t t = 0; t < n_t; t++)
        pairs[0][t] = pairs[1][t] = _mm256_setzero_si256 ();
      add_fives (pairs, n_t, o, g * 5, i, o->q + g * 32);
      add_fives (pairs, n_t, o, g * 5, i + 1, o->q + g * 32);
#pragma GCC unroll 2
      for (size_t t = 0; t < n_t; t++)
        {
          acc[0][t] = _mm256_add_epi32 (acc[0][t], pairs_to_32 (pairs[0][t]));
          acc[1][t] = _mm256_add_epi32 (acc[1][t], pairs_to_32 (pairs[1][t]));
        }
    }
}

/* Vectors @i and @i + 2 of the four of levels of a group at @first: the nibbles of a vector, and above
 * each two upper bits. Two pairs of levels up to 63 are at most 2 * 2 * 63 * 127 = 32004. */
TILE void
add_sixes (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t first, size_t i,
           const int8_t *x)
{
#pragma GCC unroll 2
  for (size_t h = 0; h < 2; h++)
    {
      __m256i w = load_part (o, h, first + i), upper = load_part (o, h, first + 2);
      __m256i above[2] = { _mm256_slli_epi16 (upper, (int) (4 - 2 * i)),
                           _mm256_srli_epi16 (upper, (int) (2 * i)) };
      __m256i level[2] = { w, _mm256_srli_epi16 (w, 4) };

#pragma GCC unroll 2
      for (size_t f = 0; f < 2; f++)
        level[f] = _mm256_or_si256 (_mm256_and_si256 (level[f], _mm256_set1_epi8 (15)),
                                    _mm256_and_si256 (above[f], _mm256_set1_epi8 (0x30)));
#pragma GCC unroll 2
      for (size_t t = 0; t < n_t; t++)
        {
          const int8_t *xt = x + 4 * i + t * o->cols;
          __m256i pairs = _mm256_add_epi16 (_mm256_maddubs_epi16 (level[0], broadcast (xt)),
                                            _mm256_maddubs_epi16 (level[1], broadcast (xt + 8)));

          acc[h][t] = _mm256_add_epi32 (acc[h][t], pairs_to_32 (pairs));
        }
    }
}

TILE void
add_levels (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t g)
{
  for (size_t i = 0; i < 4; i++)
    {
      const int8_t *x = o->q + g * 16 + 4 * i;

#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++)
        {
          __m256i w = load_part (o, h, g * 4 + i);

#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            acc[h][t] = _mm256_add_epi32 (
              acc[h][t], pairs_to_32 (_mm256_maddubs_epi16 (w, broadcast (x + t * o->cols))));
        }
    }
}

TILE void
add_group (tl_panel_form form, __m256i acc[2][MAX_T], size_t n_p, size_t n_t, const operands *o,
           size_t g)
{
  (void) n_p; /* 1: the sums of its halves fill the registers */
  switch (form)
    {
    case TL_PANEL_U8:
    case TL_PANEL_B8:
      add_bytes (acc, n_t, o, g);
      return;
    case TL_PANEL_U4:
    case TL_PANEL_F4:
      add_four (acc, n_t, o, g * 4, 4, o->q + g * 32, 16);
      return;
    case TL_PANEL_U5:
    case TL_PANEL_F5:
      add_five_vectors (acc, n_t, o, g);
      return;
    case TL_PANEL_U6:
      add_sixes (acc, n_t, o, g * 3, 0, o->q + g * 16);
      add_sixes (acc, n_t, o, g * 3, 1, o->q + g * 16);
      return;
    case TL_PANEL_F8:
      add_levels (acc, n_t, o, g);
      return;
    case TL_PANEL_U2:
      for (size_t i = 0; i < 16; i += 4)
        add_four (acc, n_t, o, g * 16 + i, 2, o->q + g * 256 + i / 8 * 128 + i % 8 * 4, 32);
      return;
    }
}

#include "kernels/panel-body.h"

void
tl_kernels_fill_avx2_panel (tl_kernels *k)
{
  fill_panel (k);
}
