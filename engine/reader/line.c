/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and their marks. First each line alone (quote marks, bullets, check boxes, "# heading"),
 * then what needs its neighbours: front matter, code fences, underlined headings, tables and the
 * short lines that people put above a block in place of a heading. The marks are CommonMark's, and
 * those that people type besides ("•", "–", "☐"). */
#include "reader/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/front.h"
#include "reader/sentence.h"
#include "reader/words.h"

#define MAX_HEADING_WORDS 6 /* longer lines above a block are sentences more often than headings */
#define MAX_LABEL_WORDS 7
#define MAX_FRONT_MATTER_LINES 64

static size_t
skip_blanks (const char *s, size_t i, size_t end)
{
  while (i < end && (s[i] == ' ' || s[i] == '\t'))
    i++;
  return i;
}

static size_t
trim_end (const char *s, size_t start, size_t end)
{
  while (end > start && (s[end - 1] == ' ' || s[end - 1] == '\t' || s[end - 1] == '\r'))
    end--;
  return end;
}

/* Skips white space of any kind, and quote marks ("> "). */
static void
enter_line (const char *s, tl_line *line)
{
  uint32_t column = 0;
  size_t i = line->start;

  for (; i < line->end; i++)
    if (s[i] == '\t')
      column = (column + 4) & ~3u;
    else if (s[i] == ' ' || s[i] == '>')
      column++;
    else
      {
        uint32_t cp;
        size_t n = tl_utf8_next (s + i, line->end - i, &cp);

        if (!tl_cp_is_space (cp))
          break;
        i += n - 1;
        column++;
      }
  line->start = i;
  line->indent = column;
}

static bool
is_break (char c)
{
  return c == '\n' || c == '\r';
}

/* The line that begins at @i, without its indent. */
typedef struct
{
  int    number; /* of "2. Jan"; -1: none */
  size_t word;   /* where "Jan" begins */
} numbered;

static numbered
read_numbered (const char *s, size_t i, size_t end)
{
  numbered line = { 0, 0 };
  size_t digits;

  while (i < end && (s[i] == ' ' || s[i] == '\t' || s[i] == '>'))
    i++;
  for (digits = i; i < end && i - digits < 3 && s[i] >= '0' && s[i] <= '9'; i++)
    line.number = 10 * line.number + s[i] - '0';
  if (i == digits || i + 1 >= end || s[i] != '.' || (s[i + 1] != ' ' && s[i + 1] != '\t'))
    line.number = -1;
  line.word = skip_blanks (s, i + 1, end);
  return line;
}

/* Is @b the item before or behind @a in a list of numbers? "1. Mai" and "2. Mai" are days. */
static bool
is_next_item (const char *s, size_t len, numbered a, numbered b)
{
  int step = a.number - b.number;

  return b.number >= 0 && (step == 1 || step == -1)
         && !(b.word + 3 <= len && memcmp (s + a.word, s + b.word, 3) == 0);
}

/* Does the line at [i, end) of [s, s + len) go on with a list of numbers, or begin one? Empty lines
 * may stand between. */
static bool
is_list_item (const char *s, size_t len, size_t i, size_t end)
{
  numbered line = read_numbered (s, i, end);
  size_t begin = i, stop, next = end;

  while (begin > 0 && !is_break (s[begin - 1]))
    begin--;
  while (begin > 0 && (is_break (s[begin - 1]) || s[begin - 1] == ' ' || s[begin - 1] == '\t'))
    begin--;
  for (stop = begin; begin > 0 && !is_break (s[begin - 1]); begin--)
    ;
  while (next < len && (is_break (s[next]) || s[next] == ' ' || s[next] == '\t'))
    next++;
  return is_next_item (s, len, line, read_numbered (s, begin, stop))
         || is_next_item (s, len, line, read_numbered (s, next, len));
}

/* The bytes of a bullet mark or number with the blanks behind it; 0 when there is none, as in
 * "3. Mai" that is no item of a list. */
