/* SPDX-License-Identifier: Apache-2.0 */
/* Text to token ids and back, from the metadata of a GGUF file: byte-level BPE ("gpt2") and
 * SentencePiece-style ("llama"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "gguf/gguf.h"

typedef struct tl_tokenizer tl_tokenizer;

typedef enum
{
  TL_TOKENIZE_NONE = 0,
  TL_TOKENIZE_ADD_BOS = 1 << 0,       /* if the model's metadata wants one; see add_bos */
  TL_TOKENIZE_PARSE_SPECIAL = 1 << 1, /* "<|im_start|>" in the text becomes its one token */
} tl_tokenize_flags;

/**
 * tl_tokenizer_new_from_gguf:
 * Reads tokenizer.ggml.*. All strings are copied; @gguf may be closed afterwards. An unknown model
 * or pre-tokenizer is TL_ERROR_UNSUPPORTED and named; arrays that do not fit together, merges of
 * unknown tokens and ids out of range are TL_ERROR_FORMAT and name the key.
 * Returns: (transfer full) (nullable): immutable, so shareable between threads.
 */
tl_tokenizer *tl_tokenizer_new_from_gguf (const tl_gguf *gguf, tl_error *err);
void          tl_tokenizer_free          (tl_tokenizer *t); /* NULL is allowed */

size_t  tl_tokenizer_get_n_tokens (const tl_tokenizer *t);
int32_t tl_tokenizer_get_bos      (const tl_tokenizer *t); /* -1 when there is none */
int32_t tl_tokenizer_get_eos      (const tl_tokenizer *t);
/* True for eos and for every end-of-turn token (<|im_end|>, <|eot_id|>, <|end|>, <end_of_turn>). */
bool    tl_tokenizer_is_end       (const tl_tokenizer *t, int32_t id);

/**
 * tl_tokenizer_encode:
 * @text: any bytes, less than 2 GiB; what is not UTF-8 is encoded byte by byte
 * @ids: (out) (transfer full): malloc()ed; NULL when *@n_ids is 0; free with free()
 *
 * A character that the vocabulary cannot spell becomes the unknown token, in a byte-level
 * vocabulary U+FFFD; nothing if it has neither. User-defined tokens are found in the text with any
 * @flags. O(n log n) in @len.
 */
bool tl_tokenizer_encode (const tl_tokenizer *t, const char *text, size_t len,
                          tl_tokenize_flags flags, int32_t **ids, size_t *n_ids, tl_error *err);

/* A stretch of a text; where it is trusted, what it spells may be control tokens. */
typedef struct
{
  const char *text; /* [len] */
  size_t      len;
  bool        trusted;
} tl_text_run;

/* As tl_tokenizer_encode(), of one text made of @runs; words may go across their borders. */
bool tl_tokenizer_encode_runs (const tl_tokenizer *t, const tl_text_run *runs, size_t n_runs,
                               bool add_bos, int32_t **ids, size_t *n_ids, tl_error *err);

/**
 * tl_tokenizer_get_piece:
 * The bytes that @id stands for in running text (a space for "▁", raw bytes
 * for byte tokens, nothing for control tokens). Borrowed; {NULL, 0} for an id out of range.
 */
tl_str tl_tokenizer_get_piece (const tl_tokenizer *t, int32_t id);

/* Streaming decode: bytes go in token by token, whole UTF-8 characters come out. The caller owns
 * the struct; zero it to begin a text. */
typedef struct
{
  uint8_t pending[4]; /* the beginning of a character */
  uint8_t n_pending;
  bool    started; /* set it to go on in the middle of a text: SentencePiece drops one leading space
                      of the first piece, which the encoder has put there */
} tl_decoder;

/**
 * tl_tokenizer_decode:
 * @out: room for tl_tokenizer_get_max_piece() bytes
 *
 * Appends @id and writes the whole characters now complete; bytes that are no UTF-8 become U+FFFD,
 * one for each maximal part of a character. Control tokens and ids out of range write nothing.
 * Returns: bytes written (no NUL).
 */
size_t tl_tokenizer_decode        (const tl_tokenizer *t, tl_decoder *d, int32_t id, char *out);
size_t tl_tokenizer_decode_finish (tl_decoder *d, char *out); /* flush a cut character */

/* Bytes of the longest piece, each of them become a U+FFFD of 3 bytes, and a flush. */
size_t tl_tokenizer_get_max_piece (const tl_tokenizer *t);
