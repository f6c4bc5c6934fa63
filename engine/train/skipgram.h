/* SPDX-License-Identifier: Apache-2.0 */
/* Token vectors from plain text: skip-gram with negative sampling, Mikolov et al. 2013,
 * arXiv:1310.4546. A token's vector is trained to tell the tokens beside it from tokens drawn at
 * random, so that tokens which stand in like places get like vectors. A model that has few examples
 * of its own starts from them. */
#pragma once

#include "base/error.h"
#include "kernels/kernels.h"

typedef struct
{
  uint64_t seed;
  uint32_t dim;
  uint32_t window;     /* neighbours on each side: 1 to this many, drawn anew for each token */
  uint32_t n_negative; /* random tokens beside each neighbour */
  float    lr;         /* at the beginning; falls linearly to a hundredth */
  float    subsample;  /* a token's share of the text above which it is skipped now and then */
} tl_skipgram_config;

/* 96 numbers, 5 neighbours, 5 negatives, 0.04, 5e-4: the paper's choices for small vectors. */
void tl_skipgram_config_init (tl_skipgram_config *c);

/**
 * tl_skipgram_train:
 * @ids: [n] the text; a negative id parts what does not belong together
 * @vectors: (out): [n_vocab, dim]; a token that the text does not hold keeps a small random one
 * @cancel: (nullable): polled now and then; saying stop is an error
 *
 * One pass over the text by one thread: the same result for a seed on one CPU path. Fails for want
 * of memory, for an id outside the vocabulary, and when no token stands in the text.
 */
bool tl_skipgram_train (const tl_skipgram_config *c, const int32_t *ids, size_t n, size_t n_vocab,
                        float *vectors, tl_cancel_func cancel, void *cancel_data, tl_error *err);
