/* SPDX-License-Identifier: Apache-2.0 */
/* Learning to route: cross-entropy of the label and of the risk, AdaGrad (Duchi et al. 2011) over
 * the examples in seeded order, weight decay; the weights are the mean of those after each of the
 * later passes (Polyak & Juditsky 1992). Every second pass an example does not say what is
 * attached, so that a bare text is understood too, and each time words are hidden, so that none
 * decides alone. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "reader/route-private.h"

/* All by cross-validation on data/requests. */
#define EPOCHS 40
#define AVERAGED 20 /* of the passes, the last ones */
#define RATE 0.15f
#define DECAY 2e-4f
#define HIDDEN 0.2f /* of the words: of 0, .1, .2, .3 and .4 the best at the least certain requests */

typedef float weights[ROUTE_N_BUCKETS][ROUTE_N_OUTPUTS];

typedef struct
{
  tl_router *router;
  weights   *squares, *sums; /* of the gradients; of the weights after each averaged pass */
  route_view view;
} trainer;

/* Examples of one kind, and the chance in their order and their hidden words: of its own, so that
 * examples of the risk alone change nothing of the labels. */
typedef struct
{
  struct card { const tl_route_example *example; size_t place; } *cards; /* place: among its kind */
  size_t      n, done; /* in this pass */
  tl_rng      rng;
} deck;

static void
hide_words (trainer *t, tl_rng *rng)
{
  bool hidden[ROUTE_MAX_WORDS];

  for (size_t w = 0; w < t->view.n_words; w++)
    hidden[w] = tl_rng_uniform (rng) < HIDDEN;
  for (size_t i = 0; i < t->view.n_features; i++)
    if (t->view.features[i].word >= 0 && hidden[t->view.features[i].word])
      t->view.features[i].value = 0.0f;
}

static void
learn (trainer *t, const tl_route_example *e)
{
  const uint32_t first = e->label < TL_ROUTE_N_LABELS ? 0 : TL_ROUTE_N_LABELS;
  float y[ROUTE_N_OUTPUTS];

  route_score (t->router, &t->view, y);
  if (first == 0)
    y[e->label] -= 1.0f;
  y[TL_ROUTE_N_LABELS] -= e->high_risk ? 1.0f : 0.0f;
  for (size_t i = 0; i < t->view.n_features; i++)
    {
      const route_feature *f = &t->view.features[i];
      float *w = t->router->weights[f->bucket], *squares = (*t->squares)[f->bucket];

      for (uint32_t o = first; f->value != 0.0f && o < ROUTE_N_OUTPUTS; o++)
        {
          float g = y[o] * f->value + DECAY * w[o];

          squares[o] += g * g;
          w[o] -= RATE * g / (sqrtf (squares[o]) + 0.05f);
        }
    }
}

static void
shuffle (deck *d)
{
  for (size_t i = d->n; i > 1; i--)
    {
      size_t j = tl_rng_below (&d->rng, (uint32_t) i);
      struct card at = d->cards[j];

      d->cards[j] = d->cards[i - 1];
      d->cards[i - 1] = at;
    }
  d->done = 0;
}

static void
take_mean (trainer *t, bool last)
{
  for (size_t b = 0; b < ROUTE_N_BUCKETS; b++)
    for (size_t o = 0; o < ROUTE_N_OUTPUTS; o++)
      {
        (*t->sums)[b][o] += t->router->weights[b][o];
        if (last)
          t->router->weights[b][o] = (*t->sums)[b][o] / AVERAGED;
      }
}

static void
learn_next (trainer *t, deck *d, int epoch)
{
  struct card card = d->cards[d->done++];
  tl_request request = card.example->request;

  if ((card.place + (size_t) epoch) % 2 == 1)
    request.attach = TL_ATTACH_UNKNOWN;
  route_view_fill (&t->view, &request);
  hide_words (t, &d->rng);
  learn (t, card.example);
}

/* Those of the risk alone come spread among the others. */
static void
train (trainer *t, deck *labelled, deck *risk)
{
  for (int epoch = 0; epoch < EPOCHS; epoch++)
    {
      shuffle (labelled);
      shuffle (risk);
      while (labelled->done < labelled->n || risk->done < risk->n)
        if (labelled->done * risk->n <= risk->done * labelled->n && labelled->done < labelled->n)
          learn_next (t, labelled, epoch);
        else
          learn_next (t, risk, epoch);
      if (epoch >= EPOCHS - AVERAGED)
        take_mean (t, epoch == EPOCHS - 1);
    }
}

/* Fills @d from @cards on with those that have a label, or with the others. */
static void
deal (deck *d, struct card *cards, const tl_route_example *examples, size_t n, bool labelled)
{
  d->cards = cards;
  for (size_t i = 0; i < n; i++)
    if ((examples[i].label < TL_ROUTE_N_LABELS) == labelled)
      {
        cards[d->n] = (struct card) { &examples[i], d->n };
        d->n++;
      }
}

tl_router *
tl_router_train (const tl_route_example *examples, size_t n, uint64_t seed, tl_error *err)
{
  trainer *t = malloc (sizeof *t);
  struct card *cards = malloc ((n + 1) * sizeof *cards);
  tl_router *router = calloc (1, sizeof *router);
  weights *squares = calloc (1, sizeof *squares), *sums = calloc (1, sizeof *sums);
  deck labelled = { 0 }, risk = { 0 };

  if (t != NULL && cards != NULL && router != NULL && squares != NULL && sums != NULL)
    {
      t->router = router;
      t->squares = squares;
      t->sums = sums;
      deal (&labelled, cards, examples, n, true);
      deal (&risk, cards + labelled.n, examples, n, false);
      tl_rng_init (&labelled.rng, seed);
      tl_rng_init (&risk.rng, seed + 1);
      train (t, &labelled, &risk);
    }
  else
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train a router");
      free (router);
      router = NULL;
    }
  free (sums);
  free (squares);
  free (cards);
  free (t);
  return router;
}
