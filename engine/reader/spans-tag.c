/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate tags: phrases of one to three words without a mark inside and without a stop word at
 * either end. A phrase that stands in several places is one candidate, shown as it stands first. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAG_MAX_WORDS 3
#define TAG_MAX_CANDIDATES 2048

/* Sums over all places of a phrase. */
typedef struct
{
  uint64_t hash;
  uint32_t count, n_units, last_unit, n_upper, n_after_stop, n_before_stop, n_edge;
  bool     in_heading, in_first_lines, speaker;
  float    key_max, key_sum, action_max;
} phrase;

typedef struct
{
  phrase   *items; /* beside the candidates */
  uint32_t *table;
  size_t    mask;
} phrases;

static bool
phrases_init (phrases *p)
{
  p->mask = 4 * TAG_MAX_CANDIDATES - 1;
  p->items = calloc (TAG_MAX_CANDIDATES, sizeof *p->items);
  p->table = malloc ((p->mask + 1) * sizeof *p->table);
  if (p->table != NULL)
    memset (p->table, 0xff, (p->mask + 1) * sizeof *p->table);
  return p->items != NULL && p->table != NULL;
}

static void
phrases_clear (phrases *p)
{
  free (p->items);
  free (p->table);
}

static uint64_t
phrase_hash (const tl_span_view *v, size_t first, size_t last)
{
  uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, 64 bits, over the words' hashes */

  for (size_t w = first; w < last; w++)
    h = (h ^ v->note->words[w].hash) * 0x100000001b3u;
  return h;
}

/* The place of the phrase in the list; a new one gets a candidate. NULL: no room. */
static phrase *
phrases_find (phrases *p, const tl_span_view *v, size_t unit, size_t first, size_t last,
              tl_candidates *c)
{
  uint64_t hash = phrase_hash (v, first, last);
  size_t i = (hash ^ (hash >> 32)) & p->mask;

  while (p->table[i] != UINT32_MAX && p->items[p->table[i]].hash != hash)
    i = (i + 1) & p->mask;
  if (p->table[i] == UINT32_MAX)
    {
      if (c->n == TAG_MAX_CANDIDATES || tl_candidates_add (c, v, unit, first, last) == NULL)
        return NULL;
      p->table[i] = (uint32_t) (c->n - 1);
      p->items[c->n - 1] = (phrase){ .hash = hash, .last_unit = UINT32_MAX };
    }
  return &p->items[p->table[i]];
}

static bool
is_stop (const tl_span_view *v, size_t w)
{
  return (v->note->words[w].classes & TL_WORD_STOP) != 0;
}

static void
count_place (const tl_span_view *v, phrase *p, size_t unit, size_t first, size_t last)
{
  const tl_note *note = v->note;
  bool opens = v->gaps[first] == TL_GAP_EDGE || v->gaps[first] == TL_GAP_STOP;
  bool closes = last == note->unit_words[unit + 1];

  p->count++;
  if (p->last_unit != unit)
    {
      p->n_units++;
      p->last_unit = (uint32_t) unit;
      p->key_max = fmaxf (p->key_max, v->p_key[unit]);
      p->key_sum += v->p_key[unit];
      p->action_max = fmaxf (p->action_max, v->p_action[unit]);
    }
  p->n_upper += (note->words[first].shape & TL_SHAPE_UPPER) != 0 && !opens;
  p->n_after_stop += !opens && is_stop (v, first - 1);
  p->n_before_stop += !closes && is_stop (v, last);
  p->n_edge += opens;
  p->in_heading |= note->units[unit].kind == TL_UNIT_HEADING;
  p->in_first_lines |= unit < 2;
  p->speaker |= opens && tl_span_gap_after (v, last - 1) == TL_GAP_COLON;
}

static void
describe_places (const tl_span_view *v, const phrase *p, const tl_candidate *c, float *x)
{
  float count = (float) p->count;
  float n_units = (float) v->note->n_units;

  x[0] = logf (count);
  x[1] = count > 1.0f;
  x[2] = count > 2.0f;
  x[3] = (float) p->n_units / n_units * 3.0f;
  x[4] = (float) p->n_upper / count;
  x[5] = (float) p->n_after_stop / count;
  x[6] = (float) p->n_before_stop / count;
  x[7] = (float) p->n_edge / count;
  x[8] = p->in_heading;
  x[9] = p->in_first_lines;
  x[10] = p->speaker;
  x[11] = p->key_max;
  x[12] = p->key_sum / 2.0f;
  x[13] = p->key_sum / (float) p->n_units;
  x[14] = p->action_max;
  x[15] = expf (-(float) c->unit / 4.0f);
  x[16] = (float) c->unit / n_units;
  x[17] = log1pf (n_units) / 4.0f;
  x[18] = count * log1pf (200.0f / n_units) / 10.0f;
}

