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
