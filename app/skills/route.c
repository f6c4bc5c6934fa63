/* SPDX-License-Identifier: Apache-2.0 */
/* Routing by rules. A message is an instruction, a text, or both: a short first or last paragraph
 * (or what stands before a first colon) that names a skill is the instruction, the rest is the
 * text. */
#include "skills/reply.h"

#include <string.h>

/* An instruction is one short sentence: longer paragraphs are text even if they say "summary". */
#define MAX_INSTRUCTION_WORDS 16
/* A text without an instruction is summarised from this length on; below it is small talk. */
#define MIN_TEXT_WORDS 40
/* After an instruction less is enough. */
#define MIN_ASKED_WORDS 6

static const struct
{
  const char *word; /* matched at the start of a word, in lower case */
  TlmIntent   intent;
} keywords[] = {
  { "title", TLM_INTENT_TITLE },       { "headline", TLM_INTENT_TITLE },
  { "heading", TLM_INTENT_TITLE },     { "subject", TLM_INTENT_TITLE },
  { "call this", TLM_INTENT_TITLE },   { "titel", TLM_INTENT_TITLE },
  { "überschrift", TLM_INTENT_TITLE }, { "tag", TLM_INTENT_TAGS },
  { "keyword", TLM_INTENT_TAGS },      { "hashtag", TLM_INTENT_TAGS },
  { "label", TLM_INTENT_TAGS },        { "schlagw", TLM_INTENT_TAGS },
  { "action", TLM_INTENT_ACTIONS },    { "to-do", TLM_INTENT_ACTIONS },
  { "todo", TLM_INTENT_ACTIONS },      { "to do", TLM_INTENT_ACTIONS },
  { "task", TLM_INTENT_ACTIONS },      { "deadline", TLM_INTENT_ACTIONS },
  { "follow-up", TLM_INTENT_ACTIONS }, { "aufgabe", TLM_INTENT_ACTIONS },
  { "summar", TLM_INTENT_SUMMARY },    { "key point", TLM_INTENT_SUMMARY },
  { "keypoint", TLM_INTENT_SUMMARY },  { "main point", TLM_INTENT_SUMMARY },
  { "important", TLM_INTENT_SUMMARY }, { "tl;dr", TLM_INTENT_SUMMARY },
  { "tldr", TLM_INTENT_SUMMARY },      { "gist", TLM_INTENT_SUMMARY },
  { "highlights", TLM_INTENT_SUMMARY }, { "zusammenfass", TLM_INTENT_SUMMARY },
  { "fass", TLM_INTENT_SUMMARY },      { "résum", TLM_INTENT_SUMMARY },
  { "resum", TLM_INTENT_SUMMARY },     { "essential", TLM_INTENT_SUMMARY },
};

static guint
count_words (const char *text,
             gsize       len)
{
  guint    n = 0;
  gboolean in_word = FALSE;

  for (const char *p = text; p < text + len; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean word = g_unichar_isalnum (c);

      /* A wide character (CJK) is about as much as a word. */
      n += word && (!in_word || g_unichar_iswide (c));
      in_word = word;
    }
  return n;
}

static gboolean
stands_at_word_start (const char *text,
                      const char *word)
{
  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    if (p == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (p))))
      return TRUE;
  return FALSE;
}

/* HELP when no skill is named. The first of the table wins, so the narrow skills come first. */
static TlmIntent
find_intent (const char *text,
             gsize       len)
{
  g_autofree char *lower = NULL;

  if (count_words (text, len) > MAX_INSTRUCTION_WORDS)
    return TLM_INTENT_HELP;
  lower = g_utf8_strdown (text, (gssize) len);
  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (stands_at_word_start (lower, keywords[i].word))
      return keywords[i].intent;
  return TLM_INTENT_HELP;
}

static gsize
find_break (const char *message,
            gsize       len)
{
  const char *blank = g_strstr_len (message, (gssize) len, "\n\n");
  const char *line = memchr (message, '\n', len);
  const char *colon = memchr (message, ':', len);
  const char *end = blank != NULL ? blank : line;

  if (colon != NULL && (end == NULL || colon < end))
    end = colon + 1;
  return end != NULL ? (gsize) (end - message) : len;
}

static gboolean
route_leading (const char *message,
               gsize       len,
               TlmRoute   *route)
{
  gsize split = find_break (message, len);

  route->intent = find_intent (message, split);
  if (route->intent == TLM_INTENT_HELP)
    return FALSE;
  route->start = split;
  route->end = len;
  return TRUE;
}

static gboolean
route_trailing (const char *message,
                gsize       len,
                TlmRoute   *route)
{
  const char *last = g_strrstr_len (message, (gssize) len, "\n");

  if (last == NULL)
    return FALSE;
  route->intent = find_intent (last, len - (gsize) (last - message));
  if (route->intent == TLM_INTENT_HELP)
    return FALSE;
  route->start = 0;
  route->end = (gsize) (last - message);
  return TRUE;
}

void
tlm_route_message (const char *message,
                   TlmRoute   *route)
{
  gsize len = strlen (message);

  if (!route_leading (message, len, route) && !route_trailing (message, len, route))
    {
      gboolean text = count_words (message, len) >= MIN_TEXT_WORDS;

      route->intent = text ? TLM_INTENT_SUMMARY : TLM_INTENT_HELP;
      route->start = 0;
      route->end = text ? len : 0;
    }
  while (route->start < route->end && g_ascii_isspace (message[route->start]))
    route->start++;
  if (count_words (message + route->start, route->end - route->start) < MIN_ASKED_WORDS)
    route->end = route->start;
}
