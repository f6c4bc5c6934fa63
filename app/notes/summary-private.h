/* SPDX-License-Identifier: Apache-2.0 */
/* How a summary is put together. */
#pragma once

#include "summary.h"

G_BEGIN_DECLS

/* Everything is owned; arrays may be NULL for none. */
typedef struct
{
  char       *text; /* NUL-terminated, may begin with a byte order mark */
  TlmDay      day;
  GHashTable *found;   /* a skill's name to a GArray of TlmSpan */
  GArray     *actions; /* TlmAction */
  GArray     *units;   /* TlmSpan */
  GArray     *uses;    /* TlmUnitUse, of the units */
  gboolean    is_fallback;
  gboolean    is_english;
  gboolean    is_of_unknown_script;
  char       *model_name;
  char       *model_sha256;
  double      load_ms, total_ms;
} TlmSummaryParts;

/* The spans of a skill; NULL for none. (transfer none) */
GArray *tlm_summary_parts_get_found (const TlmSummaryParts *parts, const char *skill);

/* Takes @spans, a GArray of TlmSpan. */
void    tlm_summary_parts_add_found (TlmSummaryParts *parts, const char *skill, GArray *spans);

/* Takes what is in @parts and clears it. */
TlmSummary *tlm_summary_new (TlmSummaryParts *parts);

G_END_DECLS
