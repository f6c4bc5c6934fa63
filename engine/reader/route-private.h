/* SPDX-License-Identifier: Apache-2.0 */
/* Between describing a request (route-features.c), choosing (route.c) and learning to
 * (route-train.c). */
#pragma once

#include "reader/route.h"

#define ROUTE_N_BUCKETS 16384u /* of 12, 13, 14 and 15 bits the smallest that loses nothing */
#define ROUTE_N_OUTPUTS (TL_ROUTE_N_LABELS + 1) /* the last is the risk */
#define ROUTE_MAX_FEATURES 8192
#define ROUTE_MAX_WORDS 420 /* in two kilobytes, nearly always; the rest is left out */
#define ROUTE_NO_WORD -1    /* of a feature that is the whole request's */
#define ROUTE_ATTACHED -2   /* of one that is what is attached */

typedef struct
{
  uint32_t bucket;
  float    value;
  int32_t  word; /* that it comes from: an index, or one of the two above */
} route_feature;

typedef struct
{
  route_feature features[ROUTE_MAX_FEATURES];
  struct { size_t start, end; } words[ROUTE_MAX_WORDS]; /* in the request's text */
  size_t n_features, n_words;
} route_view;

struct tl_router
{
  float weights[ROUTE_N_BUCKETS][ROUTE_N_OUTPUTS]; /* what a feature says of all outputs lies together */
};

void route_view_fill (route_view *view, const tl_request *request);

/* @y: (out): [ROUTE_N_OUTPUTS] probabilities: the labels' sum to 1, the risk stands alone */
void route_score (const tl_router *router, const route_view *view, float *y);

/* Which concepts the word begins or is, as bits; @s: [len] folded. */
uint64_t route_concepts (const char *s, size_t len);
