/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule reads one date at a token and tells how many tokens it took. */
#include "skills/dates-rules.h"

gboolean
tlm_date_is_to (const TlmDateReader *reader, const TlmDateToken *token)
{
  return token->kind == TLM_DATE_TO || (reader->between && token->kind == TLM_DATE_AND);
}

gboolean
tlm_date_is_coming (const TlmDateToken *t)
{
  t += t->kind == TLM_DATE_QUE;
  return t->kind == TLM_DATE_NEXT && t->value == TLM_NEXT_COMING;
}

static gboolean
is_day_number (const TlmDateToken *t)
{
  return (t->kind == TLM_DATE_NUMBER || t->kind == TLM_DATE_ORDINAL) && t->value >= 1
         && t->value <= 31;
}

/* ", 2026" or "de 2026" or "2026" behind a month. Returns that, or else the reader's. */
static int
take_year (const TlmDateReader *r, const TlmDateToken **t)
{
  const TlmDateToken *at = *t;

  while (at->kind == TLM_DATE_OF)
    at++;
  if (at->kind != TLM_DATE_YEAR)
    return r->year;
  *t = at + 1;
  return at->value;
}

/* "3 May", "3rd of May 2026", "3-5 May". Returns the token behind, NULL when it is none. */
static const TlmDateToken *
read_day_month (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  int first, second, month, year;

  if (t->kind == TLM_DATE_THE)
    t++;
  if (!is_day_number (t))
    return NULL;
  first = second = t++->value;
  if (tlm_date_is_to (r, t))
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
  year = take_year (r, &t);
  tlm_calendar_set_days (&r->today, year, month, first, second, out);
  return t;
}

/* "que viene" or "prochain" behind what it is said of. Returns its TLM_NEXT_…. */
static int
take_next (const TlmDateToken **t)
{
  const TlmDateToken *at = *t + ((*t)->kind == TLM_DATE_QUE);

  if (at->kind != TLM_DATE_NEXT)
    return TLM_NEXT_NONE;
  *t = at + 1;
  return at->value;
}

/* "the", "this", "next", in any order. @next: (inout): their TLM_NEXT_… */
static const TlmDateToken *
skip_small (const TlmDateToken *t, gboolean of, gboolean *this, int *next)
{
  for (; t->kind == TLM_DATE_THE || t->kind == TLM_DATE_THIS || t->kind == TLM_DATE_NEXT
         || (of && t->kind == TLM_DATE_OF); t++)
    {
      *this |= t->kind == TLM_DATE_THIS;
      if (t->kind == TLM_DATE_NEXT)
        *next = t->value;
    }
  return t;
}

/* "May", "Q3 2026", "mai prochain"; @this and @next: of the words before it. */
static const TlmDateToken *
read_months (const TlmDateReader *r, const TlmDateToken *t, gboolean this, int next, TlmDays *out)
{
  gboolean quarter = t->kind == TLM_DATE_QUARTER;
  int      n = t++->value, year;

  if (tlm_date_is_coming (t))
    next = take_next (&t);
  year = take_year (r, &t);
  if (year == 0)
    year = tlm_calendar_year_of (&r->today, quarter ? 3 * n - 2 : n, quarter ? 3 * n : n, this, next);
  if (year > 0 && quarter)
    tlm_calendar_set_quarter (year, n, out);
  else if (year > 0)
    tlm_calendar_set_month (year, n, out);
  return t;
}

/* "May 3", "May 3rd, 2026", "May 3-5". */
static const TlmDateToken *
read_month_day (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  int month, first, second;

  if (t->kind != TLM_DATE_MONTH)
    return NULL;
  if (!is_day_number (t + 1 + (t[1].kind == TLM_DATE_THE)))
    return read_months (r, t, FALSE, TLM_NEXT_NONE, out);
  month = t++->value;
  if (t->kind == TLM_DATE_THE)
    t++;
  first = second = t++->value;
  if (tlm_date_is_to (r, t) && is_day_number (t + 1) && t[2].kind != TLM_DATE_MONTH)
    {
      second = t[1].value;
      t += 2;
    }
  tlm_calendar_set_days (&r->today, take_year (r, &t), month, first, second, out);
  return t;
}

