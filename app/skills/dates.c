/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over the tokens of a text: words that forbid a date, the one date, and two that join to a
 * range or are one too many. */
#include "skills/dates-rules.h"

#include <string.h>

static gboolean
is_either (const TlmDateToken *t, TlmDateKind a, TlmDateKind b)
{
  return t->kind == a || t->kind == b;
}

static gboolean
holds (const TlmDateToken *t, const TlmDateToken *end, TlmDateKind kind)
{
  for (; t < end; t++)
    if (t->kind == kind)
      return TRUE;
  return FALSE;
}

static gboolean
holds_year (const TlmDateToken *t, const TlmDateToken *end)
{
  for (; t < end; t++)
    if (t->kind == TLM_DATE_YEAR || (t->kind == TLM_DATE_DAY && t->day.year > 0))
      return TRUE;
  return FALSE;
}

/* Whether the month and day of @a come after those of @b in a year. */
static gboolean
is_later_in_year (TlmDay a, TlmDay b)
{
  b.year = a.year;
  return tlm_calendar_compare (a, b) > 0;
}

/* "28 May to 2 June 2027": the year that is said behind is that of both, or the one before. @first
 * is read in it; no day where it cannot be. */
static TlmDay
read_in_year (const TlmDateReader *r, const TlmDateToken *first, TlmDay last)
{
  TlmDateReader dated = { r->today, r->between, last.year };
  TlmDays       days;

  if (tlm_date_read (&dated, first, &days) != NULL && tlm_day_is_set (days.first)
      && tlm_calendar_compare (days.first, last) <= 0)
    return days.first;
  dated.year--;
  if (tlm_date_read (&dated, first, &days) != NULL && tlm_day_is_set (days.first)
      && is_later_in_year (days.first, last))
    return days.first;
  return (TlmDay) { 0 };
}

/* The end of a range that begins before it, at @first: a weekday there is the one behind the
 * first, which may need the year of the end. */
static const TlmDateToken *
read_range_end (const TlmDateReader *r, const TlmDateToken *first, const TlmDateToken *to,
                TlmDays *days)
{
  TlmDateReader       from = { r->today, r->between, 0 };
  TlmDays             last;
  const TlmDateToken *end;

  if (tlm_day_is_set (days->first))
    from.today = tlm_calendar_date (days->first);
  end = tlm_date_read (&from, to + 1, &last);
  if (end == NULL)
    return NULL;
  days->last = last.last;
  if (!tlm_day_is_set (last.first))
    days->first.year = 0;
  else if (holds_year (to, end) && !holds_year (first, to)
           && (holds (first, to, TLM_DATE_MONTH) || holds (first, to, TLM_DATE_QUARTER)
               || holds (first, to, TLM_DATE_DAY)))
    days->first = read_in_year (r, first, last.last);
  else if (tlm_calendar_compare (last.last, days->first) <= 0)
    days->first.year = 0;
  return end;
}

static gboolean
is_number (const TlmDateToken *t)
{
  return is_either (t, TLM_DATE_NUMBER, TLM_DATE_ORDINAL);
}

/* "3 or 4 May", "in 2 or 3 weeks", "May 3 or 4", but not "2 or 3 copies". @t: between two numbers,
 * the second at @next */
static gboolean
counts_days (const TlmDateToken *begin, const TlmDateToken *t, const TlmDateToken *next)
{
  const TlmDateToken *behind = next + 1;

  while (is_either (behind, TLM_DATE_OF, TLM_DATE_THE))
    behind++;
  return t[-1].kind == TLM_DATE_ORDINAL || next->kind == TLM_DATE_ORDINAL
         || (t - 1 > begin && is_either (t - 2, TLM_DATE_MONTH, TLM_DATE_THE))
         || is_either (behind, TLM_DATE_MONTH, TLM_DATE_UNIT);
}

/* "3 or 4 May", "3 and 4 May", "this or next Tuesday": several. */
static gboolean
is_choice (const TlmDateReader *r, const TlmDateToken *begin, const TlmDateToken *t)
{
  const TlmDateToken *next = t + 1 + (t[1].kind == TLM_DATE_THE);

  if (t == begin || !(is_number (t - 1) || is_either (t - 1, TLM_DATE_THIS, TLM_DATE_NEXT)))
    return FALSE;
  if ((t->kind == TLM_DATE_AND && !r->between) || t->kind == TLM_DATE_OR)
    if (is_number (next))
      return counts_days (begin, t, next);
  return t->kind == TLM_DATE_OR
         && (is_either (next, TLM_DATE_DAY, TLM_DATE_WEEKDAY)
             || is_either (next, TLM_DATE_THIS, TLM_DATE_NEXT) || next->kind == TLM_DATE_OFFSET);
}

static gboolean
has_veto (const TlmDateReader *r, const TlmDateToken *begin, const TlmDateToken *end)
{
  for (const TlmDateToken *t = begin; t < end; t++)
    if (t->kind == TLM_DATE_VETO || is_choice (r, begin, t))
      return TRUE;
  return FALSE;
}

