/* SPDX-License-Identifier: Apache-2.0 */
/* eeny, the reader: reads a note and points. Each sentence gets the probability that it is one to
 * keep and that it is something still to be done; titles, tags, owners and due words are spans of
 * the note. It never writes, so it cannot invent. */
#pragma once

#include "gguf/gguf.h"
#include "reader/unit.h"

#pragma GCC visibility push(default)

typedef struct
{
  size_t start, end; /* bytes of the note, on UTF-8 boundaries; start == end: none */
  float  p;          /* calibrated on held-out notes, 0 to 1 */
} tl_span;

typedef struct
{
  tl_unit unit;
  float   p_key, p_action; /* 0 for structure units; calibrated */
  tl_span owner, due;      /* inside the unit; {0} when none stands there */
} tl_reading_unit;

typedef struct
{
  tl_reading_unit *units;
  size_t           n_units;
  tl_span         *titles; /* best first */
  size_t           n_titles;
  tl_span         *tags;   /* best first, no two that name the same thing */
  size_t           n_tags;
} tl_reading;

typedef struct tl_reader tl_reader;

/**
 * tl_reader_open:
 * @path: a GGUF of architecture "tinylm-reader"
 *
 * Returns: (transfer full) (nullable): immutable, so shareable between threads
 */
tl_reader *tl_reader_open (const char *path, tl_error *err);

/**
 * tl_reader_open_memory:
 * @data: [size] a whole file, which is copied
 * @size: in bytes
 *
 * Returns: (transfer full) (nullable): as tl_reader_open()
 */
tl_reader *tl_reader_open_memory (const void *data, size_t size, tl_error *err);

/**
 * tl_reader_close:
 * @r: (nullable)
 */
void tl_reader_close (tl_reader *r);

/**
 * tl_reader_get_n_params:
 * Returns: how many parameters it has
 */
uint64_t tl_reader_get_n_params (const tl_reader *r);

/**
 * tl_reader_read:
 * @text: [len] valid UTF-8 (anything else is TL_ERROR_ARGUMENT)
 * @len: of any length: long notes are read in windows
 * @cancel: (nullable): polled each window
 * @cancel_data: handed to @cancel
 *
 * Deterministic on one CPU path. Thread-safe.
 * Returns: (transfer full) (nullable): freed with tl_reading_free()
 */
tl_reading *tl_reader_read (const tl_reader *r, const char *text, size_t len, tl_cancel_func cancel,
                            void *cancel_data, tl_error *err);

/**
 * tl_reading_free:
 * @reading: (nullable)
 */
void tl_reading_free (tl_reading *reading);

/**
 * tl_reading_choose_keys:
 * @text: that was read
 * @max: at most so many
 * @chosen: (out): [max] indices of reading->units, most important first
 *
 * The key sentences that a summary shows: the most probable ones, without near-duplicates, and
 * together never longer than half the note (but at least one when there is any content).
 * Returns: how many
 */
size_t tl_reading_choose_keys (const tl_reading *reading, const char *text, size_t max,
                               size_t *chosen);

#pragma GCC visibility pop
