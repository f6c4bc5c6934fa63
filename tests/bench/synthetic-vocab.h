/* SPDX-License-Identifier: Apache-2.0 */
/* A byte-level BPE vocabulary of any size that no text was needed for. */
#pragma once

#include "gguf/gguf.h"

/* The smallest vocabulary: every byte and <|endoftext|>. The largest: strings of 1 to 3 bytes. */
#define SYNTHETIC_VOCAB_MIN 257
#define SYNTHETIC_VOCAB_MAX (1 << 24)

/**
 * write_synthetic_vocab:
 * @n: tokens, SYNTHETIC_VOCAB_MIN to SYNTHETIC_VOCAB_MAX
 *
 * Writes tokenizer.ggml.*: first the 256 bytes, then strings of two and of three bytes, each with
 * the one merge that makes it, and <|endoftext|> as the last id, which begins and ends a text.
 * Returns: false when there is no memory.
 */
bool write_synthetic_vocab (tl_gguf_writer *w, uint32_t n);
