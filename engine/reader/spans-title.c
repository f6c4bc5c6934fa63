/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate titles: runs of two to nine words of one line that neither begin nor end in a word that
 * leans on what is missing, end where a phrase may, and do not run over the end of a sentence. */
#include "reader/spans-internal.h"

#include <math.h>

#define TITLE_MIN_WORDS 2
#define TITLE_MAX_WORDS 9
#define TITLE_MAX_CANDIDATES 4096 /* about 1.3 MB; a page has some 1,200 */

static bool
may_begin (const tl_span_view *v, size_t w)
{
  const tl_word *word = &v->note->words[w];
  uint8_t gap = v->gaps[w];

  if (!(word->classes & TL_WORD_STOP))
    return true;
  /* "No fines", "The old pump" may open a title where they open the line. */
  return gap == TL_GAP_EDGE || gap == TL_GAP_STOP || gap == TL_GAP_COLON
         || (word->classes & (TL_WORD_NEGATE | TL_WORD_NUMBER)) != 0;
}

/* A title ends where a phrase may: at a mark, or before a word that begins something else (a stop
 * word, a verb of the lexicon, a time, a number). "w/" and initials end nothing. */
static bool
may_end (const tl_span_view *v, size_t w)
{
  const tl_word *word = &v->note->words[w], *next = word + 1;
  uint8_t after = tl_span_gap_after (v, w);

  if (after == TL_GAP_EDGE)
    return true;
  if ((word->classes & TL_WORD_STOP) != 0
      || (word->end - word->start == 1 && !(word->shape & TL_SHAPE_DIGIT)))
    return false;
  return after != TL_GAP_SPACE
         || (next->classes & (TL_WORD_STOP | TL_WORD_DONE | TL_WORD_DUTY)) != 0
         || (next->shape & TL_SHAPE_DIGIT) != 0 || v->time[w + 1] != 0;
}

/* No half of a pair of brackets. */
static bool
is_balanced (const char *s, size_t len)
{
  int depth = 0;

  for (size_t i = 0; i < len && depth >= 0; i++)
    depth += (s[i] == '(') - (s[i] == ')');
  return depth == 0;
}

typedef struct
{
  float content, stop, upper, digit, time, pronoun, rare_sum, rare_max, tf_sum, tf_max, spread_sum,
    heading, first_lines, key, verbs, commas, colons, dashes, repeats;
} title_sums;

static void
sum_word (const tl_span_view *v, size_t w, bool inside, title_sums *s)
{
  const tl_word *word = &v->note->words[w];
  const tl_span_word *e = &v->entries[v->entry_of[w]];

  s->upper += (word->shape & TL_SHAPE_UPPER) != 0;
  s->digit += (word->shape & TL_SHAPE_DIGIT) != 0;
  s->time += (v->time[w] & (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_RELATIVE)) != 0;
  s->pronoun += (word->classes & (TL_WORD_PRONOUN | TL_WORD_SELF)) != 0;
  if (inside)
    {
      s->commas += v->gaps[w] == TL_GAP_COMMA;
      s->colons += v->gaps[w] == TL_GAP_COLON;
      s->dashes += v->gaps[w] >= TL_GAP_DASH;
    }
  if (word->classes & TL_WORD_STOP)
    {
      s->stop += 1.0f;
      return;
    }
  s->content += 1.0f;
  s->rare_sum += v->rarity[w];
  s->rare_max = fmaxf (s->rare_max, v->rarity[w]);
  s->tf_sum += logf ((float) e->count);
  s->tf_max = fmaxf (s->tf_max, logf ((float) e->count));
  s->spread_sum += (float) e->n_units / (float) (v->note->n_units + 1);
  s->repeats += e->n_units > 1;
  s->heading += e->in_heading;
  s->first_lines += e->in_first_lines;
  s->key += e->key_sum / (0.5f + v->p_key[v->unit_of[w]]);
  s->verbs += (word->classes & (TL_WORD_ACT | TL_WORD_DONE | TL_WORD_DUTY)) != 0;
}

static void
describe_place (const tl_span_view *v, tl_candidate *c, float *x)
{
  const tl_note *note = v->note;
  const tl_unit *unit = &note->units[c->unit];
  size_t begin = note->unit_words[c->unit], end = note->unit_words[c->unit + 1];

  x[0] = unit->kind == TL_UNIT_HEADING;
  x[1] = unit->kind == TL_UNIT_HEADING && unit->level <= 1;
  x[2] = unit->kind == TL_UNIT_LABEL;
  x[3] = unit->kind == TL_UNIT_BULLET;
  x[4] = c->unit == 0;
  x[5] = c->unit == 1;
  x[6] = c->unit == v->first_content;
  x[7] = expf (-(float) c->unit / 3.0f);
  x[8] = (float) c->unit / (float) note->n_units;
  x[9] = c->first == begin;
  x[10] = c->last == end;
  x[11] = c->first == begin && c->last == end;
  x[12] = fminf ((float) (c->first - begin) / 10.0f, 2.0f);
  x[13] = fminf ((float) (end - begin) / 20.0f, 2.0f);
  x[14] = c->first == begin && c->unit == 0;
}