/* "the 14th", "den 14.", "le 14": the coming one. */
static const TlmDateToken *
read_day_alone (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
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
count_to_weekday (const TlmDateReader *r, int weekday, gboolean this, gboolean next)
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
read_digits (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDay *day = &t->day;

  if (t->kind != TLM_DATE_DAY)
    return NULL;
  tlm_calendar_set_day (&r->today, day->year > 0 ? day->year : r->year, day->month, day->day, out);
  return t + 1;
}

/* A date behind a weekday must fall on it. */
static const TlmDateToken *
read_dated_weekday (const TlmDateReader *r, const TlmDateToken *t, int weekday, TlmDays *out)
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

/* "this week", "next month", "next May", "das Wochenende", "Q3 2026", "mes que viene". */
static const TlmDateToken *
read_period (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  gboolean this = FALSE;
  int      next = TLM_NEXT_NONE;

  t = skip_small (t, TRUE, &this, &next);
  if (t->kind == TLM_DATE_QUARTER
      || ((this || next) && t->kind == TLM_DATE_MONTH && !is_day_number (t + 1)))
    return read_months (r, t, this, next, out);
  if (t->kind == TLM_DATE_WEEKEND)
    {
      t++;
      tlm_calendar_set_weekend (&r->today, next || t->kind == TLM_DATE_NEXT, out);
      return t + (t->kind == TLM_DATE_NEXT);
    }
  if (t->kind == TLM_DATE_UNIT)
    {
      int unit = t++->value;

      next |= take_next (&t);
      return (this || next) && tlm_calendar_set_unit (&r->today, (TlmDateUnit) unit, next > 0, out)
                 ? t : NULL;
    }
  return NULL;
}

/* "next week Friday", "Friday of next week", "lundi de la semaine prochaine". */
static const TlmDateToken *
read_weekday_of_week (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
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
read_weekday (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  const TlmDateToken *dated;
  gboolean            this = FALSE;
  int                 weekday, ahead, next = TLM_NEXT_NONE;

  t = skip_small (t, FALSE, &this, &next);
  if (t->kind != TLM_DATE_WEEKDAY)
    return NULL;
  weekday = t++->value;
  dated = read_dated_weekday (r, t, weekday, out);
  if (dated != NULL)
    return dated;
  next |= take_next (&t);
  ahead = count_to_weekday (r, weekday, this, next > 0);
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
read_week_of (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
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

/* "end of May", "Ende des Monats", "fin de la semaine prochaine", "end of the year 2027": the last
 * day; of a week Friday, which is not to be told once it is behind. */
static const TlmDateToken *
read_end (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
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
  if (unit.kind == TLM_DATE_UNIT && unit.value == TLM_UNIT_YEAR && end->kind == TLM_DATE_YEAR)
    out->last = (TlmDay) { (guint16) end++->value, 12, 31 };
  if (unit.kind == TLM_DATE_UNIT && unit.value == TLM_UNIT_WEEK)
    {
      GDate sunday = tlm_calendar_date (out->last), today = r->today;

      out->last = tlm_calendar_plus_days (&sunday, -2);
      if (g_date_days_between (&today, &sunday) < 2)
        out->last.year = 0;
    }
  out->first = out->last;
  return end;
}

/* "in two weeks", "dans 10 jours", "two weeks from now". */
static const TlmDateToken *
read_count (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
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
read_offset (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  if (t->kind != TLM_DATE_OFFSET)
    return NULL;
  tlm_calendar_set_span (&r->today, t->value, t->value, out);
  return t + 1;
}

const TlmDateToken *
tlm_date_read (const TlmDateReader *r, const TlmDateToken *t, TlmDays *out)
{
  static const TlmDateToken *(*const rules[]) (const TlmDateReader *, const TlmDateToken *, TlmDays *)
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
