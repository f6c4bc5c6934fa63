/* SPDX-License-Identifier: Apache-2.0 */
/* Packs rows of blocks into panels. A vector's four bytes a row are, for each form, four neighbouring
 * bytes of the row's block as the file has it, so packing moves words. */
#include "kernels/panel.h"

#include <string.h>

#define VECTOR 64u /* bytes */

bool
tl_panel_form_of (tl_type type, tl_panel_form *form)
{
  switch (type)
    {
    case TL_TYPE_Q8_0:
      *form = TL_PANEL_U8;
      return true;
    case TL_TYPE_Q4_0:
      *form = TL_PANEL_U4;
      return true;
    case TL_TYPE_TQ1_0:
    case TL_TYPE_TQ2_0:
      *form = TL_PANEL_U2;
      return true;
    case TL_TYPE_F32:
    case TL_TYPE_F16:
    case TL_TYPE_BF16:
    case TL_TYPE_Q4_1:
    case TL_TYPE_Q5_0:
    case TL_TYPE_Q5_1:
    case TL_TYPE_Q2_K:
    case TL_TYPE_Q3_K:
    case TL_TYPE_Q4_K:
    case TL_TYPE_Q5_K:
    case TL_TYPE_Q6_K:
    case TL_TYPE_IQ4_NL:
      return false;
    }
  return false;
}

/* Bytes of a row's quants in a group. */
static size_t
group_bytes (tl_panel_form form)
{
  switch (form)
    {
    case TL_PANEL_U8:
      return 32;
    case TL_PANEL_U4:
      return 16;
    case TL_PANEL_U2:
      return 64;
    }
  return 0;
}

size_t
tl_panels_init (tl_panels *p, tl_panel_form form, size_t rows, size_t cols)
{
  size_t n_groups = cols / tl_panel_group (form);
  size_t bytes;

  assert (cols % tl_panel_group (form) == 0);
  p->form = form;
  p->rows = rows;
  p->cols = cols;
  p->n_panels = (rows + TL_PANEL_ROWS - 1) / TL_PANEL_ROWS;
  p->scales_at = n_groups * group_bytes (form) * TL_PANEL_ROWS;
  bytes = p->scales_at + n_groups * TL_PANEL_ROWS * sizeof (uint16_t);
  p->panel_bytes = (bytes + VECTOR - 1) / VECTOR * VECTOR;
  p->data = NULL;
  return p->n_panels * p->panel_bytes;
}

/* Three planes of TQ1_0 bytes become TQ2_0's fields: the levels are the same. */
static void
two_bits_of_tq1_0 (uint8_t *qs, const tl_block_tq1_0 *b)
{
  tl_block_tq1_0 unit = *b;
  float x[TL_QK];

  unit.d = 0x3c00; /* 1 as a half */
  tl_type_get_info (TL_TYPE_TQ1_0)->dequantize (x, &unit, TL_QK);
  memset (qs, 0, 64);
  for (size_t i = 0; i < TL_QK; i++)
    qs[i / 128 * 32 + i % 32] |= (uint8_t) ((int) x[i] + 1) << (i / 32 % 4 * 2);
}

/* The quants of one block as they stand in a panel, and the scale. */
static uint16_t
read_block (uint8_t *qs, tl_type type, const void *src)
{
  if (type == TL_TYPE_Q8_0)
    {
      const tl_block_q8_0 *b = src;

      for (size_t i = 0; i < 32; i++)
        qs[i] = (uint8_t) b->qs[i] ^ 0x80; /* + 128 */
      return b->d;
    }
  if (type == TL_TYPE_Q4_0)
    {
      const tl_block_q4_0 *b = src;

      memcpy (qs, b->qs, sizeof b->qs);
      return b->d;
    }
  if (type == TL_TYPE_TQ2_0)
    {
      const tl_block_tq2_0 *b = src;

      memcpy (qs, b->qs, sizeof b->qs);
      return b->d;
    }
  two_bits_of_tq1_0 (qs, src);
  return ((const tl_block_tq1_0 *) src)->d;
}

/* Row @lane of the panel at @panel. */
static void
pack_row (const tl_panels *p, uint8_t *panel, size_t lane, tl_type type, const uint8_t *src)
{
  size_t n_bytes = group_bytes (p->form), n_groups = p->cols / tl_panel_group (p->form);
  size_t block_bytes = tl_type_get_info ((uint32_t) type)->block_bytes;
  uint16_t *scales = (void *) (panel + p->scales_at);
  uint8_t qs[64];

  for (size_t g = 0; g < n_groups; g++, src += block_bytes)
    {
      uint8_t *dst = panel + g * n_bytes * TL_PANEL_ROWS + 4 * lane;

      scales[g * TL_PANEL_ROWS + lane] = read_block (qs, type, src);
      for (size_t i = 0; i < n_bytes; i += 4, dst += VECTOR)
        memcpy (dst, qs + i, 4);
    }
}

void
tl_panels_pack (tl_panels *p, uint8_t *dst, tl_type type, const void *src)
{
  size_t row_bytes = tl_type_row_bytes (type, p->cols);

  for (size_t row = 0; row < p->n_panels * TL_PANEL_ROWS; row++)
    {
      uint8_t *panel = dst + row / TL_PANEL_ROWS * p->panel_bytes;

      if (row % TL_PANEL_ROWS == 0)
        memset (panel, 0, p->panel_bytes);
      if (row < p->rows)
        pack_row (p, panel, row % TL_PANEL_ROWS, type, (const uint8_t *) src + row * row_bytes);
    }
  p->data = dst;
}
