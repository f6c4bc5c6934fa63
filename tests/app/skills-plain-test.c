/* SPDX-License-Identifier: Apache-2.0 */
/* What plain code answers, and what it leaves alone. The expected sums and days were worked out
 * with Python's decimal and datetime. */
#include "skills/plain.h"
#include "skills/sum.h"

#include <locale.h>
#include <string.h>

static const TlmDay today = { 2026, 5, 6 }; /* a Wednesday */

static const struct
{
  const char *text, *value; /* NULL: no sum that is certain */
} sums[] = {
  { "17 * 23", "391" },
  { "2+2", "4" },
  { "1 + 2 * 3", "7" },
  { "(1 + 2) * 3", "9" },
  { "10 - 4 - 3", "3" },
  { "2 ^ 3 ^ 2", "512" },
  { "-5 + 3", "-2" },
  { "3 - -2", "5" },
  { "7 / 2", "3.5" },
  { "1/3", "0.3333333333" },
  { "0.1 + 0.2", "0.3" },
  { "15% of 80", "12" },
  { "15 percent of 80 + 3", "15" },
  { "200 + 19%", "238" },
  { "200 - 19%", "162" },
  { "50 % von 12", "6" },
  { "3,5 + 1,25", "4.75" },
  { "1.234,56 + 1", "1235.56" },
  { "1,234.56 + 1", "1235.56" },
  { "1,234,567 + 1", "1234568" },
  { "12 × 12 =", "144" },
  { "12 x 12?", "144" },
  { "144 ÷ 12", "12" },
  { "6 mal 7", "42" },
  { "42 geteilt durch 6", "7" },
  { "100 divided by 8", "12.5" },
  { "$20 + $5.50", "25.5" },
  { "3 € + 4 €", "7" },
  { "800 * 12 * 25.", "240000" },
  { "999999 * 999999", "999998000001" },
  { "1,234 + 1", NULL },  /* a thousand, or one and a bit */
  { "1.500 + 250", NULL }, { "1.5 + 250", "251.5" }, { "0.125 * 8", "1" },
  { "1234.567 + 1", "1235.567" },
  /* digits that are known */
  { "1234567.89 + 1", "1234568.89" },
  { "100000000000.001 - 100000000000", "0.001" },
  { "0.1 + 0.2 - 0.3", "0" },
  { "0.3 * 3 - 0.9", "0" },
  { "1 / 30000", "0.0000333333" },
  { "1 / 1000000000000", NULL },
  { "2 / 30000000000", NULL },
  { "12345678901234567 - 12345678901234566", NULL },
  { "10^20 + 1 - 10^20", NULL },
  { "999999999999998 + 1", "999999999999999" },
  { "999999999999999 + 1", NULL },
  { "1 / (5 / 0)", NULL },
  { "1 / (0.1 + 0.2 - 0.3)", NULL },
  { "123456789 * 1.1", "135802467.9" },
  { "1.1 ^ 10", "2.5937424601" },
  { "(0.1 * 3) ^ 2", "0.09" },
  { "2 ^ 0.5", "1.4142135624" },
  { "(0 - 8) ^ 0.5", NULL },
  /* signs and shares */
  { "-2^2", "-4" }, { "(-2)^2", "4" }, { "2^-1", "0.5" }, { "1 - 2^2", "-3" },
  { "15% of 2^3", "1.2" }, { "200 + (19%)", "200.19" },
  { "5€ + 3$", NULL }, { "5€ + 3€", "8" }, { "$5 * 3", "15" },
  /* times, dates, telephone numbers */
  { "10:30?", NULL }, { "12:30 - 11:15", NULL }, { "12:4", "3" }, { "144:12", "12" },
  { "24:12", "2" }, { "9:05", NULL }, { "23:59:01", NULL }, { "(3+9):12", "1" },
  { "120/4/3", "10" }, { "100-25-25", "50" }, { "10-3-2", "5" }, { "100-099", "1" },
  { "100-25-25-10", "40" }, { "50-20-10", "20" }, { "10-5-1000", "-995" },
  { "2026-05-03+3", NULL }, { "2026-05-03*2", NULL }, { "12/5/26+1", NULL }, { "5/12/26", NULL },
  { "12/31/26", NULL }, { "3-05-2026-1", NULL }, { "100-05-3", NULL }, { "12/05", NULL },
  { "12 : 4", "3" }, { "(3,5 + 1) : 2", "2.25" },
  { "2026-05-03", NULL }, { "12/05/2026", NULL }, { "2026-05-03 + 3", NULL },
  { "555-1234", NULL }, { "555–1234?", NULL }, { "0171/1234567", NULL }, { "1-800-555-1234", NULL },
  { "12/4", "3" }, { "1200/12", "100" }, { "1000-250", "750" }, { "2*10-3-4", "13" },
  { "5 / 0", NULL },
  { "42", NULL },
  { "2 + ", NULL },
  { "2 + (3", NULL },
  { "2 + 3)", NULL },
  { "2 + two", NULL },
  { "99999999 * 99999999", NULL },
  { "1.2.3 + 1", NULL },
  { "12,34.5 + 1", NULL },
  { "555-1234 call me", NULL },
  { "", NULL },
};

