/* SPDX-License-Identifier: Apache-2.0 */
/* Action items: the sentence, who and until when, as the note says it and as days. */
#include "skills/skill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "notes/shown.h"

/* Likelier than not. On the development notes F1 is flat from .40 to .60. */
#define P_ACTION 0.50f

/* An open check box says itself that something is to be done, and a ticked one that nothing is. */
static gboolean
is_action (const tl_reading_unit *unit)
{
  if (!tl_unit_is_content (&unit->unit) || unit->unit.check == TL_CHECK_DONE)
    return FALSE;
  return unit->unit.check == TL_CHECK_OPEN || unit->p_action >= P_ACTION;
}

/* The reader may point at "Mai" where the sentence has "31. Mai": the day belongs to it. */
static gsize
find_date_start (const TlmSkillNote *note, const tl_reading_unit *unit)
{
  gsize start = unit->due.start, first = start;

  while (start > unit->unit.start && strchr ("0123456789. ", note->text[start - 1]) != NULL)
    if (g_ascii_isdigit (note->text[--start]))
      first = start;
  return first;
}

static void
read_due (const TlmSkillNote *note, const tl_reading_unit *unit, TlmDays *days)
{
  gsize start = find_date_start (note, unit);
  gssize len = (gssize) note->len;
  g_autofree char *before = tlm_shown_dup (note->text, len, unit->unit.start, start);
  g_autofree char *due = tlm_shown_dup (note->text, len, start, unit->due.end);
  g_autofree char *after = tlm_shown_dup (note->text, len, unit->due.end, unit->unit.end);

  tlm_days_parse_within (before, due, after, note->day, days);
}

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  GArray *sentences = g_array_new (FALSE, FALSE, sizeof (TlmSpan));

  parts->actions = g_array_new (FALSE, TRUE, sizeof (TlmAction));
  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      TlmAction              action = { 0 };

      if (!is_action (unit))
        continue;
      action.sentence = tlm_skill_span (note, unit->unit.start, unit->unit.end, unit->p_action);
      action.owner = tlm_skill_span (note, unit->owner.start, unit->owner.end, unit->owner.p);
      action.due = tlm_skill_span (note, unit->due.start, unit->due.end, unit->due.p);
      if (unit->due.end > unit->due.start)
        read_due (note, unit, &action.due_days);
      g_array_append_val (parts->actions, action);
      g_array_append_val (sentences, action.sentence);
    }
  return sentences;
}

const TlmSkill tlm_skill_actions = {
  .name = "actions",
  .description = N_("What is still to be done, by whom and until when"),
  .constraint = N_("Sentences of the note that are not ticked off; owner and due words stand in them"),
  .fallback = N_("Open check boxes only"),
  .card = "action items",
  .find = find,
};
