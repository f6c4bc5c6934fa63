/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of one file in another, for those that write a model with the tokenizer of an older one. */
#pragma once

#include "gguf/gguf.h"

/**
 * tl_gguf_writer_copy:
 * @from: may be closed after
 * @keys: a list that ends with NULL
 *
 * Copies those of @keys that @from has, as they are, of any type and length, in the order of @keys.
 */
void tl_gguf_writer_copy (tl_gguf_writer *w, const tl_gguf *from, const char *const *keys);