static gboolean
is_comma (const TlmDateToken *t)
{
  return t->kind == TLM_DATE_OF && t->value == TLM_OF_COMMA;
}

static gboolean
is_the (const TlmDateToken *t)
{
  return t->kind == TLM_DATE_THE && t->value == TLM_THE_ENGLISH;
}

/* "of the" between a weekday and what names it */
static gboolean
joins (const TlmDateToken *t)
{
  return is_either (t, TLM_DATE_OF, TLM_DATE_THE) && !is_comma (t);
}

/* Whether the word at @t, in front of a weekday, makes it another. */
static gboolean
changes_from_front (const TlmDateToken *t)
{
  return is_either (t, TLM_DATE_NAMING, TLM_DATE_VETO) && t->value >= TLM_SIDE_FRONT;
}

/* The same for one behind it. @the: "the" stands in front of the weekday */
static gboolean
changes_from_behind (const TlmDateToken *t, gboolean the)
{
  if (!is_either (t, TLM_DATE_NAMING, TLM_DATE_VETO) || t->value < TLM_SIDE_AFTER)
    return FALSE;
  if (t->value == TLM_SIDE_BOTH || the)
    return TRUE;
  for (t++; joins (t); t++)
    ;
  return is_either (t, TLM_DATE_NAMING, TLM_DATE_NEXT);
}

/* "Friday before 5" is an hour; "before 5 June", "before a holiday" and "the Friday before" are
 * not. */
static gboolean
is_hour (const TlmDateToken *t, const TlmDateToken *end)
{
  if (t >= end || !is_number (t) || t->value < 1 || t->value > 24)
    return FALSE;
  return t + 1 >= end || is_comma (t + 1)
         || (t->kind == TLM_DATE_NUMBER && t->value > 1 && t[1].kind != TLM_DATE_OR
             && !is_either (t + 1, TLM_DATE_MONTH, TLM_DATE_UNIT)
             && !is_either (t + 1, TLM_DATE_OF, TLM_DATE_TO));
}

/* Whether the weekday or weekend of [t, behind) is another than the coming one: "Good Friday",
 * "lundi de Pâques", "Friday before the fair", "vendredi de la semaine dernière". A day of a month
 * stands for itself. */
static gboolean
is_named (const TlmDateToken *begin, const TlmDateToken *end, const TlmDateToken *t,
          const TlmDateToken *behind)
{
  gboolean the;

  if ((!holds (t, behind, TLM_DATE_WEEKDAY) && !holds (t, behind, TLM_DATE_WEEKEND))
      || holds (t, behind, TLM_DATE_MONTH) || holds (t, behind, TLM_DATE_DAY)
      || holds (t, behind, TLM_DATE_ORDINAL))
    return FALSE;
  if (behind < end && behind->kind == TLM_DATE_BEFORE)
    return !is_hour (behind + 1, end);
  the = is_the (t) || (t > begin && is_the (t - 1));
  while (t > begin && joins (t - 1))
    t--;
  while (behind < end && (joins (behind) || behind->kind == TLM_DATE_UNIT))
    behind++;
  return (t > begin && changes_from_front (t - 1))
         || (behind < end && changes_from_behind (behind, the));
}

