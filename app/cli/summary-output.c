/* SPDX-License-Identifier: Apache-2.0 */
/* Both forms of a summary on standard output. */
#include "cli/summary-output.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal.h"
#include "export/export-summary.h"
#include "core/json.h"
#include "notes/summary-json.h"

/* ---- JSON ---- */

static void
append_receipt (GString    *out,
                TlmSummary *summary)
{
  const char *name = tlm_summary_get_model_name (summary);

  tlm_json_append_key (out, "model");
  g_string_append (out, "{\"name\": ");
  tlm_json_append_string (out, name, strlen (name));
  g_string_append_printf (out, ", \"sha256\": \"%s\"}", tlm_summary_get_model_sha256 (summary));
  tlm_json_append_key (out, "ms");
  g_string_append (out, "{\"load\": ");
  tlm_json_append_number (out, tlm_summary_get_load_ms (summary), 3);
  g_string_append (out, ", \"total\": ");
  tlm_json_append_number (out, tlm_summary_get_total_ms (summary), 3);
  g_string_append_c (out, '}');
}

static GString *
open_object (const char *name)
{
  GString *out = g_string_new ("{");

  tlm_json_append_key (out, "file");
  tlm_json_append_string (out, name, strlen (name));
  return out;
}

static void
print_object (GString *out)
{
  g_string_append (out, "}\n");
  fwrite (out->str, 1, out->len, stdout);
  fflush (stdout);
  g_string_free (out, TRUE);
}

void
tlm_summary_print_json (TlmSummary *summary,
                        const char *name,
                        const char *decoded_from)
{
  GString *out = open_object (name);

  tlm_summary_append_result (out, summary);
  append_receipt (out, summary);
  if (decoded_from != NULL)
    {
      tlm_json_append_key (out, "decoded_from");
      tlm_json_append_string (out, decoded_from, strlen (decoded_from));
    }
  print_object (out);
}

void
tlm_summary_print_error (const char *name,
                         const char *message)
{
  GString *out = open_object (name);

  tlm_json_append_key (out, "error");
  tlm_json_append_string (out, message, strlen (message));
  print_object (out);
}

/* The action items have more than their sentences to say. */
void
tlm_summary_append_found (GString    *out,
                          TlmSummary *summary,
                          const char *skill)
{
  gsize          n;
  const TlmSpan *spans = tlm_summary_get_found (summary, skill, &n);

  if (g_str_equal (skill, "actions"))
    {
      tlm_summary_append_actions (out, summary, "found");
      return;
    }
  tlm_json_append_key (out, "found");
  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      tlm_summary_open_span (out, summary, &spans[i]);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
print_skill_json (TlmSummary *summary,
                  const char *name,
                  const char *skill)
{
  GString *out = open_object (name);

  tlm_json_append_key (out, "skill");
  tlm_json_append_string (out, skill, strlen (skill));
  tlm_summary_append_found (out, summary, skill);
  print_object (out);
}

void
tlm_summary_print_skill (TlmSummary *summary,
                         const char *name,
                         const char *skill,
                         gboolean    json)
{
  gsize            n;
  const TlmSpan   *spans;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  if (json)
    {
      print_skill_json (summary, name, skill);
      return;
    }
  if (g_str_equal (skill, "actions"))
    {
      for (gsize i = 0; i < n; i++)
        {
          g_autofree char *line = tlm_action_dup_line (summary, &actions[i]);

          g_print ("%s\n", line);
        }
      return;
    }
  spans = tlm_summary_get_found (summary, skill, &n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = tlm_summary_dup_shown (summary, &spans[i]);

      g_print ("%s\n", text);
    }
}

/* ---- text ---- */

/* A mark and not colour alone tells how sure the reader is. */
static const char *
get_mark (TlmConfidence confidence)
{
  switch (confidence)
    {
    case TLM_CONFIDENCE_HIGH:
      return "  ● ";
    case TLM_CONFIDENCE_MEDIUM:
      return "  ◐ ";
    case TLM_CONFIDENCE_LOW:
      return "  ○ ";
    }
  return "  ";
}

static void
print_heading (const TlmTerminal *terminal,
               const char        *text)
{
  fputs ("\n", stdout);
  tlm_terminal_print (terminal, TLM_STYLE_HEADING, "", 0, text);
}

static void
print_title (const TlmTerminal *terminal,
             TlmSummary        *summary)
{
  const TlmSpan   *title = tlm_summary_get_title (summary);
  g_autofree char *text = NULL;

  if (title == NULL)
    return;
  text = tlm_summary_dup_shown (summary, title);
  tlm_terminal_print (terminal, TLM_STYLE_STRONG, "", 0, text);
}

static void
print_keypoints (const TlmTerminal *terminal,
                 TlmSummary        *summary)
{
  gsize          n;
  const TlmSpan *spans = tlm_summary_get_keypoints (summary, &n);

  if (n == 0)
    return;
  print_heading (terminal, tlm_summary_get_is_fallback (summary)
                             ? _("Nothing stands out; the longest sentences")
                             : _("Key points"));
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = tlm_summary_dup_shown (summary, &spans[i]);

      tlm_terminal_print (terminal, TLM_STYLE_PLAIN, get_mark (spans[i].confidence), 4, text);
    }
}

