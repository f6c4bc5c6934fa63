/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of dates over the tokens of dates-words.c. Each rule reads one date at a token and
 * tells how many tokens it took; two dates join to a range or are one too many. */
#include "skills/dates-calendar.h"

/* What the rules know beside the tokens, which are closed by two of kind OTHER. */
typedef struct
{
  GDate    today;
  gboolean between;
} Reader;

static gboolean
is_day_number (const TlmDateToken *t)
{
  return (t->kind == TLM_DATE_NUMBER || t->kind == TLM_DATE_ORDINAL) && t->value >= 1
         && t->value <= 31;
}

/* ", 2026" or "de 2026" or "2026" behind a month. Returns the year or 0. */
static int
take_year (const TlmDateToken **t)
{
  const TlmDateToken *at = *t;

  while (at->kind == TLM_DATE_OF)
    at++;
  if (at->kind != TLM_DATE_YEAR)
    return 0;
  *t = at + 1;
  return at->value;
}

/* "3 May", "3rd of May 2026", "3-5 May". Returns the token behind, NULL when it is none. */
static const TlmDateToken *
read_day_month (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  int first, second, month, year;

  if (t->kind == TLM_DATE_THE)
    t++;
  if (!is_day_number (t))
    return NULL;
  first = second = t++->value;
  if (t->kind == TLM_DATE_TO || (r->between && t->kind == TLM_DATE_AND))
    {
      const TlmDateToken *to = t[1].kind == TLM_DATE_THE ? t + 2 : t + 1;

      if (!is_day_number (to))
        return NULL;
      second = to->value;
      t = to + 1;
    }
  while (t->kind == TLM_DATE_OF || t->kind == TLM_DATE_THE)
    t++;
  if (t->kind != TLM_DATE_MONTH)
    return NULL;
  month = t++->value;
  year = take_year (&t);
  tlm_calendar_set_days (&r->today, year, month, first, second, out);
  return t;
}

/* "May 3", "May 3rd, 2026", "May 3-5". */
static const TlmDateToken *
read_month_day (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *begin = t;
  int                 month, first, second, year;

  if (t->kind != TLM_DATE_MONTH)
    return NULL;
  month = t++->value;
  if (t->kind == TLM_DATE_THE)
    t++;
  if (!is_day_number (t))
    {
      t = begin + 1;
      year = take_year (&t);
      if (year == 0)
        year = tlm_calendar_coming_year (&r->today, month);
      tlm_calendar_set_month (year, month, out);
      return t;
    }
  first = second = t++->value;
  if (t->kind == TLM_DATE_TO && is_day_number (t + 1) && t[2].kind != TLM_DATE_MONTH)
    {
      second = t[1].value;
      t += 2;
    }
  tlm_calendar_set_days (&r->today, take_year (&t), month, first, second, out);
  return t;
}

/* "the 14th", "den 14.", "le 14": the coming one. */
static const TlmDateToken *
read_day_alone (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  gboolean article = t->kind == TLM_DATE_THE;
  int      year = g_date_get_year (&r->today), month = (int) g_date_get_month (&r->today);

  t += article;
  if (!is_day_number (t) || !(t->kind == TLM_DATE_ORDINAL || article)
      || t[1].kind == TLM_DATE_UNIT || t[1].kind == TLM_DATE_MONTH)
    return NULL;
  for (int i = 0; i < 12; i++)
    {
      if ((i > 0 || t->value >= g_date_get_day (&r->today))
          && tlm_calendar_is_valid (year, month, t->value))
        return tlm_calendar_set_day (&r->today, year, month, t->value, out) ? t + 1 : NULL;
      year += month == 12;
      month = month % 12 + 1;
    }
  return NULL;
}

/* Days from today to the weekday under "this", "next" or neither; -1 when that can be read in two
 * ways or lies behind. */
