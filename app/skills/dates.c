/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of dates over the tokens of dates-words.c. Each rule reads one date at a token and
 * tells how many tokens it took; two dates join to a range or are one too many. */
#include "skills/dates.h"

#include "skills/dates-words.h"

/* A day without a year that is this far behind, a quarter, is late; one further back is meant to
 * come again: on 6 May "1 March" is this year's and "3 January" the next. */
#define OVERDUE_DAYS 90

typedef struct
{
  const TlmDateToken *t; /* closed by two of kind OTHER */
  GDate               today;
  gboolean            between;
} Reader;

gboolean
tlm_day_is_set (TlmDay day)
{
  return day.year > 0;
}

TlmDay
tlm_day_from_unix (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  int                   year = 0, month = 0, day = 0;

  if (time != NULL)
    g_date_time_get_ymd (time, &year, &month, &day);
  return (TlmDay) { (guint16) year, (guint8) month, (guint8) day };
}

char *
tlm_day_dup_iso (TlmDay day)
{
  return g_strdup_printf ("%04u-%02u-%02u", day.year, day.month, day.day);
}

char *
tlm_days_dup_iso (const TlmDays *days)
{
  g_autofree char *first = tlm_day_dup_iso (days->first), *last = tlm_day_dup_iso (days->last);

  if (!tlm_day_is_set (days->first))
    return NULL;
  return g_str_equal (first, last) ? g_steal_pointer (&first)
                                   : g_strdup_printf ("%s/%s", first, last);
}

static TlmDay
from_date (const GDate *date)
{
  return (TlmDay) { g_date_get_year (date), (guint8) g_date_get_month (date),
                    g_date_get_day (date) };
}

static int
compare_days (TlmDay a, TlmDay b)
{
  int x = a.year * 372 + a.month * 31 + a.day, y = b.year * 372 + b.month * 31 + b.day;

  return (x > y) - (x < y);
}

static gboolean
is_valid (int year, int month, int day)
{
  return day > 0 && month > 0
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
}

static TlmDay
plus_days (const GDate *from, int n)
{
  GDate date = *from;

  if (n >= 0)
    g_date_add_days (&date, (guint) n);
  else
    g_date_subtract_days (&date, (guint) -n);
  return from_date (&date);
}

/* The coming one, or the one that is at most OVERDUE_DAYS behind; 0 when there is none, as for 30
 * February. */
static int
find_year (const Reader *r, int month, int day)
{
  int year = g_date_get_year (&r->today) - 1;

  for (int end = year + 2; year <= end; year++)
    {
      GDate date;

      if (!is_valid (year, month, day))
        continue;
      g_date_clear (&date, 1);
      g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
      if (g_date_days_between (&date, &r->today) <= OVERDUE_DAYS)
        return year;
    }
  return 0;
}

static gboolean
set_day (const Reader *r, int year, int month, int day, TlmDays *out)
{
  if (year == 0)
    year = find_year (r, month, day);
  if (year == 0 || !is_valid (year, month, day))
    return FALSE;
  out->first = out->last = (TlmDay) { (guint16) year, (guint8) month, (guint8) day };
  return TRUE;
}

/* No day when there is no such range. */
static void
set_days (const Reader *r, int year, int month, int first, int second, TlmDays *out)
{
  TlmDays last;

  if (second >= first && set_day (r, year, month, first, out)
      && set_day (r, out->first.year, month, second, &last))
    out->last = last.last;
  else
    out->first.year = 0;
}

static void
set_month (int year, int month, TlmDays *out)
{
  out->first = (TlmDay) { (guint16) year, (guint8) month, 1 };
  out->last = out->first;
  out->last.day = g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
}

/* The month that is not over yet, and lies ahead by less than a year. */
static int
coming_year (const Reader *r, int month)
{
  return g_date_get_year (&r->today) + (month < (int) g_date_get_month (&r->today));
}

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
  set_days (r, year, month, first, second, out);
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
      set_month (year > 0 ? year : coming_year (r, month), month, out);
      return t;
    }
  first = second = t++->value;
  if (t->kind == TLM_DATE_TO && is_day_number (t + 1) && t[2].kind != TLM_DATE_MONTH)
    {
      second = t[1].value;
      t += 2;
    }
  set_days (r, take_year (&t), month, first, second, out);
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
      if ((i > 0 || t->value >= g_date_get_day (&r->today)) && is_valid (year, month, t->value))
        return set_day (r, year, month, t->value, out) ? t + 1 : NULL;
      year += month == 12;
      month = month % 12 + 1;
    }
  return NULL;
}

