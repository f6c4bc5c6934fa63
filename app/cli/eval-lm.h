/* SPDX-License-Identifier: Apache-2.0 */
/* Where a small language model helps, and where not: the tables of tinylm-cli eval lm. */
#pragma once

#include "specialists/datasets.h"
#include "tinylm.h"

G_BEGIN_DECLS

/**
 * tlm_eval_complete:
 * @text: (nullable): text whose words are counted; without it the frequency baseline is left out
 *
 * Completion as you type, over the words of @notes: how much typing each system saves, how often
 * what it shows is right.
 */
gboolean tlm_eval_complete (const TlmDataset *notes, const tl_model *model, const GString *text,
                            GString *out, GError **error);

/* Key sentences and titles chosen with the help of the model's likelihood beside eeny's own
 * choice. */
gboolean tlm_eval_score    (const TlmDataset *notes, const tl_model *model, tl_reader *reader,
                            GString *out, GError **error);

G_END_DECLS
