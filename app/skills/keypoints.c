/* SPDX-License-Identifier: Apache-2.0 */
/* Key points: the sentences that the reader holds for key, or the longest ones under that name.
 * Counts follow how the training notes were labelled. */
#include "skills/skill.h"

#include <glib/gi18n-lib.h>

#define MAX_KEYPOINTS 5
/* One unit in nine is a key sentence (development notes: 234 of 2,147), so .15 is more than chance:
 * what is below is not shown beside something better. */
#define P_SHOWN 0.15f

static gsize
count_content (const tl_reading *reading)
{
  gsize n = 0;

  for (gsize i = 0; i < reading->n_units; i++)
    n += tl_unit_is_content (&reading->units[i].unit);
  return n;
}

/* People mark 3 sentences in a note of 12 and 4 to 5 in one of 30 (means over the training notes);
 * in a very short one a third, so that a summary is worth its name. */
static gsize
get_max_keypoints (gsize n_content)
{
  return CLAMP ((n_content + 2) / 3, 1, n_content < 15 ? 3 : n_content < 30 ? 4 : MAX_KEYPOINTS);
}

static gboolean
stands_out (const tl_reading *reading)
{
  for (gsize i = 0; i < reading->n_units; i++)
    if (reading->units[i].p_key >= P_SHOWN)
      return TRUE;
  return FALSE;
}

/* All that the reader chose and that is not clearly below the rest. */
static GArray *
choose_keypoints (const TlmSkillNote *note,
                  gsize       max)
{
  GArray *keypoints = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  gsize   chosen[MAX_KEYPOINTS];
  gsize   n = tl_reading_choose_keys (note->reading, note->text, max, chosen);

  for (gsize i = 0; i < n; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[chosen[i]];
      TlmSpan                span = tlm_skill_span (note, unit->unit.start, unit->unit.end, unit->p_key);

      if (i == 0 || unit->p_key >= P_SHOWN)
        g_array_append_val (keypoints, span);
    }
  return keypoints;
}

static gsize
get_length (const tl_reading_unit *unit)
{
  return unit->unit.end - unit->unit.start;
}

/* The longest sentence that is not chosen yet and still fits. */
static const tl_reading_unit *
find_longest (const TlmSkillNote *note,
              GArray     *chosen,
              gsize       room)
{
  const tl_reading_unit *best = NULL;

  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      gboolean               taken = FALSE;

      for (guint j = 0; j < chosen->len; j++)
        taken |= g_array_index (chosen, TlmSpan, j).start == unit->unit.start + note->offset;
      if (!taken && tl_unit_is_content (&unit->unit) && get_length (unit) <= room
          && (best == NULL || get_length (unit) > get_length (best)))
        best = unit;
    }
  return best;
}

/* Nothing stands out: the longest sentences, a baseline that is hard to beat and says what it is.
 * Together at most half the note, unless it is one sentence. */
static GArray *
choose_longest (const TlmSkillNote *note,
                gsize       max)
{
  GArray *keypoints = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  gsize   room = note->len / 2;

  while (keypoints->len < max)
    {
      const tl_reading_unit *unit = find_longest (note, keypoints, keypoints->len == 0 ? note->len
                                                                                      : room);
      TlmSpan                span;

      if (unit == NULL)
        break;
      span = tlm_skill_span (note, unit->unit.start, unit->unit.end, unit->p_key);
      g_array_append_val (keypoints, span);
      room -= MIN (room, get_length (unit));
    }
  return keypoints;
}

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  gsize max = get_max_keypoints (count_content (note->reading));

  parts->is_fallback = !stands_out (note->reading);
  return parts->is_fallback ? choose_longest (note, max) : choose_keypoints (note, max);
}

const TlmSkill tlm_skill_keypoints = {
  .name = "keypoints",
  .description = N_("The sentences that matter most"),
  .constraint = N_("Sentences of the note, together at most half of it"),
  .fallback = N_("The longest sentences, and it says so"),
  .card = "key sentences",
  .find = find,
};
