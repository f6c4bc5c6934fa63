/* SPDX-License-Identifier: Apache-2.0 */
/* Is a specialist better than its base? Both answer the same examples, which neither was trained
 * on, by the very files that will run. */
#pragma once

#include "examples.h"
#include "specialist-form.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_VERDICT_TOO_FEW, /* examples to tell */
  TLM_VERDICT_WINS,
  TLM_VERDICT_DOES_NOT_WIN,
} TlmVerdictKind;

/* Scores are means over the examples, in [0, 1]: of labels, how many were right; of other texts,
 * ROUGE-L over words (Lin 2004), of which exactly the same is 1. */
typedef struct
{
  TlmVerdictKind kind;
  guint  n;                  /* examples that were asked */
  double base, specialist;
  double commonest;          /* of always giving the commonest output of the training examples */
  double exact;              /* the specialist's outputs that are the wanted ones to the letter */
  double difference, low, high; /* to the better of base and commonest; 95 % by bootstrap */
  double calibration_error;  /* of labels: mean |p - right| by tenths of p (Guo et al. 2017) */
  double asked;              /* of labels: the part that is below the threshold */
  double right_when_sure;    /* and how many of the others are right; 1 when there are none */
  double base_bits, bits;    /* a byte of ordinary notes: what it forgot; 0: not measured */
} TlmVerdict;

/* "wins", "does not win" or "too few examples"; static, not translated */
const char *tlm_verdict_get_word (TlmVerdictKind kind);

/* One translated sentence on @verdict, whose bits were measured. (transfer full) */
char *tlm_verdict_dup_forgetting (const TlmVerdict *verdict);

/* Of the sessions that it judges in. */
guint32 tlm_judge_get_context (const tl_model *model);

/* @max_tokens: (out): of the longest wanted output, and some */
gboolean tlm_judge_measure_outputs (const tl_model *model, const TlmExample *const *held_out, gsize n,
                                    guint *max_tokens, tl_error *err);

/* Fills in the bits of @verdict; parameters as of tlm_judge(), which does not do it. */
gboolean tlm_judge_forgetting (const tl_model *base, const tl_model *model,
                               const tl_adapter_use *uses, gsize n_uses, tl_pool *pool,
                               tl_cancel_func cancel, gpointer cancel_data, TlmVerdict *verdict,
                               GError **error);

/**
 * tlm_judge:
 * @form: its temperature and threshold are set here, if it has labels
 * @uses: [n_uses] the specialist's adapters; none when @model itself was trained
 * @base: the model without; the same as @model beside adapters
 * @commonest: the output that the training examples have most often
 */
gboolean tlm_judge (TlmForm *form, const tl_model *base, const tl_model *model,
                    const tl_adapter_use *uses, gsize n_uses, const TlmExample *const *held_out,
                    gsize n, const char *commonest, tl_pool *pool, tl_cancel_func cancel,
                    gpointer cancel_data, TlmVerdict *verdict, GError **error);

G_END_DECLS
