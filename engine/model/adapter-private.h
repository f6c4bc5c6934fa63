/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of adapters, for what reads, uses and merges them. */
#pragma once

#include "model/adapter.h"
#include "model/model-private.h"

/* One pair, widened to float; NULL for a matrix that is left as it is. */
typedef struct
{
  uint32_t     rank;
  float        scale; /* alpha / rank */
  const float *a;     /* [rank, cols] */
  const float *b;     /* [rows, rank] */
} tl_low_rank;

struct tl_adapter
{
  tl_gguf        *gguf;
  tl_adapter_info info;
  const tl_model *model;  /* compared, not used */
  tl_low_rank    *pairs;  /* [n_layers TL_TARGETS + 1], the last of the head */
  float          *memory; /* what the pairs point to */
};
