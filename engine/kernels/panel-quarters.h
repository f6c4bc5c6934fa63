/* SPDX-License-Identifier: Apache-2.0 */
/* A group of a panel's integers with vectors of 16 bytes: a vector of a panel is four quarters of four
 * rows. A file includes panel-operands.h, defines
 *   products              products of bytes being added up, those of four rows
 *   no_products, add_products (form, p, w, x), sum_products (an ivec: a sum a row)
 *   BYTES, FIVES, SIXES   how many vectors of bytes, and of levels of five and six bits, products have
 *                         room for
 *   ZERO_OF_BYTES         0 when bytes are to be signed, or 128; all other levels are unsigned
 * and then includes this, which is the add_group that panel-body.h asks for.
 * A level times an activation is at most 128 * 127 for TL_PANEL_U8, 63 * 127, 31 * 127, 15 * 127, 7 *
 * 127 and 3 * 127 for six, five, four, three and two bits. So two, four, eight, 17, 36 and 86 fit into
 * 16 bits, or half as many pairs: of the last three no run has more than 8, 4 and 32. */
#pragma once

#include "kernels/panel-operands.h"

typedef uint16_t pairs __attribute__ ((vector_size (16))); /* shifts of bytes: the mask clears the rest */

TILE quarter
load_quarter (const operands *o, size_t r, size_t i)
{
  quarter b;

  memcpy (&b, part_of (o, r, i), sizeof b);
  return b;
}

/* Levels from the bytes of a quarter, whose field to use is the lowest. */
TILE quarter
levels_of (tl_panel_form form, quarter w)
{
  switch (form)
    {
    case TL_PANEL_U8:
    case TL_PANEL_B8:
      return ZERO_OF_BYTES == 0 ? w ^ 0x80 : w;
    case TL_PANEL_F8:
      return w;
    case TL_PANEL_U4:
    case TL_PANEL_U5:
    case TL_PANEL_U6:
    case TL_PANEL_F4:
    case TL_PANEL_F5:
      return w & 15;
    case TL_PANEL_U2:
      return w & 3;
    }
  return w;
}

/* Bits of a level in a byte. */
TILE size_t
bits_of (tl_panel_form form)
{
  return tl_panel_has_nibbles (form) || form == TL_PANEL_U6 ? 4 : form == TL_PANEL_U2 ? 2 : 8;
}

/* Bit @i of each byte, or bit @i + 4, as the fifth of a level. */
TILE quarter
fifths_of (quarter fifths, size_t i, bool high)
{
  pairs moved = high ? (pairs) fifths >> i : (pairs) fifths << (4 - i);

  return (quarter) moved & 16;
}

/* Two bits of each byte, those of field @i, as the upper of a level of six. */
TILE quarter
upper_of (quarter upper, size_t i)
{
  pairs moved = i < 3 ? (pairs) upper << (4 - 2 * i) : (pairs) upper >> 2;

  return (quarter) moved & 0x30;
}

/* Vector @i of those at @first, with all its fields: the first meets the columns at @x, each next
 * one those 16 or 8 (nibbles) or 32 (pairs of bits) columns on. */
TILE void
add_vector (tl_panel_form form, products p[4][MAX_T], size_t n_t, const operands *o, size_t first,
            size_t i, const int8_t *x)
{
  const size_t apart = form == TL_PANEL_U6 ? 8 : tl_panel_has_nibbles (form) ? 16 : 32;
  const size_t bits = bits_of (form);
  quarter xs[4][MAX_T];

#pragma GCC unroll 4
  for (size_t f = 0; f < 8 / bits; f++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      xs[f][t] = (quarter) v_set_int (word_of (x + f * apart + t * o->cols));
#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
    {
      quarter w = load_quarter (o, r, first + i);

#pragma GCC unroll 4
      for (size_t f = 0; f < 8 / bits; f++)
        {
          quarter level = levels_of (form, (quarter) ((pairs) w >> f * bits));

          if (tl_panel_has_fifths (form))
            level |= fifths_of (load_quarter (o, r, first + 4), i, f == 1);
          if (form == TL_PANEL_U6)
            level |= upper_of (load_quarter (o, r, first + 2), i + 2 * f);
#pragma GCC unroll 3
          for (size_t t = 0; t < n_t; t++)
            p[r][t] = add_products (form, p[r][t], level, xs[f][t]);
        }
    }
}

/* A run of @n_vectors from vector @begin of those at @first, each four columns on. Unrolled further, gcc 12 keeps so many weights in flight
 * that the sums go to the stack. */
TILE void
add_run (tl_panel_form form, ivec acc[4][MAX_T], size_t n_t, const operands *o, size_t first,
         size_t begin, size_t n_vectors, const int8_t *x)
{
  products p[4][MAX_T];

#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      p[r][t] = no_products ();
#pragma GCC unroll 1
  for (size_t i = begin; i < begin + n_vectors; i++)
    add_vector (form, p, n_t, o, first, i, x + 4 * i);
#pragma GCC unroll 4
  for (size_t r = 0; r < 4; r++)
#pragma GCC unroll 3
    for (size_t t = 0; t < n_t; t++)
      acc[r][t] = v_add_int (acc[r][t], sum_products (p[r][t]));
}

TILE void
add_group (tl_panel_form form, ivec acc[4][MAX_T], size_t n_p, size_t n_t, const operands *o,
           size_t g)
{
  const int8_t *x = o->q + g * tl_panel_group (form);

  (void) n_p; /* 1: the sums of its quarters fill the registers */
  switch (form)
    {
    case TL_PANEL_U8:
    case TL_PANEL_B8:
#pragma GCC unroll 4
      for (size_t i = 0; i < 8; i += BYTES)
        add_run (form, acc, n_t, o, g * 8, i, BYTES, x);
      return;
    case TL_PANEL_U4:
    case TL_PANEL_F4:
    case TL_PANEL_F8:
      add_run (form, acc, n_t, o, g * 4, 0, 4, x);
      return;
    case TL_PANEL_U6:
#pragma GCC unroll 2
      for (size_t i = 0; i < 2; i += SIXES)
        add_run (form, acc, n_t, o, g * 3, i, SIXES, x);
      return;
    case TL_PANEL_U5:
    case TL_PANEL_F5:
#pragma GCC unroll 2
      for (size_t i = 0; i < 4; i += FIVES)
        add_run (form, acc, n_t, o, g * 5, i, FIVES, x);
      return;
    case TL_PANEL_U2:
      for (size_t i = 0; i < 16; i += 8)
        add_run (form, acc, n_t, o, g * 16 + i, 0, 8, x + 16 * i);
      return;
    }
}
