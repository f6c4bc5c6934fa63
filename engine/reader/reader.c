/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a note: split, cut into windows, run the trunk and the heads, and put the windows'
 * findings together. The reader itself never changes, so every call brings its own
 * scratch memory. */
#include "reader/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/reader-file.h"
#include "reader/trunk.h"
#include "reader/words.h"

#define MAX_TAGS 5    /* the notes that it learned from have 2 to 5 */
#define MAX_TITLES 5

tl_reader *
tl_reader_open (const char *path, tl_error *err)
{
  tl_gguf *gguf = tl_gguf_open (path, err);
  tl_reader *r = gguf != NULL ? tl_reader_load (gguf, err) : NULL;

  tl_gguf_close (gguf);
  return r;
}

tl_reader *
tl_reader_open_memory (const void *data, size_t size, tl_error *err)
{
  tl_gguf *gguf;
  tl_reader *r = NULL;
  void *copy = malloc (size + 1);

  if (copy == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for a reader of %zu bytes", size);
      return NULL;
    }
  memcpy (copy, data, size); /* malloc()ed memory is aligned as the format wants it */
  gguf = tl_gguf_open_memory (copy, size, err);
  if (gguf != NULL)
    r = tl_reader_load (gguf, err);
  tl_gguf_close (gguf);
  free (copy);
  return r;
}

void
tl_reader_close (tl_reader *r)
{
  if (r == NULL)
    return;
  tl_tokenizer_free (r->tokenizer);
  free (r->params);
  free (r);
}

uint64_t
tl_reader_get_n_params (const tl_reader *r)
{
  return r->layout.n_params;
}

static bool
is_valid_utf8 (const char *text, size_t len, size_t *where)
{
  for (size_t i = 0; i < len;)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (text + i, len - i, &cp);

      *where = i;
      if (cp == TL_UTF8_REPLACEMENT && n == 1)
        return false;
      i += n;
    }
  return true;
}

bool
tl_reader_check_text (const char *text, size_t len, tl_error *err)
{
  size_t where = 0;

  if (!is_valid_utf8 (text, len, &where))
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "The text is not UTF-8: byte %zu begins no character", where);
  if (len > INT32_MAX)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "The text is longer than 2 GiB");
  return true;
}

/* At a heading in the window's last quarter if there is one. */
size_t
tl_reader_window_end (const tl_unit *units, size_t n, size_t begin)
{
  size_t max = begin + TL_READER_MAX_UNITS;

  if (n <= max)
    return n;
  for (size_t i = max; i > begin + TL_READER_MAX_UNITS * 3 / 4; i--)
    if (units[i].kind == TL_UNIT_HEADING)
      return i;
  return max;
}

static float
calibrated (const float ab[2], float z)
{
  return 1.0f / (1.0f + expf (-(ab[0] * z + ab[1])));
}

static void
take_units (const tl_reader *r, const tl_note *note, const float *logits, const tl_spans *spans,
            tl_reading_unit *out)
{
  for (size_t u = 0; u < note->n_units; u++)
    {
      out[u].read = true;
      if (!tl_unit_is_content (&note->units[u]))
        continue;
      out[u].p_key = calibrated (r->calibration.key, logits[2 * u]);
      out[u].p_action = calibrated (r->calibration.action, logits[2 * u + 1]);
      out[u].owner = spans->owners[u];
      out[u].due = spans->dues[u];
    }
}

static bool
same_text (const char *text, const tl_span *a, const tl_span *b)
{
  return tl_word_hash (text + a->start, a->end - a->start)
         == tl_word_hash (text + b->start, b->end - b->start);
}

/* Keeps @list sorted by p, without two spans of the same text, and at most @max long. */
static void
insert_span (const char *text, tl_span *list, size_t *n, size_t max, tl_span span)
{
  size_t at = 0;

  for (size_t i = 0; i < *n; i++)
    if (same_text (text, &list[i], &span))
      {
        if (list[i].p >= span.p)
          return;
        memmove (list + i, list + i + 1, (--*n - i) * sizeof *list);
        break;
      }
  while (at < *n && list[at].p >= span.p)
    at++;
  if (at == max)
    return;
  if (*n < max)
    ++*n;
  memmove (list + at + 1, list + at, (*n - 1 - at) * sizeof *list);
  list[at] = span;
}

