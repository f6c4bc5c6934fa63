/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels with AVX-512 VNNI: vpdpbusd adds four products of unsigned and signed bytes
 * to each of sixteen 32-bit sums, one a row. A tile of two panels by six tokens keeps its 12
 * integer and 12 float sums, two vectors of weights and a broadcast in the 32 registers, and does
 * twelve vpdpbusd for eight loads. Each tile adds in the same order, so a token's result is the
 * same in all. */
#include <float.h>
#include <immintrin.h>
#include <string.h>

#include "kernels/kernels-private.h"

#define TILE static inline __attribute__ ((always_inline))

#define MAX_P 4 /* panels of a tile */
#define MAX_T 6 /* tokens */

/* What a tile works on. */
typedef struct
{
  const uint8_t *quants[MAX_P], *scales[MAX_P];
  const int8_t  *q; /* of the first token */
  const float   *scale;
  const int32_t *sum;
  size_t         cols, n_groups;
  size_t         ahead; /* bytes from a panel to that of the next tile */
} operands;

TILE __m512i
broadcast (const int8_t *x)
{
  int32_t word;

  memcpy (&word, x, sizeof word);
  return _mm512_set1_epi32 (word);
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
      w[p] = _mm512_load_si512 (o->quants[p] + 64 * i);
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
      __m512i fifths = _mm512_load_si512 (o->quants[p] + 64 * (first + 4));

      fifths = bit < 4 ? _mm512_slli_epi16 (fifths, (unsigned) (4 - bit))
                       : _mm512_srli_epi16 (fifths, (unsigned) (bit - 4));
      w[p] = _mm512_or_si512 (w[p], _mm512_and_si512 (fifths, _mm512_set1_epi8 (16)));
    }
}

TILE void
add_group (tl_panel_form form, __m512i acc[MAX_P][MAX_T], size_t n_p, size_t n_t,
           const operands *o, size_t g)
{
  const int8_t *x = o->q + g * tl_panel_group (form);
  __m512i w[MAX_P];

  switch (form)
    {
    case TL_PANEL_U8:
#pragma GCC unroll 8
      for (size_t i = 0; i < 8; i++)
        {
          load_field (w, n_p, o, g * 8 + i, 0, 8);
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
      _mm_prefetch ((const char *) o->quants[p] + o->ahead + g * bytes + i, _MM_HINT_T1);
}

/* The levels' zero: what a stored 0 stands for is -zero. */
TILE int32_t
zero_of (tl_panel_form form)
{
  switch (form)
    {
    case TL_PANEL_U8:
      return 128;
    case TL_PANEL_U4:
      return 8;
    case TL_PANEL_U5:
      return 16;
    case TL_PANEL_U2:
      return 1;
    case TL_PANEL_F8:
    case TL_PANEL_F4:
    case TL_PANEL_F5:
      return 0;
    }
  return 0;
}

TILE __m512
load_scales (tl_panel_form form, const uint8_t *scales, size_t g)
{
  if (tl_panel_has_offsets (form))
    return _mm512_load_ps (scales + 64 * g);
  return _mm512_cvtph_ps (_mm256_load_si256 ((const void *) (scales + 32 * g)));
}

/* sum += integers x the scales of both sides, and the offsets x the sum of the activations. */
TILE void
add_scaled (tl_panel_form form, __m512 sum[MAX_P][MAX_T], __m512i acc[MAX_P][MAX_T], size_t n_p,
            size_t n_t, const operands *o, size_t g)
{
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      __m512 dw = load_scales (form, o->scales[p], g), offset = dw;

      if (tl_panel_has_offsets (form))
        offset = _mm512_load_ps (o->scales[p] + 64 * (o->n_groups + g));

#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        {
          __m512 d = _mm512_mul_ps (dw, _mm512_set1_ps (o->scale[t * o->n_groups + g]));

          sum[p][t] = _mm512_fmadd_ps (_mm512_cvtepi32_ps (acc[p][t]), d, sum[p][t]);
          if (tl_panel_has_offsets (form))
            {
              size_t at = t * o->n_groups + g;
              float total = o->scale[at] * (float) o->sum[at];

              sum[p][t] = _mm512_fmadd_ps (offset, _mm512_set1_ps (total), sum[p][t]);
            }
        }
    }
}

TILE void
add_groups (tl_panel_form form, __m512 sum[MAX_P][MAX_T], size_t n_p, size_t n_t,
            const operands *o)
{
  for (size_t g = 0; g < o->n_groups; g++)
    {
      __m512i acc[MAX_P][MAX_T];

      if (n_t == 1 && tl_panel_has_nibbles (form))
        prefetch_group (form, n_p, o, g);
#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        {
          __m512i start = _mm512_set1_epi32 (-zero_of (form) * o->sum[t * o->n_groups + g]);

#pragma GCC unroll 4
          for (size_t p = 0; p < n_p; p++)
            acc[p][t] = start;
        }
      add_group (form, acc, n_p, n_t, o, g);
      add_scaled (form, sum, acc, n_p, n_t, o, g);
    }
}

