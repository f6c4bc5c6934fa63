/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader found in one note: spans with their places, nothing written by a model.
 * Immutable, so it may cross threads. */
#pragma once

#include <glib-object.h>

#include "skills/dates.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_CONFIDENCE_LOW,
  TLM_CONFIDENCE_MEDIUM,
  TLM_CONFIDENCE_HIGH, /* p >= .5: half of such sentences are key on notes not seen */
} TlmConfidence;

typedef struct
{
  gsize         start, end; /* UTF-8 bytes of the note; equal when there is none */
  float         p;
  TlmConfidence confidence;
} TlmSpan;

typedef struct
{
  TlmSpan sentence;
  TlmSpan owner, due; /* inside the sentence; start == end for none */
  TlmDays due_days;   /* that the due words name; year 0 when that is not sure */
} TlmAction;

typedef enum
{
  TLM_UNIT_SKIPPED, /* structure and front matter: kept out of what is chosen from */
  TLM_UNIT_UNREAD,
  TLM_UNIT_READ,
  TLM_UNIT_USED,    /* a key point, an action item or the gist */
} TlmUnitUse;

#define TLM_TYPE_SUMMARY (tlm_summary_get_type ())
G_DECLARE_FINAL_TYPE (TlmSummary, tlm_summary, TLM, SUMMARY, GObject)

const char      *tlm_summary_get_text         (TlmSummary *self); /* the note as it was read */
const TlmSpan   *tlm_summary_get_title        (TlmSummary *self); /* NULL when the note has none */
const TlmSpan   *tlm_summary_get_keypoints    (TlmSummary *self, gsize *n); /* most important first */
const TlmAction *tlm_summary_get_actions      (TlmSummary *self, gsize *n); /* in the note's order */
const TlmSpan   *tlm_summary_get_tags         (TlmSummary *self, gsize *n);
const TlmSpan   *tlm_summary_get_units        (TlmSummary *self, gsize *n); /* all, for coverage */
gboolean         tlm_summary_get_unit_read    (TlmSummary *self, gsize i);
TlmUnitUse       tlm_summary_get_unit_use     (TlmSummary *self, gsize i);
const TlmSpan   *tlm_summary_get_gist         (TlmSummary *self); /* NULL when there is none */
/* What the skill of this name found (skills/skill.h); NULL and 0 for nothing. */
const TlmSpan   *tlm_summary_get_found        (TlmSummary *self, const char *skill, gsize *n);
/* The day on which the note was written, to which its due words refer. */
TlmDay           tlm_summary_get_day          (TlmSummary *self);
/* True when nothing stands out: the key points are then the longest sentences, under that name. */
gboolean         tlm_summary_get_is_fallback  (TlmSummary *self);
/* False for a note that is not in English, on which eeny mostly learned: the results may be
 * poorer. */
gboolean         tlm_summary_get_is_english   (TlmSummary *self);
/* True for a note in letters that eeny cannot read: the results mean little. */
gboolean         tlm_summary_get_is_of_unknown_script (TlmSummary *self);
const char      *tlm_summary_get_model_name   (TlmSummary *self);
const char      *tlm_summary_get_model_sha256 (TlmSummary *self);
double           tlm_summary_get_load_ms      (TlmSummary *self);
double           tlm_summary_get_total_ms     (TlmSummary *self);

/* The slice of the note. (transfer full) */
char *tlm_summary_dup_slice (TlmSummary *self, const TlmSpan *span);

/* The slice as it is shown: tlm_shown_dup(). (transfer full) */
char *tlm_summary_dup_shown (TlmSummary *self, const TlmSpan *span);

G_END_DECLS
