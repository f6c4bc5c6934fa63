/* SPDX-License-Identifier: Apache-2.0 */
/* What the window says about a summary in words. Every sentence of the note stands as it is there;
 * only the headings around them are the program's. */
#include "summary-text.h"

#include "dates.h"

#include <glib/gi18n.h>
#include <string.h>

#define HASH_SHOWN 12 /* hex digits: 48 bits tell any two models of one person apart */

static void
append_slice (GString *out, const char *prefix, TlmSummary *summary, const TlmSpan *span)
{
  g_autofree char *slice = tlm_summary_dup_slice (summary, span);

  for (char *c = slice; *c != '\0'; c++)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
  g_string_append_printf (out, "%s%s\n", prefix, g_strstrip (slice));
}

/**
 * tlm_summary_text_dup_markdown:
 *
 * Returns: (transfer full): the summary as a Markdown text to paste elsewhere
 */
char *
tlm_summary_text_dup_markdown (TlmSummary *summary)
{
  GString *out = g_string_new (NULL);
  gsize n;
  const TlmSpan *keys, *tags;
  const TlmAction *actions;

  if (tlm_summary_get_title (summary) != NULL)
    append_slice (out, "# ", summary, tlm_summary_get_title (summary));
  keys = tlm_summary_get_keypoints (summary, &n);
  if (n > 0)
    g_string_append_printf (out, "\n## %s\n\n", tlm_summary_get_is_fallback (summary)
                                                   ? _("Longest sentences") : _("Key points"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- ", summary, &keys[i]);
  actions = tlm_summary_get_actions (summary, &n);
  if (n > 0)
    g_string_append_printf (out, "\n## %s\n\n", _("Action items"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- [ ] ", summary, &actions[i].sentence);
  tags = tlm_summary_get_tags (summary, &n);
  if (n > 0)
    g_string_append_printf (out, "\n## %s\n\n", _("Tags"));
  for (gsize i = 0; i < n; i++)
    append_slice (out, "- ", summary, &tags[i]);
  return g_string_free (out, FALSE);
}

/**
 * tlm_summary_text_dup_coverage:
 *
 * Returns: (transfer full): how much of the note was read, as a sentence
 */
char *
tlm_summary_text_dup_coverage (TlmSummary *summary)
{
  gsize n, read = 0;

  tlm_summary_get_units (summary, &n);
  for (gsize i = 0; i < n; i++)
    if (tlm_summary_get_unit_read (summary, i))
      read++;
  if (read == n)
    return g_strdup_printf (ngettext ("The whole note was read: %zu line or sentence.",
                                      "The whole note was read: %zu lines and sentences.",
                                      (gulong) n), n);
  return g_strdup_printf (ngettext ("%zu of %zu line or sentence was read.",
                                    "%zu of %zu lines and sentences were read.", (gulong) n),
                          read, n);
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
