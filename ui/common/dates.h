/* SPDX-License-Identifier: Apache-2.0 */
/* Days and times as the lists show them, in the person's language. Pure functions: the moment "now"
 * is an argument, so that a test can choose it. */
#pragma once

#include "skills/dates.h"

G_BEGIN_DECLS

int   tlm_dates_day_number   (gint64 unix_seconds);
char *tlm_dates_dup_heading  (gint64 unix_seconds, gint64 now);
char *tlm_dates_dup_time     (gint64 unix_seconds, gint64 now);
char *tlm_dates_dup_duration (double ms);
char *tlm_dates_dup_days     (const TlmDays *days); /* NULL when none is set */

G_END_DECLS
