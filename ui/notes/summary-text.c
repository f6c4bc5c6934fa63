/* SPDX-License-Identifier: Apache-2.0 */
/* What the window says about a summary in words. Every sentence of the note stands as it is there;
 * only the headings around them are the program's. */
#include "summary-text.h"

#include "common/dates.h"
#include "core/words.h"
#include "skills/front-matter.h"

#include <glib/gi18n.h>
#include <string.h>

#define HASH_SHOWN 12 /* hex digits: 48 bits tell any two models of one person apart */

static void
append_slice (GString *out, const char *prefix, TlmSummary *summary, const TlmSpan *span)
{
  g_autofree char *shown = tlm_summary_dup_shown (summary, span);

  g_string_append_printf (out, "%s%s\n", prefix, shown);
}

/* @marks: what stands before and behind a heading */
static void
append_heading (GString *out, const char *const marks[2], const char *heading)
{
  g_string_append_printf (out, "%s%s%s%s\n\n", out->len > 0 ? "\n" : "", marks[0], heading, marks[1]);
}

static void
append_lists (GString *out, const char *const marks[2], TlmSummary *summary)
{
  gsize n;
  const TlmSpan *keys = tlm_summary_get_keypoints (summary, &n);
  const TlmAction *actions;

  if (n > 0)
    append_heading (out, marks, tlm_summary_get_is_fallback (summary) ? _("Longest sentences")
                                                                      : _("Key points"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- ", summary, &keys[i]);
  actions = tlm_summary_get_actions (summary, &n);
  if (n > 0)
    append_heading (out, marks, _("Action items"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- [ ] ", summary, &actions[i].sentence);
}

/**
 * tlm_summary_text_dup_markdown:
 *
 * Returns: (transfer full): the summary as a Markdown text to paste elsewhere
 */
char *
tlm_summary_text_dup_markdown (TlmSummary *summary)
{
  static const char *const marks[] = { "## ", "" };
  GString *out = g_string_new (NULL);
  gsize n;
  const TlmSpan *tags = tlm_summary_get_tags (summary, &n);

  if (tlm_summary_get_title (summary) != NULL)
    append_slice (out, "# ", summary, tlm_summary_get_title (summary));
  append_lists (out, marks, summary);
  if (n > 0)
    append_heading (out, marks, _("Tags"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- ", summary, &tags[i]);
  return g_string_free (out, FALSE);
}

/**
 * tlm_summary_text_dup_block:
 *
 * Returns: (transfer full): the summary as it is put at the top of its note, between its marks, so that
 * it is found again; no heading of it is a heading of the note
 */
char *
tlm_summary_text_dup_block (TlmSummary *summary)
{
  static const char *const marks[] = { "**", "**" };
  GString *out = g_string_new (TLM_SUMMARY_BLOCK_BEGIN "\n");

  append_lists (out, marks, summary);
  g_string_append (out, TLM_SUMMARY_BLOCK_END "\n\n");
  return g_string_free (out, FALSE);
}

static void
append_section (GString *out, const char *heading, const char *lines)
{
  if (*lines != '\0')
    g_string_append_printf (out, "%s%s\n%s", out->len > 0 ? "\n" : "", heading, lines);
}

static char *
dup_action_line (TlmSummary *summary, const TlmAction *action)
{
  g_autofree char *sentence = tlm_summary_dup_shown (summary, &action->sentence);
  g_autofree char *owner = tlm_summary_dup_shown (summary, &action->owner);
  g_autofree char *date = tlm_dates_dup_days (&action->due_days);

  return tlm_words_remark (sentence, owner, date);
}

/**
 * tlm_summary_text_dup_plain:
 *
 * Returns: (transfer full): the summary as a text for a mail
 */
char *
tlm_summary_text_dup_plain (TlmSummary *summary)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GString) keys = g_string_new (NULL), todos = g_string_new (NULL);
  gsize n;
  const TlmSpan *spans = tlm_summary_get_keypoints (summary, &n);
  const TlmAction *actions;

  if (tlm_summary_get_title (summary) != NULL)
    append_slice (out, "", summary, tlm_summary_get_title (summary));
  for (gsize i = 0; i < n; i++)
    append_slice (keys, "• ", summary, &spans[i]);
  append_section (out, tlm_summary_get_is_fallback (summary) ? _("Longest sentences")
                                                             : _("Key points"), keys->str);
  actions = tlm_summary_get_actions (summary, &n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *line = dup_action_line (summary, &actions[i]);

      g_string_append_printf (todos, "• %s\n", line);
    }
  append_section (out, _("Action items"), todos->str);
  return g_string_free (out, FALSE);
}

static gsize
count_use (TlmSummary *summary, TlmUnitUse use)
{
  gsize n, found = 0;

  tlm_summary_get_units (summary, &n);
  for (gsize i = 0; i < n; i++)
    found += tlm_summary_get_unit_use (summary, i) == use;
  return found;
}

/**
 * tlm_summary_text_dup_coverage:
 *
 * Returns: (transfer full): how much of the note was read and kept out, in sentences
 */
char *
tlm_summary_text_dup_coverage (TlmSummary *summary)
{
  gsize n, skipped = count_use (summary, TLM_UNIT_SKIPPED);
  g_autofree char *read = NULL, *kept_out = NULL;

  tlm_summary_get_units (summary, &n);
  read = g_strdup_printf (ngettext ("The whole note was read: %zu line or sentence.",
                                    "The whole note was read: %zu lines and sentences.",
                                    (gulong) n), n);
  if (skipped == 0)
    return g_steal_pointer (&read);
  /* Translators: follows the sentence that says how many lines and sentences were read. */
  kept_out = g_strdup_printf (ngettext ("%zu of them, a heading or the like, cannot be chosen.",
                                        "%zu of them, headings and the like, cannot be chosen.",
                                        (gulong) skipped), skipped);
  return tlm_words_follow (read, kept_out);
}

/**
 * tlm_summary_text_dup_receipt:
 *
 * Returns: (transfer full): which model made the summary, and in how long
 */
char *
tlm_summary_text_dup_receipt (TlmSummary *summary)
{
  g_autofree char *hash = g_strndup (tlm_summary_get_model_sha256 (summary), HASH_SHOWN);
  g_autofree char *time = tlm_dates_dup_duration (tlm_summary_get_total_ms (summary));

  /* Translators: the receipt of a summary: model, first digits of its SHA-256, duration. */
  return g_strdup_printf (_("Chosen by %s (%s) in %s, on this computer."),
                          tlm_summary_get_model_name (summary), hash, time);
}

/**
 * tlm_summary_text_dup_receipt_details:
 *
 * Returns: (transfer full): all that the summary depends on, a line each
 */
char *
tlm_summary_text_dup_receipt_details (TlmSummary *summary)
{
  g_autofree char *day = tlm_day_dup_iso (tlm_summary_get_day (summary));

  /* Translators: a receipt: model, its whole SHA-256, the program's version, the day from which words
   * such as "by Friday" are counted. */
  return g_strdup_printf (_("Model: %s\nSHA-256: %s\nProgram: TinyLM %s\nDates counted from: %s\n"
                            "No seed: nothing is drawn by lot."),
                          tlm_summary_get_model_name (summary),
                          tlm_summary_get_model_sha256 (summary), TINYLM_VERSION, day);
}

static gboolean
same_spans (TlmSummary *a, TlmSummary *b, const TlmSpan *sa, const TlmSpan *sb, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize len = sa[i].end - sa[i].start;

      if (sa[i].confidence != sb[i].confidence || len != sb[i].end - sb[i].start
          || memcmp (tlm_summary_get_text (a) + sa[i].start,
                     tlm_summary_get_text (b) + sb[i].start, len) != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_actions (TlmSummary *a, TlmSummary *b)
{
  gsize na, nb;
  const TlmAction *aa = tlm_summary_get_actions (a, &na);
  const TlmAction *ab = tlm_summary_get_actions (b, &nb);

  if (na != nb)
    return FALSE;
  for (gsize i = 0; i < na; i++)
    if (!same_spans (a, b, &aa[i].sentence, &ab[i].sentence, 1)
        || !same_spans (a, b, &aa[i].owner, &ab[i].owner, 1)
        || !same_spans (a, b, &aa[i].due, &ab[i].due, 1))
      return FALSE;
  return TRUE;
}

/**
 * tlm_summary_text_same:
 *
 * Returns: whether a reader sees the same words in both; places and times may differ
 */
gboolean
tlm_summary_text_same (TlmSummary *a, TlmSummary *b)
{
  gsize nka, nkb, nta, ntb;
  const TlmSpan *ka = tlm_summary_get_keypoints (a, &nka), *kb = tlm_summary_get_keypoints (b, &nkb);
  const TlmSpan *ta = tlm_summary_get_tags (a, &nta), *tb = tlm_summary_get_tags (b, &ntb);
  const TlmSpan *title_a = tlm_summary_get_title (a), *title_b = tlm_summary_get_title (b);

  return nka == nkb && nta == ntb && (title_a == NULL) == (title_b == NULL)
         && tlm_summary_get_is_fallback (a) == tlm_summary_get_is_fallback (b)
         && (title_a == NULL || same_spans (a, b, title_a, title_b, 1))
         && same_spans (a, b, ka, kb, nka) && same_spans (a, b, ta, tb, nta) && same_actions (a, b);
}