static int
count_to_weekday (const Reader *r, int weekday, gboolean this, gboolean next)
{
  int ahead = weekday - tlm_calendar_weekday (&r->today);

  if (this)
    return ahead;
  if (next)
    return ahead > 0 ? -1 : ahead + 7;
  return ahead == 0 ? -1 : (ahead + 7) % 7;
}

/* "2026-05-03", "3.5.". */
static const TlmDateToken *
read_digits (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDay *day = &t->day;

  return t->kind == TLM_DATE_DAY
                 && tlm_calendar_set_day (&r->today, day->year, day->month, day->day, out)
             ? t + 1 : NULL;
}

/* A date behind a weekday must fall on it. */
static const TlmDateToken *
read_dated_weekday (const Reader *r, const TlmDateToken *t, int weekday, TlmDays *out)
{
  const TlmDateToken *end;
  GDate               date;

  while (t->kind == TLM_DATE_OF)
    t++;
  if (t->kind == TLM_DATE_DAY)
    end = read_digits (r, t, out);
  else
    end = read_day_month (r, t, out);
  if (end == NULL && t->kind == TLM_DATE_MONTH && is_day_number (t + 1))
    end = read_month_day (r, t, out);
  if (end == NULL && (t->kind == TLM_DATE_ORDINAL || t->kind == TLM_DATE_THE))
    end = read_day_alone (r, t, out);
  if (end == NULL || !tlm_day_is_set (out->first))
    return end;
  date = tlm_calendar_date (out->first);
  if (tlm_calendar_weekday (&date) != weekday)
    out->first.year = 0; /* a contradiction: no date */
  return end;
}

/* "this week", "next month", "das Wochenende", "Q3 2026", "mes que viene". */
static const TlmDateToken *
read_period (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  gboolean next = FALSE, bound = FALSE;

  for (; t->kind == TLM_DATE_THE || t->kind == TLM_DATE_THIS || t->kind == TLM_DATE_NEXT
         || t->kind == TLM_DATE_OF; t++)
    {
      next |= t->kind == TLM_DATE_NEXT;
      bound |= t->kind == TLM_DATE_THIS || t->kind == TLM_DATE_NEXT;
    }
  if (t->kind == TLM_DATE_QUARTER)
    {
      int quarter = t++->value, year = take_year (&t);

      if (year == 0)
        year = tlm_calendar_coming_year (&r->today, 3 * quarter);
      tlm_calendar_set_quarter (year, quarter, out);
      return t;
    }
  if (t->kind == TLM_DATE_WEEKEND)
    {
      t++;
      next |= t->kind == TLM_DATE_NEXT;
      tlm_calendar_set_weekend (&r->today, next, out);
      return t + (t->kind == TLM_DATE_NEXT);
    }
  if (t->kind == TLM_DATE_UNIT)
    {
      int unit = t++->value;

      if (t->kind == TLM_DATE_OTHER && t[1].kind == TLM_DATE_NEXT)
        t++; /* "que viene" */
      if (t->kind == TLM_DATE_NEXT)
        {
          t++;
          next = bound = TRUE;
        }
      return bound && tlm_calendar_set_unit (&r->today, (TlmDateUnit) unit, next, out) ? t : NULL;
    }
  return NULL;
}

/* "next week Friday", "Friday of next week", "lundi de la semaine prochaine". */
static const TlmDateToken *
read_weekday_of_week (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *end;
  int                 weekday;

  if (t->kind != TLM_DATE_WEEKDAY)
    {
      end = read_period (r, t, out);
      if (end == NULL || end->kind != TLM_DATE_WEEKDAY || !tlm_calendar_is_week (out))
        return NULL;
      tlm_calendar_set_weekday_of_week (end->value, out);
      return end + 1;
    }
  weekday = t++->value;
  end = read_period (r, t, out);
  if (end == NULL || !tlm_calendar_is_week (out))
    return NULL;
  tlm_calendar_set_weekday_of_week (weekday, out);
  return end;
}

