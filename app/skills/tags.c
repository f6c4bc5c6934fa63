/* SPDX-License-Identifier: Apache-2.0 */
/* Tags: those of the front matter first, which a person chose, then phrases of the note. */
#include "skills/skill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TAGS 5
#define P_TAG 0.10f

static gboolean
has_tag (const GArray *tags, const char *text, const TlmSpan *tag)
{
  g_autofree char *folded = g_utf8_casefold (text + tag->start, (gssize) (tag->end - tag->start));

  for (guint i = 0; i < tags->len; i++)
    {
      const TlmSpan   *other = &g_array_index (tags, TlmSpan, i);
      g_autofree char *it = g_utf8_casefold (text + other->start,
                                             (gssize) (other->end - other->start));

      if (g_str_equal (it, folded))
        return TRUE;
    }
  return FALSE;
}

static GArray *
find (const TlmSkillNote *note, TlmSummaryParts *parts)
{
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (TlmSpan));

  for (gsize i = 0; i < note->front->n_tags; i++)
    {
      TlmSpan tag = note->front->tags[i];

      if (!has_tag (tags, parts->text, &tag))
        g_array_append_val (tags, tag);
    }
  for (gsize i = 0; i < note->reading->n_tags && tags->len < MAX_TAGS; i++)
    {
      const tl_span *found = &note->reading->tags[i];
      TlmSpan        tag = tlm_skill_span (note, found->start, found->end, found->p);

      if (found->p >= P_TAG && !has_tag (tags, parts->text, &tag))
        g_array_append_val (tags, tag);
    }
  return tags;
}

const TlmSkill tlm_skill_tags = {
  .name = "tags",
  .description = N_("Phrases that name what the note is about"),
  .constraint = N_("Phrases of the note, and the tags of its front matter"),
  /* Translators: no tag: the reader is not sure of any. */
  .fallback = N_("None"),
  .card = "tags",
  .find = find,
};
