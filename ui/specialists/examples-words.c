/* SPDX-License-Identifier: Apache-2.0 */
/* Two of ten examples are held out to judge by, and a verdict needs eight of them
 * (specialist-judge.c): 40 in all. What 50, 200 and 1,000 were worth is measured in
 * data/models/specialists.md. */
#include "examples-words.h"

#include <glib/gi18n.h>

#define NEEDED 10
#define JUDGED 40
#define GOOD 150
#define PLENTY 1000

char *
tlm_examples_dup_count (guint n)
{
  /* Translators: the size of a set of examples. */
  return g_strdup_printf (ngettext ("%u example", "%u examples", n), n);
}

char *
tlm_examples_dup_expectation (guint n)
{
  if (n < NEEDED)
    return g_strdup_printf (
        ngettext ("%u more is needed before it can learn; some 200 are better.",
                  "%u more are needed before it can learn; some 200 are better.", NEEDED - n),
        NEEDED - n);
  if (n < JUDGED)
    return g_strdup_printf (
        _("So few are only a taste: with %u or more it can also be told whether it "
           "learned anything."),
        JUDGED);
  if (n < GOOD)
    return g_strdup (_("Few: the verdict will be unsure. Some 200 are better."));
  if (n < PLENTY)
    return g_strdup (
        _("Enough for most narrow jobs. Copying dates and numbers takes about 1,000."));
  return g_strdup (_("Plenty, also for copying dates and numbers."));
}
