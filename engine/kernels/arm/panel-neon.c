/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels in NEON, compiled twice. With the dot-product extension sdot adds four
 * products of bytes to each 32-bit sum, one sum a row. Without, products are added up in 16 bits
 * over a run of vectors that cannot overflow, and then widened. Both are exact in integers and add
 * floats in one order, so both give the same bits. A vector of a panel is four quarters of four
 * rows. */
#include "kernels/arm/vector-neon.h"

/* 24 sums, four vectors of weights and a broadcast: products take two registers each without sdot. */
#define MAX_P 1
#ifdef __ARM_FEATURE_DOTPROD
#define MAX_T 3
#else
#define MAX_T 2
#endif
#define ZERO_OF_BYTES 0 /* signed before they are multiplied */

#include "kernels/arm/neon-private.h"
#include "kernels/panel-operands.h"

/* A level times an activation is at most 128 * 127 for TL_PANEL_U8, 63 * 127 for TL_PANEL_F8, 31 *
 * 127, 15 * 127 and 3 * 127 for five, four and two bits. So two, four, eight, 17 and 86 fit into 16
 * bits: a group of bytes takes four runs, and of the others no run has more than 4, 8, 8 and 32. */
#ifdef __ARM_FEATURE_DOTPROD

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

TILE int8x16_t
broadcast (const int8_t *x)
{
  return vreinterpretq_s8_s32 (vdupq_n_s32 (word_of (x)));
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
    w[r] = vld1q_u8 (part_of (o, r, first + i));
#pragma GCC unroll 4
  for (size_t f = 0; f < fields_of (form); f++)
    {
#pragma GCC unroll 4
      for (size_t r = 0; r < 4; r++)
        {
          level[r] = levels_of (form, w[r]);
          if (tl_panel_has_fifths (form))
            level[r] = with_fifths (level[r], vld1q_u8 (part_of (o, r, first + 4)),
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
add_group (tl_panel_form form, int32x4_t acc[4][MAX_T], size_t n_p, size_t n_t, const operands *o,
           size_t g)
{
  const int8_t *x = o->q + g * tl_panel_group (form);

  (void) n_p; /* 1: the sums of its quarters fill the registers */
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

#include "kernels/panel-body.h"

#ifdef __ARM_FEATURE_DOTPROD
void
tl_kernels_fill_dotprod (tl_kernels *k)
{
  k->name = "dotprod";
  fill_panel (k);
}
#else
void
tl_kernels_fill_neon_panel (tl_kernels *k)
{
  fill_panel (k);
}
#endif
