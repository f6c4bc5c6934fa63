/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over the tokens of a text: words that forbid a date, the one date, and two that join to a
 * range or are one too many. */
#include "skills/dates-rules.h"

#include <string.h>

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

/* "28 May to 2 June 2027": the year that is said behind is that of both, or the one before. */
static void
share_year (const TlmDateToken *first, const TlmDateToken *end, TlmDays *days)
{
  GDate date;

  days->first.year = days->last.year;
  if (tlm_calendar_compare (days->first, days->last) > 0)
    days->first.year--;
  if (!tlm_calendar_is_valid (days->first.year, days->first.month, days->first.day))
    days->first.year = 0;
  if (!tlm_day_is_set (days->first))
    return;
  date = tlm_calendar_date (days->first);
  for (; first < end; first++)
    if (first->kind == TLM_DATE_WEEKDAY && first->value != tlm_calendar_weekday (&date))
      days->first.year = 0; /* a contradiction: no date */
}

/* The end of a range that begins before it, at @first: a weekday there is the one behind the
 * first. */
static const TlmDateToken *
read_range_end (const TlmDateReader *r, const TlmDateToken *first, const TlmDateToken *to,
                TlmDays *days)
{
  TlmDateReader       from = { tlm_calendar_date (days->first), r->between };
  TlmDays             last;
  const TlmDateToken *end = tlm_date_read (&from, to + 1, &last);

  if (end == NULL)
    return NULL;
  days->last = last.last;
  if (!tlm_day_is_set (last.first))
    days->first.year = 0;
  else if (holds_year (to, end) && !holds_year (first, to)
           && (holds (first, to, TLM_DATE_MONTH) || holds (first, to, TLM_DATE_QUARTER)
               || holds (first, to, TLM_DATE_DAY)))
    share_year (first, to, days);
  else if (tlm_calendar_compare (last.last, days->first) <= 0)
    days->first.year = 0;
  return end;
}

static gboolean
is_number (const TlmDateToken *t)
{
  return t->kind == TLM_DATE_NUMBER || t->kind == TLM_DATE_ORDINAL;
}

/* "3 or 4 May", "3 and 4 May", "this or next Tuesday": several. */
static gboolean
is_choice (const TlmDateReader *r, const TlmDateToken *begin, const TlmDateToken *t)
{
  const TlmDateToken *next = t + 1 + (t[1].kind == TLM_DATE_THE);

  if (t == begin || !(is_number (t - 1) || t[-1].kind == TLM_DATE_THIS || t[-1].kind == TLM_DATE_NEXT))
    return FALSE;
  if (t->kind == TLM_DATE_AND && !r->between)
    return is_number (next);
  return t->kind == TLM_DATE_OR
         && (is_number (next) || next->kind == TLM_DATE_DAY || next->kind == TLM_DATE_WEEKDAY
             || next->kind == TLM_DATE_OFFSET || next->kind == TLM_DATE_THIS
             || next->kind == TLM_DATE_NEXT);
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
joins (const TlmDateToken *t)
{
  return t->kind == TLM_DATE_OF || t->kind == TLM_DATE_THE || t->kind == TLM_DATE_TO;
}

static gboolean
names_another (const TlmDateToken *t)
{
  return t->kind == TLM_DATE_NAMING || t->kind == TLM_DATE_VETO;
}

/* Whether the weekday or weekend of [t, behind) is another than the coming one: "Good Friday",
 * "lundi de Pâques", "Friday before the fair". A day of a month stands for itself. */
static gboolean
is_named (const TlmDateToken *begin, const TlmDateToken *end, const TlmDateToken *t,
          const TlmDateToken *behind)
{
  if ((!holds (t, behind, TLM_DATE_WEEKDAY) && !holds (t, behind, TLM_DATE_WEEKEND))
      || holds (t, behind, TLM_DATE_MONTH) || holds (t, behind, TLM_DATE_DAY)
      || holds (t, behind, TLM_DATE_ORDINAL))
    return FALSE;
  if (behind + 1 < end && behind->kind == TLM_DATE_BEFORE)
    return TRUE;
  while (t > begin && joins (t - 1))
    t--;
  while (behind < end && joins (behind))
    behind++;
  return (t > begin && names_another (t - 1)) || (behind < end && names_another (behind));
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

static gboolean
parse (const char *words, gsize len, TlmDay today, Found *f)
{
  gsize               n;
  g_autoptr (GArray)  tokens = NULL;
  TlmDateReader       r = { .between = is_between (words, len) };
  TlmDays             found = { 0 };
  const TlmDateToken *t, *begin, *end_of_words;
  gboolean            before = FALSE;

  f->alone = TRUE;
  if (!tlm_calendar_is_valid (today.year, today.month, today.day))
    return FALSE;
  tokens = tlm_date_tokens_new (words, len, &n);
  r.today = tlm_calendar_date (today);
  t = begin = (gconstpointer) tokens->data;
  end_of_words = t + n;
  if (has_veto (&r, begin, end_of_words))
    return FALSE;
  while (t < end_of_words)
    {
      TlmDays             next = { 0 };
      const TlmDateToken *end = tlm_date_read (&r, t, &next), *range = NULL;

      before |= t->kind == TLM_DATE_BEFORE && !tlm_day_is_set (found.first);
      f->alone &= end != NULL || joins (t) || t->kind == TLM_DATE_SMALL;
      if (end == NULL && t++->kind == TLM_DATE_UNIT)
        return FALSE; /* "a week from Friday" is not Friday */
      if (end == NULL)
        continue;
      if (tlm_day_is_set (found.first) || !tlm_day_is_set (next.first)
          || is_named (begin, end_of_words, t, end))
        return FALSE;
      found = next;
      if (tlm_date_is_to (&r, end))
        range = read_range_end (&r, t, end, &found);
      if (!tlm_day_is_set (found.first))
        return FALSE;
      f->from = (gsize) (t - begin);
      t = range != NULL ? range : end;
      f->behind = (gsize) (t - begin);
    }
  if (!tlm_day_is_set (found.first))
    return FALSE;
  if (before && tlm_calendar_compare (found.first, found.last) != 0 && !set_day_before (&r, &found))
    return FALSE;
  f->days = found;
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
  gsize               n;
  Found               f;

  if (!parse (words, strlen (words), today, &f))
    return FALSE;
  n = append_tokens (tokens, before);
  append_tokens (tokens, words);
  append_tokens (tokens, after);
  t = (gconstpointer) tokens->data;
  if (is_named (t, t + tokens->len, t + n + f.from, t + n + f.behind))
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
