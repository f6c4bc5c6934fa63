/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels with AVX2, whose vpmaddubsw multiplies unsigned by signed bytes and adds
 * pairs in 16 bits with saturation; the comments say why none saturates. A vector of a panel is two
 * halves of eight rows. A tile is a panel by two tokens: four integer and four float sums of the
 * sixteen registers. */
#include <float.h>
#include <string.h>

#include "kernels/x86/avx2-private.h"
#include "kernels/x86/vector-avx2.h"

#define TILE static inline __attribute__ ((always_inline))

#define MAX_T 2 /* tokens of a tile */

typedef struct
{
  const uint8_t *quants, *scales;
  const int8_t  *q; /* of the first token */
  const float   *scale;
  const int32_t *sum;
  size_t         cols, n_groups;
} operands;

TILE __m256i
broadcast (const int8_t *x)
{
  int32_t word;

  memcpy (&word, x, sizeof word);
  return _mm256_set1_epi32 (word);
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
          __m256i w = _mm256_load_si256 ((const void *) (o->quants + (g * 8 + i) * 64 + 32 * h));

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
      __m256i w = _mm256_load_si256 ((const void *) (o->quants + vector * 64 + 32 * h));

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
      const uint8_t *half = o->quants + first * 64 + 32 * h;
      __m256i w = _mm256_load_si256 ((const void *) (half + 64 * i));
      __m256i fifths = _mm256_load_si256 ((const void *) (half + 64 * 4));
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

TILE void
add_levels (__m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t g)
{
  for (size_t i = 0; i < 4; i++)
    {
      const int8_t *x = o->q + g * 16 + 4 * i;

#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++)
        {
          __m256i w = _mm256_load_si256 ((const void *) (o->quants + (g * 4 + i) * 64 + 32 * h));

#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            acc[h][t] = _mm256_add_epi32 (
              acc[h][t], pairs_to_32 (_mm256_maddubs_epi16 (w, broadcast (x + t * o->cols))));
        }
    }
}

TILE void
add_group (tl_panel_form form, __m256i acc[2][MAX_T], size_t n_t, const operands *o, size_t g)
{
  switch (form)
    {
    case TL_PANEL_U8:
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
    case TL_PANEL_F8:
      add_levels (acc, n_t, o, g);
      return;
    case TL_PANEL_U2:
      for (size_t i = 0; i < 16; i += 4)
        add_four (acc, n_t, o, g * 16 + i, 2, o->q + g * 256 + i / 8 * 128 + i % 8 * 4, 32);
      return;
    }
}

/* Eight of the sixteen rows' scales; the offsets follow the scales of all groups. */
TILE __m256
load_scales (tl_panel_form form, const operands *o, size_t g, size_t h)
{
  if (tl_panel_has_offsets (form))
    return _mm256_load_ps ((const void *) (o->scales + 64 * g + 32 * h));
  return _mm256_cvtph_ps (_mm_load_si128 ((const void *) (o->scales + 32 * g + 16 * h)));
}

TILE void
add_groups (tl_panel_form form, __m256 sum[2][MAX_T], size_t n_t, const operands *o)
{
  const int32_t zero = form == TL_PANEL_U5 ? 16 : form == TL_PANEL_U4 ? 8 : form == TL_PANEL_U2;

  for (size_t g = 0; g < o->n_groups; g++)
    {
      __m256i acc[2][MAX_T];

#pragma GCC unroll 2
      for (size_t t = 0; t < n_t; t++)
        acc[0][t] = acc[1][t] = _mm256_set1_epi32 (-zero * o->sum[t * o->n_groups + g]);
      add_group (form, acc, n_t, o, g);
#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++)
        {
          __m256 dw = load_scales (form, o, g, h), offset = dw;

          if (tl_panel_has_offsets (form))
            offset = load_scales (form, o, o->n_groups + g, h);

#pragma GCC unroll 2
          for (size_t t = 0; t < n_t; t++)
            {
              __m256 d = _mm256_mul_ps (dw, _mm256_set1_ps (o->scale[t * o->n_groups + g]));

              sum[h][t] = _mm256_fmadd_ps (_mm256_cvtepi32_ps (acc[h][t]), d, sum[h][t]);
              if (tl_panel_has_offsets (form))
                {
                  size_t at = t * o->n_groups + g;
                  float total = o->scale[at] * (float) o->sum[at];

                  sum[h][t] = _mm256_fmadd_ps (offset, _mm256_set1_ps (total), sum[h][t]);
                }
            }
        }
    }
}

TILE void
store_rows (float *y, const __m256 sum[2], size_t n_rows)
{
  float all[TL_PANEL_ROWS];

  if (n_rows >= TL_PANEL_ROWS)
    {
      _mm256_storeu_ps (y, sum[0]);
      _mm256_storeu_ps (y + 8, sum[1]);
      return;
    }
  _mm256_storeu_ps (all, sum[0]);
  _mm256_storeu_ps (all + 8, sum[1]);
  memcpy (y, all, n_rows * sizeof *y);
}

