/* SPDX-License-Identifier: Apache-2.0 */
/* Learning to ask: -log of the probability of all units that answer ("none" when there is no
 * answer), a little weight decay, AdaGrad (Duchi et al. 2011) over the questions in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader/ask-private.h"
#include "reader/words.h"

#define EPOCHS 30
#define RATE 0.1f
#define DECAY 1e-4f

static bool
holds_words (const char *s, size_t len, const char *words, size_t n_words)
{
  for (size_t at = 0; n_words > 0 && at + n_words <= len; at++)
    if (memcmp (s + at, words, n_words) == 0)
      return true;
  return false;
}

bool
tl_ask_is_right (const tl_reader_example *e, const tl_question *q, size_t start, size_t end)
{
  return q->unit >= 0
         && (tl_example_find_gold (e, start, end) == q->unit
             || holds_words (e->text + start, end - start, q->answer, strlen (q->answer)));
}

typedef struct
{
  float weights[TL_ASK_N_WEIGHTS], squares[TL_ASK_N_WEIGHTS], slopes[TL_ASK_N_WEIGHTS];
} learner;

static void
move_weights (learner *l)
{
  for (size_t i = 0; i < TL_ASK_N_WEIGHTS; i++)
    {
      float slope = l->slopes[i] + DECAY * l->weights[i];

      l->squares[i] += slope * slope;
      l->weights[i] -= RATE * slope / sqrtf (l->squares[i] + 1e-8f);
    }
}

/* slope = sum over choices of (p - p restricted to what is right) times their features */
static bool
learn_question (learner *l, const tl_note *note, const tl_reader_example *e, const tl_question *q,
                tl_error *err)
{
  float p[TL_READER_MAX_UNITS + 1];
  bool right[TL_READER_MAX_UNITS + 1];
  size_t n = note->n_units;
  float total = 0.0f;
  tl_asked asked;

  if (!tl_asked_init (&asked, note, q->text, strlen (q->text), err))
    return false;
  tl_asked_score (&asked, l->weights, note, p);
  for (size_t u = 0; u <= n; u++)
    {
      right[u] = u == n ? q->unit < 0
                        : tl_ask_is_right (e, q, note->units[u].start, note->units[u].end);
      total += right[u] ? p[u] : 0.0f;
    }
  memset (l->slopes, 0, sizeof l->slopes);
  for (size_t u = 0; u <= n && total > 0.0f; u++)
    {
      const float *features = u == n ? asked.y : asked.x + u * TL_ASK_N_UNIT;
      float *slopes = l->slopes + (u == n ? TL_ASK_N_UNIT : 0);
      float d = p[u] - (right[u] ? p[u] / total : 0.0f);

      for (size_t i = 0; i < (u == n ? TL_ASK_N_NONE : TL_ASK_N_UNIT); i++)
        slopes[i] += d * features[i];
    }
  tl_asked_clear (&asked);
  if (total > 0.0f)
    move_weights (l);
  return true;
}

bool
tl_ask_train (const tl_note *const *notes, const tl_reader_example *examples, size_t n,
              float *weights, tl_error *err)
{
  learner l = { .weights = { 0 } };

  for (size_t k = 0; k < EPOCHS * n; k++)
    for (size_t i = 0; i < examples[k % n].n_questions; i++)
      if (!learn_question (&l, notes[k % n], &examples[k % n], &examples[k % n].questions[i], err))
        return false;
  memcpy (weights, l.weights, sizeof l.weights);
  return true;
}
