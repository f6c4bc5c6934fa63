/* SPDX-License-Identifier: Apache-2.0 */
/* Packs rows of blocks into panels: a block of each of the sixteen rows at a time is brought into the
 * form's bytes, and then their words are interleaved. */
#include "kernels/panel.h"

#include <string.h>

#include "gguf/quant-private.h"

#define VECTOR 64u /* bytes */

bool
tl_panel_form_of (tl_type type, tl_panel_form *form)
{
  switch (type)
    {
    case TL_TYPE_Q8_0:
    case TL_TYPE_IQ4_NL:
      *form = TL_PANEL_U8;
      return true;
    case TL_TYPE_Q2_K:
    case TL_TYPE_Q3_K:
      *form = TL_PANEL_F8;
      return true;
    case TL_TYPE_Q6_K:
#ifdef __wasm_simd128__
      /* Whose products are of widened bytes: taking six bits apart costs as much as they do. */
      *form = TL_PANEL_F8;
#else
      *form = TL_PANEL_U6;
#endif
      return true;
    case TL_TYPE_Q4_1:
    case TL_TYPE_Q4_K:
      *form = TL_PANEL_F4;
      return true;
    case TL_TYPE_Q5_1:
    case TL_TYPE_Q5_K:
      *form = TL_PANEL_F5;
      return true;
    case TL_TYPE_Q5_0:
      *form = TL_PANEL_U5;
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
    case TL_PANEL_B8:
      return 32;
    case TL_PANEL_U2:
      return 64;
    case TL_PANEL_U4:
    case TL_PANEL_F8:
    case TL_PANEL_F4:
      return 16;
    case TL_PANEL_U6:
      return 12;
    case TL_PANEL_U5:
    case TL_PANEL_F5:
      return 20;
    }
  return 0;
}

/* Bytes of a row's scales, and offsets, of all groups. */
static size_t
scale_bytes (tl_panel_form form, size_t n_groups)
{
  if (form == TL_PANEL_B8)
    return 0;
  if (form == TL_PANEL_U6)
    return n_groups + n_groups / TL_PANEL_SIXES * sizeof (uint16_t);
  return n_groups * (tl_panel_has_offsets (form) ? 2 * sizeof (float) : sizeof (uint16_t));
}

uint64_t
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
  bytes = p->scales_at + TL_PANEL_ROWS * scale_bytes (form, n_groups);
  p->panel_bytes = (bytes + VECTOR - 1) / VECTOR * VECTOR;
  p->data = NULL;
  return (uint64_t) p->n_panels * p->panel_bytes;
}

/* Bit 4 k + j of @bits becomes bit k of byte j. */
static void
put_fifths (uint8_t plane[4], uint32_t bits)
{
  for (size_t j = 0; j < 4; j++)
    {
      uint32_t b = bits >> j & 0x11111111;

      b = (b | b >> 3) & 0x03030303;
      b = (b | b >> 6) & 0x000f000f;
      plane[j] = (uint8_t) (b | b >> 12);
    }
}

static uint32_t
bits_of (const uint8_t b[4])
{
  return b[0] | (uint32_t) b[1] << 8 | (uint32_t) b[2] << 16 | (uint32_t) b[3] << 24;
}

static void
bytes_of_iq4_nl (uint8_t *qs, const tl_block_iq4_nl *b)
{
  for (size_t i = 0; i < 16; i++)
    {
      qs[i] = (uint8_t) (tl_iq4_nl_levels[b->qs[i] & 15] + 128);
      qs[i + 16] = (uint8_t) (tl_iq4_nl_levels[b->qs[i] >> 4] + 128);
    }
}

#define ONE 0x3c00 /* as a half */

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

/* The bytes of one block as they stand in a panel, and the scale. */
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

      memcpy (qs, b->qs, sizeof b->qs);
      put_fifths (qs + sizeof b->qs, bits_of (b->qh));
      return b->d;
    }
  if (type == TL_TYPE_IQ4_NL)
    {
      bytes_of_iq4_nl (qs, src);
      return ((const tl_block_iq4_nl *) src)->d;
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

/* One block of each row of a panel. */
typedef struct
{
  uint8_t bytes[TL_PANEL_ROWS][TL_QK];
} block_row;

/* Vectors of four bytes a row. */
static void
interleave (uint8_t *dst, const block_row *b, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i += 4)
    for (size_t lane = 0; lane < TL_PANEL_ROWS; lane++)
      memcpy (dst + i / 4 * VECTOR + 4 * lane, b->bytes[lane] + i, 4);
}

/* The levels of a group of 32. */
static void
put_nibbles (tl_panel_form form, uint8_t *bytes, const uint8_t *level)
{
  uint32_t fifths = 0;

  for (size_t i = 0; i < 16; i++)
    bytes[i] = (level[i] & 15) | (uint8_t) (level[i + 16] << 4);
  if (!tl_panel_has_fifths (form))
    return;
  for (size_t i = 0; i < 32; i++)
    fifths |= (uint32_t) (level[i] >> 4) << i;
  put_fifths (bytes + 16, fifths);
}

