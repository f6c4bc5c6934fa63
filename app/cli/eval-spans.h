/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of tinylm-cli eval for titles, tags, owners and due words. */
#pragma once

#include "datasets.h"

G_BEGIN_DECLS

/**
 * tlm_eval_spans:
 * @readers: [n_readers] the same model from several seeds, the first is the one that ships
 *
 * Appends finished tables: each system's figures as means over notes, and the readers' lead over each
 * baseline with a paired bootstrap interval over notes. All systems see the raw text only.
 */
void tlm_eval_spans (const TlmDataset *notes, tl_reader *const *readers, gsize n_readers,
                     GString *out);

G_END_DECLS