static void
print_action (const TlmTerminal *terminal,
              TlmSummary        *summary,
              const TlmAction   *action)
{
  g_autofree char   *text = tlm_summary_dup_shown (summary, &action->sentence);
  g_autofree char   *owner = tlm_summary_dup_shown (summary, &action->owner);
  g_autofree char   *due = tlm_summary_dup_shown (summary, &action->due);
  g_autofree char   *days = tlm_days_dup_iso (&action->due_days);
  g_autoptr (GString) details = g_string_new (NULL);

  tlm_terminal_print (terminal, TLM_STYLE_PLAIN, "  ☐ ", 4, text);
  if (*owner != '\0')
    /* Translators: who has to do it */
    g_string_append_printf (details, _("owner: %s"), owner);
  if (*owner != '\0' && *due != '\0')
    g_string_append (details, " · ");
  if (*due != '\0')
    /* Translators: until when it has to be done */
    g_string_append_printf (details, _("due: %s"), due);
  if (days != NULL)
    g_string_append_printf (details, " (%s)", days);
  if (details->len > 0)
    tlm_terminal_print (terminal, TLM_STYLE_FAINT, "    ", 4, details->str);
}

static void
print_actions (const TlmTerminal *terminal,
               TlmSummary        *summary)
{
  gsize            n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  if (n == 0)
    return;
  print_heading (terminal, _("To do"));
  for (gsize i = 0; i < n; i++)
    print_action (terminal, summary, &actions[i]);
}

static void
print_tags (const TlmTerminal *terminal,
            TlmSummary        *summary)
{
  gsize               n;
  const TlmSpan      *tags = tlm_summary_get_tags (summary, &n);
  g_autoptr (GString) line = g_string_new (NULL);

  if (n == 0)
    return;
  print_heading (terminal, _("Tags"));
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = tlm_summary_dup_shown (summary, &tags[i]);

      g_string_append_printf (line, "%s%s", i > 0 ? " · " : "", text);
    }
  tlm_terminal_print (terminal, TLM_STYLE_PLAIN, "  ", 2, line->str);
}

static void
print_receipt (const TlmTerminal *terminal,
               TlmSummary        *summary)
{
  /* Translators: the first %s is a model's name, the second the beginning of its checksum */
  g_autofree char *line = g_strdup_printf (_("Every line is taken from the note, none is written. "
                                             "%s (%.12s), %.0f ms"),
                                           tlm_summary_get_model_name (summary),
                                           tlm_summary_get_model_sha256 (summary),
                                           tlm_summary_get_total_ms (summary));

  fputs ("\n", stdout);
  if (tlm_summary_get_is_of_unknown_script (summary))
    tlm_terminal_print (terminal, TLM_STYLE_FAINT, "", 0,
                        _("The model never learned to read this script. Do not rely on what it "
                          "points at here."));
  else if (!tlm_summary_get_is_english (summary))
    tlm_terminal_print (terminal, TLM_STYLE_FAINT, "", 0,
                        _("This note seems not to be in English, from which the model mostly "
                          "learned: look at the result with more care."));
  tlm_terminal_print (terminal, TLM_STYLE_FAINT, "", 0, line);
}

void
tlm_summary_print_markdown (TlmSummary *summary)
{
  g_autofree char *text = tlm_summary_dup_markdown (summary);

  g_print ("%s\n", text);
}

void
tlm_summary_print_text (TlmSummary *summary,
                        const char *name)
{
  TlmTerminal terminal;

  tlm_terminal_init (&terminal);
  if (name != NULL)
    tlm_terminal_print (&terminal, TLM_STYLE_FAINT, "", 0, name);
  print_title (&terminal, summary);
  print_keypoints (&terminal, summary);
  print_actions (&terminal, summary);
  print_tags (&terminal, summary);
  print_receipt (&terminal, summary);
  if (name != NULL)
    fputs ("\n", stdout);
}
