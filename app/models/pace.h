/* SPDX-License-Identifier: Apache-2.0 */
/* How fast work in steps goes, and a clock for it that does not count the time in which nothing
 * could run: the program was stopped, or a person paused it. The monotonic clock itself does not
 * count the sleep of the machine. Times are its microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TLM_PACE_STEPS 64 /* that count: the newest */

typedef struct
{
  gint64 last;                  /* when the last step ended */
  gint64 stopped;               /* in all */
  double steps[TLM_PACE_STEPS]; /* us a unit of work; a ring */
  guint  n;                     /* of all since it began */
} TlmPace;

/* Work of another kind begins; what was stopped so far is kept. All zeros before. */
void   tlm_pace_begin    (TlmPace *self, gint64 now);

/* @work: that was done since, in units of any size: a step that does more may take longer */
void   tlm_pace_step     (TlmPace *self, double work, gint64 now);

/* @now without what was stopped */
gint64 tlm_pace_get_time (const TlmPace *self, gint64 now);

/* Seconds for @work. NAN before there were enough steps to tell. */
double tlm_pace_get_left (const TlmPace *self, double work);

G_END_DECLS
