/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to all notes that more than one sentence answers, from a file beside the notes. */
#pragma once

#include "specialists/datasets.h"

G_BEGIN_DECLS

#define TLM_MAX_ANSWERS 8

typedef struct
{
  gsize       note; /* of the dataset; any when no note says */
  tl_question answers[TLM_MAX_ANSWERS]; /* the same question with each sentence that answers it */
  guint       n;                        /* at least 1 */
} TlmBroad;

/* Lines {"q", "note", "units"}: @note counts from 1 and is null without an answer. (element-type
 * TlmBroad) (transfer full): refers to @notes; NULL on error */
GArray *tlm_broad_read (const TlmDataset *notes, const char *path, GError **error);

G_END_DECLS
