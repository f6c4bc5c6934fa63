/* SPDX-License-Identifier: Apache-2.0 */
/* What does a chat message ask for, and what does the assistant say? tlm_route_message() is the one
 * place that decides; rules today, and a trained head can take its place without another change. */
#pragma once

#include "notes/ask-notes.h"
#include "notes/summary.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_INTENT_HELP,    /* none of the skills: say what the assistant is for */
  TLM_INTENT_SUMMARY,
  TLM_INTENT_TITLE,
  TLM_INTENT_TAGS,
  TLM_INTENT_ACTIONS,
  TLM_N_INTENTS
} TlmIntent;

extern const char *const tlm_intent_names[TLM_N_INTENTS]; /* "", "summary", … */

/* HELP for a name that is none. */
TlmIntent tlm_intent_find (const char *name);

typedef struct
{
  TlmIntent intent;
  gsize     start, end; /* the text to work on, inside the message; equal when it holds none */
} TlmRoute;

/* @message: valid UTF-8. Any thread. */
void tlm_route_message (const char *message, TlmRoute *route);

/* As it, for a skill that was chosen and not asked for in words: what follows the first paragraph, or the
 * first colon, is the text. */
void tlm_route_to_skill (const char *message, TlmIntent intent, TlmRoute *route);

/* In reply-notes.c: Markdown, with links of the scheme "tinylm:". (transfer full) */
char *tlm_reply_from_notes (const TlmNotesAnswer *answer);

/* Markdown: the sentence at @answer of @text, or that it does not say. (transfer full) */
char *tlm_reply_from_text    (const char *text, const TlmSpan *answer);

/* Markdown. (transfer full) */
char *tlm_reply_from_summary (TlmIntent intent, TlmSummary *summary);
char *tlm_reply_help         (void);             /* what the assistant is for */
/* It asks for more than small models know. @risky: and a wrong answer could hurt */
char *tlm_reply_too_broad    (gboolean risky);
char *tlm_reply_ask_for_text (TlmIntent intent); /* a skill was asked for, but there is no text */

/* The paragraph before a model's answer to such a request. (transfer none) */
const char *tlm_reply_caution (gboolean risky);

G_END_DECLS
