/* SPDX-License-Identifier: Apache-2.0 */
/* Units from lines: prose is cut into sentences, a bullet is one unit unless it is long, a line
 * break ends a unit except in a hard-wrapped note, where the lines of a paragraph are
 * joined first. */
#include "reader/unit.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "reader/line.h"
#include "reader/sentence.h"
#include "reader/words.h"

#define MAX_BULLET_WORDS                                                                           \
  25 /* a longer one is cut into its sentences: the convention of our notes */

typedef struct
{
  const char    *text;
  const tl_line *lines;
  size_t         n_lines;
  size_t         wrap_width; /* bytes of a full line of a hard-wrapped note; 0: not wrapped */
  tl_unit       *units;
  size_t         n_units, capacity;
  uint32_t       paragraph;
  int32_t        section;
  bool           failed;
} splitter;

static void
add_unit (splitter *sp, size_t start, size_t end, tl_unit_kind kind, const tl_line *line,
          uint8_t level)
{
  if (sp->n_units == sp->capacity)
    {
      size_t capacity = sp->capacity == 0 ? 64 : 2 * sp->capacity;
      tl_unit *units = realloc (sp->units, capacity * sizeof *units);

      if (units == NULL)
        {
          sp->failed = true;
          return;
        }
      sp->units = units;
      sp->capacity = capacity;
    }
  sp->units[sp->n_units++] = (tl_unit) {
    .start = start, .end = end, .kind = kind, .check = line->check, .level = level,
    .paragraph = sp->paragraph, .section = sp->section,
  };
}

static bool
has_word (const char *s, size_t start, size_t end)
{
  for (size_t i = start; i < end;)
    {
      uint32_t cp;

      i += tl_utf8_next (s + i, end - i, &cp);
      if (tl_cp_is_word (cp))
        return true;
    }
  return false;
}

/* White space of any kind off both ends. */
static void
trim (const char *s, size_t *start, size_t *end)
{
  uint32_t cp;

  while (*start < *end)
    {
      size_t n = tl_utf8_next (s + *start, *end - *start, &cp);

      if (!tl_cp_is_space (cp))
        break;
      *start += n;
    }
  while (*end > *start)
    {
      size_t i = *end - 1;

      while (i > *start && ((unsigned char) s[i] & 0xc0) == 0x80)
        i--;
      if (i + tl_utf8_next (s + i, *end - i, &cp) != *end || !tl_cp_is_space (cp))
        break;
      *end = i;
    }
}

static void
add_sentences (splitter *sp, size_t start, size_t end, tl_unit_kind kind, const tl_line *line,
               uint8_t level)
{
  const char *s = sp->text + start;
  size_t len = end - start, pos = 0;

  while (pos < len)
    {
      size_t stop = tl_sentence_end (s, len, pos);
      size_t a = start + pos, b = start + stop;

      trim (sp->text, &a, &b);
      if (has_word (sp->text, a, b))
        add_unit (sp, a, b, kind, line, level);
      pos = stop;
    }
}

/* Does @line go on in the next one? Only in a wrapped note, when it is nearly full. */
static bool
continues (const splitter *sp, size_t i)
{
  const tl_line *line = &sp->lines[i], *next = line + 1;

  return sp->wrap_width > 0 && i + 1 < sp->n_lines && next->kind == TL_LINE_PLAIN
         && line->end - line->start >= sp->wrap_width * 6 / 10;
}

/* Nesting from the indents of the list so far: 0 for the outermost. */
static uint8_t
bullet_level (uint32_t indent)
{
  uint32_t level = (indent + 1) / 2;

  return (uint8_t) (level > 9 ? 9 : level);
}

/* Makes the units of the line @i and of those that continue it; returns the last of them. */
static size_t
add_text (splitter *sp, size_t i)
{
  const tl_line *line = &sp->lines[i];
  size_t end = line->end;
  uint32_t n_words = line->n_words;
  bool bullet = line->kind == TL_LINE_BULLET;
  uint8_t level = bullet ? bullet_level (line->indent) : 0;
  tl_unit_kind kind = bullet ? TL_UNIT_BULLET : TL_UNIT_SENTENCE;

  while (continues (sp, i))
    {
      end = sp->lines[++i].end;
      n_words += sp->lines[i].n_words;
    }
  if (bullet && n_words <= MAX_BULLET_WORDS)
    add_unit (sp, line->start, end, kind, line, level);
  else
    add_sentences (sp, line->start, end, kind, line, level);
  return i;
}

