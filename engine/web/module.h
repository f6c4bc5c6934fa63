/* SPDX-License-Identifier: Apache-2.0 */
/* What the WebAssembly module tinylm.wasm exports, for a page or for Node: the built-in models from
 * bytes, the reading of a note, and text that goes on token by token. Nothing else is exported but the
 * memory and _initialize, which is to be called once before all others.
 *
 * Numbers are 32 bits, pointers are offsets in the module's memory, which may grow in any call: a
 * typed array over it is to be made anew after each. Text is UTF-8, and offsets in it are bytes, on
 * the borders of characters. What fails returns 0 (tlw_text_next: TLW_FAILED), and tlw_error() says why
 * in a sentence. One thread; what is random comes from the seed that the caller gives.
 *
 * The module imports nothing: no clock, no file, no random number, no socket. It computes, in memory. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TLW_EXPORT(name) __attribute__ ((export_name (#name))) name

/* @size bytes, aligned to 16; and their end, which takes 0 too. */
void *TLW_EXPORT (tlw_alloc) (size_t size);
void  TLW_EXPORT (tlw_free)  (void *memory);

/* The sentence, ended by NUL, of the last call that failed; until the next one. */
const char *TLW_EXPORT (tlw_error) (void);

/* The kernels that are used, ended by NUL: "simd128", or "c". */
const char *TLW_EXPORT (tlw_path) (void);

/* A reader of notes, from the [@size] bytes of eeny.gguf, which are copied. */
typedef struct tl_reader tlw_reader;

tlw_reader *TLW_EXPORT (tlw_reader_open)  (const void *bytes, size_t size);
void        TLW_EXPORT (tlw_reader_close) (tlw_reader *reader);

typedef enum
{
  TLW_TITLE,  /* what the reader would call it; best first */
  TLW_KEY,    /* a sentence to keep; the most important first */
  TLW_ACTION, /* a sentence that is still to be done, in the order of the note */
  TLW_OWNER,  /* of the action before it: who is to do it */
  TLW_DUE,    /* of the action before it: by when */
  TLW_TAG,    /* best first */
  TLW_NAME,   /* the first words of the first line: one, or none in a note of tables and code */
  TLW_SENTENCE, /* each that counts, in the order of the note; how likely it is a key sentence */
} tlw_kind;

/* 16 bytes: three unsigned integers and a float. */
typedef struct
{
  uint32_t kind;
  uint32_t start, end; /* bytes of the note */
  float    p;          /* how likely, 0 to 1; calibrated */
} tlw_span;

/**
 * tlw_read:
 * @text: [@len] the note
 * @max_keys: at most so many sentences to keep
 * @n: (out): how many spans
 *
 * Each span is a piece of the note: the reader finds, it does not write.
 * Returns: (transfer full): [*@n], by kind; an action's owner and due words follow it. To be freed with
 * tlw_free(). Never 0 but for a failure.
 */
tlw_span *TLW_EXPORT (tlw_read) (const tlw_reader *reader, const char *text, size_t len,
                                 size_t max_keys, size_t *n);

/* A language model, from the [@size] bytes of its GGUF at @bytes, of tlw_alloc(): they are the model's
 * from then on, and are freed with it or when it cannot be opened. Its texts end before it. */
typedef struct tlw_model tlw_model;

tlw_model *TLW_EXPORT (tlw_model_open)  (void *bytes, size_t size);
void       TLW_EXPORT (tlw_model_close) (tlw_model *model);

/**
 * tlw_complete:
 * @text: [@len] what stands there, the beginning of the last word too
 * @typed: so many bytes of it are that beginning; at least 1
 * @max: at most so many words
 * @n: (out): how many were found; 0 where the model knows no such word
 *
 * The words that the model thinks likeliest there, of those that begin so: as tl_complete_word().
 * Returns: (transfer full): [*@n], likeliest first: 64 bytes of the whole word, ended by NUL, and a
 * float, how likely. To be freed with tlw_free().
 */
typedef struct tlw_word tlw_word;

tlw_word *TLW_EXPORT (tlw_complete) (tlw_model *model, const char *text, size_t len, size_t typed,
                                     size_t max, size_t *n);

/**
 * tlw_text_begin:
 * @prompt: [@len] what the text begins with
 * @n_ctx: tokens that there is room for, the prompt's too; 0 for all that the model takes
 * @temperature: 0 for the likeliest token each time
 * @top_p: of the tokens that together are so likely; 1 for all
 * @seed: the same seed gives the same text
 *
 * Reads the prompt, which takes the longest.
 */
typedef struct tlw_text tlw_text;

tlw_text *TLW_EXPORT (tlw_text_begin) (const tlw_model *model, const char *prompt, size_t len,
                                       uint32_t n_ctx, float temperature, float top_p,
                                       uint32_t seed);
void      TLW_EXPORT (tlw_text_end)   (tlw_text *text);

enum
{
  TLW_FINISHED = -1, /* the model ended the text, or there is no room for more */
  TLW_FAILED = -2,
};

/* The next token. Returns: how many bytes are at tlw_text_piece() then, whole characters; 0 when the
 * token did not complete one; or TLW_FINISHED or TLW_FAILED. */
int32_t     TLW_EXPORT (tlw_text_next)  (tlw_text *text);
const char *TLW_EXPORT (tlw_text_piece) (const tlw_text *text);
