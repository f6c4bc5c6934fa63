/* SPDX-License-Identifier: Apache-2.0 */
/* p = sigmoid (b + sum of the weights of the unit's buckets), one step of AdaGrad (Duchi et al.
 * 2011) a unit, notes in a seeded order. The buckets are those of the reader's wide part. */
#include "cli/eval-hashed.h"

#include <math.h>

#include "base/rng.h"
#include "core/errors.h"

#define N_EPOCHS 20
#define RATE 0.05
#define DECAY 1e-4 /* of a weight, each time it is used */

struct _TlmHashed
{
  double weights[TL_READER_N_HASH + 1], squares[TL_READER_N_HASH + 1]; /* the last: b */
};

double
tlm_hashed_score (const TlmHashed *h, const tl_note *note, gsize u)
{
  double z = h->weights[TL_READER_N_HASH];

  for (guint32 i = note->unit_buckets[u]; i < note->unit_buckets[u + 1]; i++)
    z += h->weights[note->buckets[i]];
  return 1.0 / (1.0 + exp (-z));
}

static void
move_weight (TlmHashed *h, gsize i, double slope)
{
  slope += DECAY * h->weights[i];
  h->squares[i] += slope * slope;
  h->weights[i] -= RATE * slope / sqrt (h->squares[i] + 1e-8);
}

static void
learn_note (TlmHashed *h, const tl_note *note, const tl_note_labels *labels)
{
  for (gsize u = 0; u < note->n_units; u++)
    {
      double slope = tlm_hashed_score (h, note, u) - labels->units[u].action;

      if (!labels->units[u].counted || !tl_unit_is_content (&note->units[u]))
        continue;
      move_weight (h, TL_READER_N_HASH, slope);
      for (guint32 i = note->unit_buckets[u]; i < note->unit_buckets[u + 1]; i++)
        move_weight (h, note->buckets[i], slope);
    }
}

TlmHashed *
tlm_hashed_train (const tl_tokenizer *tokenizer, const tl_reader_example *examples, gsize n,
                  GError **error)
{
  TlmHashed *h = g_new0 (TlmHashed, 1);
  tl_error err = { 0 };
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (gsize k = 0; n > 0 && k < N_EPOCHS * n; k++)
    {
      const tl_reader_example *e = &examples[tl_rng_below (&rng, (uint32_t) n)];
      tl_note *note;
      tl_note_labels labels;

      if (!tl_example_prepare (tokenizer, e, &note, &labels, &err))
        {
          tlm_error_from_engine (error, &err);
          tlm_hashed_free (h);
          return NULL;
        }
      if (labels.has_actions)
        learn_note (h, note, &labels);
      tl_example_free_labels (&labels);
      tl_note_free (note);
    }
  return h;
}

void
tlm_hashed_free (TlmHashed *h)
{
  g_free (h);
}
