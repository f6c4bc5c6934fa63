/* SPDX-License-Identifier: Apache-2.0 */
/* Days and durations in words, at moments that the test chooses. */
#include "common/dates.h"

#include <stdlib.h>

#define NOW G_GINT64_CONSTANT (1779091200) /* Monday 18 May 2026, 08:00 UTC, by date(1) */
#define DAY G_GINT64_CONSTANT (86400)

static void
assert_heading (gint64 time, const char *expected)
{
  g_autofree char *heading = tlm_dates_dup_heading (time, NOW);

  g_assert_cmpstr (heading, ==, expected);
}

static void
test_names_near_days (void)
{
  assert_heading (NOW, "Today");
  assert_heading (NOW - 8 * 3600, "Today");
  assert_heading (NOW - 8 * 3600 - 1, "Yesterday");
  assert_heading (NOW - 2 * DAY, "Saturday");
  assert_heading (NOW - 6 * DAY, "Tuesday");
}

static void
test_names_months (void)
{
  assert_heading (NOW - 7 * DAY, "May");
  assert_heading (NOW - 40 * DAY, "April");
  assert_heading (NOW - 365 * DAY, "May 2025");
}

static void
test_a_clock_ahead_is_today (void)
{
  assert_heading (NOW + DAY, "Today");
}

static void
test_survives_absurd_times (void)
{
  g_autofree char *far = tlm_dates_dup_heading (G_MAXINT64, NOW);
  g_autofree char *past = tlm_dates_dup_time (G_MININT64, NOW);

  g_assert_nonnull (far);
  g_assert_nonnull (past);
}

static void
assert_duration (double ms, const char *expected)
{
  g_autofree char *text = tlm_dates_dup_duration (ms);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_durations (void)
{
  assert_duration (0.2, "under 1 ms");
  assert_duration (11.6, "12 ms");
  assert_duration (999.4, "999 ms");
  assert_duration (999.6, "1.0 s");
  assert_duration (1400, "1.4 s");
}

static void
test_days (void)
{
  TlmDays one = { { 2026, 5, 8 }, { 2026, 5, 8 } }, last_week = { { 9999, 12, 27 }, { 10000, 1, 2 } };
  g_autofree char *day = tlm_dates_dup_days (&one), *week = tlm_dates_dup_days (&last_week);

  g_assert_cmpstr (day, ==, "Fri, 8 May 2026");
  g_assert_cmpstr (week, ==, "Mon, 27 Dec 9999 – 10000-01-02");
}

int
main (int argc, char **argv)
{
  setenv ("TZ", "UTC", 1);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/dates/names-near-days", test_names_near_days);
  g_test_add_func ("/ui/dates/names-months", test_names_months);
  g_test_add_func ("/ui/dates/a-clock-ahead-is-today", test_a_clock_ahead_is_today);
  g_test_add_func ("/ui/dates/survives-absurd-times", test_survives_absurd_times);
  g_test_add_func ("/ui/dates/days", test_days);
  g_test_add_func ("/ui/dates/durations", test_durations);
  return g_test_run ();
}
