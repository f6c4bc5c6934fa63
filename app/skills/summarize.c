/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the skills over a reading and says of each unit what became of it. Everything stays a span of
 * the note. */
#include "skills/summarize.h"

#include "skills/language.h"
#include "skills/skill.h"

static gboolean
overlaps (const GArray *spans,
          const TlmSpan *unit)
{
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const TlmSpan *span = &g_array_index (spans, TlmSpan, i);

      if (span->start < unit->end && unit->start < span->end)
        return TRUE;
    }
  return FALSE;
}

static TlmUnitUse
get_use (const tl_reading_unit *unit,
         const TlmSpan         *span,
         const TlmSummaryParts *parts)
{
  if (!tl_unit_is_content (&unit->unit))
    return TLM_UNIT_SKIPPED;
  if (overlaps (tlm_summary_parts_get_found (parts, "keypoints"), span)
      || overlaps (tlm_summary_parts_get_found (parts, "actions"), span))
    return TLM_UNIT_USED;
  return TLM_UNIT_READ;
}

static void
add_unit (TlmSummaryParts *parts,
          TlmSpan          span,
          TlmUnitUse       use)
{
  g_array_append_val (parts->units, span);
  g_array_append_val (parts->uses, use);
}

static void
list_units (const TlmSkillNote *note,
            TlmSummaryParts    *parts)
{
  parts->units = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  parts->uses = g_array_new (FALSE, FALSE, sizeof (TlmUnitUse));
  if (note->front->end > note->front->start)
    add_unit (parts, (TlmSpan) { .start = note->front->start, .end = note->front->end },
              TLM_UNIT_SKIPPED);
  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      TlmSpan span = tlm_skill_span (note, unit->unit.start, unit->unit.end, unit->p_key);

      add_unit (parts, span, get_use (unit, &span, parts));
    }
}

static void
run_skills (const TlmSkillNote *note,
            TlmSummaryParts    *parts)
{
  gsize                  n;
  const TlmSkill *const *skills = tlm_skills_list (&n);

  for (gsize i = 0; i < n; i++)
    if (skills[i]->find != NULL)
      tlm_summary_parts_add_found (parts, skills[i]->name, skills[i]->find (note, parts));
}

TlmSummary *
tlm_skill_summarize (const char           *text,
                     gsize                 len,
                     const TlmFrontMatter *front,
                     TlmDay                day,
                     const tl_reading     *reading,
                     const char           *model_name,
                     const char           *model_sha256,
                     double                load_ms,
                     double                total_ms)
{
  TlmSkillNote    note = { text + front->end, len - front->end, front->end, reading, front, day };
  TlmSummaryParts parts = { .text = g_strndup (text, len), .day = day };

  run_skills (&note, &parts);
  list_units (&note, &parts);
  parts.is_english = tlm_text_is_english (note.text, note.len);
  parts.is_of_unknown_script = tlm_text_is_of_unknown_script (note.text, note.len);
  parts.model_name = g_strdup (model_name);
  parts.model_sha256 = g_strdup (model_sha256);
  parts.load_ms = load_ms;
  parts.total_ms = total_ms;
  return tlm_summary_new (&parts);
}
