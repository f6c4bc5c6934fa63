/* SPDX-License-Identifier: Apache-2.0 */
/* A GGUF with its matrices in another type: the same keys and tensors, smaller. */
#pragma once

#include "train/importance.h"

#pragma GCC visibility push(default)

/* Hears of each tensor that is written: @from and @to are its types; @unfit when the type asked
 * for does not divide its rows and another was taken. */
typedef void (*tl_quantize_func) (void *data, const char *tensor, tl_type from, tl_type to,
                                  bool unfit);

typedef struct
{
  tl_type              type;           /* of the matrices */
  tl_type              embedding_type; /* of token_embd.weight and output.weight */
  const tl_importance *importance;     /* (nullable): weighs the errors */
  tl_quantize_func     told;           /* (nullable) */
  void                *data;           /* of both functions */
  tl_cancel_func       cancel;         /* (nullable): polled before each tensor */
} tl_quantize_options;

/**
 * tl_quantize_gguf:
 * @from: a model
 * @o: what is to become of it
 * @path: untouched on failure
 *
 * Writes @from to @path with each matrix [rows, cols] in the type asked for. Vectors, norms and
 * tensors of more dimensions stay as they are, and so does a matrix of that type already. Rows
 * that are no whole number of the type's blocks become Q8_0, or F16 when that does not fit either.
 * A matrix that is quantised already is quantised again, which loses more than once from the
 * original.
 */
bool tl_quantize_gguf (const tl_gguf *from, const tl_quantize_options *o, const char *path,
                       tl_error *err);

#pragma GCC visibility pop