/* "Friday", "next Tues", "viernes próximo", "Friday 8 May". */
static const TlmDateToken *
read_weekday (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *dated;
  gboolean            this = FALSE, next = FALSE;
  int                 weekday, ahead;

  for (; t->kind == TLM_DATE_THE || t->kind == TLM_DATE_THIS || t->kind == TLM_DATE_NEXT; t++)
    {
      this |= t->kind == TLM_DATE_THIS;
      next |= t->kind == TLM_DATE_NEXT;
    }
  if (t->kind != TLM_DATE_WEEKDAY)
    return NULL;
  weekday = t++->value;
  dated = read_dated_weekday (r, t, weekday, out);
  if (dated != NULL)
    return dated;
  if (t->kind == TLM_DATE_OTHER && t[1].kind == TLM_DATE_NEXT)
    t++; /* "que viene" */
  if (t->kind == TLM_DATE_NEXT)
    {
      next = TRUE;
      t++;
    }
  ahead = count_to_weekday (r, weekday, this, next);
  if (ahead < 0)
    out->first.year = 0; /* not to be told */
  else
    out->first = out->last = tlm_calendar_plus_days (&r->today, ahead);
  if (t->kind == TLM_DATE_OFFSET && t->value == 1)
    t++; /* "Freitag morgen" is its morning */
  return t;
}

/* "the week of 4 May". */
static const TlmDateToken *
read_week_of (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *end;
  GDate               date;
  int                 weekday;

  if (t->kind != TLM_DATE_UNIT || t->value != TLM_UNIT_WEEK || t[1].kind != TLM_DATE_OF)
    return NULL;
  end = read_day_month (r, t + 2, out);
  if (end == NULL)
    end = read_month_day (r, t + 2, out);
  if (end == NULL || !tlm_day_is_set (out->first)
      || tlm_calendar_compare (out->first, out->last) != 0)
    return NULL;
  date = tlm_calendar_date (out->first);
  weekday = tlm_calendar_weekday (&date);
  out->first = tlm_calendar_plus_days (&date, 1 - weekday);
  out->last = tlm_calendar_plus_days (&date, 7 - weekday);
  return end;
}

/* "end of May", "Ende des Monats", "fin de la semaine prochaine": the last day; of a week
 * Friday. */
static const TlmDateToken *
read_end (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *end;
  TlmDateToken        unit;

  if (t->kind != TLM_DATE_END)
    return NULL;
  for (t++; t->kind == TLM_DATE_OF || t->kind == TLM_DATE_THE; t++)
    ;
  end = read_period (r, t, out);
  while (t->kind == TLM_DATE_THIS || t->kind == TLM_DATE_NEXT)
    t++;
  unit = *t;
  if (end == NULL && unit.kind == TLM_DATE_UNIT
      && tlm_calendar_set_unit (&r->today, (TlmDateUnit) unit.value, 0, out))
    end = t + 1;
  if (end == NULL && unit.kind == TLM_DATE_MONTH && !is_day_number (t + 1))
    end = read_month_day (r, t, out);
  if (end == NULL && unit.kind == TLM_DATE_YEAR)
    {
      out->last = (TlmDay) { (guint16) unit.value, 12, 31 };
      end = t + 1;
    }
  if (end == NULL)
    return NULL;
  if (unit.kind == TLM_DATE_UNIT && unit.value == TLM_UNIT_WEEK)
    {
      GDate sunday = tlm_calendar_date (out->last);

      out->last = tlm_calendar_plus_days (&sunday, -2);
    }
  out->first = out->last;
  return end;
}

