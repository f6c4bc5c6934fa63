/* SPDX-License-Identifier: Apache-2.0 */
/* A very small model of each family, with random weights from a seed: the same bytes on every
 * machine, so that what llama.cpp computed from one can be kept as a few numbers. */
#pragma once

#include "gguf/gguf.h"

/**
 * family_model_name:
 * Returns: (transfer none) (nullable): the @i-th model, named after its family and what is special
 */
const char *family_model_name (size_t i);

/**
 * family_model_write:
 * @name: one of family_model_name()
 * @type: of all matrices, which have rows of 64 or 128
 *
 * Returns: false with @err when there is no such model or @path cannot be written
 */
bool family_model_write (const char *name, tl_type type, const char *path, tl_error *err);

/* Adds the keys of a tokenizer of @n tokens; false when there is no memory. */
typedef bool (*family_model_vocab) (tl_gguf_writer *w, uint32_t n);

/**
 * family_model_write_wide:
 * @add_vocab: gives it a tokenizer
 *
 * As family_model_write(), four times as wide, with a context of 1024 and 512 tokens: what its training
 * takes of memory is more than what every program takes.
 */
bool family_model_write_wide (const char *name, tl_type type, family_model_vocab add_vocab,
                              const char *path, tl_error *err);
