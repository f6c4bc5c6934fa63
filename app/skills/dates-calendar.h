/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar under the grammar of dates: what days "next month" or "3 May" are on a given day. A
 * function that finds none leaves out->first unset, or returns FALSE. @today is always valid. */
#pragma once

#include "skills/dates-words.h"
#include "skills/dates.h"

G_BEGIN_DECLS

/* A day without a year that is this far behind, a quarter, is late; one further back is meant to
 * come again: on 6 May "1 March" is this year's and "3 January" the next. */
#define TLM_OVERDUE_DAYS 90

/* The last whose days ISO 8601 and GDateTime can say. */
#define TLM_LAST_YEAR 9999

GDate    tlm_calendar_date     (TlmDay day); /* of a day that is set */
gboolean tlm_calendar_is_valid (int year, int month, int day);
int      tlm_calendar_compare  (TlmDay a, TlmDay b); /* below, at or above 0 */
int      tlm_calendar_weekday  (const GDate *day);   /* 1: Monday, 7: Sunday */

TlmDay tlm_calendar_plus_days  (const GDate *from, int n);
TlmDay tlm_calendar_plus_units (const GDate *today, TlmDateUnit unit, int n);

/* @year: 0 for the coming one, or the one that went by not long ago */
gboolean tlm_calendar_set_day  (const GDate *today, int year, int month, int day, TlmDays *out);
void     tlm_calendar_set_days (const GDate *today, int year, int month, int first, int second,
                                TlmDays *out);
int      tlm_calendar_year_of  (const GDate *today, int first, int last, gboolean this, int next);

void     tlm_calendar_set_month   (int year, int month, TlmDays *out);
void     tlm_calendar_set_quarter (int year, int quarter, TlmDays *out);
void     tlm_calendar_set_span    (const GDate *today, int first, int last, TlmDays *out);
gboolean tlm_calendar_set_unit    (const GDate *today, TlmDateUnit unit, int n, TlmDays *out);
void     tlm_calendar_set_weekend (const GDate *today, gboolean next, TlmDays *out);

gboolean tlm_calendar_is_week             (const TlmDays *days);
void     tlm_calendar_set_weekday_of_week (int weekday, TlmDays *days);

G_END_DECLS
