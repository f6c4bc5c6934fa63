/* SPDX-License-Identifier: Apache-2.0 */
/* How well a system ranks the units of a note: its picks against what a person marked. */
#pragma once

#include <glib.h>

#include "reader/example.h"

G_BEGIN_DECLS

/* A system's opinion of one note, in its own units. */
typedef struct
{
  const tl_note *note;
  const float   *scores; /* [n_units]; only content counts */
} TlmOpinion;

typedef enum
{
  TLM_METRIC_P3,         /* of the first three picks, the share that are key */
  TLM_METRIC_P3_NICE,    /* ... key or acceptable */
  TLM_METRIC_RECALL_K,   /* of as many picks as there are key units, the share that are key */
  TLM_METRIC_P_K_NICE,   /* ... key or acceptable */
  TLM_METRIC_TOP1,       /* the first pick is key */
  TLM_METRIC_RECALL_60,  /* key units found by picks of together at most 60 words */
  TLM_METRIC_MATCHED,    /* of k picks among the key units and two others of like length each */
  TLM_N_METRICS,
} TlmMetric;

extern const char *const tlm_metric_names[TLM_N_METRICS];

/**
 * tlm_eval_rank:
 * @metrics: (out): [TLM_N_METRICS] of this note
 *
 * A pick stands for the gold unit with which it shares most bytes; a second pick of the same one,
 * or one that stands for none, is a miss. Returns: FALSE when the note has no key unit.
 */
gboolean tlm_eval_rank (const tl_reader_example *example, const TlmOpinion *opinion,
                        double *metrics);

/* A mean over notes with the 95 % interval of a bootstrap over them. */
typedef struct
{
  double mean, low, high;
} TlmInterval;

/**
 * tlm_bootstrap:
 * @values: [n] one value a note (for a comparison: the difference)
 */
TlmInterval tlm_bootstrap       (const double *values, gsize n, guint64 seed);

/* Of sum (@parts) / sum (@wholes), both [n]: what is counted in texts that hold more or less of it. A
 * resample without any counts as the ratio of all. */
TlmInterval tlm_bootstrap_ratio (const double *parts, const double *wholes, gsize n,
                                 guint64 seed);

G_END_DECLS
