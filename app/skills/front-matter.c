/* SPDX-License-Identifier: Apache-2.0 */
/* Line by line: no YAML or TOML library is needed for "key: value" and lists of words, and what
 * has another form is passed over. */
#include "skills/front-matter.h"

#include "reader/front.h"
#include "skills/dates-calendar.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
#define MAX_LINES 200 /* a longer block is a text with a rule above it */

typedef struct
{
  const char     *text;
  gsize           len, at; /* of the next line */
  TlmFrontMatter *front;
  gboolean        in_tags;  /* inside the list of YAML below "tags:" */
  gboolean        in_title; /* among the lines of YAML below "title: >-" */
} Scan;

/* The next line without its break, trimmed at its end. */
static gboolean
next_line (Scan *s, gsize *start, gsize *end)
{
  const char *stop;

  if (s->at >= s->len)
    return FALSE;
  stop = memchr (s->text + s->at, '\n', s->len - s->at);
  *start = s->at;
  *end = stop != NULL ? (gsize) (stop - s->text) : s->len;
  s->at = stop != NULL ? *end + 1 : s->len;
  while (*end > *start && g_ascii_isspace (s->text[*end - 1]))
    --*end;
  return TRUE;
}

static gboolean
line_is (const Scan *s, gsize start, gsize end, const char *word)
{
  return end - start == strlen (word) && memcmp (s->text + start, word, end - start) == 0;
}

/* Without white space, brackets and quotes around it, which a tag or a date has none of. */
static TlmSpan
trim (const Scan *s, gsize start, gsize end)
{
  while (start < end && strchr (" \t[]\"'#", s->text[start]) != NULL)
    start++;
  while (end > start && strchr (" \t[]\"',", s->text[end - 1]) != NULL)
    end--;
  return (TlmSpan) { .start = start, .end = end, .confidence = TLM_CONFIDENCE_HIGH, .p = 1.0f };
}

/* "|" or ">", and in any order what becomes of the last line's break and how far the lines below, which
 * are the value, are indented. */
static gboolean
is_block (const char *value, gsize len)
{
  guint n_signs = 0, n_digits = 0;

  for (gsize i = 1; i < len; i++)
    {
      n_signs += value[i] == '+' || value[i] == '-';
      n_digits += value[i] >= '1' && value[i] <= '9';
    }
  return len > 0 && (*value == '|' || *value == '>') && n_signs + n_digits == len - 1 && n_signs <= 1
         && n_digits <= 1;
}

/* All but white space and one pair of quotes is the title's own. */
static void
take_title (Scan *s, gsize start, gsize end)
{
  const char *text = s->text;

  while (start < end && g_ascii_isspace (text[start]))
    start++;
  s->in_title = is_block (text + start, end - start);
  if (s->in_title)
    start = end;
  if (end - start >= 2 && strchr ("\"'", text[start]) != NULL && text[end - 1] == text[start])
    {
      start++;
      end--;
    }
  s->front->title = (TlmSpan) { .start = start, .end = end, .confidence = TLM_CONFIDENCE_HIGH,
                                .p = 1.0f };
}

/* Another line of it, without its indent. */
static void
add_to_title (Scan *s, gsize start, gsize end)
{
  if (s->front->title.start == s->front->title.end)
    s->front->title.start = start;
  s->front->title.end = end;
}

static void
add_tags (Scan *s, gsize start, gsize end, const char *separators)
{
  while (start < end)
    {
      gsize   stop = start;
      TlmSpan tag;

      while (stop < end && strchr (separators, s->text[stop]) == NULL)
        stop++;
      tag = trim (s, start, stop);
      if (tag.end > tag.start && s->front->n_tags < TLM_FRONT_MATTER_MAX_TAGS)
        s->front->tags[s->front->n_tags++] = tag;
      start = stop + 1;
    }
}

/* A whole date at the beginning of the value, which may go on with a time. */
static void
take_date (Scan *s, gsize start, gsize end)
{
  TlmSpan value = trim (s, start, end);
  TlmDays days;

  while (value.start < value.end && !g_ascii_isdigit (s->text[value.start]))
    value.start++;
  value.end = MIN (value.end, value.start + strlen ("2026-05-03"));
  if (value.end - value.start == strlen ("2026-05-03")
      && tlm_days_parse (s->text + value.start, value.end - value.start, (TlmDay) { 2000, 1, 1 },
                         &days))
    s->front->day = days.first;
}

static gboolean
key_is (const char *key, gsize len, const char *name)
{
  return len == strlen (name) && g_ascii_strncasecmp (key, name, len) == 0;
}

static void
take_value (Scan *s, const char *key, gsize key_len, gsize start, gsize end)
{
  gboolean list = memchr (s->text + start, '[', end - start) != NULL
                  || memchr (s->text + start, ',', end - start) != NULL;

  s->in_tags = FALSE;
  if (key_is (key, key_len, "title"))
    take_title (s, start, end);
  else if (key_is (key, key_len, "date") || key_is (key, key_len, "created"))
    take_date (s, start, end);
  else if (key_is (key, key_len, "tags") || key_is (key, key_len, "keywords")
           || key_is (key, key_len, "filetags"))
    {
      add_tags (s, start, end, list ? "," : key_is (key, key_len, "filetags") ? ": " : ", ");
      s->in_tags = TRUE;
    }
}

