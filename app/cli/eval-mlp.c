/* SPDX-License-Identifier: Apache-2.0 */
/* The feature MLP: y = b + v . relu (W f + c), sigmoid cross-entropy, AdamW. */
#include "cli/eval-mlp.h"

#include <string.h>

#include "core/errors.h"
#include "train/ops.h"
#include "train/optim.h"

#define N_IN TL_READER_N_FEATURES
#define N_HIDDEN 32
#define N_EPOCHS 8
#define NOTES_PER_STEP 16

enum
{
  AT_W = 0,
  AT_C = AT_W + N_HIDDEN * N_IN,
  AT_V = AT_C + N_HIDDEN,
  AT_B = AT_V + N_HIDDEN,
  N_PARAMS = AT_B + 1,
};

/* Columns of features.c. */
static const guint8 plain_columns[] = {
  0,  1,  2,  3,  4,  5,  11,         /* first, second, place, last ones, first under a heading */
  20, 21, 22, 23, 24, 25, 26, 27, 28, /* length */
  29, 30, 31, 32, 33, 34, 35, 36, 37,
  38,     /* TF-IDF, TextRank, headings, neighbours */
  46, 61, /* "important", "because", ...; a pronoun first */
  68, 69, 70, 73, 74, 75, 76, 77, 79,
  81, /* capitals, digits, colon, speaker, "?", "!", "(", commas */
};

struct _TlmMlp
{
  gboolean plain;
  float    input[TL_READER_MAX_UNITS * N_IN];
  tl_ops   ops;
  tl_adamw adamw;
  float    params[N_PARAMS], grads[N_PARAMS];
  float    hidden[TL_READER_MAX_UNITS * N_HIDDEN], d_hidden[TL_READER_MAX_UNITS * N_HIDDEN];
  float    d_scores[TL_READER_MAX_UNITS];
};

static void
take_input (TlmMlp *m, const tl_note *note)
{
  if (!m->plain)
    {
      memcpy (m->input, note->features, note->n_units * N_IN * sizeof (float));
      return;
    }
  memset (m->input, 0, note->n_units * N_IN * sizeof (float));
  for (gsize u = 0; u < note->n_units; u++)
    for (gsize i = 0; i < G_N_ELEMENTS (plain_columns); i++)
      m->input[u * N_IN + plain_columns[i]] = note->features[u * N_IN + plain_columns[i]];
}

void
tlm_mlp_score (TlmMlp *m, const tl_note *note, float *scores)
{
  take_input (m, note);
  tl_linear_forward (&m->ops, note->n_units, N_IN, N_HIDDEN, m->input, m->params + AT_W,
                     m->params + AT_C, m->hidden);
  for (gsize i = 0; i < note->n_units * N_HIDDEN; i++)
    m->hidden[i] = MAX (m->hidden[i], 0.0f);
  tl_linear_forward (&m->ops, note->n_units, N_HIDDEN, 1, m->hidden, m->params + AT_V,
                     m->params + AT_B, scores);
}

static void
add_gradient (TlmMlp *m, const tl_note *note, const tl_note_labels *labels)
{
  float targets[TL_READER_MAX_UNITS], weights[TL_READER_MAX_UNITS];

  for (gsize u = 0; u < note->n_units; u++)
    {
      targets[u] = labels->units[u].key;
      weights[u] = labels->units[u].counted && tl_unit_is_content (&note->units[u]);
    }
  tlm_mlp_score (m, note, m->d_scores);
  tl_sigmoid_cross_entropy (&m->ops, note->n_units, m->d_scores, targets, weights, 0.003f);
  tl_linear_backward (&m->ops, note->n_units, N_HIDDEN, 1, m->hidden, m->params + AT_V, m->d_scores,
                      m->d_hidden, 0.0f, m->grads + AT_V, m->grads + AT_B);
  for (gsize i = 0; i < note->n_units * N_HIDDEN; i++)
    if (m->hidden[i] <= 0.0f)
      m->d_hidden[i] = 0.0f;
  tl_linear_backward (&m->ops, note->n_units, N_IN, N_HIDDEN, m->input, m->params + AT_W,
                      m->d_hidden, NULL, 0.0f, m->grads + AT_W, m->grads + AT_C);
}

/* Notes are drawn with replacement: at this size that is as good as a shuffle. */
static void
run_steps (TlmMlp *m, tl_note *const *notes, const tl_note_labels *labels, gsize n, tl_rng *rng)
{
  const tl_adamw_params params = { .lr = 3e-3f, .beta1 = 0.9f, .beta2 = 0.98f, .eps = 1e-8f,
                                   .weight_decay = 0.05f, .clip_norm = 1.0f };
  gsize n_steps = N_EPOCHS * n / NOTES_PER_STEP + 1;
  const tl_schedule schedule = { .kind = TL_SCHEDULE_LINEAR, .warmup_steps = 20,
                                 .total_steps = n_steps, .final_factor = 0.05f };

  for (gsize step = 0; step < n_steps; step++)
    {
      memset (m->grads, 0, sizeof m->grads);
      for (gsize k = 0; k < NOTES_PER_STEP; k++)
        {
          gsize i = tl_rng_below (rng, (uint32_t) n);

          add_gradient (m, notes[i], &labels[i]);
        }
      tl_adamw_step (&m->adamw, &params, tl_schedule_get (&schedule, step), m->params, m->grads,
                     NULL);
    }
}

TlmMlp *
tlm_mlp_train (const tl_tokenizer *tokenizer, const tl_reader_example *examples, gsize n,
               gboolean plain, guint64 seed, GError **error)
{
  TlmMlp *m = g_new0 (TlmMlp, 1);
  g_autofree tl_note **notes = g_new0 (tl_note *, n);
  g_autofree tl_note_labels *labels = g_new0 (tl_note_labels, n);
  tl_error err = { 0 };
  tl_rng rng;
  bool ok = n > 0 && tl_ops_init (&m->ops, N_IN, NULL, &err)
            && tl_adamw_init (&m->adamw, N_PARAMS, &err);

  for (gsize i = 0; ok && i < n; i++)
    ok = tl_example_prepare (tokenizer, &examples[i], &notes[i], &labels[i], &err);
  m->plain = plain;
  tl_rng_init (&rng, seed);
  for (gsize i = 0; i < AT_C; i++)
    m->params[i] = 0.1f * tl_rng_normal (&rng); /* 1 / sqrt (96) */
  for (gsize i = AT_V; i < AT_B; i++)
    m->params[i] = 0.1f * tl_rng_normal (&rng);
  if (ok)
    run_steps (m, notes, labels, n, &rng);
  for (gsize i = 0; i < n; i++)
    {
      tl_note_free (notes[i]);
      tl_example_free_labels (&labels[i]);
    }
  if (ok)
    return m;
  tlm_error_from_engine (error, &err);
  tlm_mlp_free (m);
  return NULL;
}

void
tlm_mlp_free (TlmMlp *m)
{
  if (m == NULL)
    return;
  tl_adamw_clear (&m->adamw);
  tl_ops_clear (&m->ops);
  g_free (m);
}