static size_t
bullet_length (const char *s, size_t len, size_t i, size_t end)
{
  static const char *const marks[]
      = { "-", "*", "+", "•", "–", "—", "·", "‣", "◦", "▪", "●", "○", "→" };
  size_t begin = i, n = 0;

  for (size_t m = 0; m < sizeof marks / sizeof *marks && n == 0; m++)
    if (end - i > strlen (marks[m]) && memcmp (s + i, marks[m], strlen (marks[m])) == 0)
      n = strlen (marks[m]);
  if (n == 0)
    {
      size_t j = i + (s[i] == '(');
      size_t digits = j;

      while (j < end && j - digits < 3 && s[j] >= '0' && s[j] <= '9')
        j++;
      if (j == digits && j < end && ((s[j] | 32) >= 'a' && (s[j] | 32) <= 'z'))
        j++;
      else if (j < end && j > digits && s[j] == '.' && s[i] != '('
               && (j - digits > 2 || !tl_sentence_has_month (s, end, skip_blanks (s, j + 1, end))
                   || is_list_item (s, len, i, end)))
        n = j + 1 - i;
      if (n == 0 && j > digits && j < end && s[j] == ')')
        n = j + 1 - i;
    }
  if (n == 0 || i + n >= end || (s[i + n] != ' ' && s[i + n] != '\t'))
    return 0;
  return skip_blanks (s, i + n, end) - begin;
}

/* "[ ]", "[x]", "☐", "☑", "✓" with the blanks behind it; 0 when there is none. */
static size_t
check_length (const char *s, size_t i, size_t end, tl_check *check)
{
  static const struct
  {
    const char *mark;
    tl_check    check;
  } boxes[] = {
    { "[ ]", TL_CHECK_OPEN }, { "[]", TL_CHECK_OPEN },  { "[x]", TL_CHECK_DONE },
    { "[X]", TL_CHECK_DONE }, { "[✓]", TL_CHECK_DONE }, { "[✔]", TL_CHECK_DONE },
    { "☐", TL_CHECK_OPEN },   { "□", TL_CHECK_OPEN },   { "☑", TL_CHECK_DONE },
    { "☒", TL_CHECK_DONE },   { "✅", TL_CHECK_DONE },  { "✓", TL_CHECK_DONE },
    { "✔", TL_CHECK_DONE },
  };

  for (size_t b = 0; b < sizeof boxes / sizeof *boxes; b++)
    {
      size_t n = strlen (boxes[b].mark);

      if (end - i > n && memcmp (s + i, boxes[b].mark, n) == 0)
        {
          *check = boxes[b].check;
          return skip_blanks (s, i + n, end) - i;
        }
    }
  return 0;
}

static void
take_bullet (const char *s, size_t len, tl_line *line)
{
  size_t n = bullet_length (s, len, line->start, line->end);
  size_t box = check_length (s, line->start + n, line->end, &line->check);

  if (n + box == 0)
    return;
  line->kind = TL_LINE_BULLET;
  line->mark = s[line->start];
  line->start += n + box;
}

static void
take_atx_heading (const char *s, tl_line *line)
{
  size_t i = line->start;

  while (i < line->end && s[i] == '#' && i - line->start < 7)
    i++;
  if (i == line->start || i - line->start > 6 || i >= line->end || (s[i] != ' ' && s[i] != '\t'))
    return;
  line->kind = TL_LINE_HEADING;
  line->level = (uint8_t) (i - line->start);
  line->start = skip_blanks (s, i, line->end);
  while (line->end > line->start && s[line->end - 1] == '#')
    line->end--;
  line->end = trim_end (s, line->start, line->end);
}

/* Letters and digits decide whether anything is said; words are counted on the way. */
static bool
says_something (const char *s, tl_line *line)
{
  bool any = false, in_word = false;
  uint32_t n_cjk = 0;

  for (size_t i = line->start; i < line->end;)
    {
      uint32_t cp;

      i += tl_utf8_next (s + i, line->end - i, &cp);
      any |= tl_cp_is_word (cp);
      n_cjk += tl_cp_is_cjk (cp);
      if (!tl_cp_is_space (cp) && !in_word)
        line->n_words++;
      in_word = !tl_cp_is_space (cp);
    }
  line->n_words += n_cjk / 2;
  return any;
}

