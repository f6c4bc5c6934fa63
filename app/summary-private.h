/* SPDX-License-Identifier: Apache-2.0 */
/* How a summary is put together. */
#pragma once

#include "summary.h"

G_BEGIN_DECLS

/* Everything is owned; arrays may be NULL for none. */
typedef struct
{
  char    *text; /* NUL-terminated, may begin with a byte order mark */
  gboolean has_title;
  TlmSpan  title;
  GArray  *keypoints;  /* TlmSpan */
  GArray  *actions;    /* TlmAction */
  GArray  *tags;       /* TlmSpan */
  GArray  *units;      /* TlmSpan */
  GArray  *units_read; /* gboolean */
  gboolean is_fallback;
  gboolean is_english;
  char    *model_name;
  char    *model_sha256;
  double   load_ms, total_ms;
} TlmSummaryParts;

/* Takes what is in @parts and clears it. */
TlmSummary *tlm_summary_new (TlmSummaryParts *parts);

G_END_DECLS
