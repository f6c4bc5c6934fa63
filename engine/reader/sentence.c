/* SPDX-License-Identifier: Apache-2.0 */
/* Sentence ends. A full stop, "!", "?" or "…" ends a sentence when white space follows and then
 * something that can begin one: not a small letter. Full-width marks end one anywhere. After a full
 * stop the word before it is looked up among abbreviations, and numbers may be ordinals
 * ("3. Mai"). */
#include "reader/sentence.h"

#include <string.h>

#include "base/utf8.h"
#include "reader/words.h"

/* Never the end, whatever follows. */
static const char *const abbreviations[] = {
  "approx", "bzgl", "bzw", "ca",  "capt", "cf",   "col",  "dept", "dott", "dr",   "dra",  "drs",
  "eng",    "esp",  "evtl", "excl", "fr", "ggf",  "gen",  "govt", "hr",   "incl", "ing",  "inkl",
  "jr",     "lt",   "max", "min", "mme",  "mr",   "mrs",  "ms",   "mt",   "mwst", "prof", "rev",
  "sgt",    "sig",  "sr",  "sra", "st",   "str",  "tel",  "vs",   "zzgl", "mlle", "resp", "sog",
};

/* Not the end when a digit follows: "No. 7", "Fig. 2", "Sept. 14". */
static const char *const before_number[] = {
  "abs", "apr", "art", "aug", "bd", "ch", "dec", "eq", "feb", "fig", "jan", "jul",
  "jun", "kap", "mar", "no",  "nov", "nr", "num", "oct", "p", "par", "pp", "s",
  "sec", "sep", "sept", "tab", "vol", "wk", "week", "v",
};

/* After a small number and a full stop these make an ordinal date. */
static const char *const months[] = {
  "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober",
  "november", "dezember", "jan", "feb", "apr", "jun", "jul", "aug", "sep", "okt", "nov", "dez",
};

static bool
is_listed (const char *word, size_t len, const char *const *list, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (strlen (list[i]) == len && memcmp (list[i], word, len) == 0)
      return true;
  return false;
}
#define IS_LISTED(word, len, list) is_listed (word, len, list, sizeof (list) / sizeof *(list))

static bool
is_terminator (uint32_t cp)
{
  return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 || cp == 0x203c || cp == 0x2047;
}

/* Full-width marks, and the full stops of Devanagari, Arabic and Ethiopic. */
static bool
is_strong_terminator (uint32_t cp)
{
  return cp == 0x3002 || cp == 0xff01 || cp == 0xff1f || cp == 0xff61 || cp == 0x0964
         || cp == 0x061f || cp == 0x06d4 || cp == 0x1362;
}

static bool
is_closer (uint32_t cp)
{
  return cp == '"' || cp == '\'' || cp == ')' || cp == ']' || cp == '*' || cp == '_' || cp == '`'
         || cp == 0x2019 || cp == 0x201d || cp == 0xbb || cp == 0x203a || cp == 0x300d
         || cp == 0x300f || cp == 0xff09;
}

static bool
is_opener (uint32_t cp)
{
  return cp == '"' || cp == '\'' || cp == '(' || cp == '[' || cp == '*' || cp == '_' || cp == '`'
         || cp == 0x2018 || cp == 0x201c || cp == 0x201e || cp == 0xab || cp == 0xbf || cp == 0xa1
         || cp == '$' || cp == '#' || cp == '@' || cp == 0x20ac || cp == 0xa3;
}

/* The word that touches the full stop at @dot, folded; returns its length, 0 when it does
 * not fit. */
static size_t
word_before (const char *s, size_t begin, size_t dot, char word[16])
{
  size_t i = dot;

  while (i > begin && dot - i < 15 && s[i - 1] != ' ' && s[i - 1] != '\n' && s[i - 1] != '('
         && s[i - 1] != '/' && s[i - 1] != '"' && s[i - 1] != '*')
    i--;
  if (dot - i >= 15)
    return 0;
  tl_text_fold (word, s + i, dot - i);
  return dot - i;
}

/* "e.g", "z.B", "a.m": single letters between dots; one letter alone is an initial. */
static bool
is_dotted_letters (const char *word, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if ((i & 1) == 0 ? !(word[i] >= 'a' && word[i] <= 'z') : word[i] != '.')
      return false;
  return (n & 1) == 1;
}

/* "on 20 m. Last year": a single letter behind a number measures it. */
static bool
is_unit_of_measure (const char *s, size_t dot, size_t n)
{
  return n == 1 && dot >= 3 && s[dot - 2] == ' ' && s[dot - 3] >= '0' && s[dot - 3] <= '9';
}

static bool
is_number (const char *word, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (word[i] < '0' || word[i] > '9')
      return false;
  return n > 0 && n <= 2;
}

bool
tl_sentence_has_month (const char *s, size_t len, size_t pos)
{
  size_t end = pos, start;
  char word[16];

  if (!tl_word_next (s, len, &end, &start) || start != pos || end - start >= sizeof word)
    return false;
  tl_text_fold (word, s + start, end - start);
  return IS_LISTED (word, end - start, months);
}

/* Is the full stop at @dot part of an abbreviation or ordinal? @next: the next word's
 * first byte. */
static bool
stop_is_inner (const char *s, size_t len, size_t begin, size_t dot, size_t next)
{
  char word[16];
  size_t n = word_before (s, begin, dot, word);
  bool digit_next = s[next] >= '0' && s[next] <= '9';

  if (n == 0)
    return false;
  if (is_number (word, n))
    return dot - n == begin || tl_sentence_has_month (s, len, next);
  if (IS_LISTED (word, n, abbreviations))
    return true;
  if (digit_next && IS_LISTED (word, n, before_number))
    return true;
  if (!is_dotted_letters (word, n) || (n == 1 && word[0] == 'i') || is_unit_of_measure (s, dot, n))
    return false;
  return !(n == 3 && word[2] == 'm' && (word[0] == 'a' || word[0] == 'p'));
}

static size_t
skip_while (const char *s, size_t len, size_t i, bool (*test) (uint32_t))
{
  uint32_t cp;
  size_t n;

  while (i < len && (n = tl_utf8_next (s + i, len - i, &cp), test (cp)))
    i += n;
  return i;
}

static bool
can_begin (const char *s, size_t len, size_t next)
{
  uint32_t cp;

  tl_utf8_next (s + next, len - next, &cp);
  return (tl_cp_is_word (cp) && !tl_cp_is_lower (cp)) || is_opener (cp);
}

size_t
tl_sentence_end (const char *s, size_t len, size_t pos)
{
  for (size_t i = pos; i < len;)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (s + i, len - i, &cp);
      size_t marks, end, next;

      if (is_strong_terminator (cp))
        return skip_while (s, len, skip_while (s, len, i + n, is_strong_terminator), is_closer);
      if (!is_terminator (cp))
        {
          i += n;
          continue;
        }
      marks = skip_while (s, len, i + n, is_terminator);
      end = skip_while (s, len, marks, is_closer);
      next = skip_while (s, len, end, tl_cp_is_space);
      if (next >= len)
        return end;
      if (next > end && can_begin (s, len, next)
          && !(cp == '.' && marks == i + 1 && end == marks && stop_is_inner (s, len, pos, i, next)))
        return end;
      i = end;
    }
  return len;
}
