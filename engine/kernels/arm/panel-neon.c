/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels in NEON, compiled twice. With the dot-product extension sdot adds four
 * products of bytes to each 32-bit sum, one sum a row. Without, products are added up in 16 bits
 * over a run of vectors that cannot overflow, and then widened. Both are exact in integers and add
 * floats in one order, so both give the same bits. A vector of a panel is four quarters of four
 * rows. */
#include "kernels/arm/neon-private.h"
#include "kernels/arm/vector-neon.h"

#define TILE static inline __attribute__ ((always_inline))

/* A level times an activation is at most 128 * 127 for TL_PANEL_U8, 63 * 127 for TL_PANEL_F8, 31 *
 * 127, 15 * 127 and 3 * 127 for five, four and two bits. So two, four, eight, 17 and 86 fit into 16
 * bits: a group of bytes takes four runs, and of the others no run has more than 4, 8, 8 and 32. */
#ifdef __ARM_FEATURE_DOTPROD

#define MAX_T 3  /* tokens of a tile: 24 sums, four vectors of weights and a broadcast */
#define BYTES 8  /* vectors of bytes in a run */

typedef int32x4_t products;

TILE products
no_products (void)
{
  return vdupq_n_s32 (0);
}

TILE products
add_products (products p, int8x16_t w, int8x16_t x)
{
  return vdotq_s32 (p, w, x);
}

TILE int32x4_t
sum_products (products p)
{
  return p;
}

#else

#define MAX_T 2 /* 24 sums, four vectors of weights and a broadcast */
#define BYTES 2

typedef struct
{
  int16x8_t low, high; /* [2 rows, 4 columns] each */
} products;

TILE products
no_products (void)
{
  return (products) { vdupq_n_s16 (0), vdupq_n_s16 (0) };
}

TILE products
add_products (products p, int8x16_t w, int8x16_t x)
{
  return (products) { vmlal_s8 (p.low, vget_low_s8 (w), vget_low_s8 (x)),
                      vmlal_high_s8 (p.high, w, x) };
}

TILE int32x4_t
sum_products (products p)
{
  return vpaddq_s32 (vpaddlq_s16 (p.low), vpaddlq_s16 (p.high));
}

#endif

typedef struct
{
  const uint8_t *quants, *scales;
  const int8_t  *q; /* of the first token */
  const float   *scale;
  const int32_t *sum;
  size_t         cols, n_groups;
} operands;

TILE int8x16_t
broadcast (const int8_t *x)
{
  int32_t word;

  memcpy (&word, x, sizeof word);
  return vreinterpretq_s8_s32 (vdupq_n_s32 (word));
}

/* Levels from the bytes of a quarter, whose field to use is the lowest. Bytes become w = q - 128,
 * so no zero is left to take off. */
TILE int8x16_t
levels_of (tl_panel_form form, uint8x16_t w)
{
  switch (form)
    {
    case TL_PANEL_U8:
      return vreinterpretq_s8_u8 (veorq_u8 (w, vdupq_n_u8 (0x80)));
    case TL_PANEL_F8:
      return vreinterpretq_s8_u8 (w);
    case TL_PANEL_U4:
    case TL_PANEL_U5:
    case TL_PANEL_F4:
    case TL_PANEL_F5:
      return vreinterpretq_s8_u8 (vandq_u8 (w, vdupq_n_u8 (15)));
    case TL_PANEL_U2:
      return vreinterpretq_s8_u8 (vandq_u8 (w, vdupq_n_u8 (3)));
    }
  return vdupq_n_s8 (0);
}

/* Levels in a byte. */
TILE size_t
fields_of (tl_panel_form form)
{
  return tl_panel_has_nibbles (form) ? 2 : form == TL_PANEL_U2 ? 4 : 1;
}

/* Bit @bit of each byte as the fifth of a level. */
TILE int8x16_t
with_fifths (int8x16_t level, uint8x16_t fifths, size_t bit)
{
  uint8x16_t moved = vshlq_u8 (fifths, vdupq_n_s8 ((int8_t) (4 - (int) bit)));

  return vorrq_s8 (level, vreinterpretq_s8_u8 (vandq_u8 (moved, vdupq_n_u8 (16))));
}

/* Vector @i of those at @first, with all its fields: the first meets the columns at @x, each next
 * one those 16 (nibbles) or 32 (pairs of bits) columns on. */
TILE void
add_vector (tl_panel_form form, products p[4][MAX_T], size_t n_t, const operands *o, size_t first,
            size_t i, const int8_t *x)
{
  const size_t apart = tl_panel_has_nibbles (form) ? 16 : 32;
  uint8x16_t w[4];
  int8x16_t level[4];

#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
    w[r] = vld1q_u8 (o->quants + (first + i) * 64 + 16 * r);
#pragma GCC unroll 4
  for (size_t f = 0; f < fields_of (form); f++)
    {
#pragma GCC unroll 4
      for (size_t r = 0; r < 4; r++)
        {
          level[r] = levels_of (form, w[r]);
          if (tl_panel_has_fifths (form))
            level[r] = with_fifths (level[r], vld1q_u8 (o->quants + (first + 4) * 64 + 16 * r),
                                    i + 4 * f);
        }
#pragma GCC unroll 3
      for (size_t t = 0; t < n_t; t++)
        {
          int8x16_t xt = broadcast (x + f * apart + t * o->cols);

#pragma GCC unroll 4
          for (size_t r = 0; r < 4; r++)
            p[r][t] = add_products (p[r][t], level[r], xt);
        }
#pragma GCC unroll 4
      for (size_t r = 0; r < 4; r++)
        w[r] = tl_panel_has_nibbles (form) ? vshrq_n_u8 (w[r], 4) : vshrq_n_u8 (w[r], 2);
    }
}