static int
weekday_of_today (const Reader *r)
{
  return (int) g_date_get_weekday (&r->today);
}

/* Days from today to the weekday under "this", "next" or neither; -1 when that can be read in two
 * ways or lies behind. */
static int
count_to_weekday (const Reader *r, int weekday, gboolean this, gboolean next)
{
  int ahead = weekday - weekday_of_today (r);

  if (this)
    return ahead;
  if (next)
    return ahead > 0 ? -1 : ahead + 7;
  return ahead == 0 ? -1 : (ahead + 7) % 7;
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
    end = set_day (r, t->day.year, t->day.month, t->day.day, out) ? t + 1 : NULL;
  else
    end = read_day_month (r, t, out);
  if (end == NULL && t->kind == TLM_DATE_MONTH && is_day_number (t + 1))
    end = read_month_day (r, t, out);
  if (end == NULL && (t->kind == TLM_DATE_ORDINAL || t->kind == TLM_DATE_THE))
    end = read_day_alone (r, t, out);
  if (end == NULL || !tlm_day_is_set (out->first))
    return end;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, out->first.day, (GDateMonth) out->first.month, out->first.year);
  if ((int) g_date_get_weekday (&date) != weekday)
    out->first.year = 0; /* a contradiction: no date */
  return end;
}

static void
set_span (const Reader *r, int first, int last, TlmDays *out)
{
  out->first = plus_days (&r->today, first);
  out->last = plus_days (&r->today, last);
}

static void
set_month_ahead (const Reader *r, int n, TlmDays *out)
{
  GDate date = r->today;

  g_date_set_day (&date, 1);
  g_date_add_months (&date, (guint) n);
  set_month (g_date_get_year (&date), (int) g_date_get_month (&date), out);
}

static void
set_quarter (int year, int quarter, TlmDays *out)
{
  TlmDays last;

  set_month (year, 3 * quarter - 2, out);
  set_month (year, 3 * quarter, &last);
  out->last = last.last;
}

static void
set_quarter_ahead (const Reader *r, int n, TlmDays *out)
{
  int quarter = ((int) g_date_get_month (&r->today) - 1) / 3 + n;

  set_quarter (g_date_get_year (&r->today) + quarter / 4, quarter % 4 + 1, out);
}

/* This (0) or the next (1) day, week, month, quarter, year. */
static gboolean
set_unit (const Reader *r, int unit, int n, TlmDays *out)
{
  int monday = 1 - weekday_of_today (r), year = g_date_get_year (&r->today) + n;

  switch ((TlmDateUnit) unit)
    {
    case TLM_UNIT_DAY:
      set_span (r, n, n, out);
      return TRUE;
    case TLM_UNIT_WEEK:
      set_span (r, monday + 7 * n, monday + 7 * n + 6, out);
      return TRUE;
    case TLM_UNIT_FORTNIGHT:
      return FALSE;
    case TLM_UNIT_MONTH:
      set_month_ahead (r, n, out);
      return TRUE;
    case TLM_UNIT_QUARTER:
      set_quarter_ahead (r, n, out);
      return TRUE;
    case TLM_UNIT_YEAR:
      out->first = (TlmDay) { (guint16) year, 1, 1 };
      out->last = (TlmDay) { (guint16) year, 12, 31 };
      return TRUE;
    }
  g_assert_not_reached ();
}

/* On Saturday and Sunday "the weekend" is the one that is there; on other days "the next" may be
 * the coming one or the one behind it. */
static void
set_weekend (const Reader *r, gboolean next, TlmDays *out)
{
  int saturday = 6 - weekday_of_today (r);

  if (next && saturday > 0)
    out->first.year = 0;
  else
    set_span (r, saturday + 7 * next, saturday + 7 * next + 1, out);
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

      set_quarter (year > 0 ? year : coming_year (r, 3 * quarter), quarter, out);
      return t;
    }
  if (t->kind == TLM_DATE_WEEKEND)
    {
      t++;
      next |= t->kind == TLM_DATE_NEXT;
      set_weekend (r, next, out);
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
      return bound && set_unit (r, unit, next, out) ? t : NULL;
    }
  return NULL;
}

static gboolean
is_week (const TlmDays *days)
{
  GDate date;

  if (!tlm_day_is_set (days->first))
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, days->first.day, (GDateMonth) days->first.month, days->first.year);
  return compare_days (plus_days (&date, 6), days->last) == 0;
}

