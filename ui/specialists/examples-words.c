/* SPDX-License-Identifier: Apache-2.0 */
/* Two of ten examples are held out to judge by, and a verdict needs eight of them
 * (specialist-judge.c): 40 in all. What 50, 200 and 1,000 were worth is measured in
 * data/models/specialists.md. */
#include "examples-words.h"

#include "core/words.h"

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
        _("Enough for most narrow jobs. Copying dates and numbers still gains up to some 1,000."));
  return g_strdup (_("Plenty, also for copying dates and numbers."));
}

const char *
tlm_examples_get_problem (TlmExampleRow *row)
{
  switch (tlm_example_row_get_problem (row))
    {
    case TLM_EXAMPLE_EMPTY:
      return _("One of the two is empty: it is not learned from");
    case TLM_EXAMPLE_DUPLICATE:
      return _("The same as an earlier one: it counts once");
    case TLM_EXAMPLE_CONFLICT:
      return _("The same text has another answer elsewhere: the last one counts");
    case TLM_EXAMPLE_GOOD:
    case TLM_EXAMPLE_PROBLEMS:
      return NULL;
    }
  g_assert_not_reached ();
}

char *
tlm_examples_dup_problems (TlmExampleSet *set)
{
  guint empty = tlm_example_set_count (set, TLM_EXAMPLE_EMPTY);
  guint duplicate = tlm_example_set_count (set, TLM_EXAMPLE_DUPLICATE);
  guint conflict = tlm_example_set_count (set, TLM_EXAMPLE_CONFLICT);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (empty > 0)
    /* Translators: of a set of examples: how many are empty. */
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u empty", "%u empty", empty), empty));
  if (duplicate > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u duplicate", "%u duplicates", duplicate),
                                             duplicate));
  if (conflict > 0)
    /* Translators: of a set of examples: how many contradict another one. */
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u conflicting", "%u conflicting", conflict),
                                             conflict));
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return tlm_words_join ((const char *const *) parts->pdata);
}

/* @text: (transfer full); @sentence: of a number, which it takes. (transfer full) */
static char *
follow_count (char *text, const char *sentence, guint n)
{
  g_autofree char *before = text, *said = n > 0 ? g_strdup_printf (sentence, n) : NULL;

  return tlm_words_follow (before, said);
}

char *
tlm_examples_dup_added (const TlmExamples *added)
{
  guint n = (guint) added->n, empty = (guint) added->n_empty;
  guint duplicates = (guint) added->n_duplicates, conflicts = (guint) added->n_conflicts;
  char *text = g_strdup_printf (ngettext ("%u example came in.", "%u examples came in.", n), n);

  text = follow_count (text, ngettext ("%u empty one was left out.", "%u empty ones were left out.", empty),
                       empty);
  text = follow_count (text, ngettext ("%u duplicate was left out.", "%u duplicates were left out.",
                                       duplicates), duplicates);
  return follow_count (text, ngettext ("%u contradicted another; the last of them came in.",
                                       "%u contradicted others; the last of them came in.", conflicts),
                       conflicts);
}