static void
classify_alone (const char *s, size_t len, tl_line *line)
{
  enter_line (s, line);
  line->end = trim_end (s, line->start, line->end);
  if (line->start >= line->end)
    return;
  line->kind = TL_LINE_PLAIN;
  line->mark = s[line->start];
  take_atx_heading (s, line);
  if (line->kind == TL_LINE_PLAIN)
    take_bullet (s, len, line);
  if (!says_something (s, line))
    line->kind = TL_LINE_RULE;
  else if (line->kind == TL_LINE_PLAIN && s[line->start] == '|')
    line->kind = TL_LINE_TABLE;
}

static bool
is_rule_of (const char *s, const tl_line *line, char mark, size_t at_least)
{
  size_t n = line->end - line->start;

  if (line->kind != TL_LINE_RULE || n < at_least)
    return false;
  for (size_t i = line->start; i < line->end; i++)
    if (s[i] != mark)
      return false;
  return true;
}

static bool
is_fence (const char *s, const tl_line *line, char mark)
{
  return line->end - line->start >= 3 && s[line->start] == mark && s[line->start + 1] == mark
         && s[line->start + 2] == mark
         && (line->kind == TL_LINE_RULE || line->kind == TL_LINE_PLAIN);
}

static void
find_front_matter (const char *s, tl_line *lines, size_t n)
{
  size_t end = 1, body;

  if (n < 3 || lines[0].indent > 0 || !is_rule_of (s, &lines[0], '-', 3))
    return;
  while (end < n && end < MAX_FRONT_MATTER_LINES && !is_rule_of (s, &lines[end], '-', 3)
         && !is_rule_of (s, &lines[end], '.', 3))
    end++;
  if (end == n || end == MAX_FRONT_MATTER_LINES)
    return;
  for (body = lines[0].end; !is_break (s[body]); body++)
    ;
  body += 1 + (s[body] == '\r' && s[body + 1] == '\n');
  if (!tl_front_is_keyed (s + body, lines[end].start - body, ':'))
    return;
  for (size_t i = 1; i < end; i++)
    if (lines[i].kind != TL_LINE_BLANK && lines[i].kind != TL_LINE_RULE)
      lines[i].kind = TL_LINE_FRONT_MATTER;
}

/* An opening fence that nothing closes is decoration: else one stray mark would hide the rest. */
static void
find_code (const char *s, tl_line *lines, size_t n)
{
  bool open_ended[2] = { false, false };

  for (size_t i = 0; i < n; i++)
    {
      bool tilde = is_fence (s, &lines[i], '~');
      char mark = tilde ? '~' : '`';
      size_t end = i + 1;

      if (open_ended[tilde] || !is_fence (s, &lines[i], mark))
        continue;
      while (end < n && !(is_fence (s, &lines[end], mark) && lines[end].n_words <= 1))
        end++;
      open_ended[tilde] = end == n;
      if (end == n)
        continue;
      for (; i <= end; i++)
        if (lines[i].kind != TL_LINE_BLANK)
          lines[i].kind = lines[i].kind == TL_LINE_RULE ? TL_LINE_RULE : TL_LINE_CODE;
      i = end;
    }
}

static bool
has_byte (const char *s, const tl_line *line, char byte)
{
  return memchr (s + line->start, byte, line->end - line->start) != NULL;
}

/* Rows without a leading "|" are known by the rule below the head, and go on while they
 * have bars. */
static void
find_tables (const char *s, tl_line *lines, size_t n)
{
  for (size_t i = 1; i < n; i++)
    {
      if (lines[i].kind != TL_LINE_RULE || !has_byte (s, &lines[i], '|')
          || !has_byte (s, &lines[i], '-') || lines[i - 1].kind != TL_LINE_PLAIN)
        continue;
      lines[i - 1].kind = TL_LINE_TABLE;
      while (i + 1 < n && lines[i + 1].kind == TL_LINE_PLAIN && has_byte (s, &lines[i + 1], '|'))
        lines[++i].kind = TL_LINE_TABLE;
    }
}

static bool
ends_with_any (const char *s, const tl_line *line, const char *marks)
{
  return strchr (marks, s[line->end - 1]) != NULL;
}

