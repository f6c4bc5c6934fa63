/* SPDX-License-Identifier: Apache-2.0 */
/* What eeny emits besides key sentences: titles, tags, and the owner and the due words of an action.
 * Each is a span of the note. Plain code proposes candidate spans and describes them by features; a
 * small head for each kind scores them beside the trunk's view of their unit. Nothing is rewritten, so
 * whatever is emitted stands in the note. */
#pragma once

#include "base/rng.h"
#include "reader/reader.h"
#include "train/blocks.h"

typedef struct tl_spans_note tl_spans_note;

/**
 * tl_spans_prepare:
 * @text: [len] valid UTF-8; borrowed, must outlive the result
 * @units: [n_units] of tl_units_split(); borrowed likewise
 *
 * Candidates and features of one note. Time and memory are O(len); the number of candidates is capped.
 * Returns: (transfer full) (nullable): immutable; NULL only for want of memory
 */
tl_spans_note *tl_spans_prepare   (const char *text, size_t len, const tl_unit *units, size_t n_units,
                                   tl_error *err);
void           tl_spans_note_free (tl_spans_note *note); /* NULL is allowed */

/* What the trunk knows about the units of the note; all rows and entries in the order of the units. */
typedef struct
{
  const float *trunk;    /* [n_units, d_trunk] after the final norm; zeros for structure units */
  size_t       d_trunk;
  const float *p_key;    /* [n_units] before calibration; 0 for structure units */
  const float *p_action; /* [n_units] likewise */
} tl_spans_context;

/* The heads' parameters are one flat block inside the reader's flat array. */
size_t           tl_span_heads_n_params  (size_t d_trunk);
size_t           tl_span_heads_n_tensors (void);
tl_blocks_tensor tl_span_heads_tensor    (size_t d_trunk, size_t i);
void             tl_span_heads_init      (size_t d_trunk, float *params, tl_rng *rng);

/* The right answers for one note, as its writer gave them. */
typedef struct
{
  size_t unit;       /* index of tl_units_split()'s unit */
  tl_str owner, due; /* words of that unit; data NULL: none */
} tl_spans_gold_action;

typedef struct
{
  const tl_str               *titles; /* the title and its variants */
  size_t                      n_titles;
  const tl_str               *tags;
  size_t                      n_tags;
  const tl_spans_gold_action *actions;
  size_t                      n_actions;
} tl_spans_gold;

typedef struct tl_spans_labels tl_spans_labels;

/* Which candidates of @note are right, and how nearly. (transfer full); NULL only for want of memory. */
tl_spans_labels *tl_spans_label       (const tl_spans_note *note, const tl_spans_gold *gold,
                                       tl_error *err);
void             tl_spans_labels_free (tl_spans_labels *labels); /* NULL is allowed */

/**
 * tl_span_heads_loss:
 * @params: @grads: [tl_span_heads_n_params()]; the gradient is added to @grads
 * @rng: (nullable): draws dropout; NULL for none
 * @loss: (out): the sum of the heads' losses on this note, in nats
 *
 * Nothing flows back into the context: the heads are small and would only disturb the trunk.
 */
bool tl_span_heads_loss (const float *params, float *grads, const tl_spans_note *note,
                         const tl_spans_context *ctx, const tl_spans_labels *labels, tl_rng *rng,
                         float *loss, tl_error *err);

/**
 * tl_spans_choose:
 * @reading: its units are filled in; titles, tags, and the owner and due of units that may be actions
 * are added. On failure nothing is left to free but what was there.
 */
bool tl_spans_choose (const float *params, const tl_spans_note *note, const tl_spans_context *ctx,
                      tl_reading *reading, tl_error *err);
