/* SPDX-License-Identifier: Apache-2.0 */
/* What was read before: the findings of each window by the window's content, so that reading a note
 * again after an edit costs the window of the edit and not the note. */
#pragma once

#include "reader/reader.h"

typedef struct tl_reading_cache tl_reading_cache;

/* (transfer full) (nullable): NULL for want of memory, which is a cache that holds nothing. One
 * thread at a time; for one reader only. Takes at most some megabytes. */
tl_reading_cache *tl_reading_cache_new  (void);
void              tl_reading_cache_free (tl_reading_cache *cache); /* NULL is allowed */

typedef struct
{
  tl_reading_cache *cache;   /* (nullable) */
  tl_cancel_func    cancel;  /* (nullable): polled each window */
  void            (*progress) (void *data, size_t n_read, size_t n_units); /* (nullable) */
  void             *data;    /* of both */
} tl_read_options;

/* As tl_reader_read(); the result is the same with a cache as without. */
tl_reading *tl_reader_read_with (const tl_reader *r, const char *text, size_t len,
                                 const tl_read_options *options, tl_error *err);

/* ---- for the reader: the key of a window, and its findings ---- */

typedef struct { uint64_t a, b; } tl_window_key;

/* Everything that the findings of units [begin, end) depend on: their kinds and places, the bytes
 * from the end of the unit before to the start of the one behind. */
tl_window_key tl_window_key_of (const char *text, size_t len, const tl_unit *units, size_t n,
                                size_t begin, size_t end);

/* Offsets of all spans count from the window's first byte. Arrays are owned. */
typedef struct
{
  tl_reading_unit *units;
  size_t           n_units;
  tl_span         *titles, *tags;
  size_t           n_titles, n_tags;
} tl_window_findings;

/* (transfer none) (nullable): until the next call */
const tl_window_findings *tl_reading_cache_get (tl_reading_cache *cache, tl_window_key key);
/* Takes what is in @findings and clears it; frees it when @cache is NULL. */
void tl_reading_cache_put       (tl_reading_cache *cache, tl_window_key key,
                                 tl_window_findings *findings);
void tl_window_findings_clear   (tl_window_findings *findings);
