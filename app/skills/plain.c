/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind of question is a row: how it begins, and what answers the rest of it. */
#include "skills/plain.h"

#include "skills/dates-calendar.h"
#include "skills/sum.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_BEGINNING 48 /* characters */
#define MAX_QUESTION 200 /* bytes; a longer message is a text, not a sum */

typedef char *(*Answer) (const char *rest, TlmDay today);

static int
days_between (TlmDay from,
              TlmDay to)
{
  GDate a = tlm_calendar_date (from), b = tlm_calendar_date (to);

  return g_date_days_between (&a, &b);
}

static char *
dup_day (TlmDay day)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (day.year, day.month, day.day, 12, 0, 0);

  /* Translators: a weekday and a date, for g_date_time_format() */
  return g_date_time_format (time, _("%A, %-e %B %Y"));
}

/* The one day that @words name and nothing beside it, without the marks around it. */
static gboolean
read_day (const char *words,
          gsize       len,
          TlmDay      today,
          TlmDay     *day)
{
  TlmDays days;

  while (len > 0 && strchr (" ?!.", words[len - 1]) != NULL)
    len--;
  for (; len > 0 && *words == ' '; len--)
    words++;
  if (!tlm_days_parse_alone (words, len, today, &days)
      || days_between (days.first, days.last) != 0)
    return FALSE;
  *day = days.first;
  return TRUE;
}

static char *
say_days (int    n,
          TlmDay from,
          TlmDay to)
{
  g_autofree char *a = dup_day (from), *b = dup_day (to);

  /* Translators: two dates; ** is bold. */
  return g_strdup_printf (ngettext ("**%d day**, from %s to %s.", "**%d days**, from %s to %s.",
                                    (gulong) ABS (n)), n, a, b);
}

/* Of a day without a year the coming one, however late the last is: the words are read again as they
 * will be once that is no longer late, since a weekday may stand in them. */
static char *
answer_until (const char *rest,
              TlmDay      today)
{
  TlmDay day;

  if (!read_day (rest, strlen (rest), today, &day))
    return NULL;
  if (days_between (today, day) < 0)
    {
      GDate late = tlm_calendar_date (day);

      if (!read_day (rest, strlen (rest), tlm_calendar_plus_days (&late, TLM_OVERDUE_DAYS + 1), &day))
        return NULL;
    }
  return days_between (today, day) >= 0 ? say_days (days_between (today, day), today, day) : NULL;
}

static char *
answer_since (const char *rest,
              TlmDay      today)
{
  TlmDay day;

  return read_day (rest, strlen (rest), today, &day) && days_between (day, today) >= 0
         ? say_days (days_between (day, today), day, today) : NULL;
}

static char *
answer_between (const char *rest,
                TlmDay      today)
{
  static const char *const ands[] = { " and ", " und ", " et ", " y " };
  TlmDay from, to;

  for (gsize i = 0; i < G_N_ELEMENTS (ands); i++)
    {
      const char *and = strstr (rest, ands[i]);

      if (and != NULL && read_day (rest, (gsize) (and - rest), today, &from)
          && read_day (and + strlen (ands[i]), strlen (and + strlen (ands[i])), today, &to))
        return say_days (days_between (from, to), from, to);
    }
  return NULL;
}

static char *
answer_weekday (const char *rest,
                TlmDay      today)
{
  TlmDay day;
  g_autofree char *said = NULL;

  if (!read_day (rest, strlen (rest), today, &day))
    return NULL;
  said = dup_day (day);
  return g_strdup_printf ("**%s**", said);
}

static char *
answer_sum (const char *rest,
            TlmDay      today)
{
  g_autofree char *number = NULL;
  double value;

  if (!tlm_sum_evaluate (rest, &value))
    return NULL;
  number = tlm_sum_dup_number (value);
  return g_strdup_printf ("**%s**", number);
}

/* A message that asks nothing: "1000-250" and "2025/26" may be anything. */
static char *
answer_bare_sum (const char *message,
                 TlmDay      today)
{
  return g_regex_match_simple ("^\\s*(?:\\d{3,}[-–/]\\d+|\\d+[-–/]\\d{3,})[\\s?!.]*$", message, 0, 0)
         ? NULL : answer_sum (message, today);
}

