/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a summary as Markdown: every line is the note's, only the headings are the program's. */
#include "export-summary.h"

#include "core/words.h"

#include <glib/gi18n-lib.h>

char *
tlm_action_dup_line (TlmSummary *summary, const TlmAction *action)
{
  g_autofree char *sentence = tlm_summary_dup_shown (summary, &action->sentence);
  g_autofree char *owner = tlm_summary_dup_shown (summary, &action->owner);
  g_autofree char *due = tlm_summary_dup_shown (summary, &action->due);
  g_autofree char *days = tlm_days_dup_iso (&action->due_days);

  return tlm_words_remark (sentence, owner, days != NULL ? days : due);
}

static void
append_heading (GString *out, const char *heading)
{
  g_string_append_printf (out, "%s## %s\n\n", out->len > 0 ? "\n" : "", heading);
}

static void
append_spans (GString *out, TlmSummary *summary, const TlmSpan *spans, gsize n, const char *heading)
{
  if (n > 0)
    append_heading (out, heading);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = tlm_summary_dup_shown (summary, &spans[i]);

      g_string_append_printf (out, "- %s\n", text);
    }
}

static void
append_actions (GString *out, TlmSummary *summary)
{
  gsize            n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  if (n > 0)
    append_heading (out, _("Action items"));
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *line = tlm_action_dup_line (summary, &actions[i]);

      g_string_append_printf (out, "- [ ] %s\n", line);
    }
}

char *
tlm_summary_dup_markdown (TlmSummary *summary)
{
  GString         *out = g_string_new (NULL);
  const TlmSpan   *spans = tlm_summary_get_title (summary);
  g_autofree char *title = spans != NULL ? tlm_summary_dup_shown (summary, spans) : NULL;
  gsize            n;

  if (title != NULL)
    g_string_append_printf (out, "# %s\n", title);
  spans = tlm_summary_get_keypoints (summary, &n);
  append_spans (out, summary, spans, n, tlm_summary_get_is_fallback (summary)
                                          ? _("Longest sentences") : _("Key points"));
  append_actions (out, summary);
  spans = tlm_summary_get_tags (summary, &n);
  append_spans (out, summary, spans, n, _("Tags"));
  return g_string_free (out, FALSE);
}