static gboolean
is_between (const char *words, gsize len)
{
  static const char *const marks[] = { "between", "zwischen", "entre", "Between", "Zwischen",
                                       "Entre" };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_strstr_len (words, (gssize) len, marks[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Returns: whether that day is still ahead, or today */
static gboolean
set_day_before (const TlmDateReader *r, TlmDays *days)
{
  GDate first = tlm_calendar_date (days->first), today = r->today;

  days->first = days->last = tlm_calendar_plus_days (&first, -1);
  return g_date_compare (&first, &today) > 0;
}

/* What was found where. */
typedef struct
{
  TlmDays  days;
  gsize    from, behind; /* its tokens */
  gboolean alone;        /* nothing but small words stood with it */
} Found;

/* "next 3 May" is not the 3 May that has just gone by. */
static gboolean
is_next_behind (const TlmDateReader *r, const TlmDateToken *begin, const TlmDateToken *t,
                const TlmDateToken *end, TlmDay last)
{
  GDate today = r->today, day = tlm_calendar_date (last);

  return ((t > begin && t[-1].kind == TLM_DATE_NEXT) || t->kind == TLM_DATE_NEXT
          || tlm_date_is_coming (end))
         && g_date_compare (&day, &today) < 0;
}

/* Whether a word other than the date [date, behind) asks for nothing beside it. A day of a month is
 * the day of whatever is said: "my birthday on 3 June". */
static gboolean
stands_alone (const TlmDateToken *begin, const TlmDateToken *end, const TlmDateToken *date,
              const TlmDateToken *behind)
{
  gboolean dated = holds (date, behind, TLM_DATE_DAY)
                   || (holds (date, behind, TLM_DATE_MONTH)
                       && (holds (date, behind, TLM_DATE_NUMBER)
                           || holds (date, behind, TLM_DATE_ORDINAL)));

  for (const TlmDateToken *t = begin; t < end; t++)
    if ((t < date || t >= behind) && !joins (t) && !is_comma (t)
        && !is_either (t, TLM_DATE_SMALL, TLM_DATE_TO)
        && !(dated && is_either (t, TLM_DATE_OTHER, TLM_DATE_NAMING)))
      return FALSE;
  return TRUE;
}

/* "before" has a period as its limit when nothing but small words stands between. */
static gboolean
follows_before (const TlmDateToken *begin, const TlmDateToken *t)
{
  while (t > begin && (joins (t - 1) || is_either (t - 1, TLM_DATE_THIS, TLM_DATE_NEXT)))
    t--;
  return t > begin && t[-1].kind == TLM_DATE_BEFORE;
}

static gboolean
parse (const char *words, gsize len, TlmDay today, Found *f)
{
  gsize               n;
  g_autoptr (GArray)  tokens = NULL;
  TlmDateReader       r = { .between = is_between (words, len) };
  const TlmDateToken *begin, *end_of_words, *date = NULL, *behind = NULL;

  if (!tlm_calendar_is_valid (today.year, today.month, today.day))
    return FALSE;
  tokens = tlm_date_tokens_new (words, len, &n);
  r.today = tlm_calendar_date (today);
  begin = (gconstpointer) tokens->data;
  end_of_words = begin + n;
  if (has_veto (&r, begin, end_of_words))
    return FALSE;
  for (const TlmDateToken *t = begin; t < end_of_words;)
    {
      TlmDays             next = { 0 };
      const TlmDateToken *end = tlm_date_read (&r, t, &next), *range = NULL;

      if (end == NULL && t++->kind == TLM_DATE_UNIT)
        return FALSE; /* "a week from Friday" is not Friday */
      if (end == NULL)
        continue;
      if (date != NULL || is_named (begin, end_of_words, t, end))
        return FALSE;
      if (tlm_date_is_to (&r, end))
        range = read_range_end (&r, t, end, &next);
      if (!tlm_day_is_set (next.first) || is_next_behind (&r, begin, t, end, next.last))
        return FALSE;
      f->days = next;
      date = t;
      t = behind = range != NULL ? range : end;
    }
  if (date == NULL
      || (follows_before (begin, date) && tlm_calendar_compare (f->days.first, f->days.last) != 0
          && !set_day_before (&r, &f->days)))
    return FALSE;
  f->from = (gsize) (date - begin);
  f->behind = (gsize) (behind - begin);
  f->alone = stands_alone (begin, end_of_words, date, behind);
  return TRUE;
}

gboolean
tlm_days_parse (const char *words, gsize len, TlmDay today, TlmDays *days)
{
  Found f;

  if (!parse (words, len, today, &f))
    return FALSE;
  *days = f.days;
  return TRUE;
}

gboolean
tlm_days_parse_alone (const char *words, gsize len, TlmDay today, TlmDays *days)
{
  Found f;

  if (!parse (words, len, today, &f) || !f.alone)
    return FALSE;
  *days = f.days;
  return TRUE;
}

/* Appends the tokens of @words. Returns how many. */
static gsize
append_tokens (GArray *tokens, const char *words)
{
  gsize              n;
  g_autoptr (GArray) more = tlm_date_tokens_new (words, strlen (words), &n);

  g_array_append_vals (tokens, more->data, n);
  return n;
}

gboolean
tlm_days_parse_within (const char *before, const char *words, const char *after, TlmDay today,
                       TlmDays *days)
{
  g_autoptr (GArray)  tokens = g_array_new (FALSE, TRUE, sizeof (TlmDateToken));
  const TlmDateToken *t;
  gsize               n, n_all;
  Found               f;

  if (!parse (words, strlen (words), today, &f))
    return FALSE;
  n = append_tokens (tokens, before);
  append_tokens (tokens, words);
  append_tokens (tokens, after);
  n_all = tokens->len;
  g_array_set_size (tokens, n_all + 2); /* closed as those of words are */
  t = (gconstpointer) tokens->data;
  if (is_named (t, t + n_all, t + n + f.from, t + n + f.behind))
    return FALSE;
  *days = f.days;
  return TRUE;
}

gboolean
tlm_days_parse_dated (const char *words, gsize len, TlmDays *days)
{
  /* No two of weekday, day of the month, month and year are alike. */
  static const TlmDay days_of_writing[] = { { 2001, 2, 3 }, { 2018, 7, 16 } };
  TlmDays first, second;

  if (!tlm_days_parse (words, len, days_of_writing[0], &first)
      || !tlm_days_parse (words, len, days_of_writing[1], &second)
      || tlm_calendar_compare (first.first, second.first) != 0
      || tlm_calendar_compare (first.last, second.last) != 0)
    return FALSE;
  *days = first;
  return TRUE;
}
