/* SPDX-License-Identifier: Apache-2.0 */
/* Days and times in words: "Today", "Yesterday", a weekday within the week, then month and year. */
#include "dates.h"

#include <glib/gi18n.h>

#define ZONE_US (10 * G_USEC_PER_SEC) /* for who travels */

/* GLib asks the file system each time, which for a list of rows adds up to 30 ms. Main thread. */
static GTimeZone *
get_zone (void)
{
  static GTimeZone *zone;
  static gint64 until;
  gint64 now = g_get_monotonic_time ();

  if (now >= until)
    {
      g_clear_pointer (&zone, g_time_zone_unref);
      zone = g_time_zone_new_local ();
      until = now + ZONE_US;
    }
  return zone;
}

static GDateTime *
local (gint64 unix_seconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (unix_seconds);

  if (utc == NULL)
    utc = g_date_time_new_from_unix_utc (0);
  return g_date_time_to_timezone (utc, get_zone ());
}

/**
 * tlm_dates_day_number:
 * @unix_seconds: a moment
 *
 * Returns: the number of its local day, counted from 1 January of the year 1
 */
int
tlm_dates_day_number (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = local (unix_seconds);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (time),
                  (GDateMonth) g_date_time_get_month (time),
                  (GDateYear) g_date_time_get_year (time));
  return (int) g_date_get_julian (&date);
}

/**
 * tlm_dates_dup_heading:
 * @unix_seconds: when something was changed
 * @now: the present moment
 *
 * Returns: (transfer full): the heading of the group of days it belongs to
 */
char *
tlm_dates_dup_heading (gint64 unix_seconds, gint64 now)
{
  g_autoptr (GDateTime) time = local (unix_seconds);
  g_autoptr (GDateTime) today = local (now);
  int days = tlm_dates_day_number (now) - tlm_dates_day_number (unix_seconds);

  if (days <= 0)
    return g_strdup (_("Today"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days < 7)
    return g_date_time_format (time, "%A");
  if (g_date_time_get_year (time) == g_date_time_get_year (today))
    /* Translators: a month of this year, as a heading over notes; see "man strftime". */
    return g_date_time_format (time, _("%OB"));
  /* Translators: a month and its year, as a heading over notes; see "man strftime". */
  return g_date_time_format (time, _("%OB %Y"));
}

/**
 * tlm_dates_dup_time:
 *
 * Returns: (transfer full): the time of a moment of this week, the date of an earlier one
 */
char *
tlm_dates_dup_time (gint64 unix_seconds, gint64 now)
{
  g_autoptr (GDateTime) time = local (unix_seconds);
  int days = tlm_dates_day_number (now) - tlm_dates_day_number (unix_seconds);

  /* Translators: the time of day, hours and minutes; see "man strftime". */
  const char *clock = _("%H:%M");
  /* Translators: a day of a month, short; see "man strftime". */
  const char *day = _("%-e %b");

  return g_date_time_format (time, days < 7 ? clock : day);
}

/**
 * tlm_dates_dup_duration:
 * @ms: how long something took, in milliseconds
 *
 * Returns: (transfer full): "12 ms", "1.4 s"
 */
char *
tlm_dates_dup_duration (double ms)
{
  if (ms < 1.0)
    /* Translators: a duration below one thousandth of a second. */
    return g_strdup (_("under 1 ms"));
  if (ms < 999.5)
    /* Translators: a duration in milliseconds. */
    return g_strdup_printf (_("%.0f ms"), ms);
  /* Translators: a duration in seconds. */
  return g_strdup_printf (_("%.1f s"), ms / 1000.0);
}

/* GDateTime ends with the year 9999; the week of its last day does not. */
static char *
dup_day (TlmDay day)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (day.year, day.month, day.day, 12, 0, 0);

  /* Translators: a due date: weekday, day, month and year; see strftime(3). */
  return time != NULL ? g_date_time_format (time, _("%a, %-d %b %Y")) : tlm_day_dup_iso (day);
}

/**
 * tlm_dates_dup_days:
 *
 * Returns: (transfer full) (nullable): "Fri, 8 May 2026", or the first and last of several days
 */
char *
tlm_dates_dup_days (const TlmDays *days)
{
  g_autofree char *first = NULL, *last = NULL;

  if (!tlm_day_is_set (days->first))
    return NULL;
  first = dup_day (days->first);
  last = dup_day (days->last);
  return g_str_equal (first, last) ? g_steal_pointer (&first)
                                   : g_strdup_printf ("%s – %s", first, last);
}
