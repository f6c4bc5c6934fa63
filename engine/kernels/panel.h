/* SPDX-License-Identifier: Apache-2.0 */
/* Quantised weights as the fast products want them: sixteen rows to a panel, interleaved four
 * columns at a time, so that one 512-bit load holds four columns of all sixteen rows and meets four
 * broadcast activations; and activations as bytes with a scale and a sum a group. Weights are stored
 * unsigned, as the x86 byte products take them; sum (q - zero) x = sum q x - zero sum x, and the sum
 * of the activations is the same for all rows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gguf/quant.h"

#define TL_PANEL_ROWS 16

/* A panel is vectors of 64 bytes, each of [16 rows, 4], then the scales: [cols / group, 16] halves. */
typedef enum
{
  TL_PANEL_U8, /* group 32: a byte a weight, zero 128. Q8_0, IQ4_NL */
  TL_PANEL_B8, /* group 32: U8's bytes bare of scales, which are all 1. Attention's values */
  TL_PANEL_U4, /* group 32: columns i and i + 16 in a byte's halves, low first, zero 8. Q4_0 */
  TL_PANEL_U5, /* group 32: U4's four vectors, then one of fifth bits: those of columns j, j + 4,
                  ... j + 28 in byte j of a row, lowest first; zero 16. Q5_0 */
  TL_PANEL_U2, /* group 256: columns i, i + 32, i + 64, i + 96 of each 128 in a byte's two-bit
                  fields, low first, zero 1. TQ1_0, TQ2_0 */
  TL_PANEL_U6, /* group 16: columns i and i + 8 in a byte's halves, low first, in two vectors, then one
                  of upper bits: those of columns j, j + 4, j + 8, j + 12 in the two-bit fields of byte
                  j of a row, low first; zero 32. Scales are signed bytes, and after all of them stand
                  halves that they multiply, [cols / 256, 16]. Q6_K */
  TL_PANEL_F8, /* group 16: a byte a weight, up to 7; scales are floats, and after all of them stand
                  offsets of the same shape: w = scale q + offset. Q2_K, Q3_K; up to 63, Q6_K in
                  WebAssembly, which has no products of bytes */
  TL_PANEL_F4, /* group 32: halves of bytes as U4's, scales and offsets as F8's. Q4_1, Q4_K */
  TL_PANEL_F5, /* group 32: halves and fifth bits as U5's, the rest as F8's. Q5_1, Q5_K */
} tl_panel_form;

/* [rows, cols] weights; rows beyond the last are zeros. */
typedef struct
{
  tl_panel_form  form;
  size_t         rows, cols, n_panels;
  size_t         panel_bytes; /* a multiple of 64 */
  size_t         scales_at;   /* in a panel */
  const uint8_t *data;        /* [n_panels, panel_bytes], 64-byte aligned */
} tl_panels;

/* [n, cols] activations: x = scale q, |q| <= 127, in groups of the form they are to meet. */
typedef struct
{
  size_t   cols, group;
  int8_t  *q;     /* [n, cols] */
  float   *scale; /* [n, cols / group] */
  int32_t *sum;   /* [n, cols / group] of q */
} tl_acts;

/* Columns that share a scale. */
static inline size_t
tl_panel_group (tl_panel_form form)
{
  return form == TL_PANEL_U2 ? 256 : form == TL_PANEL_F8 || form == TL_PANEL_U6 ? 16 : 32;
}

/* Groups of TL_PANEL_U6 that share a half. */
#define TL_PANEL_SIXES 16

/* Whether scales are floats and offsets follow them; levels have no zero then. */
static inline bool
tl_panel_has_offsets (tl_panel_form form)
{
  return form == TL_PANEL_F8 || form == TL_PANEL_F4 || form == TL_PANEL_F5;
}

/* Whether a vector of fifth bits follows the nibbles. */
static inline bool
tl_panel_has_fifths (tl_panel_form form)
{
  return form == TL_PANEL_U5 || form == TL_PANEL_F5;
}

/* Whether a byte holds columns i and i + 16 of a group. */
static inline bool
tl_panel_has_nibbles (tl_panel_form form)
{
  return form == TL_PANEL_U4 || form == TL_PANEL_F4 || tl_panel_has_fifths (form);
}

/* false when weights of @type have no panel form. */
bool tl_panel_form_of (tl_type type, tl_panel_form *form);

/**
 * tl_panels_init:
 * Describes the panels of [rows, cols] weights of @form, @cols a multiple of the group; data is NULL.
 * Returns: their bytes, which may be more than there is memory to address.
 */
uint64_t tl_panels_init (tl_panels *p, tl_panel_form form, size_t rows, size_t cols);

/**
 * tl_panels_pack:
 * @dst: all bytes of tl_panels_init(), 64-byte aligned; the caller sets p->data
 * @src: the rows from panel @begin on, of blocks of @type, whose form is p->form
 *
 * Writes panels [@begin, @end). Exact: scales are the blocks' own. Thread-safe for distinct panels.
 */
void tl_panels_pack (const tl_panels *p, uint8_t *dst, size_t begin, size_t end, tl_type type,
                     const void *src);
