/* SPDX-License-Identifier: Apache-2.0 */
/* Text to token ids and back, from the metadata of a GGUF file: byte-level BPE ("gpt2") and
 * SentencePiece-style ("llama"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "gguf/gguf.h"

#pragma GCC visibility push(default)

typedef struct tl_tokenizer tl_tokenizer;

typedef enum
{
  TL_TOKENIZE_NONE = 0,
  TL_TOKENIZE_ADD_BOS = 1 << 0,       /* if the model's metadata wants one; see add_bos */
  TL_TOKENIZE_PARSE_SPECIAL = 1 << 1, /* "<|im_start|>" in the text becomes its one token */
} tl_tokenize_flags;

/**
 * tl_tokenizer_new_from_gguf:
 * @gguf: may be closed afterwards, since all strings are copied
 *
 * Reads tokenizer.ggml.*. An unknown model or pre-tokenizer is TL_ERROR_UNSUPPORTED and named; arrays that
 * do not fit together, merges of unknown tokens and ids out of range are TL_ERROR_FORMAT and name the key.
 * Returns: (transfer full) (nullable): immutable, so shareable between threads
 */
tl_tokenizer *tl_tokenizer_new_from_gguf (const tl_gguf *gguf, tl_error *err);

/**
 * tl_tokenizer_free:
 * @t: (nullable): not one that a model lends
 */
void tl_tokenizer_free (tl_tokenizer *t);

/**
 * tl_tokenizer_get_n_tokens:
 * Returns: how many ids there are, from 0 on
 */
size_t tl_tokenizer_get_n_tokens (const tl_tokenizer *t);

/**
 * tl_tokenizer_get_bos:
 * Returns: the token that begins a text; -1 when there is none
 */
int32_t tl_tokenizer_get_bos (const tl_tokenizer *t);

/**
 * tl_tokenizer_get_eos:
 * Returns: the token that ends a text; -1 when there is none
 */
int32_t tl_tokenizer_get_eos (const tl_tokenizer *t);

/**
 * tl_tokenizer_is_end:
 * @id: any number
 *
 * Returns: true for the end of a text and of a turn (<|im_end|>, <|eot_id|>, <|end|>, <end_of_turn>)
 */
bool tl_tokenizer_is_end (const tl_tokenizer *t, int32_t id);

/**
 * tl_tokenizer_encode:
 * @text: [len] any bytes; what is not UTF-8 is encoded byte by byte
 * @len: less than 2 GiB
 * @flags: of tl_tokenize_flags
 * @ids: (out) (transfer full): [n_ids] of malloc(): end it with free(); NULL when *@n_ids is 0
 * @n_ids: (out): how many
 *
 * A character that the vocabulary cannot spell becomes the unknown token, in a byte-level
 * vocabulary U+FFFD; nothing if it has neither. User-defined tokens are found in the text with any
 * @flags. O(n log n) in @len. Fails only for want of memory or with a text that is too long.
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

/**
 * tl_tokenizer_encode_runs:
 * @runs: [n_runs] one text; words may go across their borders
 * @n_runs: how many
 * @add_bos: begin as the model's metadata wants a text to begin
 * @ids: (out) (transfer full): [n_ids] of malloc(): end it with free(); NULL when *@n_ids is 0
 * @n_ids: (out): how many
 *
 * As tl_tokenizer_encode().
 */
bool tl_tokenizer_encode_runs (const tl_tokenizer *t, const tl_text_run *runs, size_t n_runs,
                               bool add_bos, int32_t **ids, size_t *n_ids, tl_error *err);

/**
 * tl_tokenizer_get_piece:
 * @id: any number
 *
 * Returns: the bytes that @id stands for in running text (a space for "▁", raw bytes for byte tokens,
 * nothing for control tokens); borrowed; {NULL, 0} for an id out of range
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
 * @d: (inout): the text so far
 * @id: the next token
 * @out: room for tl_tokenizer_get_max_piece() bytes
 *
 * Appends @id and writes the whole characters now complete; bytes that are no UTF-8 become U+FFFD,
 * one for each maximal part of a character. Control tokens and ids out of range write nothing.
 * Returns: bytes written (no NUL)
 */
size_t tl_tokenizer_decode (const tl_tokenizer *t, tl_decoder *d, int32_t id, char *out);

/**
 * tl_tokenizer_decode_finish:
 * @d: (inout): the text, which ends here
 * @out: room for three bytes: a cut character becomes U+FFFD
 *
 * Returns: bytes written (no NUL)
 */
size_t tl_tokenizer_decode_finish (tl_decoder *d, char *out);

/**
 * tl_tokenizer_get_max_piece:
 * Returns: bytes of the longest piece, each of them become a U+FFFD of 3 bytes, and a flush
 */
size_t tl_tokenizer_get_max_piece (const tl_tokenizer *t);

#pragma GCC visibility pop
