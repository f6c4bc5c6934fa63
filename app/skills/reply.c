/* SPDX-License-Identifier: Apache-2.0 */
/* Composes the assistant's own answers as Markdown. What comes from the person's text is quoted
 * from it and escaped, so that a star in a note is a star in the answer. */
#include "skills/reply.h"

#include "core/markdown.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
quote_span (TlmSummary    *summary,
            const TlmSpan *span)
{
  g_autofree char *shown = tlm_summary_dup_shown (summary, span);
  GString         *quoted = g_string_new (NULL);

  tlm_markdown_append_plain (quoted, shown, strlen (shown));
  return g_string_free (quoted, FALSE);
}

static void
append_keypoints (GString    *reply,
                  TlmSummary *summary)
{
  gsize          n;
  const TlmSpan *points = tlm_summary_get_keypoints (summary, &n);

  if (n == 0)
    {
      g_string_append (reply, _("I found no sentence here to point at."));
      return;
    }
  if (tlm_summary_get_is_fallback (summary))
    g_string_append (reply, ngettext ("Nothing stands out here. This is the longest sentence:",
                                      "Nothing stands out here. These are the longest sentences:",
                                      n));
  else
    g_string_append (reply, ngettext ("The key point:", "The key points:", n));
  g_string_append (reply, "\n\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = quote_span (summary, &points[i]);

      g_string_append_printf (reply, "- %s\n", text);
    }
}

static void
append_actions (GString    *reply,
                TlmSummary *summary)
{
  gsize            n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  if (n == 0)
    {
      g_string_append (reply, _("I found nothing in this text that is still to be done."));
      return;
    }
  g_string_append (reply, ngettext ("This is to be done:", "These are to be done:", n));
  g_string_append (reply, "\n\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = quote_span (summary, &actions[i].sentence);
      g_autofree char *owner = quote_span (summary, &actions[i].owner);
      g_autofree char *due = quote_span (summary, &actions[i].due);

      g_string_append_printf (reply, "- %s", text);
      if (*owner != '\0')
        /* Translators: who has to do it; %s is a name from the person's text */
        g_string_append_printf (reply, _(" — owner: **%s**"), owner);
      if (*due != '\0')
        /* Translators: until when; %s are words from the person's text, e.g. "by Friday" */
        g_string_append_printf (reply, _(" — due: **%s**"), due);
      g_string_append_c (reply, '\n');
    }
}

static void
append_tags (GString    *reply,
             TlmSummary *summary)
{
  gsize          n;
  const TlmSpan *tags = tlm_summary_get_tags (summary, &n);

  if (n == 0)
    {
      g_string_append (reply, _("I found no phrase in this text that would make a good tag."));
      return;
    }
  g_string_append (reply, ngettext ("A phrase of the text that fits as a tag:",
                                    "Phrases of the text that fit as tags:", n));
  g_string_append (reply, "\n\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *text = quote_span (summary, &tags[i]);

      g_string_append_printf (reply, "- %s\n", text);
    }
}

static void
append_title (GString    *reply,
              TlmSummary *summary)
{
  const TlmSpan   *title = tlm_summary_get_title (summary);
  g_autofree char *text = title != NULL ? quote_span (summary, title) : NULL;

  if (text == NULL)
    g_string_append (reply, _("I found no words in this text that would make a good title."));
  else
    /* Translators: %s are words of the person's text */
    g_string_append_printf (reply, _("A title in the text’s own words: **%s**"), text);
}

char *
tlm_reply_from_summary (TlmIntent   intent,
                        TlmSummary *summary)
{
  GString *reply = g_string_new (NULL);

  switch (intent)
    {
    case TLM_INTENT_TITLE:
      append_title (reply, summary);
      break;
    case TLM_INTENT_TAGS:
      append_tags (reply, summary);
      break;
    case TLM_INTENT_ACTIONS:
      append_actions (reply, summary);
      break;
    case TLM_INTENT_SUMMARY:
    case TLM_INTENT_HELP:
    case TLM_N_INTENTS:
      append_keypoints (reply, summary);
      break;
    }
  if (tlm_summary_get_is_of_unknown_script (summary))
    g_string_append_printf (reply, "\n\n*%s*",
                            _("The model never learned to read this script. Do not rely on what it "
                              "points at here."));
  else if (!tlm_summary_get_is_english (summary))
    g_string_append_printf (reply, "\n\n*%s*",
                            _("The model behind this learned mostly from English notes, and this "
                              "text seems to be in another language: look at it with more care."));
  return g_string_free (reply, FALSE);
}

char *
tlm_reply_help (void)
{
  return g_strdup (_("I am a small assistant that lives in this computer. I do not write or "
                     "converse; I read a text that you give me and point at what matters in it, "
                     "in its own words:\n\n"
                     "- **Summarize**: its key points\n"
                     "- **Title**: words of the text that name it\n"
                     "- **Action items**: what is to be done, by whom and until when\n"
                     "- **Tags**: phrases to file it under\n\n"
                     "Paste a text here and say in the line above it which of these you want. For "
                     "free conversation, add a larger model on the Models page."));
}

char *
tlm_reply_ask_for_text (TlmIntent intent)
{
  switch (intent)
    {
    case TLM_INTENT_TITLE:
      return g_strdup (_("I can look for a title. Paste the text behind your request, please."));
    case TLM_INTENT_TAGS:
      return g_strdup (_("I can look for tags. Paste the text behind your request, please."));
    case TLM_INTENT_ACTIONS:
      return g_strdup (_("I can look for action items. Paste the text behind your request, "
                         "please."));
    case TLM_INTENT_SUMMARY:
      return g_strdup (_("I can point at the key points. Paste the text behind your request, "
                         "please."));
    case TLM_INTENT_HELP:
    case TLM_N_INTENTS:
      break;
    }
  return tlm_reply_help ();
}

char *
tlm_reply_too_broad (gboolean risky)
{
  const char *more = risky
    ? _("A wrong answer could hurt here, so please ask a person who knows: a doctor, a lawyer, an "
        "adviser or, in an emergency, the emergency number.")
    : _("If you want to ask elsewhere, copy your text yourself: nothing is sent from here.");

  return g_strdup_printf ("%s\n\n%s",
                          _("This asks for wide knowledge or advice, and that is beyond the small "
                            "models in this computer: I would rather not answer than answer "
                            "badly."), more);
}

const char *
tlm_reply_caution (gboolean risky)
{
  return risky ? _("*This is beyond what small models know, and a wrong answer could hurt: do not "
                   "rely on what follows, ask a person who knows.*\n\n")
               : _("*This is beyond what small models know: check what follows.*\n\n");
}
