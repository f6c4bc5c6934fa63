/* SPDX-License-Identifier: Apache-2.0 */
/* Products over panels, written once over the vocabulary that vector.h describes, but for the integers:
 * a file includes panel-operands.h, defines
 *   add_group (form, acc, n_p, n_t, o, g)  acc[r][t] += the levels of group g's rows in part r x token t
 *   ZERO_OF_BYTES                          what its TL_PANEL_U8 levels leave to be taken off
 * and then includes this. Each tile adds in the same order, so a token's result is the same in all. */
#pragma once

#include <float.h>

#include "kernels/panel-operands.h"

/* The levels' zero: what a stored 0 stands for is -zero. */
TILE int32_t
zero_of (tl_panel_form form)
{
  switch (form)
    {
    case TL_PANEL_U8:
    case TL_PANEL_B8:
      return ZERO_OF_BYTES;
    case TL_PANEL_U4:
      return 8;
    case TL_PANEL_U5:
      return 16;
    case TL_PANEL_U2:
      return 1;
    case TL_PANEL_U6:
      return 32;
    case TL_PANEL_F8:
    case TL_PANEL_F4:
    case TL_PANEL_F5:
      return 0;
    }
  return 0;
}

/* The scales of the rows of part @r; the offsets follow the scales of all groups. */
TILE vec
load_scales (tl_panel_form form, const operands *o, size_t r, size_t g)
{
  const void *scales = o->scales[r / N_PARTS];
  size_t at = g * TL_PANEL_ROWS + r % N_PARTS * WIDTH;

  if (form == TL_PANEL_B8)
    return v_set (1);
  if (form == TL_PANEL_U6)
    {
      const int8_t *bytes = scales;
      size_t halves = o->n_groups * TL_PANEL_ROWS + g / TL_PANEL_SIXES * TL_PANEL_ROWS * 2;
      const void *half = bytes + halves + r % N_PARTS * WIDTH * 2;

      return v_mul (v_load_bytes (bytes + at), v_load_f16 (half));
    }
  return tl_panel_has_offsets (form) ? v_load ((const float *) scales + at)
                                     : v_load_f16 ((const uint16_t *) scales + at);
}

/* sum += integers x the scales of both sides, and the offsets x the sum of the activations. */
TILE void
add_scaled (tl_panel_form form, vec sum[MAX_P * N_PARTS][MAX_T], ivec acc[MAX_P * N_PARTS][MAX_T],
            size_t n_p, size_t n_t, const operands *o, size_t g)
{
#pragma GCC unroll 4
  for (size_t r = 0; r < n_p * N_PARTS; r++)
    {
      vec dw = load_scales (form, o, r, g), offset = dw;

      if (tl_panel_has_offsets (form))
        offset = load_scales (form, o, r, o->n_groups + g);

#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        {
          size_t at = t * o->n_groups + g;

          sum[r][t] = v_fma (v_of_ints (acc[r][t]), v_mul (dw, v_set (o->scale[at])), sum[r][t]);
          if (tl_panel_has_offsets (form))
            sum[r][t] = v_fma (offset, v_set (o->scale[at] * (float) o->sum[at]), sum[r][t]);
        }
    }
}

TILE void
add_groups (tl_panel_form form, vec sum[MAX_P * N_PARTS][MAX_T], size_t n_p, size_t n_t,
            const operands *o)
{
  for (size_t g = 0; g < o->n_groups; g++)
    {
      ivec acc[MAX_P * N_PARTS][MAX_T];

#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        {
          ivec start = v_set_int (-zero_of (form) * o->sum[t * o->n_groups + g]);

#pragma GCC unroll 4
          for (size_t r = 0; r < n_p * N_PARTS; r++)
            acc[r][t] = start;
        }
      add_group (form, acc, n_p, n_t, o, g);
      add_scaled (form, sum, acc, n_p, n_t, o, g);
    }
}

/* The sums of token @t for a panel of which @n_rows rows exist, or more. */
TILE void
store_rows (float *y, vec sum[N_PARTS][MAX_T], size_t t, size_t n_rows)
{
#pragma GCC unroll 4
  for (size_t r = 0; r < N_PARTS; r++)
    if (n_rows >= (r + 1) * WIDTH)
      v_store (y + r * WIDTH, sum[r][t]);
    else if (n_rows > r * WIDTH)
      v_store_first (y + r * WIDTH, sum[r][t], n_rows - r * WIDTH);
}

TILE void
run_tile (tl_panel_form form, const tl_panels *w, size_t panel, size_t n_p, const tl_acts *x,
          size_t token, size_t n_t, float *y, size_t ldy)
{
  size_t n_groups = x->cols / tl_panel_group (form); /* a shift, as form is known here */
  operands o = { .q = x->q + token * x->cols,
                 .scale = x->scale + token * n_groups,
                 .sum = x->sum + token * n_groups,
                 .cols = x->cols,
                 .n_groups = n_groups,
                 .panel_bytes = w->panel_bytes };
  vec sum[MAX_P * N_PARTS][MAX_T];

#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      o.quants[p] = w->data + (panel + p) * w->panel_bytes;
      o.scales[p] = o.quants[p] + w->scales_at;
    }
#pragma GCC unroll 4
  for (size_t r = 0; r < n_p * N_PARTS; r++)