/* "key: value", "key = value"; "- value" below "tags:". */
static void
take_line (Scan *s, gsize start, gsize end, char separator)
{
  const char *mark = memchr (s->text + start, separator, end - start);
  gsize       key_end, at = start;

  while (at < end && g_ascii_isspace (s->text[at]))
    at++;
  if (s->in_tags && at < end && s->text[at] == '-')
    {
      add_tags (s, at + 1, end, "");
      return;
    }
  if (s->in_title && at > start)
    add_to_title (s, at, end);
  s->in_title &= at > start || at == end;
  if (mark == NULL || at > start)
    return;
  key_end = (gsize) (mark - s->text);
  while (key_end > start && g_ascii_isspace (s->text[key_end - 1]))
    key_end--;
  take_value (s, s->text + start, key_end - start, (gsize) (mark - s->text) + 1, end);
}

/* A block that holds something, but no keys, is a text between rules. */
static gboolean
read_fenced (Scan *s, const char *fence, char separator)
{
  gsize start, end, body;
  gsize begin = s->at;
  gboolean closed = FALSE;

  if (!next_line (s, &start, &end) || !line_is (s, start, end, fence))
    {
      s->at = begin;
      return FALSE;
    }
  body = s->at;
  for (int n = 0; n < MAX_LINES && !closed && next_line (s, &start, &end); n++)
    closed = line_is (s, start, end, fence)
             || (separator == ':' && line_is (s, start, end, "..."));
  if (!closed || !tl_front_is_keyed (s->text + body, start - body, separator))
    {
      s->at = begin;
      return FALSE;
    }
  s->front->end = s->at;
  for (s->at = body; next_line (s, &body, &end) && body < start;)
    take_line (s, body, end, separator);
  return TRUE;
}

/* "#+TITLE: …" lines, and a drawer of properties above them. */
static void
read_org (Scan *s)
{
  gsize start, end;

  while (next_line (s, &start, &end))
    {
      if (end - start > 2 && memcmp (s->text + start, "#+", 2) == 0
          && memchr (s->text + start, ':', end - start) != NULL
          && g_ascii_strncasecmp (s->text + start, "#+begin", MIN (7, end - start)) != 0)
        take_line (s, start + 2, end, ':');
      else
        break;
      s->front->end = s->at;
    }
}

/* An inserted summary, with the empty lines around it; one that is not closed is text. */
static void
skip_block (Scan *s)
{
  gsize start, end;

  s->at = s->front->end;
  do
    if (!next_line (s, &start, &end))
      return;
  while (start == end);
  if (!line_is (s, start, end, TLM_SUMMARY_BLOCK_BEGIN))
    return;
  while (next_line (s, &start, &end))
    if (line_is (s, start, end, TLM_SUMMARY_BLOCK_END))
      {
        s->front->end = s->at;
        while (next_line (s, &start, &end) && start == end)
          s->front->end = s->at;
        return;
      }
}

void
tlm_front_matter_read (const char *text, gsize len, TlmFrontMatter *front)
{
  Scan s = { .text = text, .len = len, .front = front };

  memset (front, 0, sizeof *front);
  if (len >= strlen (BOM) && memcmp (text, BOM, strlen (BOM)) == 0)
    s.at = strlen (BOM);
  front->start = front->end = s.at;
  if (!read_fenced (&s, "---", ':') && !read_fenced (&s, "+++", '='))
    read_org (&s);
  front->block = front->end;
  skip_block (&s);
}

static gboolean
has_year (const char *line, gsize len)
{
  for (gsize i = 0; i + 4 <= len; i++)
    if ((memcmp (line + i, "20", 2) == 0 || memcmp (line + i, "19", 2) == 0)
        && g_ascii_isdigit (line[i + 2]) && g_ascii_isdigit (line[i + 3])
        && (i == 0 || !g_ascii_isdigit (line[i - 1]))
        && (i + 4 == len || !g_ascii_isdigit (line[i + 4])))
      return TRUE;
  return FALSE;
}

TlmDay
tlm_note_day (const char *text, gsize len, const TlmFrontMatter *front, gint64 written_at)
{
  Scan    s = { .text = text, .len = len, .at = front->end };
  gsize   start, end;
  TlmDay  written = tlm_day_from_unix (written_at != 0 ? MAX (written_at, 0)
                                                       : g_get_real_time () / G_USEC_PER_SEC);
  TlmDays days;

  if (tlm_day_is_set (front->day))
    return front->day;
  while (next_line (&s, &start, &end))
    if (end > start)
      {
        if (end - start < 200 && has_year (text + start, end - start)
            && tlm_days_parse_dated (text + start, end - start, &days)
            && tlm_calendar_compare (days.first, days.last) == 0
            && (written_at == TLM_WRITTEN_UNKNOWN
                || tlm_calendar_compare (days.first, written) <= 0))
          return days.first;
        break;
      }
  if (written_at == TLM_WRITTEN_UNKNOWN)
    return (TlmDay) { 0 };
  return written;
}