/* Titles are the first window's; tags come from all. */
static void
take_spans (const tl_note *note, const tl_spans *spans, tl_reading *reading)
{
  for (size_t i = 0; note->first_window && i < spans->n_titles && i < MAX_TITLES; i++)
    reading->titles[reading->n_titles++] = spans->titles[i];
  for (size_t i = 0; i < spans->n_tags; i++)
    insert_span (note->text, reading->tags, &reading->n_tags, MAX_TAGS, spans->tags[i]);
}

static bool
read_window (const tl_reader *r, tl_trunk *trunk, const tl_note *note, size_t begin,
             tl_reading *reading, tl_error *err)
{
  tl_spans spans = { 0 };

  tl_trunk_forward (trunk, r->params, &note, 1, NULL);
  if (!tl_spans_read (&r->layout, r->params, r->calibration.spans, note, tl_trunk_get_rows (trunk),
                      tl_trunk_get_logits (trunk), &spans, err))
    return false;
  take_units (r, note, tl_trunk_get_logits (trunk), &spans, reading->units + begin);
  take_spans (note, &spans, reading);
  tl_spans_clear (&spans);
  return true;
}

tl_note *
tl_reader_window_new (const tl_reader *r, const char *text, size_t len, const tl_unit *units,
                      size_t begin, size_t end, tl_error *err)
{
  tl_unit window[TL_READER_MAX_UNITS];

  memcpy (window, units + begin, (end - begin) * sizeof *units);
  for (size_t i = 0; i < end - begin; i++)
    window[i].section
        = window[i].section >= (int32_t)begin ? window[i].section - (int32_t)begin : -1;
  return tl_note_new (r->tokenizer, text, len, window, end - begin, begin == 0, err);
}

static bool
read_windows (const tl_reader *r, const char *text, size_t len, const tl_unit *units,
              tl_reading *reading, tl_cancel_func cancel, void *cancel_data, tl_error *err)
{
  size_t n = reading->n_units;
  size_t max_rows = n < TL_READER_MAX_UNITS ? n : TL_READER_MAX_UNITS;
  tl_trunk *trunk = n > 0 ? tl_trunk_new (&r->layout, max_rows, 0.0f, NULL, err) : NULL;
  bool ok = n == 0 || trunk != NULL;

  for (size_t begin = 0, end; begin < n && ok; begin = end)
    {
      tl_note *note;

      end = tl_reader_window_end (units, n, begin);
      if (cancel != NULL && cancel (cancel_data))
        {
          ok = tl_error_set (err, TL_ERROR_CANCELLED, "Reading was cancelled");
          break;
        }
      note = tl_reader_window_new (r, text, len, units, begin, end, err);
      ok = note != NULL && read_window (r, trunk, note, begin, reading, err);
      tl_note_free (note);
    }
  tl_trunk_free (trunk);
  return ok;
}

static tl_reading *
reading_new (const tl_unit *units, size_t n)
{
  tl_reading *reading = calloc (1, sizeof *reading);

  if (reading == NULL)
    return NULL;
  reading->units = calloc (n + 1, sizeof *reading->units);
  reading->titles = calloc (MAX_TITLES, sizeof *reading->titles);
  reading->tags = calloc (MAX_TAGS, sizeof *reading->tags);
  if (reading->units == NULL || reading->titles == NULL || reading->tags == NULL)
    {
      tl_reading_free (reading);
      return NULL;
    }
  for (size_t i = 0; i < n; i++)
    reading->units[i].unit = units[i];
  reading->n_units = n;
  return reading;
}

tl_reading *
tl_reader_read (const tl_reader *r, const char *text, size_t len, tl_cancel_func cancel,
                void *cancel_data, tl_error *err)
{
  tl_reading *reading;
  tl_unit *units;
  size_t n;

  if (!tl_reader_check_text (text, len, err) || !tl_units_split (text, len, &units, &n, err))
    return NULL;
  reading = reading_new (units, n);
  if (reading == NULL)
    tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to read %zu units", n);
  else if (!read_windows (r, text, len, units, reading, cancel, cancel_data, err))
    {
      tl_reading_free (reading);
      reading = NULL;
    }
  free (units);
  return reading;
}

void
tl_reading_free (tl_reading *reading)
{
  if (reading == NULL)
    return;
  free (reading->units);
  free (reading->titles);
  free (reading->tags);
  free (reading);
}