/* A run of vectors, each four columns on. Unrolled further, gcc 12 keeps so many weights in flight
 * that the sums go to the stack. */
TILE void
add_run (tl_panel_form form, int32x4_t acc[4][MAX_T], size_t n_t, const operands *o, size_t first,
         size_t n_vectors, const int8_t *x)
{
  products p[4][MAX_T];

#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      p[r][t] = no_products ();
#pragma GCC unroll 1
  for (size_t i = 0; i < n_vectors; i++)
    add_vector (form, p, n_t, o, first, i, x + 4 * i);
#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      acc[r][t] = vaddq_s32 (acc[r][t], sum_products (p[r][t]));
}

TILE void
add_group (tl_panel_form form, int32x4_t acc[4][MAX_T], size_t n_t, const operands *o, size_t g)
{
  const int8_t *x = o->q + g * tl_panel_group (form);

  switch (form)
    {
    case TL_PANEL_U8:
#pragma GCC unroll 4
      for (size_t i = 0; i < 8; i += BYTES)
        add_run (form, acc, n_t, o, g * 8 + i, BYTES, x + 4 * i);
      return;
    case TL_PANEL_U4:
    case TL_PANEL_F4:
    case TL_PANEL_F8:
      add_run (form, acc, n_t, o, g * 4, 4, x);
      return;
    case TL_PANEL_U5:
    case TL_PANEL_F5:
      add_run (form, acc, n_t, o, g * 5, 4, x);
      return;
    case TL_PANEL_U2:
      for (size_t i = 0; i < 16; i += 8)
        add_run (form, acc, n_t, o, g * 16 + i, 8, x + 16 * i);
      return;
    }
}

/* The scales of four rows; the offsets follow the scales of all groups. */
TILE float32x4_t
load_scales (tl_panel_form form, const operands *o, size_t g, size_t r)
{
  if (tl_panel_has_offsets (form))
    return vld1q_f32 ((const void *) (o->scales + 64 * g + 16 * r));
  return v_load_f16 ((const void *) (o->scales + 32 * g + 8 * r));
}

/* sum += integers x the scales of both sides, and the offsets x the sum of the activations. */
TILE void
add_scaled (tl_panel_form form, float32x4_t sum[4][MAX_T], int32x4_t acc[4][MAX_T], size_t n_t,
            const operands *o, size_t g)
{
#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
    {
      float32x4_t dw = load_scales (form, o, g, r), offset = dw;

      if (tl_panel_has_offsets (form))
        offset = load_scales (form, o, o->n_groups + g, r);

#pragma GCC unroll 3
      for (size_t t = 0; t < n_t; t++)
        {
          size_t at = t * o->n_groups + g;

          sum[r][t] = vfmaq_f32 (sum[r][t], vcvtq_f32_s32 (acc[r][t]),
                                 vmulq_n_f32 (dw, o->scale[at]));
          if (tl_panel_has_offsets (form))
            sum[r][t] = vfmaq_n_f32 (sum[r][t], offset, o->scale[at] * (float) o->sum[at]);
        }
    }
}

TILE void
add_groups (tl_panel_form form, float32x4_t sum[4][MAX_T], size_t n_t, const operands *o)
{
  const int32_t zero = form == TL_PANEL_U5 ? 16 : form == TL_PANEL_U4 ? 8 : form == TL_PANEL_U2;

  for (size_t g = 0; g < o->n_groups; g++)
    {
      int32x4_t acc[4][MAX_T];

#pragma GCC unroll 3
      for (size_t t = 0; t < n_t; t++)
#pragma GCC unroll 4
        for (size_t r = 0; r < 4; r++)
          acc[r][t] = vdupq_n_s32 (-zero * o->sum[t * o->n_groups + g]);
      add_group (form, acc, n_t, o, g);
      add_scaled (form, sum, acc, n_t, o, g);
    }
}

TILE void
store_rows (float *y, float32x4_t sum[4][MAX_T], size_t t, size_t n_rows)
{
  float all[TL_PANEL_ROWS];
  float *to = n_rows < TL_PANEL_ROWS ? all : y;

#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
    vst1q_f32 (to + 4 * r, sum[r][t]);
  if (n_rows < TL_PANEL_ROWS)
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
  float32x4_t sum[4][MAX_T];

#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      sum[r][t] = vdupq_n_f32 (0);
  add_groups (form, sum, n_t, &o);
#pragma GCC unroll 3
  for (size_t t = 0; t < n_t; t++)
    store_rows (y + (token + t) * ldy + row, sum, t, w->rows - row);
}

TILE void
run_form (tl_panel_form form, const tl_panels *w, size_t begin, size_t end, const tl_acts *x,
          size_t n, float *y, size_t ldy)
{
  for (size_t p = begin; p < end; p++)
    {
      size_t t = 0;

      for (; t + MAX_T <= n; t += MAX_T)
        run_tile (form, w, p, x, t, MAX_T, y, ldy);
      for (; t < n; t++)
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

#ifdef __ARM_FEATURE_DOTPROD
void
tl_kernels_fill_dotprod (tl_kernels *k)
{
  k->name = "dotprod";
  k->mul_panels = mul_panels;
}
#else
void
tl_kernels_fill_neon_panel (tl_kernels *k)
{
  k->mul_panels = mul_panels;
}
#endif
