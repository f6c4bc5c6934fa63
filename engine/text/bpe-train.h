/* SPDX-License-Identifier: Apache-2.0 */
/* Learns a byte-level BPE vocabulary from text (Sennrich et al. 2016, arXiv:1508.07909), for our
 * own models. Deterministic: of pairs equally frequent, the one with the lower ids is merged first
 * (bytes in their order, then merges by age). */
#pragma once

#include "gguf/gguf.h"

/* A word's further bytes begin another word: what is longer is no word but data. */
#define TL_BPE_MAX_WORD 256

typedef struct tl_bpe_trainer tl_bpe_trainer;

tl_bpe_trainer *tl_bpe_trainer_new  (tl_error *err);
void            tl_bpe_trainer_free (tl_bpe_trainer *b); /* NULL is allowed */

/**
 * tl_bpe_trainer_add_text:
 * @text: any bytes, without special tokens; cut where a word may end, e.g. after a line
 *
 * Counts the words of @text (the "gpt2" pre-tokenizer's, digits singly). Call as often as needed;
 * memory grows with the number of different words, not with the text.
 */
bool tl_bpe_trainer_add_text (tl_bpe_trainer *b, const char *text, size_t len, tl_error *err);

/**
 * tl_bpe_trainer_finish:
 * @vocab_size: special tokens + 256 bytes + merges, e.g. 4096
 * @specials: control tokens, which take the first ids, e.g. "<|endoftext|>"; the first is BOS and
 *   EOS, "<|im_end|>" ends a turn and "<|pad|>" pads, where they are
 *
 * Writes tokenizer.ggml.* of a "gpt2" tokenizer into @w. TL_ERROR_ARGUMENT when the text has not
 * enough pairs for @vocab_size. The counts are kept: it may be called again with another size.
 */
bool tl_bpe_trainer_finish (const tl_bpe_trainer *b, size_t vocab_size,
                            const char *const *specials, size_t n_specials, tl_gguf_writer *w,
                            tl_error *err);
