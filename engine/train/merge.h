/* SPDX-License-Identifier: Apache-2.0 */
/* A model with adapters added into its weights: W + scale (alpha / rank) B A. */
#pragma once

#include "gguf/gguf.h"
#include "model/adapter.h"

#pragma GCC visibility push(default)

/**
 * tl_merge_adapters:
 * @uses: [n] of @m
 * @n: how many
 * @type: of the matrices that are changed, F16 where their rows are no whole blocks of it; all other
 * tensors stay as they are
 * @w: holds what is to be said of the model beside the keys of @m; of these it takes the place of
 * what @m said of itself as a specialist
 * @path: untouched on failure
 *
 * Writes the whole model to @path. What is quantised again after the sum loses what the adapters
 * were worth if the type is coarse: Q8_0 keeps it, ternary types do not.
 */
bool tl_merge_adapters (const tl_model *m, const tl_adapter_use *uses, size_t n, tl_type type,
                        tl_gguf_writer *w, const char *path, tl_error *err);

#pragma GCC visibility pop