static void
describe_edges (const tl_span_view *v, tl_candidate *c, float *x)
{
  const tl_note *note = v->note;
  const tl_word *first = &note->words[c->first], *last = &note->words[c->last - 1];
  uint8_t before = v->gaps[c->first], after = tl_span_gap_after (v, c->last - 1);

  x[0] = before == TL_GAP_EDGE || before == TL_GAP_STOP;
  x[1] = before == TL_GAP_COMMA;
  x[2] = before == TL_GAP_COLON;
  x[3] = before == TL_GAP_DASH;
  x[4] = after == TL_GAP_EDGE || after == TL_GAP_STOP;
  x[5] = after == TL_GAP_COMMA;
  x[6] = after == TL_GAP_COLON;
  x[7] = after == TL_GAP_DASH || after == TL_GAP_PAREN;
  x[8] = (first->shape & TL_SHAPE_UPPER) != 0;
  x[9] = (first->classes & TL_WORD_STOP) != 0;
  x[10] = (last->classes & TL_WORD_STOP) != 0;
  x[11] = v->time[c->last - 1] != 0;
  x[12] = c->first > note->unit_words[c->unit]
          && (note->words[c->first - 1].classes & TL_WORD_STOP) != 0;
  x[13] = c->last < note->unit_words[c->unit + 1]
          && (note->words[c->last].classes & TL_WORD_STOP) != 0;
}

static void
describe_words (const title_sums *s, size_t n_words, float *x)
{
  float n = (float) n_words, content = fmaxf (s->content, 1.0f);

  x[0] = s->content / 5.0f;
  x[1] = s->stop / n;
  x[2] = s->upper / n;
  x[3] = fminf (s->digit, 2.0f);
  x[4] = s->time;
  x[5] = s->pronoun;
  x[6] = s->rare_sum / content;
  x[7] = s->rare_max;
  x[8] = s->tf_sum / content;
  x[9] = s->tf_sum / 4.0f;
  x[10] = s->tf_max;
  x[11] = s->spread_sum * 2.0f;
  x[12] = s->heading / content;
  x[13] = s->first_lines / content;
  x[14] = s->key / content / 4.0f;
  x[15] = s->verbs;
  x[16] = s->commas;
  x[17] = s->colons;
  x[18] = s->dashes;
  x[19] = s->repeats / content;
  x[20] = s->heading / 3.0f;
}

static void
describe_unit (const tl_span_view *v, const tl_candidate *c, float *x)
{
  x[0] = v->p_key[c->unit] * 2.0f;
  x[1] = v->key_rank[c->unit];
  x[2] = v->p_action[c->unit];
}

static void
hash_words (const tl_span_view *v, tl_candidate *c)
{
  const tl_word *words = v->note->words;
  const uint32_t *bounds = v->note->unit_words;
  uint32_t n = c->last - c->first;

  tl_candidate_hash (c, 1, words[c->first].hash);
  tl_candidate_hash (c, 2, words[c->last - 1].hash);
  tl_candidate_hash (c, 3, c->first > bounds[c->unit] ? words[c->first - 1].hash : 0);
  tl_candidate_hash (c, 4, c->last < bounds[c->unit + 1] ? words[c->last].hash : 0);
  tl_candidate_hash (c, 5, tl_span_suffix (v, c->first));
  tl_candidate_hash (c, 6, tl_span_suffix (v, c->last - 1));
  tl_candidate_hash (c, 7,
                     (uint32_t) (v->gaps[c->first] * 16 + tl_span_gap_after (v, c->last - 1)));
  tl_candidate_hash (c, 8, n);
  for (uint32_t w = c->first; w < c->last; w++)
    tl_candidate_hash (c, 9, words[w].hash);
}

static void
describe (const tl_span_view *v, tl_candidate *c)
{
  title_sums s = { 0 };
  size_t n = c->last - c->first;

  for (size_t w = c->first; w < c->last; w++)
    sum_word (v, w, w > c->first, &s);
  describe_place (v, c, c->x);          /* 15 */
  describe_edges (v, c, c->x + 15);     /* 14 */
  describe_words (&s, n, c->x + 29);    /* 21 */
  describe_unit (v, c, c->x + 50);      /* 3 */
  for (size_t i = 0; i < 8; i++)        /* how long, as steps: 2, 3, ... 9 */
    c->x[53 + i] = n >= i + TITLE_MIN_WORDS;
  c->x[61] = s.content == 0.0f;
  hash_words (v, c);
}

static void
add_from (const tl_span_view *v, size_t unit, size_t first, tl_candidates *c)
{
  size_t end = v->note->unit_words[unit + 1];

  for (size_t last = first + 1; last <= end && last - first <= TITLE_MAX_WORDS; last++)
    {
      tl_candidate *item;

      if (last - first > 1 && v->gaps[last - 1] == TL_GAP_STOP)
        return;
      if (last - first < TITLE_MIN_WORDS || !may_end (v, last - 1))
        continue;
      if (!is_balanced (v->note->text + v->note->words[first].start,
                        v->note->words[last - 1].end - v->note->words[first].start))
        continue;
      item = tl_candidates_add (c, v, unit, first, last);
      if (item == NULL)
        return;
      describe (v, item);
    }
}

/* In a long note the openings and the sentences that matter most come first; the rest fills what
 * room there is. */
static bool
unit_matters (const tl_span_view *v, size_t unit)
{
  const tl_unit *u = &v->note->units[unit];

  return unit < 16 || u->kind == TL_UNIT_HEADING || v->key_rank[unit] > 0.1f;
}

void
tl_span_titles (const tl_span_view *v, tl_candidates *c)
{
  for (int pass = 0; pass < 2; pass++)
    for (size_t u = 0; u < v->note->n_units; u++)
      {
        if (unit_matters (v, u) != (pass == 0) || v->note->units[u].kind > TL_UNIT_LABEL)
          continue;
        for (size_t w = v->note->unit_words[u]; w < v->note->unit_words[u + 1]; w++)
          if (c->n < TITLE_MAX_CANDIDATES && !c->failed && may_begin (v, w))
            add_from (v, u, w, c);
      }
}