TILE void
run_tile (tl_panel_form form, const tl_panels *w, size_t panel, size_t n_p, const tl_acts *x,
          size_t token, size_t n_t, float *y, size_t ldy)
{
  size_t n_groups = x->cols / x->group;
  operands o = { .q = x->q + token * x->cols,
                 .scale = x->scale + token * n_groups,
                 .sum = x->sum + token * n_groups,
                 .cols = x->cols,
                 .n_groups = n_groups,
                 .ahead = n_p * w->panel_bytes };
  __m512 sum[MAX_P][MAX_T];

#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      o.quants[p] = w->data + (panel + p) * w->panel_bytes;
      o.scales[p] = o.quants[p] + w->scales_at;
#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        sum[p][t] = _mm512_setzero_ps ();
    }
  add_groups (form, sum, n_p, n_t, &o);
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      size_t row = (panel + p) * TL_PANEL_ROWS, left = w->rows - row;
      __mmask16 m = left < TL_PANEL_ROWS ? (__mmask16) ((1u << left) - 1) : 0xffff;

#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        _mm512_mask_storeu_ps (y + (token + t) * ldy + row, m, sum[p][t]);
    }
}

TILE void
run_tokens (tl_panel_form form, const tl_panels *w, size_t panel, size_t n_p, const tl_acts *x,
            size_t n, float *y, size_t ldy)
{
  size_t t = 0;

  for (; t + 6 <= n; t += 6)
    run_tile (form, w, panel, n_p, x, t, 6, y, ldy);
  for (; t + 4 <= n; t += 4)
    run_tile (form, w, panel, n_p, x, t, 4, y, ldy);
  for (; t + 2 <= n; t += 2)
    run_tile (form, w, panel, n_p, x, t, 2, y, ldy);
  if (t < n)
    run_tile (form, w, panel, n_p, x, t, 1, y, ldy);
}

TILE void
run_form (tl_panel_form form, const tl_panels *w, size_t begin, size_t end, const tl_acts *x,
          size_t n, float *y, size_t ldy)
{
  size_t p = begin;

  if (n == 1)
    for (; p + 4 <= end; p += 4)
      run_tile (form, w, p, 4, x, 0, 1, y, ldy);
  for (; p + 2 <= end; p += 2)
    run_tokens (form, w, p, 2, x, n, y, ldy);
  if (p < end)
    run_tokens (form, w, p, 1, x, n, y, ldy);
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

/* 16 floats to bytes. A NaN becomes -127: max returns its second operand then. */
static inline __m128i
quantize_16 (const float *x, __m512 inverse)
{
  __m512 q = _mm512_max_ps (_mm512_mul_ps (_mm512_loadu_ps (x), inverse), _mm512_set1_ps (-127.0f));

  return _mm512_cvtepi32_epi8 (_mm512_cvtps_epi32 (_mm512_min_ps (q, _mm512_set1_ps (127.0f))));
}

static void
quantize_group (int8_t *q, float *scale, int32_t *sum, const float *x, size_t group)
{
  __m512 max = _mm512_setzero_ps (), inverse;
  const __m128i ones = _mm_set1_epi8 (1);
  __m128i sums = _mm_setzero_si128 ();
  float d;

  for (size_t i = 0; i < group; i += 16)
    max = _mm512_max_ps (_mm512_abs_ps (_mm512_loadu_ps (x + i)), max);
  d = _mm512_reduce_max_ps (max) / 127.0f;
  *scale = d >= FLT_MIN ? d : 0.0f;
  inverse = _mm512_set1_ps (d >= FLT_MIN ? 1.0f / d : 0.0f);
  for (size_t i = 0; i < group; i += 16)
    {
      __m128i bytes = quantize_16 (x + i, inverse);

      _mm_storeu_si128 ((void *) (q + i), bytes);
      sums = _mm_dpbusd_epi32 (sums, ones, bytes);
    }
  sums = _mm_add_epi32 (sums, _mm_shuffle_epi32 (sums, 0x4e));
  *sum = _mm_cvtsi128_si32 (_mm_add_epi32 (sums, _mm_shuffle_epi32 (sums, 0xb1)));
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
tl_kernels_fill_avx512vnni (tl_kernels *k)
{
  k->name = "avx512vnni";
  k->quantize_acts = quantize_acts;
  k->mul_panels = mul_panels;
}
