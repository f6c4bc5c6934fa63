/* SPDX-License-Identifier: Apache-2.0 */
/* Learning to route: cross-entropy of the label and of the risk, AdaGrad (Duchi et al. 2011) over
 * the examples in seeded order, weight decay. Every second pass an example does not say what is
 * attached, so that a bare text is understood too. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "reader/route-private.h"

#define EPOCHS 40 /* of 12, 24 and 40 the best by cross-validation */
#define RATE 0.15f
#define DECAY 2e-4f

typedef struct
{
  tl_router *router;
  float    (*squares)[ROUTE_N_BUCKETS]; /* [ROUTE_N_OUTPUTS]: of the gradients */
  route_view view;
} trainer;

static void
learn (trainer *t, const tl_route_example *e)
{
  float y[ROUTE_N_OUTPUTS];

  route_score (t->router, &t->view, y);
  for (uint32_t o = 0; o < ROUTE_N_OUTPUTS; o++)
    {
      bool wanted = o < TL_ROUTE_N_LABELS ? o == e->label : e->high_risk;
      float error = y[o] - (wanted ? 1.0f : 0.0f);

      for (size_t i = 0; i < t->view.n_features; i++)
        {
          const route_feature *f = &t->view.features[i];
          float *w = &t->router->weights[o][f->bucket];
          float g = error * f->value + DECAY * *w;

          t->squares[o][f->bucket] += g * g;
          *w -= RATE * g / (sqrtf (t->squares[o][f->bucket]) + 0.05f);
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
train (trainer *t, const tl_route_example *examples, size_t *order, size_t n, uint64_t seed)
{
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (size_t i = 0; i < n; i++)
    order[i] = i;
  for (int epoch = 0; epoch < EPOCHS; epoch++)
    {
      shuffle (order, n, &rng);
      for (size_t i = 0; i < n; i++)
        {
          tl_request request = examples[order[i]].request;

          if ((order[i] + (size_t) epoch) % 2 == 1)
            request.attach = TL_ATTACH_UNKNOWN;
          route_view_fill (&t->view, &request);
          learn (t, &examples[order[i]]);
        }
    }
}

tl_router *
tl_router_train (const tl_route_example *examples, size_t n, uint64_t seed, tl_error *err)
{
  trainer *t = malloc (sizeof *t);
  size_t *order = malloc ((n + 1) * sizeof *order);
  tl_router *router = calloc (1, sizeof *router);
  void *squares = calloc (ROUTE_N_OUTPUTS, sizeof *t->squares);

  if (t != NULL && order != NULL && router != NULL && squares != NULL)
    {
      t->router = router;
      t->squares = squares;
      train (t, examples, order, n, seed);
    }
  else
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train a router");
      free (router);
      router = NULL;
    }
  free (squares);
  free (order);
  free (t);
  return router;
}
