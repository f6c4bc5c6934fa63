/* SPDX-License-Identifier: Apache-2.0 */
/* Three things add up as log-odds: that the sentence is key, which the reader gives; what it holds of the
 * question's words, weighed by how rare they are in the text; and what speaks for its part. */
#include "skills/points.h"

#include "core/errors.h"
#include "notes/question.h"
#include "reader/ask-train.h"
#include "reader/lexicon.h"
#include "reader/reader-internal.h"
#include "reader/words.h"
#include "skills/skill.h"

#include <math.h>
#include <string.h>

#define MAX_WORDS 16

#define MIN_P 1e-4f /* of a sentence, so that its log-odds are finite */
/* For one that holds all of the words. Of 0, 1 to 4 and 6 to 12, on one half of the broad questions, 6, 8 or 9
 * and 7 or 8 of 24 have a point that answers: it is not sensitive. */
#define PER_COVER 3.0

typedef struct
{
  guint32 stems[MAX_WORDS];
  double  weights[MAX_WORDS]; /* together 1 */
  guint   n;
} Matter;

static guint32
stem_of (const char *word,
         gsize       len)
{
  return tl_word_hash (word, tl_ask_stem (word, len));
}

/* The question's words without those of every text and those that frame it; each once. */
static void
matter_init (Matter     *matter,
             const char *question)
{
  gsize  len = strlen (question);
  size_t pos = 0, start;

  *matter = (Matter) { .n = 0 };
  while (matter->n < MAX_WORDS && tl_word_next (question, len, &pos, &start))
    {
      const char *word = question + start;
      guint32     stem = stem_of (word, pos - start);
      guint       same = 0;

      if (tl_lexicon_get_classes (tl_word_hash (word, pos - start)) & TL_WORD_STOP
          || tlm_question_is_frame (word, pos - start))
        continue;
      while (same < matter->n && matter->stems[same] != stem)
        same++;
      matter->stems[matter->n] = stem;
      matter->n += same == matter->n;
    }
}

/* @held: (out): [matter->n] whether the unit has each of the words */
static void
look (const Matter  *matter,
      const char    *text,
      const tl_unit *unit,
      gboolean      *held)
{
  gsize  len = unit->end - unit->start;
  size_t pos = 0, start;

  while (tl_word_next (text + unit->start, len, &pos, &start))
    for (guint i = 0; i < matter->n; i++)
      held[i] |= stem_of (text + unit->start + start, pos - start) == matter->stems[i];
}

/* (transfer full): of each unit, the share of the question's words that it holds */
static double *
cover_units (Matter           *matter,
             const char       *text,
             const tl_reading *reading)
{
  gsize   n = reading->n_units;
  double *cover = g_new0 (double, n + 1), total = 0;
  g_autofree gboolean *held = g_new0 (gboolean, (n + 1) * MAX_WORDS);

  for (gsize u = 0; u < n; u++)
    look (matter, text, &reading->units[u].unit, held + u * MAX_WORDS);
  for (guint i = 0; i < matter->n; i++)
    {
      gsize in = 0;

      for (gsize u = 0; u < n; u++)
        in += held[u * MAX_WORDS + i];
      matter->weights[i] = log ((1.0 + (double) n) / (0.5 + (double) in));
      total += matter->weights[i];
    }
  for (gsize u = 0; u < n; u++)
    for (guint i = 0; i < matter->n; i++)
      cover[u] += held[u * MAX_WORDS + i] ? matter->weights[i] / total : 0;
  return cover;
}

/* (transfer full): -INFINITY for what is no sentence */
static double *
score_units (const tl_reading  *reading,
             const double      *cover,
             const tl_ask_part *parts,
             gsize              n_parts)
{
  gsize   n = reading->n_units, part = 0;
  double *scores = g_new (double, n + 1);

  for (gsize u = 0; u < n; u++)
    {
      const tl_reading_unit *unit = &reading->units[u];
      float                  p = CLAMP (unit->p_key, MIN_P, 1.0f - MIN_P);

      while (part + 1 < n_parts && parts[part + 1].start <= unit->unit.start)
        part++;
      scores[u] = !tl_unit_is_content (&unit->unit)
                    ? -INFINITY
                    : log (p / (1.0f - p)) + PER_COVER * cover[u] + parts[part].prior;
    }
  return scores;
}

static GArray *
take_best (const tl_reading *reading,
           double           *scores)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  gsize   n_content = 0, max;

  for (gsize u = 0; u < reading->n_units; u++)
    n_content += isfinite (scores[u]);
  max = MIN ((n_content + 2) / 3, TLM_MAX_POINTS); /* of a short text a third, as of a summary */
  while (points->len < max)
    {
      const tl_reading_unit *unit;
      TlmSpan                span;
      gsize                  best = reading->n_units;

      for (gsize u = 0; u < reading->n_units; u++)
        if (isfinite (scores[u]) && (best == reading->n_units || scores[u] > scores[best]))
          best = u;
      if (best == reading->n_units)
        break;
      scores[best] = -INFINITY;
      unit = &reading->units[best];
      span = (TlmSpan) { .start = unit->unit.start, .end = unit->unit.end, .p = unit->p_key,
                         .confidence = tlm_confidence_from_p (unit->p_key) };
      g_array_append_val (points, span);
    }
  return points;
}

GArray *
tlm_points_find (const tl_reader   *reader,
                 const char        *text,
                 const char        *question,
                 const tl_ask_part *parts,
                 gsize              n_parts,
                 GError           **error)
{
  tl_error           err = { 0 };
  tl_reading        *reading = tl_reader_read (reader, text, strlen (text), NULL, NULL, &err);
  g_autofree double *cover = NULL, *scores = NULL;
  GArray            *points;
  Matter             matter;

  if (reading == NULL)
    {
      tlm_error_from_engine (error, &err);
      return NULL;
    }
  matter_init (&matter, question);
  cover = cover_units (&matter, text, reading);
  scores = score_units (reading, cover, parts, n_parts);
  points = take_best (reading, scores);
  tl_reading_free (reading);
  return points;
}
