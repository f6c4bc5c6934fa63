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
