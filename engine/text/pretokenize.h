/* SPDX-License-Identifier: Apache-2.0 */
/* Pre-tokenizers cut text into the words inside which byte-level BPE merges. Each model family has
 * its regular expression; here each is a scanner written by hand, which needs one pass and no
 * library. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "gguf/gguf.h"

/**
 * tl_scan_func:
 * @s: [len] bytes, len > 0: the rest of the segment
 *
 * Returns: bytes of the match that begins at @s, or 0 when none does.
 */
typedef size_t (*tl_scan_func) (const char *s, size_t len);

/* Returns false to stop. */
typedef bool (*tl_word_func) (void *user_data, const char *word, size_t len);

#define TL_PRETOKENIZER_STAGES 4

typedef struct
{
  const char  *name; /* as in tokenizer.ggml.pre */
  /* Each stage cuts the segments of the one before into its matches and what lies between them. */
  tl_scan_func stages[TL_PRETOKENIZER_STAGES + 1]; /* NULL ends */
  bool         ignore_merges; /* a word that is a token needs no merging */
  bool         add_bos;       /* where the metadata does not say */
} tl_pretokenizer;

/* Returns: (nullable): the static entry of tokenizer.ggml.pre; NULL for an unknown name. */
const tl_pretokenizer *tl_pretokenizer_find (tl_str name);

/**
 * tl_pretokenize:
 * Calls @func for each word in order; the words laid end to end are @text. Bytes that are no UTF-8
 * count as symbols. O(len). Returns: false when @func stopped it.
 */
bool tl_pretokenize (const tl_pretokenizer *p, const char *text, size_t len, tl_word_func func,
                     void *user_data);
