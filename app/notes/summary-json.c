/* SPDX-License-Identifier: Apache-2.0 */
/* A summary as JSON, on one line: the same bytes on every machine for the same summary. */
#include "summary-json.h"

#include "core/json.h"

static void
append_slice (GString       *out,
              TlmSummary    *summary,
              const TlmSpan *span)
{
  if (span->start == span->end)
    g_string_append (out, "null");
  else
    tlm_json_append_string (out, tlm_summary_get_text (summary) + span->start,
                            span->end - span->start);
}

void
tlm_summary_open_span (GString       *out,
                       TlmSummary    *summary,
                       const TlmSpan *span)
{
  g_string_append (out, "{\"text\": ");
  append_slice (out, summary, span);
  g_string_append_printf (out, ", \"start\": %" G_GSIZE_FORMAT ", \"end\": %" G_GSIZE_FORMAT,
                          span->start, span->end);
}

static void
append_separator (GString *out,
                  gsize    i)
{
  if (i > 0)
    g_string_append (out, ", ");
}

static void
append_keypoints (GString    *out,
                  TlmSummary *summary)
{
  gsize          n;
  const TlmSpan *spans = tlm_summary_get_keypoints (summary, &n);

  tlm_json_append_key (out, "keypoints");
  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      append_separator (out, i);
      tlm_summary_open_span (out, summary, &spans[i]);
      g_string_append (out, ", \"confidence\": ");
      tlm_json_append_number (out, spans[i].p, 4);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
append_days (GString       *out,
             const TlmDays *days)
{
  g_autofree char *text = tlm_days_dup_iso (days);

  g_string_append_printf (out, text != NULL ? ", \"due_date\": \"%s\"" : ", \"due_date\": null",
                          text);
}

void
tlm_summary_append_actions (GString    *out,
                            TlmSummary *summary,
                            const char *key)
{
  gsize            n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  tlm_json_append_key (out, key);
  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      append_separator (out, i);
      tlm_summary_open_span (out, summary, &actions[i].sentence);
      g_string_append (out, ", \"owner\": ");
      append_slice (out, summary, &actions[i].owner);
      g_string_append (out, ", \"due\": ");
      append_slice (out, summary, &actions[i].due);
      append_days (out, &actions[i].due_days);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
append_tags (GString    *out,
             TlmSummary *summary)
{
  gsize          n;
  const TlmSpan *tags = tlm_summary_get_tags (summary, &n);

  tlm_json_append_key (out, "tags");
  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      append_separator (out, i);
      tlm_summary_open_span (out, summary, &tags[i]);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
append_one (GString       *out,
            TlmSummary    *summary,
            const char    *key,
            const TlmSpan *span)
{
  tlm_json_append_key (out, key);
  if (span == NULL)
    {
      g_string_append (out, "null");
      return;
    }
  tlm_summary_open_span (out, summary, span);
  g_string_append_c (out, '}');
}

void
tlm_summary_append_result (GString    *out,
                           TlmSummary *summary)
{
  g_autofree char *day = tlm_day_dup_iso (tlm_summary_get_day (summary));

  append_one (out, summary, "title", tlm_summary_get_title (summary));
  append_keypoints (out, summary);
  tlm_summary_append_actions (out, summary, "actions");
  append_tags (out, summary);
  append_one (out, summary, "gist", tlm_summary_get_gist (summary));
  tlm_json_append_key (out, "day");
  if (tlm_day_is_set (tlm_summary_get_day (summary)))
    g_string_append_printf (out, "\"%s\"", day);
  else
    g_string_append (out, "null");
  tlm_json_append_key (out, "fallback");
  g_string_append (out, tlm_summary_get_is_fallback (summary) ? "true" : "false");
}

char *
tlm_summary_dup_result (TlmSummary *summary)
{
  GString *out = g_string_new ("{");

  tlm_summary_append_result (out, summary);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
