/* SPDX-License-Identifier: Apache-2.0 */
/* The days that a few words name: "by Friday", "3 May", "Ende des Monats". Plain code, the same
 * answer for the same words and day; what can be read in two ways is not read at all. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint16 year; /* 0: no day */
  guint8  month, day;
} TlmDay;

/* The days from first to last, both counted; equal for one day. */
typedef struct
{
  TlmDay first, last;
} TlmDays;

#ifndef __GI_SCANNER__ /* not for scripts */
gboolean tlm_day_is_set (TlmDay day);
TlmDay   tlm_day_from_unix (gint64 seconds); /* in the local time zone */
char    *tlm_day_dup_iso (TlmDay day);       /* "2026-05-03". (transfer full) */

/* The reverse of that. FALSE for anything else, with @day as it was. */
gboolean tlm_day_parse_iso (const char *text, TlmDay *day);

/* "2026-05-03", "2026-05-03/2026-05-05" (ISO 8601), NULL for no day. (transfer full) (nullable) */
char *tlm_days_dup_iso (const TlmDays *days);

/**
 * tlm_days_parse:
 * @words: [len] UTF-8, in English, German, French or Spanish
 * @today: on which they were written
 * @days: (out): not touched when the answer is FALSE
 *
 * A weekday is the coming one, and so is a day without a year unless it went by in the last 90 days.
 * "before Friday" has Friday as its limit, "before June" the last of May. Returns FALSE for no date,
 * a vague one ("early May"), a repeated one ("every Monday"), one that lies behind ("last week"),
 * several ("Monday or Friday"), a holiday ("Good Friday") and an ambiguous one: "03/04"; "Friday" on
 * a Friday; "next Friday" while this week's is ahead, as "next June" before June, where "juin prochain"
 * is the coming one.
 */
gboolean tlm_days_parse (const char *words, gsize len, TlmDay today, TlmDays *days);

/* As tlm_days_parse(); none where the words around make a weekday another than the coming one, as
 * "avant vendredi" before "saint". */
gboolean tlm_days_parse_within (const char *before, const char *words, const char *after,
                                TlmDay today, TlmDays *days);

/* As tlm_days_parse() where the words are a date and no more, or say the day and month of something:
 * "on Friday", "my birthday on 3 May", not "the meeting that was moved to Friday". */
gboolean tlm_days_parse_alone (const char *words, gsize len, TlmDay today, TlmDays *days);

/* As tlm_days_parse() where the words name the same days whenever they are written: they say the
 * year. */
gboolean tlm_days_parse_dated (const char *words, gsize len, TlmDays *days);
#endif

G_END_DECLS
