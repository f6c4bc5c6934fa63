/* SPDX-License-Identifier: Apache-2.0 */
/* Byte-level BPE (GPT-2): merges of token ids by rank. */
#pragma once

#include "text/merger.h"
#include "text/vocab.h"

typedef struct
{
  int32_t left, right, merged; /* left is -1 in an empty slot */
  int32_t rank;                /* the lowest is merged first */
} tl_merge_slot;

/* The caller owns the struct. */
typedef struct
{
  tl_merge_slot *slots;
  size_t         n_slots;
} tl_merges;

/**
 * tl_merges_init:
 * Reads tokenizer.ggml.merges: each a "left right" in the byte map. One that names a piece which
 * the vocabulary lacks is TL_ERROR_FORMAT. On failure @m is cleared.
 */
bool tl_merges_init  (tl_merges *m, const tl_vocab *v, const tl_gguf *gguf, tl_error *err);
void tl_merges_clear (tl_merges *m);

/* Lays the bytes of @word out as symbols and merges them. Returns: false when memory is short. */
bool tl_bpe_merge_word (const tl_merges *m, const tl_vocab *v, const char *word, size_t len,
                        tl_merger *merger);