/* "**Lease**", "__To do__" or "*Plan:*" and nothing else on the line. */
static bool
is_emphasised (const char *s, const tl_line *line)
{
  char mark = s[line->start];
  size_t i = line->start, end = line->end;

  if (mark != '*' && mark != '_')
    return false;
  if (s[end - 1] == ':')
    end--;
  while (i < end && s[i] == mark)
    i++;
  while (end > i && s[end - 1] == mark)
    end--;
  return end > i && end < line->end && memchr (s + i, mark, end - i) == NULL
         && (s[end] == mark || s[end - 1] == ':') && line->n_words <= 12;
}

static bool
is_all_capitals (const char *s, const tl_line *line)
{
  size_t n_upper = 0;

  if (ends_with_any (s, line, ".!?"))
    return false;
  for (size_t i = line->start; i < line->end;)
    {
      uint32_t cp;

      i += tl_utf8_next (s + i, line->end - i, &cp);
      if (tl_cp_is_lower (cp))
        return false;
      n_upper += tl_cp_is_upper (cp);
    }
  return n_upper >= 3;
}

static bool
begins_small (const char *s, const tl_line *line)
{
  uint32_t cp;

  tl_utf8_next (s + line->start, line->end - line->start, &cp);
  return tl_cp_is_lower (cp);
}

/* A short line without an end mark, alone above a list or above a longer line. */
static bool
stands_above_block (const char *s, const tl_line *lines, size_t n, size_t i)
{
  const tl_line *line = &lines[i], *below;
  bool apart = i == 0 || lines[i - 1].kind == TL_LINE_BLANK || lines[i - 1].kind == TL_LINE_RULE;
  size_t next = i + 1;

  if (!apart || line->n_words > MAX_HEADING_WORDS || ends_with_any (s, line, ".!?,;)\""))
    return false;
  if (i == 0 && n > 1 && lines[1].kind == TL_LINE_PLAIN && begins_small (s, line))
    return false;
  if (i == 0)
    while (next < n && (lines[next].kind == TL_LINE_BLANK || lines[next].kind == TL_LINE_RULE))
      next++;
  if (next >= n)
    return false;
  below = &lines[next];
  if (below->kind == TL_LINE_BULLET || below->kind == TL_LINE_TABLE || below->kind == TL_LINE_CODE)
    return true;
  return below->kind == TL_LINE_PLAIN
         && (i == 0 || 2 * (line->end - line->start) < below->end - below->start);
}

static void
find_headings (const char *s, tl_line *lines, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      tl_line *line = &lines[i];
      bool alone = i == 0 || lines[i - 1].kind != TL_LINE_PLAIN;

      if (line->kind != TL_LINE_PLAIN)
        continue;
      if (alone && i + 1 < n && line->n_words <= 14
          && (is_rule_of (s, line + 1, '=', 2) || is_rule_of (s, line + 1, '-', 3)))
        {
          line->kind = TL_LINE_HEADING;
          line->level = s[line[1].start] == '=' ? 1 : 2;
        }
      else if (ends_with_any (s, line, ":") && line->n_words <= MAX_LABEL_WORDS)
        line->kind = TL_LINE_LABEL;
      else if (is_emphasised (s, line)
               || (line->n_words <= MAX_HEADING_WORDS && alone && is_all_capitals (s, line))
               || stands_above_block (s, lines, n, i))
        {
          line->kind = TL_LINE_HEADING;
          line->level = i == 0 ? 1 : 3;
        }
    }
}

static size_t
count_lines (const char *text, size_t len)
{
  size_t n = 1;

  for (size_t i = 0; i < len; i++)
    n += text[i] == '\n' || (text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n'));
  return n;
}

bool
tl_lines_scan (const char *text, size_t len, tl_line **lines, size_t *n, tl_error *err)
{
  size_t n_lines = count_lines (text, len), begin = 0, k = 0;
  tl_line *l;

  *lines = NULL;
  *n = 0;
  if (len == 0)
    return true;
  l = calloc (n_lines, sizeof *l);
  if (l == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu lines", n_lines);
  for (size_t i = 0; i <= len; i++)
    if (i == len || text[i] == '\n' || (text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n')))
      {
        l[k].start = begin;
        l[k].end = i;
        classify_alone (text, len, &l[k++]);
        begin = i + 1;
      }
  find_front_matter (text, l, k);
  find_code (text, l, k);
  find_tables (text, l, k);
  find_headings (text, l, k);
  *lines = l;
  *n = k;
  return true;
}