#pragma GCC unroll 6
    for (size_t t = 0; t < n_t; t++)
      sum[r][t] = v_set (0);
  add_groups (form, sum, n_p, n_t, &o);
#pragma GCC unroll 4
  for (size_t p = 0; p < n_p; p++)
    {
      size_t row = (panel + p) * TL_PANEL_ROWS;

#pragma GCC unroll 6
      for (size_t t = 0; t < n_t; t++)
        store_rows (y + (token + t) * ldy + row, sum + p * N_PARTS, t, w->rows - row);
    }
}

TILE void
run_tokens (tl_panel_form form, const tl_panels *w, size_t panel, size_t n_p, const tl_acts *x,
            size_t n, float *y, size_t ldy)
{
  size_t t = 0;

  for (; t + MAX_T <= n; t += MAX_T)
    run_tile (form, w, panel, n_p, x, t, MAX_T, y, ldy);
  if (MAX_T > 4)
    for (; t + 4 <= n; t += 4)
      run_tile (form, w, panel, n_p, x, t, 4, y, ldy);
  if (MAX_T > 2)
    for (; t + 2 <= n; t += 2)
      run_tile (form, w, panel, n_p, x, t, 2, y, ldy);
  if (t < n)
    run_tile (form, w, panel, n_p, x, t, 1, y, ldy);
}

/* One token has registers left for more panels than two. */
TILE void
run_form (tl_panel_form form, const tl_panels *w, size_t begin, size_t end, const tl_acts *x,
          size_t n, float *y, size_t ldy)
{
  size_t p = begin;

  if (MAX_P > 2 && n == 1)
    for (; p + MAX_P <= end; p += MAX_P)
      run_tile (form, w, p, MAX_P, x, 0, 1, y, ldy);
  if (MAX_P >= 2)
    for (; p + 2 <= end; p += 2)
      run_tokens (form, w, p, 2, x, n, y, ldy);
  for (; p < end; p++)
    run_tokens (form, w, p, 1, x, n, y, ldy);
}

/* A function for each form: in one for all, gcc 12 keeps sums of one on the stack for another's sake. */
#define RUN(form, name)                                                                      \
  static __attribute__ ((noinline)) void name (const tl_panels *w, size_t begin, size_t end, \
                                               const tl_acts *x, size_t n, float *y,         \
                                               size_t ldy)                                   \
  {                                                                                          \
    run_form (form, w, begin, end, x, n, y, ldy);                                            \
  }

RUN (TL_PANEL_U8, run_u8)
RUN (TL_PANEL_B8, run_b8)
RUN (TL_PANEL_U4, run_u4)
RUN (TL_PANEL_U5, run_u5)
RUN (TL_PANEL_U2, run_u2)
RUN (TL_PANEL_U6, run_u6)
RUN (TL_PANEL_F8, run_f8)
RUN (TL_PANEL_F4, run_f4)
RUN (TL_PANEL_F5, run_f5)

static void
mul_panels (const tl_panels *w, size_t begin, size_t end, const tl_acts *x, size_t n, float *y,
            size_t ldy)
{
  static void (*const run[]) (const tl_panels *, size_t, size_t, const tl_acts *, size_t, float *,
                              size_t) = {
    [TL_PANEL_U8] = run_u8, [TL_PANEL_B8] = run_b8, [TL_PANEL_U4] = run_u4, [TL_PANEL_U5] = run_u5,
    [TL_PANEL_U2] = run_u2, [TL_PANEL_U6] = run_u6, [TL_PANEL_F8] = run_f8, [TL_PANEL_F4] = run_f4,
    [TL_PANEL_F5] = run_f5,
  };

  assert (x->cols == w->cols && x->group == tl_panel_group (w->form));
  run[w->form](w, begin, end, x, n, y, ldy);
}

/* 16 floats to bytes; a NaN becomes -127. Returns the sums by lane. */
TILE ivec
quantize_16 (int8_t *q, const float *x, vec inverse)
{
  vec part[N_PARTS];

#pragma GCC unroll 4
  for (size_t i = 0; i < N_PARTS; i++)
    {
      vec level = v_max (v_mul (v_load (x + WIDTH * i), inverse), v_set (-127.0f));

      part[i] = v_min (level, v_set (127.0f));
    }
  return v_store_bytes (q, part);
}

/* See panel-c.c. The maximum passes over a NaN. */
TILE void
quantize_group (int8_t *q, float *scale, int32_t *sum, const float *x, size_t group)
{
  vec max = v_set (0), inverse;
  ivec total = v_set_int (0);
  float d;

  for (size_t i = 0; i < group; i += WIDTH)
    max = v_max (v_abs (v_load (x + i)), max);
  d = v_largest (max) / 127.0f;
  *scale = d >= FLT_MIN ? d : 0.0f;
  inverse = v_set (d >= FLT_MIN ? 1.0f / d : 0.0f);
  for (size_t i = 0; i < group; i += 16)
    total = v_add_int (total, quantize_16 (q + i, x + i, inverse));
  *sum = v_sum_int (total);
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

static inline void
fill_panel (tl_kernels *k)
{
  k->quantize_acts = quantize_acts;
  k->mul_panels = mul_panels;
}
