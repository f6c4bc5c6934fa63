/* SPDX-License-Identifier: Apache-2.0 */
/* Learns a byte-level BPE vocabulary from text (Sennrich et al. 2016, arXiv:1508.07909), for our own
 * models. Deterministic: ties go to the pair that sorts first. */
#pragma once

#include "gguf/gguf.h"

typedef struct tl_bpe_trainer tl_bpe_trainer;

tl_bpe_trainer *tl_bpe_trainer_new  (tl_error *err);
void            tl_bpe_trainer_free (tl_bpe_trainer *b);

/* Counts the words of @text (the "gpt2" pre-tokenizer's, digits singly). Call as often as needed. */
bool tl_bpe_trainer_add_text (tl_bpe_trainer *b, const char *text, size_t len, tl_error *err);

/**
 * tl_bpe_trainer_finish:
 * @vocab_size: special tokens + 256 bytes + merges, e.g. 4096
 * @specials: control tokens, which take the first ids, e.g. "<|endoftext|>"; the first is BOS and EOS
 *
 * Writes tokenizer.ggml.* of a "gpt2" tokenizer into @w.
 */
bool tl_bpe_trainer_finish (tl_bpe_trainer *b, size_t vocab_size, const char *const *specials,
                            size_t n_specials, tl_gguf_writer *w, tl_error *err);
