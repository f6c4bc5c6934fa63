/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels with AVX-512 VNNI: vpdpbusd adds four products of unsigned and signed bytes
 * to each of sixteen 32-bit sums, one a row. A tile of two panels by six tokens keeps its 12
 * integer and 12 float sums, two vectors of weights and a broadcast in the 32 registers, and does
 * twelve vpdpbusd for eight loads. */
#include "kernels/x86/vector-avx512.h"

#define MAX_P 4
#define MAX_T 6
#define ZERO_OF_BYTES 128

#include "kernels/panel-operands.h"

TILE __m512i
broadcast (const int8_t *x)
{
  return _mm512_set1_epi32 (word_of (x));
}

/* Four columns: @x of the first token. */
TILE void
add_columns (__m512i acc[MAX_P][MAX_T], size_t n_p, size_t n_t, const __m512i w[MAX_P],
             const int8_t *x, size_t ldx)
{
#pragma GCC unroll 6
  for (size_t t = 0; t < n_t; t++)
    {
      __m512i xt = broadcast (x + t * ldx);

#pragma GCC unroll 4
      for (size_t p = 0; p < n_p; p++)
        acc[p][t] = _mm512_dpbusd_epi32 (acc[p][t], w[p], xt);
    }
}

/* w[p] = the @bits wide field at @shift of each byte of vector @i. */
TILE void
load_field (__m512i w[MAX_P], size_t n_p, const operands *o, size_t i, int shift, int bits)
{
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      w[p] = _mm512_load_si512 (part_of (o, p, i));
      if (shift > 0)
        w[p] = _mm512_srli_epi16 (w[p], (unsigned) shift);
      if (bits < 8)
        w[p] = _mm512_and_si512 (w[p], _mm512_set1_epi8 ((char) ((1 << bits) - 1)));
    }
}

/* The nibbles of vector @i of five at @first, and above them their fifth bits, of which a byte has
 * eight: @i + 4 is that of the high nibble. */
TILE void
load_fives (__m512i w[MAX_P], size_t n_p, const operands *o, size_t first, size_t i, bool high)
{
  const int bit = (int) i + (high ? 4 : 0);

  load_field (w, n_p, o, first + i, high ? 4 : 0, 4);
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      __m512i fifths = _mm512_load_si512 (part_of (o, p, first + 4));

      fifths = bit < 4 ? _mm512_slli_epi16 (fifths, (unsigned) (4 - bit))
                       : _mm512_srli_epi16 (fifths, (unsigned) (bit - 4));
      w[p] = _mm512_or_si512 (w[p], _mm512_and_si512 (fifths, _mm512_set1_epi8 (16)));
    }
}

/* Vector @i of the four of levels of a group at @first: a nibble, and above it two upper bits. */
TILE void
load_sixes (__m512i w[MAX_P], size_t n_p, const operands *o, size_t first, size_t i)
{
  load_field (w, n_p, o, first + i % 2, i < 2 ? 0 : 4, 4);
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      __m512i upper = _mm512_load_si512 (part_of (o, p, first + 2));

      upper = i < 3 ? _mm512_slli_epi16 (upper, (unsigned) (4 - 2 * i))
                    : _mm512_srli_epi16 (upper, 2);
      w[p] = _mm512_or_si512 (w[p], _mm512_and_si512 (upper, _mm512_set1_epi8 (0x30)));
    }
}

/* Asks for the next tile's group while one token computes with this one: a panel of nibbles is so short
 * that the processor's own prefetcher hardly begins. On Zen 5 it makes decode of Q4_0 a tenth faster
 * (SmolLM2-135M); wider forms gain nothing. */
TILE void
prefetch_group (tl_panel_form form, size_t n_p, const operands *o, size_t g)
{
  const size_t bytes = tl_panel_has_fifths (form) ? 320 : 256;

#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
#pragma GCC unroll 5
    for (size_t i = 0; i < bytes; i += 64)
      _mm_prefetch ((const char *) o->quants[p] + n_p * o->panel_bytes + g * bytes + i, _MM_HINT_T1);
}

TILE void
add_group (tl_panel_form form, __m512i acc[MAX_P][MAX_T], size_t n_p, size_t n_t,
           const operands *o, size_t g)
{
  const int8_t *x = o->q + g * tl_panel_group (form);
  __m512i w[MAX_P];

  if (n_t == 1 && tl_panel_has_nibbles (form))
    prefetch_group (form, n_p, o, g);
  switch (form)
    {
    case TL_PANEL_U8:
    case TL_PANEL_B8:
#pragma GCC unroll 8
      for (size_t i = 0; i < 8; i++)
        {
          load_field (w, n_p, o, g * 8 + i, 0, 8);
          add_columns (acc, n_p, n_t, w, x + 4 * i, o->cols);
        }
      return;
    case TL_PANEL_U6:
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++)
        {
          load_sixes (w, n_p, o, g * 3, i);
          add_columns (acc, n_p, n_t, w, x + 4 * i, o->cols);
        }
      return;
    case TL_PANEL_F8:
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++)
        {
          load_field (w, n_p, o, g * 4 + i, 0, 8);
          add_columns (acc, n_p, n_t, w, x + 4 * i, o->cols);
        }
      return;
    case TL_PANEL_U4:
    case TL_PANEL_F4:
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++)
        {
          load_field (w, n_p, o, g * 4 + i, 0, 4);
          add_columns (acc, n_p, n_t, w, x + 4 * i, o->cols);
          load_field (w, n_p, o, g * 4 + i, 4, 4);
          add_columns (acc, n_p, n_t, w, x + 4 * i + 16, o->cols);
        }
      return;
    case TL_PANEL_U5:
    case TL_PANEL_F5:
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++)
        {
          load_fives (w, n_p, o, g * 5, i, false);
          add_columns (acc, n_p, n_t, w, x + 4 * i, o->cols);
          load_fives (w, n_p, o, g * 5, i, true);
          add_columns (acc, n_p, n_t, w, x + 4 * i + 16, o->cols);
        }
      return;
    case TL_PANEL_U2:
      for (size_t i = 0; i < 16; i++)
        {
          const int8_t *xi = x + i / 8 * 128 + i % 8 * 4;

#pragma GCC unroll 4
          for (size_t field = 0; field < 4; field++)
            {
              load_field (w, n_p, o, g * 16 + i, (int) (2 * field), 2);
              add_columns (acc, n_p, n_t, w, xi + 32 * field, o->cols);
            }
        }
      return;
    }
}

#include "kernels/panel-body.h"

void
tl_kernels_fill_avx512vnni (tl_kernels *k)
{
  k->name = "avx512vnni";
  fill_panel (k);
}
