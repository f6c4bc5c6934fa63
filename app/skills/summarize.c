/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses key points, action items, title and tags out of a reading. Everything stays a span of the
 * note. Counts follow how the training notes were labelled; thresholds are stated beside each. */
#include "skills/summarize.h"

#include "reader/words.h"
#include "skills/language.h"
#include "summary-private.h"

#define MAX_KEYPOINTS 5
#define MAX_TAGS 5
#define MAX_TITLE_WORDS 8 /* people give titles of 3 to 8 words */
/* One unit in nine is a key sentence (development notes: 234 of 2,147), so .15 is more than chance:
 * what is below is not shown beside something better. */
#define P_SHOWN 0.15f
/* On the development notes half of the units from .5 are key sentences, and a quarter of those from
 * .3 to .5. */
#define P_MEDIUM 0.30f
#define P_HIGH 0.50f
/* Likelier than not. On the development notes F1 is flat from .40 to .60. */
#define P_ACTION 0.50f
#define P_TAG 0.10f

typedef struct
{
  const char       *text; /* as it was read: behind the byte order mark */
  gsize             len;
  gsize             bom;
  const tl_reading *reading;
} Note;

TlmConfidence
tlm_confidence_from_p (float p)
{
  return p >= P_HIGH ? TLM_CONFIDENCE_HIGH : p >= P_MEDIUM ? TLM_CONFIDENCE_MEDIUM
                                                           : TLM_CONFIDENCE_LOW;
}

static TlmSpan
make_span (const Note *note,
           gsize       start,
           gsize       end,
           float       p)
{
  TlmSpan span = { start + note->bom, end + note->bom, p, tlm_confidence_from_p (p) };

  if (start == end)
    span.start = span.end = 0;
  return span;
}

static TlmSpan
make_unit_span (const Note    *note,
                const tl_unit *unit,
                float          p)
{
  return make_span (note, unit->start, unit->end, p);
}

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
choose_keypoints (const Note *note,
                  gsize       max)
{
  GArray *keypoints = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  gsize   chosen[MAX_KEYPOINTS];
  gsize   n = tl_reading_choose_keys (note->reading, note->text, max, chosen);

  for (gsize i = 0; i < n; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[chosen[i]];
      TlmSpan                span = make_unit_span (note, &unit->unit, unit->p_key);

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
find_longest (const Note *note,
              GArray     *chosen,
              gsize       room)
{
  const tl_reading_unit *best = NULL;

  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      gboolean               taken = FALSE;

      for (guint j = 0; j < chosen->len; j++)
        taken |= g_array_index (chosen, TlmSpan, j).start == unit->unit.start + note->bom;
      if (!taken && tl_unit_is_content (&unit->unit) && get_length (unit) <= room
          && (best == NULL || get_length (unit) > get_length (best)))
        best = unit;
    }
  return best;
}

/* Nothing stands out: the longest sentences, a baseline that is hard to beat and says what it is.
 * Together at most half the note, unless it is one sentence. */
static GArray *
choose_longest (const Note *note,
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
      span = make_unit_span (note, &unit->unit, unit->p_key);
      g_array_append_val (keypoints, span);
      room -= MIN (room, get_length (unit));
    }
  return keypoints;
}

/* An open check box says itself that something is to be done, and a ticked one that nothing is. */
static gboolean
is_action (const tl_reading_unit *unit)
{
  if (!tl_unit_is_content (&unit->unit) || unit->unit.check == TL_CHECK_DONE)
    return FALSE;
  return unit->unit.check == TL_CHECK_OPEN || unit->p_action >= P_ACTION;
}

static GArray *
choose_actions (const Note *note)
{
  GArray *actions = g_array_new (FALSE, FALSE, sizeof (TlmAction));

  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      TlmAction              action;

      if (!is_action (unit))
        continue;
      action.sentence = make_unit_span (note, &unit->unit, unit->p_action);
      action.owner = make_span (note, unit->owner.start, unit->owner.end, unit->owner.p);
      action.due = make_span (note, unit->due.start, unit->due.end, unit->due.p);
      g_array_append_val (actions, action);
    }
  return actions;
}

static GArray *
choose_tags (const Note *note)
{
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (TlmSpan));

  for (gsize i = 0; i < note->reading->n_tags && tags->len < MAX_TAGS; i++)
    {
      const tl_span *tag = &note->reading->tags[i];
      TlmSpan        span = make_span (note, tag->start, tag->end, tag->p);

      if (tag->p >= P_TAG)
        g_array_append_val (tags, span);
    }
  return tags;
}

static void
list_units (const Note      *note,
            TlmSummaryParts *parts)
{
  parts->units = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  parts->units_read = g_array_new (FALSE, FALSE, sizeof (gboolean));
  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_reading_unit *unit = &note->reading->units[i];
      TlmSpan                span = make_unit_span (note, &unit->unit, unit->p_key);
      gboolean               read = unit->read;

      g_array_append_val (parts->units, span);
      g_array_append_val (parts->units_read, read);
    }
}

/* The first line's first words. The reader's titles are no surer than these on the development notes
 * (see its card), and a skill that does not beat the simplest thing is off. */
static gboolean
choose_title (const Note *note,
              TlmSpan    *title)
{
  for (gsize i = 0; i < note->reading->n_units; i++)
    {
      const tl_unit *unit = &note->reading->units[i].unit;
      gsize          len = unit->end - unit->start, end = 0, start;

      if (unit->kind == TL_UNIT_FRONT_MATTER || unit->kind == TL_UNIT_TABLE
          || unit->kind == TL_UNIT_CODE)
        continue;
      for (int n = 0; n < MAX_TITLE_WORDS
                      && tl_word_next (note->text + unit->start, len, &end, &start); n++)
        ;
      *title = make_span (note, unit->start, unit->start + end, 0.0f);
      return end > 0;
    }
  return FALSE;
}

TlmSummary *
tlm_skill_summarize (const char       *text,
                     gsize             len,
                     gsize             bom,
                     const tl_reading *reading,
                     const char       *model_name,
                     const char       *model_sha256,
                     double            load_ms,
                     double            total_ms)
{
  Note            note = { text + bom, len - bom, bom, reading };
  gsize           max = get_max_keypoints (count_content (reading));
  TlmSummaryParts parts = { .text = g_strndup (text, len) };

  parts.is_fallback = !stands_out (reading);
  parts.keypoints = parts.is_fallback ? choose_longest (&note, max) : choose_keypoints (&note, max);
  parts.actions = choose_actions (&note);
  parts.tags = choose_tags (&note);
  list_units (&note, &parts);
  parts.has_title = choose_title (&note, &parts.title);
  parts.is_english = tlm_text_is_english (note.text, note.len);
  parts.model_name = g_strdup (model_name);
  parts.model_sha256 = g_strdup (model_sha256);
  parts.load_ms = load_ms;
  parts.total_ms = total_ms;
  return tlm_summary_new (&parts);
}
