/* SPDX-License-Identifier: Apache-2.0 */
/* The title: the front matter's, else the first line's first words. The reader's titles are no surer
 * than these on the development notes (see its card), and a skill that does not beat the simplest
 * thing is off. */
#include "skills/skill.h"

#include "reader/link.h"
#include "reader/words.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#define MAX_WORDS 8 /* people give titles of 3 to 8 words */

static gboolean
names_a_note (const tl_unit *unit)
{
  return unit->kind != TL_UNIT_FRONT_MATTER && unit->kind != TL_UNIT_TABLE
         && unit->kind != TL_UNIT_CODE;
}

static gsize
get_words_end (const TlmSkillNote *note, const tl_unit *unit)
{
  gsize len = unit->end - unit->start, end = 0, start;
  char *read = tl_links_dup_covered (note->text + unit->start, len, NULL);

  for (int n = 0; read != NULL && n < MAX_WORDS && tl_word_next (read, len, &end, &start); n++)
    ;
  free (read);
  return unit->start + end;
}

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  GArray *title = g_array_new (FALSE, FALSE, sizeof (TlmSpan));

  if (note->front->title.end > note->front->title.start)
    return g_array_append_val (title, note->front->title);
  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_unit *unit = &note->reading->units[i].unit;
      TlmSpan        span;

      if (!names_a_note (unit))
        continue;
      span = tlm_skill_span (note, unit->start, get_words_end (note, unit), 0.0f);
      return span.end > span.start ? g_array_append_val (title, span) : title;
    }
  return title;
}

const TlmSkill tlm_skill_title = {
  .name = "title",
  .description = N_("A name for the note"),
  .constraint = N_("The front matter’s title, or the first line’s first words"),
  .fallback = N_("None when the note holds only tables or code"),
  .card = "titles",
  .find = find,
};
