/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a note: split, cut into windows, run the trunk and the heads, and put the windows'
 * findings together. The reader itself never changes, so every call brings its own
 * scratch memory. */
#include "reader/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/link.h"
#include "reader/reader-file.h"
#include "reader/reading-cache.h"
#include "reader/trunk.h"
#include "reader/words.h"

#define MAX_TAGS 5    /* the notes that it learned from have 2 to 5 */
#define MAX_TITLES 5

tl_reader *
tl_reader_open (const char *path, tl_error *err)
{
  tl_gguf *gguf = tl_gguf_open (path, err);
  tl_reader *r = gguf != NULL ? tl_reader_load (gguf, err) : NULL;

  if (r != NULL && !tl_gguf_check_whole (gguf, err))
    {
      tl_reader_close (r);
      r = NULL;
    }
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

bool
tl_reader_split (const char *text, size_t len, char **covered, tl_unit **units, size_t *n,
                 tl_error *err)
{
  *units = NULL;
  *covered = tl_reader_check_text (text, len, err) ? tl_links_dup_covered (text, len, err) : NULL;
  return *covered != NULL && tl_units_split (*covered, len, units, n, err);
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

/* @span by @by bytes, which wraps around to move it back; none stays none. */
static tl_span
moved (tl_span span, size_t by)
{
  if (span.start == span.end)
    return (tl_span) { 0 };
  span.start += by;
  span.end += by;
  return span;
}

static void
take_units (const tl_reader *r, const tl_note *note, const float *logits, const tl_spans *spans,
            tl_reading_unit *out)
{
  for (size_t u = 0; u < note->n_units; u++)
    {
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
take_findings (const tl_window_findings *f, const char *text, size_t base, size_t begin,
               tl_reading *reading)
{
  for (size_t i = 0; i < f->n_units; i++)
    {
      tl_reading_unit *unit = &reading->units[begin + i];
      tl_unit place = unit->unit;

      *unit = f->units[i];
      unit->unit = place;
      unit->owner = moved (unit->owner, base);
      unit->due = moved (unit->due, base);
    }
  for (size_t i = 0; i < f->n_titles && i < MAX_TITLES; i++)
    reading->titles[reading->n_titles++] = moved (f->titles[i], base);
  for (size_t i = 0; i < f->n_tags; i++)
    insert_span (text, reading->tags, &reading->n_tags, MAX_TAGS, moved (f->tags[i], base));
}

/* The findings of a window that was run, with offsets from @base; takes the lists of @spans. */
static bool
make_findings (const tl_reader *r, const tl_note *note, const float *logits, tl_spans *spans,
               size_t base, tl_window_findings *f)
{
  f->units = calloc (note->n_units, sizeof *f->units);
  if (f->units == NULL)
    return false;
  f->n_units = note->n_units;
  take_units (r, note, logits, spans, f->units);
  for (size_t u = 0; u < f->n_units; u++)
    {
      f->units[u].owner = moved (f->units[u].owner, 0 - base);
      f->units[u].due = moved (f->units[u].due, 0 - base);
    }
  f->n_titles = note->first_window ? spans->n_titles : 0;
  f->n_tags = spans->n_tags;
  for (size_t i = 0; i < f->n_titles; i++)
    spans->titles[i] = moved (spans->titles[i], 0 - base);
  for (size_t i = 0; i < f->n_tags; i++)
    spans->tags[i] = moved (spans->tags[i], 0 - base);
  f->titles = spans->titles;
  f->tags = spans->tags;
  spans->titles = spans->tags = NULL;
  spans->n_titles = spans->n_tags = 0;
  return true;
}

static bool
run_window (const tl_reader *r, tl_trunk *trunk, const tl_note *note, size_t base,
            tl_window_findings *f, tl_error *err)
{
  tl_spans spans = { 0 };
  bool ok;

  tl_trunk_forward (trunk, r->params, &note, 1, NULL);
  if (!tl_spans_read (&r->layout, r->params, r->calibration.spans, note, tl_trunk_get_logits (trunk),
                      &spans, err))
    return false;
  ok = make_findings (r, note, tl_trunk_get_logits (trunk), &spans, base, f);
  tl_spans_clear (&spans);
  return ok || tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to read a window");
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

static int
more_key_first (const void *a, const void *b)
{
  const tl_reading_unit *x = *(tl_reading_unit *const *) a, *y = *(tl_reading_unit *const *) b;

  if (x->p_key != y->p_key)
    return x->p_key > y->p_key ? -1 : 1;
  return x->unit.start < y->unit.start ? -1 : 1;
}

static int
by_place (const void *a, const void *b)
{
  const tl_reading_unit *x = *(tl_reading_unit *const *) a, *y = *(tl_reading_unit *const *) b;

  return x->unit.start < y->unit.start ? -1 : 1;
}

/* The likeliest key units of all windows, in the note's order. Returns how many. */
static size_t
gather_best (tl_reading *reading, tl_reading_unit **best)
{
  size_t n = 0;

  for (size_t i = 0; i < reading->n_units; i++)
    if (tl_unit_is_content (&reading->units[i].unit))
      best[n++] = &reading->units[i];
  qsort (best, n, sizeof *best, more_key_first);
  if (n > TL_READER_MAX_UNITS)
    n = TL_READER_MAX_UNITS;
  qsort (best, n, sizeof *best, by_place);
  return n;
}

/* A long note's second pass: what the windows chose is read side by side as one window, for a
 * window's own best need not be the note's. Each probability becomes the mean of both readings. */
static bool
read_again (const tl_reader *r, tl_trunk *trunk, const char *text, size_t len, tl_reading *reading,
            tl_error *err)
{
  tl_reading_unit **best = malloc (reading->n_units * sizeof *best);
  tl_unit units[TL_READER_MAX_UNITS];
  size_t n;
  tl_note *note;

  if (best == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu units",
                         reading->n_units);
  n = gather_best (reading, best);
  for (size_t i = 0; i < n; i++)
    {
      units[i] = best[i]->unit;
      units[i].section = -1; /* the headings stay behind */
    }
  note = n > 0 ? tl_note_new (r->tokenizer, text, len, units, n, true, err) : NULL;
  if (note != NULL)
    {
      const tl_note *const notes[] = { note };

      tl_trunk_forward (trunk, r->params, notes, 1, NULL);
      for (size_t i = 0; i < n; i++)
        best[i]->p_key = 0.5f * (best[i]->p_key
                                 + calibrated (r->calibration.key,
                                               tl_trunk_get_logits (trunk)[2 * i]));
    }
  tl_note_free (note);
  free (best);
  return n == 0 || note != NULL; /* a note of tables and code alone has nothing to choose from */
}

static bool
read_window (const tl_reader *r, tl_trunk *trunk, const char *text, size_t len,
             const tl_unit *units, size_t begin, size_t end, tl_reading_cache *cache,
             tl_reading *reading, tl_error *err)
{
  tl_window_key key = tl_window_key_of (text, len, units, reading->n_units, begin, end);
  const tl_window_findings *known = tl_reading_cache_get (cache, key);
  tl_window_findings found = { 0 };
  size_t base = units[begin].start;
  bool ok = true;

  if (known == NULL)
    {
      tl_note *note = tl_reader_window_new (r, text, len, units, begin, end, err);

      ok = note != NULL && run_window (r, trunk, note, base, &found, err);
      tl_note_free (note);
    }
  if (ok)
    take_findings (known != NULL ? known : &found, text, base, begin, reading);
  if (ok && known == NULL)
    tl_reading_cache_put (cache, key, &found);
  tl_window_findings_clear (&found);
  return ok;
}

static bool
read_windows (const tl_reader *r, const char *text, size_t len, const tl_unit *units,
              tl_reading *reading, const tl_read_options *o, tl_error *err)
{
  size_t n = reading->n_units;
  size_t max_rows = n < TL_READER_MAX_UNITS ? n : TL_READER_MAX_UNITS;
  tl_trunk *trunk = n > 0 ? tl_trunk_new (&r->layout, max_rows, 0.0f, NULL, err) : NULL;
  bool ok = n == 0 || trunk != NULL;

  for (size_t begin = 0, end; begin < n && ok; begin = end)
    {
      end = tl_reader_window_end (units, n, begin);
      if (o->cancel != NULL && o->cancel (o->data))
        ok = tl_error_set (err, TL_ERROR_CANCELLED, "Reading was cancelled");
      else
        ok = read_window (r, trunk, text, len, units, begin, end, o->cache, reading, err);
      if (ok && o->progress != NULL)
        o->progress (o->data, end, n);
    }
  if (ok && n > TL_READER_MAX_UNITS)
    ok = read_again (r, trunk, text, len, reading, err);
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
tl_reader_read_with (const tl_reader *r, const char *text, size_t len,
                     const tl_read_options *options, tl_error *err)
{
  tl_reading *reading = NULL;
  tl_unit *units;
  char *covered;
  size_t n;

  if (tl_reader_split (text, len, &covered, &units, &n, err))
    {
      reading = reading_new (units, n);
      if (reading == NULL)
        tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to read %zu units", n);
      else if (!read_windows (r, covered, len, units, reading, options, err))
        {
          tl_reading_free (reading);
          reading = NULL;
        }
    }
  free (units);
  free (covered);
  return reading;
}

tl_reading *
tl_reader_read (const tl_reader *r, const char *text, size_t len, tl_cancel_func cancel,
                void *cancel_data, tl_error *err)
{
  tl_read_options options = { .cancel = cancel, .data = cancel_data };

  return tl_reader_read_with (r, text, len, &options, err);
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
