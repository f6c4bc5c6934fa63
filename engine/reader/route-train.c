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
  tl_rng     rng;
  route_view view;
} trainer;

static void
hide_words (trainer *t)
{
  bool hidden[ROUTE_MAX_WORDS];

  for (size_t w = 0; w < t->view.n_words; w++)
    hidden[w] = tl_rng_uniform (&t->rng) < HIDDEN;
  for (size_t i = 0; i < t->view.n_features; i++)
    if (t->view.features[i].word >= 0 && hidden[t->view.features[i].word])
      t->view.features[i].value = 0.0f;
}

static void
learn (trainer *t, const tl_route_example *e)
{
  float y[ROUTE_N_OUTPUTS];

  route_score (t->router, &t->view, y);
  y[e->label] -= 1.0f;
  y[TL_ROUTE_N_LABELS] -= e->high_risk ? 1.0f : 0.0f;
  for (size_t i = 0; i < t->view.n_features; i++)
    {
      const route_feature *f = &t->view.features[i];
      float *w = t->router->weights[f->bucket], *squares = (*t->squares)[f->bucket];

      for (uint32_t o = 0; f->value != 0.0f && o < ROUTE_N_OUTPUTS; o++)
        {
          float g = y[o] * f->value + DECAY * w[o];

          squares[o] += g * g;
          w[o] -= RATE * g / (sqrtf (squares[o]) + 0.05f);
        }
    }
}

static void
shuffle (size_t *order, size_t n, tl_rng *rng)
{
  for (size_t i = n; i > 1; i--)
    {
      size_t j = tl_rng_below (rng, (uint32_t) i), at = order[j];

      order[j] = order[i - 1];
      order[i - 1] = at;
    }
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
train (trainer *t, const tl_route_example *examples, size_t *order, size_t n)
{
  for (size_t i = 0; i < n; i++)
    order[i] = i;
  for (int epoch = 0; epoch < EPOCHS; epoch++)
    {
      shuffle (order, n, &t->rng);
      for (size_t i = 0; i < n; i++)
        {
          tl_request request = examples[order[i]].request;

          if ((order[i] + (size_t) epoch) % 2 == 1)
            request.attach = TL_ATTACH_UNKNOWN;
          route_view_fill (&t->view, &request);
          hide_words (t);
          learn (t, &examples[order[i]]);
        }
      if (epoch >= EPOCHS - AVERAGED)
        take_mean (t, epoch == EPOCHS - 1);
    }
}

tl_router *
tl_router_train (const tl_route_example *examples, size_t n, uint64_t seed, tl_error *err)
{
  trainer *t = malloc (sizeof *t);
  size_t *order = malloc ((n + 1) * sizeof *order);
  tl_router *router = calloc (1, sizeof *router);
  weights *squares = calloc (1, sizeof *squares), *sums = calloc (1, sizeof *sums);

  if (t != NULL && order != NULL && router != NULL && squares != NULL && sums != NULL)
    {
      t->router = router;
      t->squares = squares;
      t->sums = sums;
      tl_rng_init (&t->rng, seed);
      train (t, examples, order, n);
    }
  else
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train a router");
      free (router);
      router = NULL;
    }
  free (sums);
  free (squares);
  free (order);
  free (t);
  return router;
}
