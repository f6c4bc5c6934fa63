/* SPDX-License-Identifier: Apache-2.0 */
/* Packs rows of blocks into panels. A vector's four bytes a row are, for each form, four
 * neighbouring bytes of the row's block as the file has it, so packing moves words. */
#include "kernels/panel.h"

#include <string.h>

#define VECTOR 64u /* bytes */

bool
tl_panel_form_of (tl_type type, tl_panel_form *form)
{
  switch (type)
    {
    case TL_TYPE_Q5_0:
    case TL_TYPE_Q8_0:
    case TL_TYPE_IQ4_NL:
      *form = TL_PANEL_U8;
      return true;
    case TL_TYPE_Q4_1:
    case TL_TYPE_Q5_1:
    case TL_TYPE_Q2_K:
    case TL_TYPE_Q3_K:
    case TL_TYPE_Q4_K:
    case TL_TYPE_Q5_K:
    case TL_TYPE_Q6_K:
      *form = TL_PANEL_F8;
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
    case TL_PANEL_F8:
      return 16;
    }
  return 0;
}

/* Bytes of a row's scales, and offsets, of a group. */
static size_t
scale_bytes (tl_panel_form form)
{
  return form == TL_PANEL_F8 ? 2 * sizeof (float) : sizeof (uint16_t);
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
  bytes = p->scales_at + n_groups * TL_PANEL_ROWS * scale_bytes (form);
  p->panel_bytes = (bytes + VECTOR - 1) / VECTOR * VECTOR;
  p->data = NULL;
  return p->n_panels * p->panel_bytes;
}

#define ONE 0x3c00 /* as a half */

/* The levels of a block of 32 whose scale is 1, from the type's definition. */
static void
levels_of_unit (uint8_t *qs, tl_type type, const void *unit)
{
  float x[32];

  tl_type_get_info ((uint32_t) type)->dequantize (x, unit, 32);
  for (size_t i = 0; i < 32; i++)
    qs[i] = (uint8_t) (x[i] + 128.0f);
}

/* Three planes of TQ1_0 bytes become TQ2_0's fields: the levels are the same. */
static void
two_bits_of_tq1_0 (uint8_t *qs, const tl_block_tq1_0 *b)
{
  tl_block_tq1_0 unit = *b;
  float x[TL_QK];

  unit.d = ONE;
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
  if (type == TL_TYPE_Q5_0)
    {
      const tl_block_q5_0 *b = src;
      tl_block_q5_0 unit = *b;

      unit.d = ONE;
      levels_of_unit (qs, type, &unit);
      return b->d;
    }
  if (type == TL_TYPE_IQ4_NL)
    {
      const tl_block_iq4_nl *b = src;
      tl_block_iq4_nl unit = *b;

      unit.d = ONE;
      levels_of_unit (qs, type, &unit);
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

/* Where a block keeps its levels and its minimum. A level of 1 in each weight is @one in the bytes
 * of the first range and 0 in those of the second, the high bits. */
typedef struct
{
  tl_type type;
  uint8_t low_at, low_n, one, high_at, high_n;
  uint8_t min_at; /* of a half; 0: there is none */
  uint8_t zero;   /* the level that stands for 0, without the minimum */
} affine_layout;

static const affine_layout affine_layouts[] = {
  { TL_TYPE_Q4_1, 4, 16, 0x11, 0, 0, 2, 0 },    { TL_TYPE_Q5_1, 8, 16, 0x11, 4, 4, 2, 0 },
  { TL_TYPE_Q2_K, 16, 64, 0x55, 0, 0, 82, 0 },  { TL_TYPE_Q3_K, 32, 64, 0x55, 0, 32, 0, 4 },
  { TL_TYPE_Q4_K, 16, 128, 0x11, 0, 0, 2, 0 },  { TL_TYPE_Q5_K, 48, 128, 0x11, 16, 32, 2, 0 },
  { TL_TYPE_Q6_K, 0, 128, 0x11, 128, 64, 0, 32 },
};

/* Weights of the block with @level 0 or 1 everywhere, or its own levels for -1; and its minimum. */
static void
weights_of (float *x, const affine_layout *a, const void *src, int level, bool with_min)
{
  const tl_type_info *type = tl_type_get_info ((uint32_t) a->type);
  union
  {
    tl_block_q6_k align; /* the largest */
    uint8_t       bytes[sizeof (tl_block_q6_k)];
  } block;

  memcpy (block.bytes, src, type->block_bytes);
  if (level >= 0)
    {
      memset (block.bytes + a->low_at, level * a->one, a->low_n);
      memset (block.bytes + a->high_at, 0, a->high_n);
    }
  if (!with_min && a->min_at > 0)
    memset (block.bytes + a->min_at, 0, sizeof (uint16_t));
  type->dequantize (x, block.bytes, type->block_len);
}

/* Takes a block apart with its definition alone: w = scale (q - zero) + min. Without the minimum
 * all products are exact in floats, of at most 24 bits, and so are the quotients. */
static void
split_affine (uint8_t *q, float *scale, float *offset, const affine_layout *a, const void *src)
{
  size_t n = tl_type_get_info ((uint32_t) a->type)->block_len;
  float own[TL_QK], zeros[TL_QK], ones[TL_QK];

  weights_of (own, a, src, -1, false);
  weights_of (zeros, a, src, 0, true);
  weights_of (ones, a, src, 1, false);
  for (size_t g = 0; g < n / 16; g++)
    {
      scale[g] = ones[16 * g] / (float) (1 - a->zero);
      offset[g] = zeros[16 * g];
    }
  for (size_t i = 0; i < n; i++)
    {
      float level = own[i] / scale[i / 16] + (float) a->zero;

      /* A scale of 0 makes it NaN. */
      q[i] = level >= 0.0f && level <= 63.0f ? (uint8_t) (level + 0.5f) : 0;
    }
}

static const affine_layout *
find_layout (tl_type type)
{
  const affine_layout *a = affine_layouts;

  while (a->type != type)
    a++;
  return a;
}

static void
pack_affine_row (const tl_panels *p, uint8_t *panel, size_t lane, tl_type type, const uint8_t *src)
{
  const affine_layout *a = find_layout (type);
  const tl_type_info *info = tl_type_get_info ((uint32_t) type);
  float *scales = (float *) (void *) (panel + p->scales_at);
  float *offsets = scales + p->cols;
  float scale[TL_QK / 16], offset[TL_QK / 16];
  uint8_t q[TL_QK];

  for (size_t at = 0; at < p->cols; at += info->block_len, src += info->block_bytes)
    {
      split_affine (q, scale, offset, a, src);
      for (size_t g = 0; g < info->block_len / 16; g++)
        {
          scales[at + 16 * g + lane] = scale[g];
          offsets[at + 16 * g + lane] = offset[g];
        }
      for (size_t i = 0; i < info->block_len; i += 4)
        memcpy (panel + (at + i) / 4 * VECTOR + 4 * lane, q + i, 4);
    }
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
        {
          const uint8_t *blocks = (const uint8_t *) src + row * row_bytes;

          if (p->form == TL_PANEL_F8)
            pack_affine_row (p, panel, row % TL_PANEL_ROWS, type, blocks);
          else
            pack_row (p, panel, row % TL_PANEL_ROWS, type, blocks);
        }
    }
  p->data = dst;
}
