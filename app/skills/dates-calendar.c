/* SPDX-License-Identifier: Apache-2.0 */
/* Days, weeks, months and quarters as seen from one day. */
#include "skills/dates-calendar.h"

#include <stdio.h>
#include <string.h>

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

gboolean
tlm_day_parse_iso (const char *text, TlmDay *day)
{
  guint year, month, d;

  if (strspn (text, "0123456789-") != 10 || text[10] != '\0'
      || sscanf (text, "%4u-%2u-%2u", &year, &month, &d) != 3 || text[4] != '-' || text[7] != '-'
      || !tlm_calendar_is_valid ((int) year, (int) month, (int) d))
    return FALSE;
  *day = (TlmDay) { (guint16) year, (guint8) month, (guint8) d };
  return TRUE;
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

GDate
tlm_calendar_date (TlmDay day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day.day, (GDateMonth) day.month, day.year);
  return date;
}

static TlmDay
from_date (const GDate *date)
{
  return (TlmDay) { g_date_get_year (date), (guint8) g_date_get_month (date),
                    g_date_get_day (date) };
}

int
tlm_calendar_compare (TlmDay a, TlmDay b)
{
  int x = a.year * 372 + a.month * 31 + a.day, y = b.year * 372 + b.month * 31 + b.day;

  return (x > y) - (x < y);
}

gboolean
tlm_calendar_is_valid (int year, int month, int day)
{
  return day > 0 && month > 0 && year <= TLM_LAST_YEAR
         && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year);
}

TlmDay
tlm_calendar_plus_days (const GDate *from, int n)
{
  GDate date = *from;

  if (n >= 0)
    g_date_add_days (&date, (guint) n);
  else
    g_date_subtract_days (&date, (guint) -n);
  return from_date (&date);
}

/* The coming one, or the one that is at most TLM_OVERDUE_DAYS behind; 0 when there is none, as for 30
 * February. */
static int
find_year (const GDate *today, int month, int day)
{
  int year = g_date_get_year (today) - 1;

  for (int end = year + 2; year <= end; year++)
    {
      GDate date;

      if (!tlm_calendar_is_valid (year, month, day))
        continue;
      date = tlm_calendar_date ((TlmDay) { (guint16) year, (guint8) month, (guint8) day });
      if (g_date_days_between (&date, today) <= TLM_OVERDUE_DAYS)
        return year;
    }
  return 0;
}

gboolean
tlm_calendar_set_day (const GDate *today, int year, int month, int day, TlmDays *out)
{
  if (year == 0)
    year = find_year (today, month, day);
  if (year == 0 || !tlm_calendar_is_valid (year, month, day))
    return FALSE;
  out->first = out->last = (TlmDay) { (guint16) year, (guint8) month, (guint8) day };
  return TRUE;
}

/* No day when there is no such range. */
void
tlm_calendar_set_days (const GDate *today, int year, int month, int first, int second, TlmDays *out)
{
  TlmDays last;

  if (second >= first && tlm_calendar_set_day (today, year, month, first, out)
      && tlm_calendar_set_day (today, out->first.year, month, second, &last))
    out->last = last.last;
  else
    out->first.year = 0;
}

void
tlm_calendar_set_month (int year, int month, TlmDays *out)
{
  out->first = (TlmDay) { (guint16) year, (guint8) month, 1 };
  out->last = out->first;
  out->last.day = g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
}

/* The year of the months from @first to @last that are not over yet; 0 when @next, one of
 * TLM_NEXT_…, can be read in two ways, or "this" lies behind. */
int
tlm_calendar_year_of (const GDate *today, int first, int last, gboolean this, int next)
{
  int year = g_date_get_year (today), month = (int) g_date_get_month (today);

  if (this)
    return month > last ? 0 : year;
  if (next == TLM_NEXT_OPEN && month < first)
    return 0;
  if (next != TLM_NEXT_NONE)
    return year + (month >= first);
  return year + (month > last);
}

int
tlm_calendar_weekday (const GDate *today)
{
  return (int) g_date_get_weekday (today);
}

void
tlm_calendar_set_span (const GDate *today, int first, int last, TlmDays *out)
{
  out->first = tlm_calendar_plus_days (today, first);
  out->last = tlm_calendar_plus_days (today, last);
}

static void
set_month_ahead (const GDate *today, int n, TlmDays *out)
{
  GDate date = *today;

  g_date_set_day (&date, 1);
  g_date_add_months (&date, (guint) n);
  tlm_calendar_set_month (g_date_get_year (&date), (int) g_date_get_month (&date), out);
}

void
tlm_calendar_set_quarter (int year, int quarter, TlmDays *out)
{
  TlmDays last;

  tlm_calendar_set_month (year, 3 * quarter - 2, out);
  tlm_calendar_set_month (year, 3 * quarter, &last);
  out->last = last.last;
}

static void
set_quarter_ahead (const GDate *today, int n, TlmDays *out)
{
  int quarter = ((int) g_date_get_month (today) - 1) / 3 + n;

  tlm_calendar_set_quarter (g_date_get_year (today) + quarter / 4, quarter % 4 + 1, out);
}

/* This (0) or the next (1) day, week, month, quarter, year. */
gboolean
tlm_calendar_set_unit (const GDate *today, TlmDateUnit unit, int n, TlmDays *out)
{
  int monday = 1 - tlm_calendar_weekday (today), year = g_date_get_year (today) + n;

  switch (unit)
    {
    case TLM_UNIT_DAY:
      tlm_calendar_set_span (today, n, n, out);
      return TRUE;
    case TLM_UNIT_WEEK:
      tlm_calendar_set_span (today, monday + 7 * n, monday + 7 * n + 6, out);
      return TRUE;
    case TLM_UNIT_FORTNIGHT:
      return FALSE;
    case TLM_UNIT_MONTH:
      set_month_ahead (today, n, out);
      return TRUE;
    case TLM_UNIT_QUARTER:
      set_quarter_ahead (today, n, out);
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
void
tlm_calendar_set_weekend (const GDate *today, gboolean next, TlmDays *out)
{
  int saturday = 6 - tlm_calendar_weekday (today);

  if (next && saturday > 0)
    out->first.year = 0;
  else
    tlm_calendar_set_span (today, saturday + 7 * next, saturday + 7 * next + 1, out);
}

gboolean
tlm_calendar_is_week (const TlmDays *days)
{
  GDate date;

  if (!tlm_day_is_set (days->first))
    return FALSE;
  date = tlm_calendar_date (days->first);
  return tlm_calendar_compare (tlm_calendar_plus_days (&date, 6), days->last) == 0;
}

void
tlm_calendar_set_weekday_of_week (int weekday, TlmDays *days)
{
  GDate monday = tlm_calendar_date (days->first);

  days->first = days->last = tlm_calendar_plus_days (&monday, weekday - 1);
}

TlmDay
tlm_calendar_plus_units (const GDate *today, TlmDateUnit unit, int n)
{
  GDate date = *today;

  switch (unit)
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
  return from_date (&date);
}