static void
add_structure (splitter *sp, const tl_line *line, tl_unit_kind kind)
{
  bool rules = kind == TL_UNIT_HEADING || kind == TL_UNIT_LABEL;

  if (rules)
    {
      sp->paragraph++;
      sp->section = (int32_t) sp->n_units;
    }
  add_unit (sp, line->start, line->end, kind, line, line->level);
  if (rules)
    {
      if (!sp->failed)
        sp->units[sp->n_units - 1].section = -1;
      sp->paragraph++;
    }
}

static void
split_lines (splitter *sp)
{
  tl_line_kind before = TL_LINE_BLANK;

  for (size_t i = 0; i < sp->n_lines && !sp->failed; i++)
    {
      const tl_line *line = &sp->lines[i];

      if (line->kind != before && before != TL_LINE_BLANK)
        sp->paragraph++;
      switch (line->kind)
        {
        case TL_LINE_BLANK:
        case TL_LINE_RULE:
          sp->paragraph++;
          break;
        case TL_LINE_PLAIN:
        case TL_LINE_BULLET:
          i = add_text (sp, i);
          break;
        case TL_LINE_HEADING:
          add_structure (sp, line, TL_UNIT_HEADING);
          break;
        case TL_LINE_LABEL:
          add_structure (sp, line, TL_UNIT_LABEL);
          break;
        case TL_LINE_TABLE:
          add_structure (sp, line, TL_UNIT_TABLE);
          break;
        case TL_LINE_CODE:
          add_structure (sp, line, TL_UNIT_CODE);
          break;
        case TL_LINE_FRONT_MATTER:
          add_structure (sp, line, TL_UNIT_FRONT_MATTER);
          break;
        }
      before = line->kind;
    }
}

static bool
is_text (const tl_line *line)
{
  return line->kind == TL_LINE_PLAIN || line->kind == TL_LINE_BULLET;
}

/* A note is hard-wrapped when most lines with a plain line below are nearly as long as the longest
 * of them (50 to 130 bytes) and many of them stop in the middle of a sentence. */
static size_t
find_wrap_width (const char *text, const tl_line *lines, size_t n)
{
  size_t longest = 0, n_pairs = 0, n_full = 0, n_open = 0;

  for (size_t i = 0; i + 1 < n; i++)
    if (is_text (&lines[i]) && lines[i + 1].kind == TL_LINE_PLAIN
        && lines[i].end - lines[i].start > longest)
      longest = lines[i].end - lines[i].start;
  if (longest < 50 || longest > 130)
    return 0;
  for (size_t i = 0; i + 1 < n; i++)
    {
      uint32_t cp;

      if (!is_text (&lines[i]) || lines[i + 1].kind != TL_LINE_PLAIN)
        continue;
      tl_utf8_next (text + lines[i + 1].start, lines[i + 1].end - lines[i + 1].start, &cp);
      n_pairs++;
      n_full += lines[i].end - lines[i].start >= longest * 7 / 10;
      n_open += tl_cp_is_lower (cp);
    }
  return n_pairs >= 3 && 10 * n_full >= 7 * n_pairs && 10 * n_open >= 4 * n_pairs ? longest : 0;
}

bool
tl_units_split (const char *text, size_t len, tl_unit **units, size_t *n, tl_error *err)
{
  splitter sp = { .text = text, .section = -1 };
  tl_line *lines;

  *units = NULL;
  *n = 0;
  if (!tl_lines_scan (text, len, &lines, &sp.n_lines, err))
    return false;
  sp.lines = lines;
  sp.wrap_width = find_wrap_width (text, lines, sp.n_lines);
  split_lines (&sp);
  free (lines);
  if (sp.failed)
    {
      free (sp.units);
      return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for the units of the note");
    }
  *units = sp.units;
  *n = sp.n_units;
  return true;
}
