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
  TLM_UNIT_READ,
  TLM_UNIT_USED,    /* a key point, an action item or the gist */
} TlmUnitUse;

#define TLM_TYPE_SUMMARY (tlm_summary_get_type ())
G_DECLARE_FINAL_TYPE (TlmSummary, tlm_summary, TLM, SUMMARY, GObject)

/**
 * tlm_summary_get_text:
 * Returns: (transfer none): the note as it was read
 */
const char *tlm_summary_get_text (TlmSummary *self);

/**
 * tlm_summary_get_title:
 * Returns: (transfer none) (nullable): NULL when the note has none
 */
const TlmSpan *tlm_summary_get_title (TlmSummary *self);

/**
 * tlm_summary_get_keypoints:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): most important first
 */
const TlmSpan *tlm_summary_get_keypoints (TlmSummary *self, gsize *n);

/**
 * tlm_summary_get_actions:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): in the note's order
 */
const TlmAction *tlm_summary_get_actions (TlmSummary *self, gsize *n);

/**
 * tlm_summary_get_tags:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): best first
 */
const TlmSpan *tlm_summary_get_tags (TlmSummary *self, gsize *n);

/**
 * tlm_summary_get_units:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): all of the note, for coverage
 */
const TlmSpan *tlm_summary_get_units (TlmSummary *self, gsize *n);

/**
 * tlm_summary_get_unit_use:
 * @i: of a unit
 *
 * Returns: what became of it
 */
TlmUnitUse tlm_summary_get_unit_use (TlmSummary *self, gsize i);

/**
 * tlm_summary_get_gist:
 * Returns: (transfer none) (nullable): NULL when there is none
 */
const TlmSpan *tlm_summary_get_gist (TlmSummary *self);

/**
 * tlm_summary_get_found:
 * @skill: the name of a skill (skills/skill.h)
 * @n: (out): how many
 *
 * Returns: (transfer none) (nullable) (array length=n): what it found; NULL and 0 for nothing
 */
const TlmSpan *tlm_summary_get_found (TlmSummary *self, const char *skill, gsize *n);

#ifndef __GI_SCANNER__ /* not for scripts */
/* The day on which the note was written, to which its due words refer. */
TlmDay tlm_summary_get_day (TlmSummary *self);
#endif

/**
 * tlm_summary_get_is_fallback:
 * Returns: TRUE when nothing stands out: the key points are then the longest sentences, under that name
 */
gboolean tlm_summary_get_is_fallback (TlmSummary *self);

/**
 * tlm_summary_get_is_english:
 * Returns: FALSE for a note that is not in English, on which eeny mostly learned: the results may be
 * poorer
 */
gboolean tlm_summary_get_is_english (TlmSummary *self);

/**
 * tlm_summary_get_is_of_unknown_script:
 * Returns: TRUE for a note in letters that eeny cannot read: the results mean little
 */
gboolean tlm_summary_get_is_of_unknown_script (TlmSummary *self);

/**
 * tlm_summary_get_model_name:
 * Returns: (transfer none): of the reader
 */
const char *tlm_summary_get_model_name (TlmSummary *self);

/**
 * tlm_summary_get_model_sha256:
 * Returns: (transfer none): of the reader's file
 */
const char *tlm_summary_get_model_sha256 (TlmSummary *self);

/**
 * tlm_summary_get_load_ms:
 * Returns: how long it took to load the reader; 0 when it was there
 */
double tlm_summary_get_load_ms (TlmSummary *self);

/**
 * tlm_summary_get_total_ms:
 * Returns: how long all took
 */
double tlm_summary_get_total_ms (TlmSummary *self);

/**
 * tlm_summary_dup_slice:
 * @span: of this summary
 *
 * Returns: (transfer full): the slice of the note
 */
char *tlm_summary_dup_slice (TlmSummary *self, const TlmSpan *span);

/**
 * tlm_summary_dup_shown:
 * @span: of this summary
 *
 * Returns: (transfer full): the slice as it is shown: tlm_shown_dup()
 */
char *tlm_summary_dup_shown (TlmSummary *self, const TlmSpan *span);

G_END_DECLS
