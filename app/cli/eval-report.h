/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of tinylm-cli eval. Each function appends finished text, and adds the leads that the
 * verdict on its skill rests on. */
#pragma once

#include "cli/eval-rank.h"
#include "specialists/datasets.h"

G_BEGIN_DECLS

/* Of the skills over their baselines, in the order of the tables. */
typedef GArray TlmLeads;

TlmLeads *tlm_leads_new   (void); /* freed with g_array_unref() */
/* @skill: @measure: @baseline: literals; @lead: of the skill over the baseline */
void      tlm_leads_add   (TlmLeads *leads, const char *skill, const char *measure,
                           const char *baseline, TlmInterval lead);
void      tlm_leads_print (const TlmLeads *leads, GString *out);

/* What is evaluated: the same model from several seeds (the first is the one that ships),
 * on notes. */
typedef struct
{
  const TlmDataset *notes;
  const TlmDataset *training; /* of the trained baselines; no notes: they are left out */
  tl_reader *const *readers;
  gsize             n_readers;
  tl_tokenizer     *tokenizer;
  TlmLeads         *leads;
} TlmEvaluation;

/**
 * tlm_eval_keys:
 * Key sentences: every system by every measure, the paired differences with their intervals, groups
 * of notes, and the same notes with their paragraphs shuffled.
 */
gboolean tlm_eval_keys    (const TlmEvaluation *e, GString *out, GError **error);

/* Action units by F1, beside a rule and hashed n-grams, and how probable was what was said to be
 * probable. */
gboolean tlm_eval_actions (const TlmEvaluation *e, GString *out, GError **error);

/* Titles, tags, owners and due words: each system's figures as means over notes. */
void     tlm_eval_spans   (const TlmEvaluation *e, GString *out);

/* Questions with an answer in the note, and those without. */
gboolean tlm_eval_ask     (const TlmEvaluation *e, GString *out, GError **error);

/**
 * tlm_shuffle_paragraphs:
 * Returns: (transfer full): the notes with their paragraphs (parted by blank lines) in seeded
 * order, labels moved along
 */
TlmDataset *tlm_shuffle_paragraphs (const TlmDataset *notes, guint64 seed);

G_END_DECLS