static void
describe_words (const tl_span_view *v, const phrase *p, const tl_candidate *c, float *x)
{
  const tl_word *words = v->note->words;
  float n = (float) (c->last - c->first);
  float tf_max = 0.0f, tf_min = 1e9f, rare = 0.0f, rare_max = 0.0f;

  for (size_t w = c->first; w < c->last; w++)
    {
      const tl_span_word *e = &v->entries[v->entry_of[w]];

      tf_max = fmaxf (tf_max, (float) e->count);
      tf_min = fminf (tf_min, (float) e->count);
      rare += v->rarity[w] / n;
      rare_max = fmaxf (rare_max, v->rarity[w]);
      x[0] += (words[w].shape & TL_SHAPE_UPPER) != 0 ? 1.0f / n : 0.0f;
      x[1] += (words[w].shape & TL_SHAPE_DIGIT) != 0;
      x[2] += (v->time[w] & (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_RELATIVE)) != 0;
      x[3] += (words[w].classes & (TL_WORD_ACT | TL_WORD_DONE | TL_WORD_DUTY)) != 0;
      x[4] += (words[w].classes & (TL_WORD_PRONOUN | TL_WORD_SELF)) != 0;
      x[5] += (words[w].shape & TL_SHAPE_CAPS) != 0;
      x[6] += (words[w].classes & (TL_WORD_HEDGE | TL_WORD_REVERSE | TL_WORD_NEGATE)) != 0;
      x[7] += (v->time[w] & TL_TIME_UNIT) != 0;
      x[8] += (words[w].classes & TL_WORD_NUMBER) != 0;
    }
  x[9] = logf (tf_max);
  x[10] = logf (tf_min);
  x[11] = tf_max > 0.0f ? (float) p->count / tf_max : 0.0f; /* mostly together? */
  x[12] = rare;
  x[13] = rare_max;
  x[14] = n == 1.0f;
  x[15] = n == 2.0f;
  x[16] = n == 3.0f;
  x[17] = (float) (c->end - c->start) / 20.0f;
  x[18] = c->end - c->start <= 3;
  x[19] = rare * logf (1.0f + (float) p->count);
  x[20] = tl_span_gap_after (v, c->last - 1) == TL_GAP_SPACE;
  x[21] = v->gaps[c->first] == TL_GAP_SPACE;
}

/* Words of a phrase count alone (1, 2) and as its first and last word (3, 4). */
static void
hash_words (const tl_span_view *v, tl_candidate *c)
{
  const tl_word *words = v->note->words;
  const uint32_t *bounds = v->note->unit_words;
  size_t n = c->last - c->first;

  tl_candidate_hash (c, n == 1 ? 1 : 3, words[c->first].hash);
  tl_candidate_hash (c, n == 1 ? 2 : 4, tl_span_suffix (v, c->first));
  if (n > 1)
    {
      tl_candidate_hash (c, 5, words[c->last - 1].hash);
      tl_candidate_hash (c, 6, tl_span_suffix (v, c->last - 1));
    }
  tl_candidate_hash (c, 7, c->first > bounds[c->unit] ? words[c->first - 1].hash : 0);
  tl_candidate_hash (c, 8, c->last < bounds[c->unit + 1] ? words[c->last].hash : 0);
}

static void
add_from (const tl_span_view *v, size_t unit, size_t first, phrases *p, tl_candidates *c)
{
  size_t end = v->note->unit_words[unit + 1];

  for (size_t last = first + 1; last <= end && last - first <= TAG_MAX_WORDS; last++)
    {
      phrase *found;

      if (last - first > 1 && v->gaps[last - 1] != TL_GAP_SPACE)
        return;
      if (is_stop (v, last - 1))
        continue;
      found = phrases_find (p, v, unit, first, last, c);
      if (found != NULL)
        count_place (v, found, unit, first, last);
    }
}

void
tl_span_tags (const tl_span_view *v, tl_candidates *c)
{
  phrases p;

  if (!phrases_init (&p))
    c->failed = true;
  for (size_t u = 0; u < v->note->n_units && !c->failed; u++)
    if (v->note->units[u].kind <= TL_UNIT_LABEL)
      for (size_t w = v->note->unit_words[u]; w < v->note->unit_words[u + 1]; w++)
        if (!is_stop (v, w))
          add_from (v, u, w, &p, c);
  for (size_t i = 0; i < c->n && !c->failed; i++)
    {
      describe_places (v, &p.items[i], &c->items[i], c->items[i].x);       /* 19 */
      describe_words (v, &p.items[i], &c->items[i], c->items[i].x + 19);   /* 22 */
      c->items[i].x[TL_SPAN_N_FEATURES - 1] = 1.0f; /* each tag stands alone, so it needs a bias */
      hash_words (v, &c->items[i]);
    }
  phrases_clear (&p);
}
