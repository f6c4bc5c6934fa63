/* SPDX-License-Identifier: Apache-2.0 */
/* The time that is left and the time that was used, by a clock of the test's. */
#include "models/pace.h"

#include <math.h>

#define SECOND ((gint64) G_USEC_PER_SEC)

/* @n steps of @us each */
static void
go (TlmPace *pace,
    guint    n,
    gint64   us,
    gint64  *now)
{
  for (guint i = 0; i < n; i++)
    tlm_pace_step (pace, 1, *now += us);
}

static void
says_nothing_at_first (void)
{
  TlmPace pace = { 0 };
  gint64  now = 7;

  tlm_pace_begin (&pace, now);
  go (&pace, 5, SECOND, &now);
  g_assert_true (isnan (tlm_pace_get_left (&pace, 100)));
  go (&pace, 5, SECOND, &now);
  g_assert_cmpfloat_with_epsilon (tlm_pace_get_left (&pace, 100), 100, 1e-6);
}

/* As was seen: 864 steps of a fifth of a second, of which the first took ten. */
static void
forgets_a_slow_beginning (void)
{
  TlmPace pace = { 0 };
  gint64  now = 0;

  tlm_pace_begin (&pace, now);
  go (&pace, 1, 10 * SECOND, &now);
  go (&pace, 9, SECOND / 5, &now);
  g_assert_cmpfloat_with_epsilon (tlm_pace_get_left (&pace, 854), 854 / 5.0, 1e-6);
}

static void
does_not_count_a_stop (void)
{
  TlmPace pace = { 0 };
  gint64  now = 0;

  tlm_pace_begin (&pace, now);
  go (&pace, 20, SECOND / 2, &now);
  go (&pace, 1, 3600 * SECOND, &now);
  go (&pace, 20, SECOND / 2, &now);
  g_assert_cmpfloat_with_epsilon (tlm_pace_get_left (&pace, 10), 5, 1e-6);
  g_assert_cmpint (tlm_pace_get_time (&pace, now), ==, 41 * SECOND / 2);
}

/* Other programs begin to use the processors. */
static void
follows_what_gets_slower (void)
{
  TlmPace pace = { 0 };
  gint64  now = 0;

  tlm_pace_begin (&pace, now);
  go (&pace, 100, SECOND, &now);
  go (&pace, TLM_PACE_STEPS, 8 * SECOND, &now);
  g_assert_cmpfloat_with_epsilon (tlm_pace_get_left (&pace, 10), 80, 1e-6);
  g_assert_cmpint (tlm_pace_get_time (&pace, now), ==, now);
}

/* A measurement of all that was kept back, after one step in forty. */
static void
weighs_a_step_by_its_work (void)
{
  TlmPace pace = { 0 };
  gint64  now = 0;

  tlm_pace_begin (&pace, now);
  go (&pace, 39, SECOND, &now);
  tlm_pace_step (&pace, 100, now += 100 * SECOND);
  g_assert_cmpfloat_with_epsilon (tlm_pace_get_left (&pace, 10), 10, 1e-6);
  g_assert_cmpint (tlm_pace_get_time (&pace, now), ==, now);
}

static void
keeps_the_stops_for_other_work (void)
{
  TlmPace pace = { 0 };
  gint64  now = 0;

  tlm_pace_begin (&pace, now);
  go (&pace, 10, SECOND, &now);
  go (&pace, 1, 1000 * SECOND, &now);
  tlm_pace_begin (&pace, now);
  g_assert_true (isnan (tlm_pace_get_left (&pace, 1)));
  g_assert_cmpint (tlm_pace_get_time (&pace, now), ==, 11 * SECOND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/pace/says-nothing-at-first", says_nothing_at_first);
  g_test_add_func ("/app/pace/forgets-a-slow-beginning", forgets_a_slow_beginning);
  g_test_add_func ("/app/pace/does-not-count-a-stop", does_not_count_a_stop);
  g_test_add_func ("/app/pace/follows-what-gets-slower", follows_what_gets_slower);
  g_test_add_func ("/app/pace/weighs-a-step-by-its-work", weighs_a_step_by_its_work);
  g_test_add_func ("/app/pace/keeps-the-stops-for-other-work", keeps_the_stops_for_other_work);
  return g_test_run ();
}
