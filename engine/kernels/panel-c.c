/* SPDX-License-Identifier: Apache-2.0 */
/* The C reference of the products over panels, and of the activations they take. */
#include "kernels/kernels-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The scale maps the largest magnitude to 127; values round to nearest, ties to even. Every
 * instruction set gives the same. A group too small to divide by its scale becomes zeros; a NaN
 * becomes -127, as the vector instructions have it. */
static void
quantize_group (int8_t *q, float *scale, int32_t *sum, const float *x, size_t group)
{
  float max = 0, d, inverse;

  for (size_t i = 0; i < group; i++)
    max = fmaxf (max, fabsf (x[i]));
  d = max / 127.0f;
  inverse = d >= FLT_MIN ? 1.0f / d : 0.0f;
  *scale = d >= FLT_MIN ? d : 0.0f;
  *sum = 0;
  for (size_t i = 0; i < group; i++)
    {
      q[i] = (int8_t) rintf (fminf (fmaxf (x[i] * inverse, -127.0f), 127.0f));
      *sum += q[i];
    }
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

/* The levels of one group of a panel as its bytes stand there, [group / 4, 16 rows, 4 columns], from the
 * group's first vector. */
static void
unpack_u8 (uint8_t *level, const uint8_t *v)
{
  memcpy (level, v, 512);
}

static void
unpack_f8 (uint8_t *level, const uint8_t *v)
{
  memcpy (level, v, 256);
}

/* The fields of @bits from bit @shift on. */
static void
take_fields (uint8_t *level, const uint8_t *v, size_t n, unsigned shift, unsigned bits)
{
  for (size_t i = 0; i < n; i++)
    level[i] = v[i] >> shift & ((1 << bits) - 1);
}

/* Above the @below bits of each level, @bits of the byte for its row and column modulo 4. */
static void
put_above (uint8_t *level, const uint8_t *v, size_t n_vectors, unsigned bits, unsigned below)
{
  for (size_t i = 0; i < n_vectors; i++)
    for (size_t j = 0; j < 64; j++)
      level[64 * i + j] |= (uint8_t) ((v[j] >> i * bits & ((1 << bits) - 1)) << below);
}

static void
unpack_u4 (uint8_t *level, const uint8_t *v)
{
  take_fields (level, v, 256, 0, 4);
  take_fields (level + 256, v, 256, 4, 4);
}

static void
unpack_u5 (uint8_t *level, const uint8_t *v)
{
  unpack_u4 (level, v);
  put_above (level, v + 256, 8, 1, 4);
}

static void
unpack_u6 (uint8_t *level, const uint8_t *v)
{
  take_fields (level, v, 128, 0, 4);
  take_fields (level + 128, v, 128, 4, 4);
  put_above (level, v + 128, 4, 2, 4);
}

static void
unpack_u2 (uint8_t *level, const uint8_t *v)
{
  for (size_t half = 0; half < 2; half++)
    for (unsigned field = 0; field < 4; field++, level += 512)
      take_fields (level, v + 512 * half, 512, 2 * field, 2);
}

typedef struct
{
  size_t  group, group_bytes; /* columns; bytes of all sixteen rows */
  int32_t zero;
  void (*unpack) (uint8_t *level, const uint8_t *v);
} form_info;

static const form_info forms[] = {
  [TL_PANEL_U8] = { 32, 512, 128, unpack_u8 },
  [TL_PANEL_B8] = { 32, 512, 128, unpack_u8 },
  [TL_PANEL_U4] = { 32, 256, 8, unpack_u4 },
  [TL_PANEL_U5] = { 32, 320, 16, unpack_u5 },
  [TL_PANEL_U2] = { 256, 1024, 1, unpack_u2 },
  [TL_PANEL_U6] = { 16, 192, 32, unpack_u6 },
  [TL_PANEL_F8] = { 16, 256, 0, unpack_f8 },
  [TL_PANEL_F4] = { 32, 256, 0, unpack_u4 },
  [TL_PANEL_F5] = { 32, 320, 0, unpack_u5 },
};

/* sum[row] += the row's levels x q. |sum| <= 256 * 255 * 127 < 2^24 is exact as a float too. */
static void
dot_levels (int32_t sum[TL_PANEL_ROWS], const uint8_t *level, const int8_t *q, size_t n)
{
  for (size_t i = 0; i < n; i += 4, q += 4)
    for (size_t row = 0; row < TL_PANEL_ROWS; row++, level += 4)
      sum[row] += level[0] * q[0] + level[1] * q[1] + level[2] * q[2] + level[3] * q[3];
}

/* The scale and the offset of a row's group. */
static void
read_scale (float *scale, float *offset, const tl_panels *w, const uint8_t *panel, size_t at)
{
  const void *scales = panel + w->scales_at;

  *offset = 0;
  if (w->form == TL_PANEL_B8)
    *scale = 1;
  else if (w->form == TL_PANEL_U6)
    {
      const uint16_t *halves = (const void *) ((const char *) scales + w->cols / 16 * TL_PANEL_ROWS);
      size_t block = at / TL_PANEL_ROWS / TL_PANEL_SIXES;

      *scale = tl_f16_to_f32 (halves[block * TL_PANEL_ROWS + at % TL_PANEL_ROWS])
               * (float) ((const int8_t *) scales)[at];
    }
  else if (tl_panel_has_offsets (w->form))
    {
      *scale = ((const float *) scales)[at];
      *offset = ((const float *) scales)[w->cols / forms[w->form].group * TL_PANEL_ROWS + at];
    }
  else
    *scale = tl_f16_to_f32 (((const uint16_t *) scales)[at]);
}

/* y[t] += the products of one group: integers, exactly, and then two scales. */
static void
add_group (const tl_panels *w, size_t panel, size_t g, const tl_acts *x, size_t n, float *y,
           size_t ldy)
{
  const form_info *f = &forms[w->form];
  const uint8_t *data = w->data + panel * w->panel_bytes;
  size_t n_groups = w->cols / f->group, row = panel * TL_PANEL_ROWS;
  size_t n_rows = w->rows - row < TL_PANEL_ROWS ? w->rows - row : TL_PANEL_ROWS;
  uint8_t level[TL_PANEL_ROWS * TL_QK];
  float scale[TL_PANEL_ROWS], offset[TL_PANEL_ROWS];

  f->unpack (level, data + g * f->group_bytes);
  for (size_t lane = 0; lane < n_rows; lane++)
    read_scale (&scale[lane], &offset[lane], w, data, g * TL_PANEL_ROWS + lane);
  for (size_t t = 0; t < n; t++, y += ldy)
    {
      size_t at = t * n_groups + g;
      int32_t sum[TL_PANEL_ROWS] = { 0 };

      dot_levels (sum, level, x->q + at * f->group, f->group);
      for (size_t lane = 0; lane < n_rows; lane++)
        {
          y[row + lane] += (float) (sum[lane] - f->zero * x->sum[at]) * (scale[lane] * x->scale[at]);
          if (tl_panel_has_offsets (w->form))
            y[row + lane] += offset[lane] * (x->scale[at] * (float) x->sum[at]);
        }
    }
}

static void
clear_rows (const tl_panels *w, size_t begin, size_t end, size_t n, float *y, size_t ldy)
{
  for (size_t t = 0; t < n; t++)
    for (size_t row = begin * TL_PANEL_ROWS; row < end * TL_PANEL_ROWS && row < w->rows; row++)
      y[t * ldy + row] = 0;
}

static void
mul_panels (const tl_panels *w, size_t begin, size_t end, const tl_acts *x, size_t n, float *y,
            size_t ldy)
{
  size_t n_groups = w->cols / forms[w->form].group;

  assert (x->cols == w->cols && x->group == forms[w->form].group);
  clear_rows (w, begin, end, n, y, ldy);
  for (size_t panel = begin; panel < end; panel++)
    for (size_t g = 0; g < n_groups; g++)
      add_group (w, panel, g, x, n, y, ldy);
}

void
tl_kernels_fill_c_panel (tl_kernels *k)
{
  k->quantize_acts = quantize_acts;
  k->mul_panels = mul_panels;
}
