/* SPDX-License-Identifier: Apache-2.0 */
/* The title: the front matter's, else the first line's first words, which the reader's titles do not
 * beat (reader/name.c): a skill that does not beat the simplest thing is off. */
#include "skills/skill.h"

#include "reader/name.h"

#include <glib/gi18n-lib.h>

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  GArray *title = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  TlmSpan span = note->front->title;
  tl_span name;

  if (span.end == span.start && tl_reading_find_name (note->reading, note->text, &name))
    span = tlm_skill_span (note, name.start, name.end, name.p);
  return span.end > span.start ? g_array_append_val (title, span) : title;
}

const TlmSkill tlm_skill_title = {
  .name = "title",
  .description = N_("A name for the note"),
  .constraint = N_("The front matter’s title, or the first line’s first words"),
  .fallback = N_("None when the note holds only tables or code"),
  .card = "titles",
  .find = find,
};
