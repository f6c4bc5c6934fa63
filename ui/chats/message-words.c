/* SPDX-License-Identifier: Apache-2.0 */
/* Which tool answers, in how long and why, or what it waits for. */
#include "message-words.h"

#include "common/dates.h"
#include "core/words.h"

#include <glib/gi18n.h>
#include <string.h>

/* Answers of older versions name their model by its file, or a specialist with its checksum in
 * brackets, and what was left out stands behind a comma. (nullable) */
static const char *
find_comma (const char *route, const char *comma)
{
  const char *place = strstr (route, comma);
  g_autofree char *tool = place != NULL ? g_strndup (route, (gsize) (place - route)) : NULL;

  return tool != NULL && (g_str_has_suffix (tool, ".gguf") || g_str_has_suffix (tool, "…)"))
           ? place : NULL;
}

/* What follows the tool's name in @route on lines of its own (a message that was left out) follows
 * the time too. */
static char *
dup_answered (const char *route, const char *time)
{
  g_autofree char *comma = tlm_words_join ((const char *[]){ "", "", NULL });
  const char *place = strchr (route, '\n');
  const char *end = place != NULL ? place : find_comma (route, comma);
  g_autofree char *tool = end != NULL ? g_strndup (route, (gsize) (end - route)) : g_strdup (route);
  g_autoptr (GString) answered = g_string_new (NULL);

  /* Translators: which model gave an answer, and in how long. */
  g_string_printf (answered, _("Answered by %s in %s"), tool, time);
  g_string_append (answered, end != NULL ? end : "");
  g_string_replace (answered, "\n", comma, 0);
  return g_strdup (answered->str);
}

/**
 * tlm_message_words_dup_tool:
 * @message: an answer
 *
 * Which tool gave it and in how long; "code" is the name that rules without a model go by.
 *
 * Returns: (transfer full): "" where that is not known
 */
char *
tlm_message_words_dup_tool (TlmMessage *message)
{
  const char *route = tlm_message_get_route (message);
  g_autofree char *time = tlm_dates_dup_duration (tlm_message_get_elapsed_ms (message));

  if (route == NULL || *route == '\0')
    return g_strdup ("");
  if (g_str_equal (route, "code") && !g_str_equal (tlm_message_get_tool (message), "large")
      && !g_str_equal (tlm_message_get_tool (message), "small")) /* so may a model be called */
    /* Translators: which tool gave an answer, and in how long. */
    return g_strdup_printf (_("Answered by built-in rules in %s"), time);
  return dup_answered (route, time);
}

/* Which tool, in how long, and why. */
static char *
dup_route (TlmMessage *message)
{
  g_autofree char *route = tlm_message_words_dup_tool (message);
  const char *why = tlm_message_get_why (message);

  return *route != '\0' && *why != '\0' ? g_strdup_printf ("%s · %s", route, why)
                                        : g_steal_pointer (&route);
}

static char *
dup_progress (guint n_ahead)
{
  if (n_ahead == 0)
    return g_strdup (_("Answering…"));
  /* Translators: the model answers in other chats first. */
  return g_strdup_printf (ngettext ("Waiting for %u other answer…", "Waiting for %u other answers…",
                                    n_ahead), n_ahead);
}

/**
 * tlm_message_words_dup_state:
 * @message: any
 *
 * Returns: (transfer full): the line under it
 */
char *
tlm_message_words_dup_state (TlmMessage *message)
{
  g_autofree char *route = dup_route (message);

  switch (tlm_message_get_state (message))
    {
    case TLM_MESSAGE_STREAMING:
      return dup_progress (tlm_message_get_n_ahead (message));
    case TLM_MESSAGE_STOPPED:
      /* Translators: under an answer that the person has stopped; then which tool gave it. */
      return *route != '\0' ? g_strdup_printf (_("Stopped · %s"), route) : g_strdup (_("Stopped"));
    case TLM_MESSAGE_DONE:
      return g_steal_pointer (&route);
    case TLM_MESSAGE_FAILED:
      return g_strdup (""); /* nobody has answered; the error says why */
    }
  g_assert_not_reached ();
}