static char *
answer_words (const char *rest,
              TlmDay      today)
{
  guint    n = 0;
  gboolean inside = FALSE;

  for (const char *p = rest; *p != '\0'; p = g_utf8_next_char (p))
    {
      gboolean word = g_unichar_isalnum (g_utf8_get_char (p));

      n += word && !inside;
      inside = word || (inside && (*p == '\'' || *p == '-'));
    }
  return n > 0 ? g_strdup_printf (ngettext ("**%u word**", "**%u words**", n), n) : NULL;
}

static char *
answer_characters (const char *rest,
                   TlmDay      today)
{
  g_autofree char *text = g_strstrip (g_strdup (rest));
  glong            n = g_utf8_strlen (text, -1);

  return n > 0 ? g_strdup_printf (ngettext ("**%ld character**, spaces counted",
                                            "**%ld characters**, spaces counted", (gulong) n), n)
               : NULL;
}

/* Beginnings in lower case; the longer of two that begin alike stands first. */
static const struct
{
  const char *begins;
  Answer      answer;
  gboolean    of_text; /* what follows a colon or a line end is counted, however long */
} kinds[] = {
  { "how many days until ", answer_until },       { "how many days till ", answer_until },
  { "how many days to ", answer_until },          { "how many days is it until ", answer_until },
  { "days until ", answer_until },                { "days till ", answer_until },
  { "wie viele tage bis ", answer_until },        { "wie viele tage sind es bis ", answer_until },
  { "wieviele tage bis ", answer_until },         { "tage bis ", answer_until },
  { "combien de jours jusqu'au ", answer_until }, { "cuántos días faltan para el ", answer_until },
  { "how many days since ", answer_since },       { "days since ", answer_since },
  { "how many days between ", answer_between },   { "days between ", answer_between },
  { "wie viele tage zwischen ", answer_between }, { "tage zwischen ", answer_between },
  { "what day of the week is ", answer_weekday }, { "what weekday is ", answer_weekday },
  { "which weekday is ", answer_weekday },        { "what day is ", answer_weekday },
  { "what's the date ", answer_weekday },         { "what is the date ", answer_weekday },
  { "what date is ", answer_weekday },            { "welcher wochentag ist ", answer_weekday },
  { "welcher tag ist ", answer_weekday },         { "welches datum ist ", answer_weekday },
  { "count the words", answer_words, TRUE },      { "word count", answer_words, TRUE },
  { "how many words", answer_words, TRUE },       { "wie viele wörter", answer_words, TRUE },
  { "combien de mots", answer_words, TRUE },      { "cuántas palabras", answer_words, TRUE },
  { "count the characters", answer_characters, TRUE },
  { "how many characters", answer_characters, TRUE },
  { "wie viele zeichen", answer_characters, TRUE },
  { "what is ", answer_sum },   { "what's ", answer_sum },     { "how much is ", answer_sum },
  { "calculate ", answer_sum }, { "compute ", answer_sum },    { "was ist ", answer_sum },
  { "wie viel ist ", answer_sum }, { "wieviel ist ", answer_sum }, { "was macht ", answer_sum },
  { "rechne ", answer_sum },    { "combien font ", answer_sum }, { "cuánto es ", answer_sum },
  { "", answer_bare_sum },
};

/* What is to be counted: behind the first colon or line end, the nearer. (nullable) */
static const char *
find_text (const char *rest)
{
  gsize ask = strcspn (rest, ":\n");

  return rest[ask] != '\0' ? rest + ask + 1 : NULL;
}

char *
tlm_plain_answer (const char *message,
                  TlmDay      today)
{
  g_autofree char *head = NULL, *lower = NULL;

  while (g_ascii_isspace (*message))
    message++;
  head = g_utf8_substring (message, 0, MIN (g_utf8_strlen (message, -1), MAX_BEGINNING));
  lower = g_utf8_strdown (head, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (lower, kinds[i].begins)
        && (kinds[i].of_text || strlen (message) <= MAX_QUESTION)
        && strlen (message) >= strlen (kinds[i].begins))
      {
        /* The letters of the beginnings are as long in capitals. */
        const char *rest = message + strlen (kinds[i].begins);
        char       *answer;

        if (kinds[i].of_text)
          rest = find_text (rest);
        answer = rest != NULL ? kinds[i].answer (rest, today) : NULL;
        if (answer != NULL)
          return answer;
      }
  return NULL;
}
