/* SPDX-License-Identifier: Apache-2.0 */
/* Ask this note: the sentence that answers a question, or that the note does not say. */
#include "skills/skill.h"

#include "core/errors.h"
#include "reader/ask-train.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
answer (const tl_reader *reader, const TlmSkillNote *note, const char *question, TlmSpan *answer,
        GError **error)
{
  tl_error err = { 0 };
  tl_span  found;

  if (!tl_reader_ask (reader, note->text, note->len, question, strlen (question), &found, &err))
    return tlm_error_from_engine (error, &err);
  *answer = tlm_skill_span (note, found.start, found.end, found.p);
  return TRUE;
}

gsize
tlm_ask_find_begin (const char *text, const TlmSpan *answer)
{
  return tl_ask_find_begin (text, strlen (text), answer->start, answer->end);
}

const TlmSkill tlm_skill_ask = {
  .name = "ask",
  .description = N_("The sentence that answers a question"),
  .constraint = N_("One sentence of the note"),
  .fallback = N_("That the note does not say"),
  .card = "ask this note",
  .answer = answer,
};