static void
set_weekday_of_week (int weekday, TlmDays *days)
{
  GDate monday;

  g_date_clear (&monday, 1);
  g_date_set_dmy (&monday, days->first.day, (GDateMonth) days->first.month, days->first.year);
  days->first = days->last = plus_days (&monday, weekday - 1);
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
      if (end == NULL || end->kind != TLM_DATE_WEEKDAY || !is_week (out))
        return NULL;
      set_weekday_of_week (end->value, out);
      return end + 1;
    }
  weekday = t++->value;
  end = read_period (r, t, out);
  if (end == NULL || !is_week (out))
    return NULL;
  set_weekday_of_week (weekday, out);
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
    out->first = out->last = plus_days (&r->today, ahead);
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
  if (end == NULL || !tlm_day_is_set (out->first) || compare_days (out->first, out->last) != 0)
    return NULL;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, out->first.day, (GDateMonth) out->first.month, out->first.year);
  weekday = (int) g_date_get_weekday (&date);
  out->first = plus_days (&date, 1 - weekday);
  out->last = plus_days (&date, 7 - weekday);
  return end;
}

/* "end of May", "Ende des Monats", "fin de la semaine prochaine": the last day; of a week Friday. */
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
  if (end == NULL && unit.kind == TLM_DATE_UNIT && set_unit (r, unit.value, 0, out))
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
      GDate sunday;

      g_date_clear (&sunday, 1);
      g_date_set_dmy (&sunday, out->last.day, (GDateMonth) out->last.month, out->last.year);
      out->last = plus_days (&sunday, -2);
    }
  out->first = out->last;
  return end;
}

/* "in two weeks", "dans 10 jours", "two weeks from now". */
static const TlmDateToken *
read_count (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  gboolean in = t->kind == TLM_DATE_IN;
  GDate    date = r->today;
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
  switch ((TlmDateUnit) t->value)
    {
    case TLM_UNIT_DAY:
      g_date_add_days (&date, (guint) n);
      break;
    case TLM_UNIT_WEEK:
      g_date_add_days (&date, 7 * (guint) n);
      break;
    case TLM_UNIT_FORTNIGHT:
      g_date_add_days (&date, 14 * (guint) n);
      break;
    case TLM_UNIT_MONTH:
      g_date_add_months (&date, (guint) n);
      break;
    case TLM_UNIT_QUARTER:
      g_date_add_months (&date, 3 * (guint) n);
      break;
    case TLM_UNIT_YEAR:
      g_date_add_years (&date, (guint) n);
      break;
    }
  out->first = out->last = from_date (&date);
  t++;
  return t + (t->kind == TLM_DATE_FROM_NOW);
}

static const TlmDateToken *
read_plain (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  if (t->kind == TLM_DATE_OFFSET)
    set_span (r, t->value, t->value, out);
  else if (t->kind != TLM_DATE_DAY || !set_day (r, t->day.year, t->day.month, t->day.day, out))
    return NULL;
  return t + 1;
}

static const TlmDateToken *
read_date (const Reader *r, const TlmDateToken *t, TlmDays *out)
{
  static const TlmDateToken *(*const rules[]) (const Reader *, const TlmDateToken *, TlmDays *)
    = { read_end, read_count, read_day_month, read_month_day, read_weekday_of_week, read_weekday,
        read_week_of, read_period, read_day_alone, read_plain };

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
  Reader              from = *r;
  TlmDays             last;
  const TlmDateToken *end;

  g_date_set_dmy (&from.today, days->first.day, (GDateMonth) days->first.month, days->first.year);
  end = read_date (&from, t, &last);
  if (end == NULL)
    return NULL;
  if (tlm_day_is_set (last.first) && compare_days (last.last, days->first) > 0)
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

gboolean
tlm_days_parse (const char *words, gsize len, TlmDay today, TlmDays *days)
{
  gsize              n;
  g_autoptr (GArray) tokens = NULL;
  Reader             r = { .between = is_between (words, len) };
  TlmDays            found = { 0 };

  if (!is_valid (today.year, today.month, today.day))
    return FALSE;
  tokens = tlm_date_tokens_new (words, len, &n);
  r.t = (const TlmDateToken *) tokens->data;
  g_date_clear (&r.today, 1);
  g_date_set_dmy (&r.today, today.day, (GDateMonth) today.month, today.year);
  if (has_veto (r.t, n))
    return FALSE;
  for (const TlmDateToken *t = r.t; t < r.t + n;)
    {
      TlmDays             next = { 0 };
      const TlmDateToken *end = read_date (&r, t, &next), *range = NULL;

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
  *days = found;
  return TRUE;
}
