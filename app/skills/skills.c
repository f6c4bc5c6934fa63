/* SPDX-License-Identifier: Apache-2.0 */
/* The list of the skills, and what all of them need. */
#include "skills/skill.h"

/* On the development notes half of the units from .5 are key sentences, and a quarter of those from
 * .3 to .5. */
#define P_MEDIUM 0.30f
#define P_HIGH 0.50f

/* The gist is taken from the key points, so it comes behind them. */
static const TlmSkill *const skills[] = {
  &tlm_skill_title, &tlm_skill_keypoints, &tlm_skill_actions, &tlm_skill_tags, &tlm_skill_gist,
  &tlm_skill_ask,
};

const TlmSkill *const *
tlm_skills_list (gsize *n)
{
  *n = G_N_ELEMENTS (skills);
  return skills;
}

const TlmSkill *
tlm_skills_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (skills); i++)
    if (g_str_equal (skills[i]->name, name))
      return skills[i];
  return NULL;
}

TlmConfidence
tlm_confidence_from_p (float p)
{
  return p >= P_HIGH ? TLM_CONFIDENCE_HIGH : p >= P_MEDIUM ? TLM_CONFIDENCE_MEDIUM
                                                           : TLM_CONFIDENCE_LOW;
}

TlmSpan
tlm_skill_span (const TlmSkillNote *note, gsize start, gsize end, float p)
{
  TlmSpan span = { start + note->offset, end + note->offset, p, tlm_confidence_from_p (p) };

  if (start == end)
    span.start = span.end = 0;
  return span;
}
