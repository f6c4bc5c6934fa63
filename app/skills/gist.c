/* SPDX-License-Identifier: Apache-2.0 */
/* The gist: the one sentence to read when one reads one. */
#include "skills/skill.h"

#include <glib/gi18n-lib.h>

#define MAX_CHARS 200 /* two lines of a page; a longer sentence is no gist while there is another */

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  GArray *keypoints = tlm_summary_parts_get_found (parts, "keypoints");
  GArray *gist = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  TlmSpan best;

  if (parts->is_fallback || keypoints == NULL || keypoints->len == 0)
    return gist;
  best = g_array_index (keypoints, TlmSpan, 0);
  for (guint i = 0; i < keypoints->len; i++)
    {
      const TlmSpan *span = &g_array_index (keypoints, TlmSpan, i);

      if (g_utf8_strlen (parts->text + span->start, (gssize) (span->end - span->start)) > MAX_CHARS)
        continue;
      best = *span;
      break;
    }
  return g_array_append_val (gist, best);
}

const TlmSkill tlm_skill_gist = {
  .name = "gist",
  .description = N_("The one sentence that says most"),
  .constraint = N_("A key point of the note"),
  .fallback = N_("None when nothing stands out"),
  .card = "key sentences",
  .find = find,
};
