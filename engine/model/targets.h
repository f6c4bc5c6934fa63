/* SPDX-License-Identifier: Apache-2.0 */
/* The matrices of a layer by number, for what handles all of them alike: adapters, their training
 * and their merging. */
#pragma once

#include "model/adapter.h"
#include "model/model-private.h"

/* A matrix of the file that is one or several, one after the other, of the model's. */
typedef struct
{
  const char *name; /* within its layer, e.g. "attn_q.weight" */
  tl_target   first;
  uint32_t    n;
  unsigned    part; /* of tl_part, that the family must have; 0: all have it */
} tl_target_tensor;

/* The @i-th; NULL past the last. */
const tl_target_tensor *tl_target_tensor_at (size_t i);

const tl_matrix *tl_model_get_target (const tl_model *m, uint32_t layer, tl_target target);
