/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of tinylm-cli eval. Each function appends finished text. */
#pragma once

#include "datasets.h"

G_BEGIN_DECLS

/* What is evaluated: the same model from several seeds (the first is the one that ships),
 * on notes. */
typedef struct
{
  const TlmDataset *notes;
  const TlmDataset *training; /* the feature MLP's; no notes: it is left out */
  tl_reader *const *readers;
  gsize             n_readers;
  tl_tokenizer     *tokenizer;
} TlmEvaluation;

/**
 * tlm_eval_keys:
 * Key sentences: every system by every measure, the paired differences with their intervals, groups
 * of notes, and the same notes with their paragraphs shuffled.
 */
gboolean tlm_eval_keys    (const TlmEvaluation *e, GString *out, GError **error);

/* Action units by F1, with a rule as baseline, and how probable was what was said to
 * be probable. */
gboolean tlm_eval_actions (const TlmEvaluation *e, GString *out, GError **error);

/**
 * tlm_shuffle_paragraphs:
 * Returns: (transfer full): the notes with their paragraphs (parted by blank lines) in seeded
 * order, labels moved along
 */
TlmDataset *tlm_shuffle_paragraphs (const TlmDataset *notes, guint64 seed);

G_END_DECLS