static void
adds_up (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      double           value = 0;
      gboolean         known = tlm_sum_evaluate (sums[i].text, &value);
      g_autofree char *number = known ? tlm_sum_dup_number (value) : NULL;

      g_test_message ("%s", sums[i].text);
      g_assert_cmpstr (number, ==, sums[i].value);
    }
}

static void
survives_deep_nesting (void)
{
  g_autofree char *open = g_strnfill (100000, '('), *minus = g_strnfill (100000, '-');
  double           value;

  g_assert_false (tlm_sum_evaluate (open, &value));
  g_assert_false (tlm_sum_evaluate (minus, &value));
}

static const struct
{
  const char *message, *answer; /* what the answer holds; NULL: it is not for plain code */
} questions[] = {
  { "What is 17 * 23?", "**391**" },
  { "what's 15% of 80", "**12**" },
  { "Wie viel ist 3,5 + 1?", "**4.5**" },
  { "How many days until 24 December?", "**232 days**" },
  { "days until 2026-05-07", "**1 day**" },
  { "Wie viele Tage bis zum 24. Dezember?", "**232" },
  { "days since 2026-01-01", "**125 days**" },
  { "how many days between 2026-02-01 and 2026-03-01", "**28 days**" },
  { "What day of the week is 2026-12-24?", "Thursday" },
  { "what is the date in two weeks", "20 May 2026" },
  { "Count the words: one two three", "**3 words**" },
  { "How many words?\nIt's a well-known fact.", "**4 words**" },
  { "How many characters: häh", "**3 characters**" },
  { "How many days until 1 March?", "**299 days**" }, /* the coming one */
  { "How many days until 1 March 2026?", NULL }, /* gone by */
  { "How many days until Thursday 5 March?", NULL }, /* of the coming year a Friday */
  { "How many days until Friday 5 March?", NULL },
  { "How many days until 5 March?", "**303 days**" },
  { "How many days until my birthday on 3 June?", "**28 days**" },
  { "How many days until Christmas, 25 December?", "**233 days**" },
  { "What is the date for Friday?", "8 May 2026" },
  { "What is the date in two weeks' time?", "20 May 2026" },
  { "What date is Friday evening?", "8 May 2026" },
  { "What day is it on 3 May 2027?", "Monday" },
  { "What weekday is 9999-12-31?", "Friday" },
  { "What weekday is 30000-01-01?", NULL },
  { "How many days until 30000-01-01?", NULL },
  { "What day is Easter Sunday?", NULL },
  { "What date is Black Friday?", NULL },
  { "What is the date of the board meeting that was moved to Friday?", NULL },
  { "What is the date of the 2nd meeting", NULL },
  { "What is the date on Friday?", "8 May 2026" },
  { "What is 1200/12?", "**100**" },
  { "1200/12=", "**100**" },
  { "12/4", "**3**" },
  { "1200 / 12", "**100**" },
  { "1000-250", NULL },
  { "2025/26?", NULL },
  { "What is 2026-05-03?", NULL },
  { "what is a mortgage", NULL },
  { "what is the capital of France", NULL },
  { "how many days until the invoice is due", NULL },
  { "how many words are in my notes", NULL },
  { "days until 03/04", NULL },
  { "Summarize: 2 + 2 is what they agreed on, and the rest is open.", NULL },
  { "", NULL },
};

static void
answers_what_is_certain (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autofree char *answer = tlm_plain_answer (questions[i].message, today);

      g_test_message ("%s -> %s", questions[i].message, answer);
      if (questions[i].answer == NULL)
        g_assert_null (answer);
      else
        g_assert_nonnull (strstr (answer, questions[i].answer));
    }
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/plain/sums", adds_up);
  g_test_add_func ("/app/plain/deep-nesting", survives_deep_nesting);
  g_test_add_func ("/app/plain/questions", answers_what_is_certain);
  return g_test_run ();
}
