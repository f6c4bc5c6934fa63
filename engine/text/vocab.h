/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of a vocabulary as bytes of running text, and the way from bytes to a piece. */
#pragma once

#include "gguf/gguf.h"

/* GGUF's numbers in tokenizer.ggml.token_type. */
typedef enum
{
  TL_TOKEN_NORMAL = 1,
  TL_TOKEN_UNKNOWN = 2,
  TL_TOKEN_CONTROL = 3,      /* stands for no text */
  TL_TOKEN_USER_DEFINED = 4, /* cut out of the text before all else */
  TL_TOKEN_UNUSED = 5,
  TL_TOKEN_BYTE = 6,         /* "<0x0A>" */
} tl_token_type;

typedef enum
{
  TL_VOCAB_BYTE_LEVEL,    /* pieces written in the byte map */
  TL_VOCAB_SENTENCEPIECE, /* "▁" is a space */
} tl_vocab_kind;

/* The caller owns the struct. */
typedef struct
{
  size_t   n_tokens;
  char    *bytes;
  size_t  *offsets; /* [n_tokens + 1] into @bytes */
  uint8_t *types;   /* [n_tokens] tl_token_type */
  float   *scores;  /* [n_tokens] SentencePiece only, else NULL */
  size_t   longest; /* bytes of the longest piece */

  int32_t *slots; /* id + 1 of a piece that text may be merged into; 0 is empty */
  size_t   n_slots;
  int32_t  byte_ids[256]; /* the token of a single byte, -1 for none */
} tl_vocab;

/**
 * tl_vocab_init:
 * Reads tokens, token_type and scores of tokenizer.ggml. Of equal pieces the first normal one is
 * found. Marks of conversations (text/marks.h) are control tokens whatever the file calls them. On failure
 * @v is cleared.
 */
bool tl_vocab_init  (tl_vocab *v, tl_vocab_kind kind, const tl_gguf *gguf, tl_error *err);
void tl_vocab_clear (tl_vocab *v);

/* The bytes of @id, which is in range; a control token's are its name, e.g. "<s>". */
tl_str  tl_vocab_get_piece (const tl_vocab *v, int32_t id);
/* The token of these bytes that text may become: a normal, unused or user-defined one; -1 for none. */
int32_t tl_vocab_find      (const tl_vocab *v, const char *bytes, size_t len);