/* "in two weeks", "dans 10 jours", "two weeks from now". */
static const TlmDateToken *
read_count (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  gboolean in = t->kind == TLM_DATE_IN;
  int      n;

  t += in;
  while (in && (t->kind == TLM_DATE_OF || t->kind == TLM_DATE_THE || t->kind == TLM_DATE_NEXT))
    t++;
  if (t->kind != TLM_DATE_NUMBER || t->value < 1 || t->value > 1000)
    return NULL;
  n = t++->value;
  if (t->kind == TLM_DATE_OF)
    t++;
  if (t->kind != TLM_DATE_UNIT || (!in && t[1].kind != TLM_DATE_FROM_NOW))
    return NULL;
  out->first = out->last = tlm_calendar_plus_units (&r->today, (TlmDateUnit) t->value, n);
  t++;
  return t + (t->kind == TLM_DATE_FROM_NOW);
}

static const TlmDateToken *
read_offset (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  if (t->kind != TLM_DATE_OFFSET)
    return NULL;
  tlm_calendar_set_span (&r->today, t->value, t->value, out);
  return t + 1;
}

static const TlmDateToken *
read_date (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  static const TlmDateToken *(*const rules[]) (const Reader *, const TlmDateToken *, TlmDays *)
    = { read_end, read_count, read_day_month, read_month_day, read_weekday_of_week, read_weekday,
        read_week_of, read_period, read_day_alone, read_offset, read_digits };

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      TlmDays             days = { 0 };
      const TlmDateToken *end = rules[i] (r, t, &days);

      if (end == NULL)
        continue;
      *out = days;
      return end;
    }
  return NULL;
}

/* The end of a range that begins before it: a weekday there is the one behind the first. */
static const TlmDateToken *
read_range_end (const Reader *r, const TlmDateToken *t, TlmDays *days)
{
  Reader              from = { tlm_calendar_date (days->first), r->between };
  TlmDays             last;
  const TlmDateToken *end;

  end = read_date (&from, t, &last);
  if (end == NULL)
    return NULL;
  if (tlm_day_is_set (last.first) && tlm_calendar_compare (last.last, days->first) > 0)
    days->last = last.last;
  else
    days->first.year = 0;
  return end;
}

static gboolean
has_veto (const TlmDateToken *t, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (t[i].kind == TLM_DATE_VETO)
      return TRUE;
  return FALSE;
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
set_day_before (const Reader *r, TlmDays *days)
{
  GDate first = tlm_calendar_date (days->first), today = r->today;

  days->first = days->last = tlm_calendar_plus_days (&first, -1);
  return g_date_compare (&first, &today) > 0;
}

gboolean
tlm_days_parse (const char *words, gsize len, TlmDay today, TlmDays *days)
{
  gsize               n;
  g_autoptr (GArray)  tokens = NULL;
  Reader              r = { .between = is_between (words, len) };
  TlmDays             found = { 0 };
  const TlmDateToken *t, *end_of_words;
  gboolean            before = FALSE;

  if (!tlm_calendar_is_valid (today.year, today.month, today.day))
    return FALSE;
  tokens = tlm_date_tokens_new (words, len, &n);
  r.today = tlm_calendar_date (today);
  t = (gconstpointer) tokens->data;
  end_of_words = t + n;
  if (has_veto (t, n))
    return FALSE;
  while (t < end_of_words)
    {
      TlmDays             next = { 0 };
      const TlmDateToken *end = read_date (&r, t, &next), *range = NULL;

      before |= t->kind == TLM_DATE_BEFORE && !tlm_day_is_set (found.first);
      if (end == NULL && t++->kind == TLM_DATE_UNIT)
        return FALSE; /* "a week from Friday" is not Friday */
      if (end == NULL)
        continue;
      if (tlm_day_is_set (found.first) || !tlm_day_is_set (next.first))
        return FALSE;
      found = next;
      if (end->kind == TLM_DATE_TO || (r.between && end->kind == TLM_DATE_AND))
        range = read_range_end (&r, end + 1, &found);
      if (!tlm_day_is_set (found.first))
        return FALSE;
      t = range != NULL ? range : end;
    }
  if (!tlm_day_is_set (found.first))
    return FALSE;
  if (before && tlm_calendar_compare (found.first, found.last) != 0 && !set_day_before (&r, &found))
    return FALSE;
  *days = found;
  return TRUE;
}