TILE void
run_tile (tl_panel_form form, const tl_panels *w, size_t panel, const tl_acts *x, size_t token,
          size_t n_t, float *y, size_t ldy)
{
  size_t n_groups = x->cols / x->group, row = panel * TL_PANEL_ROWS;
  const uint8_t *data = w->data + panel * w->panel_bytes;
  operands o = { data,
                 data + w->scales_at,
                 x->q + token * x->cols,
                 x->scale + token * n_groups,
                 x->sum + token * n_groups,
                 x->cols,
                 n_groups };
  __m256 sum[2][MAX_T];

#pragma GCC unroll 2
  for (size_t t = 0; t < n_t; t++)
    sum[0][t] = sum[1][t] = _mm256_setzero_ps ();
  add_groups (form, sum, n_t, &o);
#pragma GCC unroll 2
  for (size_t t = 0; t < n_t; t++)
    {
      const __m256 both[2] = { sum[0][t], sum[1][t] };

      store_rows (y + (token + t) * ldy + row, both, w->rows - row);
    }
}

TILE void
run_form (tl_panel_form form, const tl_panels *w, size_t begin, size_t end, const tl_acts *x,
          size_t n, float *y, size_t ldy)
{
  for (size_t p = begin; p < end; p++)
    {
      size_t t = 0;

      for (; t + 2 <= n; t += 2)
        run_tile (form, w, p, x, t, 2, y, ldy);
      if (t < n)
        run_tile (form, w, p, x, t, 1, y, ldy);
    }
}

static void
mul_panels (const tl_panels *w, size_t begin, size_t end, const tl_acts *x, size_t n, float *y,
            size_t ldy)
{
  assert (x->cols == w->cols && x->group == tl_panel_group (w->form));
  switch (w->form)
    {
    case TL_PANEL_U8:
      run_form (TL_PANEL_U8, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_U4:
      run_form (TL_PANEL_U4, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_U2:
      run_form (TL_PANEL_U2, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_F8:
      run_form (TL_PANEL_F8, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_F4:
      run_form (TL_PANEL_F4, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_U5:
      run_form (TL_PANEL_U5, w, begin, end, x, n, y, ldy);
      return;
    case TL_PANEL_F5:
      run_form (TL_PANEL_F5, w, begin, end, x, n, y, ldy);
      return;
    }
}

/* 8 floats to integers. A NaN becomes -127: max returns its second operand then. */
static inline __m256i
quantize_8 (const float *x, __m256 inverse)
{
  __m256 q = _mm256_max_ps (_mm256_mul_ps (_mm256_loadu_ps (x), inverse), _mm256_set1_ps (-127.0f));

  return _mm256_cvtps_epi32 (_mm256_min_ps (q, _mm256_set1_ps (127.0f)));
}

static void
quantize_group (int8_t *q, float *scale, int32_t *sum, const float *x, size_t group)
{
  const __m256 sign = _mm256_set1_ps (-0.0f);
  __m256 max = _mm256_setzero_ps (), inverse;
  __m256i total = _mm256_setzero_si256 ();
  __m128i half;
  float d;

  for (size_t i = 0; i < group; i += 8)
    max = _mm256_max_ps (_mm256_andnot_ps (sign, _mm256_loadu_ps (x + i)), max);
  d = v_largest (max) / 127.0f;
  *scale = d >= FLT_MIN ? d : 0.0f;
  inverse = _mm256_set1_ps (d >= FLT_MIN ? 1.0f / d : 0.0f);
  for (size_t i = 0; i < group; i += 16)
    {
      __m256i a = quantize_8 (x + i, inverse), b = quantize_8 (x + i + 8, inverse);
      __m256i ab = _mm256_permute4x64_epi64 (_mm256_packs_epi32 (a, b), 0xd8);

      total = _mm256_add_epi32 (total, _mm256_add_epi32 (a, b));
      _mm_storeu_si128 ((void *) (q + i), _mm_packs_epi16 (_mm256_castsi256_si128 (ab),
                                                           _mm256_extracti128_si256 (ab, 1)));
    }
  half = _mm_add_epi32 (_mm256_castsi256_si128 (total), _mm256_extracti128_si256 (total, 1));
  half = _mm_add_epi32 (half, _mm_shuffle_epi32 (half, 0x4e));
  *sum = _mm_cvtsi128_si32 (_mm_add_epi32 (half, _mm_shuffle_epi32 (half, 0xb1)));
}

static void
quantize_acts (const tl_acts *dst, size_t token, const float *x)
{
  size_t n_groups = dst->cols / dst->group;

  for (size_t g = 0; g < n_groups; g++)
    quantize_group (dst->q + token * dst->cols + g * dst->group,
                    dst->scale + token * n_groups + g, dst->sum + token * n_groups + g,
                    x + g * dst->group, dst->group);
}

void
tl_kernels_fill_avx2_panel (tl_kernels *k)
{
  k->quantize_acts = quantize_acts;
  k->mul_panels = mul_panels;
}
