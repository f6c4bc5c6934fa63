/* SPDX-License-Identifier: Apache-2.0 */
/* A skill: one thing that is found in a note. Each is one object in a file of its own, listed in
 * skills.c; the summary, the command line and the score card take it from there. Any thread. */
#pragma once

#include "reader/reader.h"
#include "skills/front-matter.h"
#include "notes/summary-private.h"

G_BEGIN_DECLS

/* What a skill looks at. Spans of the reading count from @text, those of a summary from the note's
 * first byte: tlm_skill_span() moves them. */
typedef struct
{
  const char           *text; /* as it was read: behind the byte order mark and front matter */
  gsize                 len;
  gsize                 offset; /* of @text in the note */
  const tl_reading     *reading;
  const TlmFrontMatter *front;
  TlmDay                day; /* on which the note was written */
} TlmSkillNote;

typedef struct
{
  const char *name;        /* for --skill, receipts and tlm_summary_get_found() */
  const char *description; /* translatable: what it finds */
  const char *constraint;  /* translatable: what it can give, and nothing else */
  const char *fallback;    /* translatable: what it gives when the reader is not sure */
  const char *card;        /* its row among the verdicts of the model's card */
  /* Of TlmSpan, best first. Skills run in their order, so @parts holds what those before found; what
   * is more than spans goes there. (transfer full) */
  GArray *(*find) (const TlmSkillNote *note, TlmSummaryParts *parts);
  /* In place of find, of a skill that is asked and is no part of a summary; @note has no reading.
   * @answer: (out): start == end when there is none, and p is then the probability of that */
  gboolean (*answer) (const tl_reader *reader, const TlmSkillNote *note, const char *question,
                      TlmSpan *answer, GError **error);
} TlmSkill;

extern const TlmSkill tlm_skill_keypoints, tlm_skill_title, tlm_skill_actions, tlm_skill_tags,
  tlm_skill_gist, tlm_skill_ask;

const TlmSkill *const *tlm_skills_list (gsize *n);
const TlmSkill        *tlm_skills_find (const char *name); /* NULL for none of this name */

/* Where what is shown of an answer in @text begins: with the sentence before it where it speaks of "it". */
gsize         tlm_ask_find_begin (const char *text, const TlmSpan *answer);
TlmConfidence tlm_confidence_from_p (float p); /* the level under which a probability is shown */
TlmSpan       tlm_skill_span (const TlmSkillNote *note, gsize start, gsize end, float p);

G_END_DECLS