/* The levels of a block with offsets, in nibbles or bytes, and its groups' scales. */
static void
split_block (const tl_panels *p, uint8_t *bytes, float *scales, size_t n, tl_type type,
             const void *src)
{
  size_t group = tl_panel_group (p->form);
  float *offsets = scales + p->cols / group * TL_PANEL_ROWS;
  tl_levels l;

  tl_type_get_info ((uint32_t) type)->split (&l, src);
  for (size_t g = 0; g < n / group; g++)
    {
      scales[g * TL_PANEL_ROWS] = l.scale[g * group / 16];
      offsets[g * TL_PANEL_ROWS] = l.offset[g * group / 16];
    }
  if (!tl_panel_has_nibbles (p->form))
    memcpy (bytes, l.q, n);
  else
    for (size_t at = 0; at < n; at += 32, bytes += group_bytes (p->form))
      put_nibbles (p->form, bytes, l.q + at);
}

/* The levels of a block of six bits, its groups' scales and what these are multiplied with. */
static void
split_sixes (const tl_panels *p, uint8_t *bytes, uint8_t *panel, size_t at, const tl_block_q6_k *b)
{
  size_t n_groups = p->cols / 16, block = at / TL_PANEL_ROWS / TL_PANEL_SIXES;
  uint8_t *scales = panel + p->scales_at;
  uint16_t *halves = (uint16_t *) (void *) (scales + n_groups * TL_PANEL_ROWS);
  tl_levels l;

  tl_type_get_info (TL_TYPE_Q6_K)->split (&l, b);
  for (size_t g = 0; g < TL_PANEL_SIXES; g++, bytes += 12)
    {
      const uint8_t *level = l.q + 16 * g;

      scales[at + g * TL_PANEL_ROWS] = (uint8_t) b->scales[g];
      for (size_t i = 0; i < 8; i++)
        bytes[i] = (level[i] & 15) | (uint8_t) (level[i + 8] << 4);
      for (size_t i = 0; i < 4; i++)
        bytes[8 + i] = (uint8_t) (level[i] >> 4 | level[i + 4] >> 4 << 2 | level[i + 8] >> 4 << 4
                                  | level[i + 12] >> 4 << 6);
    }
  halves[block * TL_PANEL_ROWS + at % TL_PANEL_ROWS] = b->d;
}

/* The blocks at @src, @row_bytes apart, and their scales; @group: the first of the blocks. */
static void
read_blocks (const tl_panels *p, uint8_t *panel, block_row *b, size_t n_rows, size_t group,
             tl_type type, const uint8_t *src, size_t row_bytes)
{
  size_t n = tl_type_get_info ((uint32_t) type)->block_len;

  for (size_t lane = 0; lane < n_rows; lane++, src += row_bytes)
    {
      size_t at = group * TL_PANEL_ROWS + lane;

      if (p->form == TL_PANEL_U6)
        split_sixes (p, b->bytes[lane], panel, at, (const void *) src);
      else if (tl_panel_has_offsets (p->form))
        split_block (p, b->bytes[lane], (float *) (void *) (panel + p->scales_at) + at, n, type,
                     src);
      else
        ((uint16_t *) (void *) (panel + p->scales_at))[at] = read_block (b->bytes[lane], type, src);
    }
}

static void
pack_panel (const tl_panels *p, uint8_t *panel, size_t n_rows, tl_type type, const uint8_t *src)
{
  const tl_type_info *info = tl_type_get_info ((uint32_t) type);
  size_t groups_a_block = info->block_len / tl_panel_group (p->form);
  size_t n_bytes = groups_a_block * group_bytes (p->form);
  block_row b;

  if (n_rows < TL_PANEL_ROWS)
    {
      memset (panel, 0, p->panel_bytes);
      memset (&b, 0, sizeof b);
    }
  for (size_t block = 0; block < p->cols / info->block_len; block++, src += info->block_bytes)
    {
      read_blocks (p, panel, &b, n_rows, block * groups_a_block, type, src,
                   tl_type_row_bytes (type, p->cols));
      interleave (panel + block * n_bytes * TL_PANEL_ROWS, &b, n_bytes);
    }
}

void
tl_panels_pack (const tl_panels *p, uint8_t *dst, size_t begin, size_t end, tl_type type,
                const void *src)
{
  size_t panel_src = TL_PANEL_ROWS * tl_type_row_bytes (type, p->cols);

  for (size_t i = begin; i < end; i++)
    {
      size_t left = p->rows - i * TL_PANEL_ROWS;

      pack_panel (p, dst + i * p->panel_bytes, left < TL_PANEL_ROWS ? left : TL_PANEL_ROWS, type,
                  (const uint8_t *) src + (i - begin) * panel_src);
    }
}
