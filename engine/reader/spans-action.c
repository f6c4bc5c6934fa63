/* SPDX-License-Identifier: Apache-2.0 */
/* Candidate owners and due words of one unit that may be an action. An owner is a name, a pronoun
 * or whoever opens the line; due words are a run around words that tell time, or a clause that
 * "before", "once" and their like open. "None" is the first candidate of either kind. */
#include "reader/spans-internal.h"

#include <math.h>

#include "reader/words.h"

#define OWNER_MAX_WORDS 5
#define DUE_MAX_WORDS 9
#define UNIT_MAX_CANDIDATES 256

#define TIME_CORE \
  (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_RELATIVE | TL_TIME_UNIT | TL_TIME_FEAST | TL_TIME_NUMBER)
#define TIME_OPENS (TL_TIME_DEADLINE | TL_TIME_AT | TL_TIME_WHICH | TL_TIME_CLAUSE)

typedef struct
{
  size_t begin, end; /* words of the unit */
} unit_words;

static unit_words
words_of (const tl_span_view *v, size_t unit)
{
  return (unit_words){ v->note->unit_words[unit], v->note->unit_words[unit + 1] };
}

static bool
has_shape (const tl_span_view *v, size_t w, unsigned shape)
{
  return (v->note->words[w].shape & shape) != 0;
}

static bool
has_class (const tl_span_view *v, size_t w, unsigned classes)
{
  return (v->note->words[w].classes & classes) != 0;
}

static bool
is_name (const tl_span_view *v, size_t w)
{
  return has_shape (v, w, TL_SHAPE_UPPER) || has_class (v, w, TL_WORD_SELF);
}

static uint32_t
hash_at (const tl_span_view *v, unit_words u, size_t w)
{
  return w >= u.begin && w < u.end ? v->note->words[w].hash : 0;
}

/* How the unit looks to a candidate that is not there. */
static void
describe_none (const tl_span_view *v, size_t unit, tl_candidate *c)
{
  unit_words u = words_of (v, unit);
  float upper = 0.0f, time = 0.0f, self = 0.0f;

  for (size_t w = u.begin; w < u.end; w++)
    {
      upper += w > u.begin && has_shape (v, w, TL_SHAPE_UPPER) && v->gaps[w] != TL_GAP_STOP;
      time += (v->time[w]
               & (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_RELATIVE | TL_TIME_DEADLINE)) != 0;
      self += has_class (v, w, TL_WORD_SELF);
    }
  c->x[0] = 1.0f;
  c->x[1] = fminf (upper, 3.0f);
  c->x[2] = fminf (time, 3.0f);
  c->x[3] = fminf (self, 2.0f);
  c->x[4] = v->note->units[unit].check == TL_CHECK_OPEN;
  c->x[5] = v->note->units[unit].kind == TL_UNIT_BULLET;
  c->x[6] = fminf ((float) (u.end - u.begin) / 20.0f, 2.0f);
  if (u.begin == u.end)
    return;
  c->x[7] = has_class (v, u.begin, TL_WORD_ACT);
  c->x[8] = has_shape (v, u.begin, TL_SHAPE_UPPER);
  c->x[9] = tl_span_gap_after (v, u.begin) == TL_GAP_COLON;
  c->x[10] = (float) (v->entries[v->entry_of[u.begin]].n_upper > 0);
  tl_candidate_hash (c, 20, hash_at (v, u, u.begin));
  tl_candidate_hash (c, 21, hash_at (v, u, u.begin + 1));
  tl_candidate_hash (c, 22, tl_span_suffix (v, u.begin));
}

/* Whether a small letter stands for it elsewhere, it is met as a speaker, and so on. */
static void
describe_owner_word (const tl_span_view *v, size_t w, float *x)
{
  const tl_span_word *e = &v->entries[v->entry_of[w]];
  float count = (float) e->count;

  x[0] = (float) e->n_upper / count;
  x[1] = (float) (e->n_upper + e->n_owner) / count;
  x[2] = (float) e->n_speaker;
  x[3] = logf (count);
  x[4] = has_shape (v, w, TL_SHAPE_UPPER);
  x[5] = has_shape (v, w, TL_SHAPE_CAPS);
  x[6] = has_class (v, w, TL_WORD_SELF);
  x[7] = has_class (v, w, TL_WORD_PRONOUN);
  x[8] = has_class (v, w, TL_WORD_ACT);
  x[9] = has_class (v, w, TL_WORD_STOP);
  x[10] = v->time[w] != 0;
  x[11] = v->rarity[w];
  x[12] = e->n_upper > 0 && e->n_upper + e->n_owner == e->count;
  x[13] = has_shape (v, w, TL_SHAPE_DIGIT);
}

static void
describe_owner (const tl_span_view *v, tl_candidate *c)
{
  unit_words u = words_of (v, c->unit);
  uint8_t before = v->gaps[c->first], after = tl_span_gap_after (v, c->last - 1);
  float *x = c->x + 16;

  describe_owner_word (v, c->first, x);
  x[14] = (float) (c->last - c->first) - 1.0f;
  x[15] = c->first == u.begin;
  x[16] = c->first == u.begin && after == TL_GAP_COLON;
  x[17] = before == TL_GAP_AT;
  x[18] = before == TL_GAP_PAREN;
  x[19] = before == TL_GAP_DASH;
  x[20] = before == TL_GAP_STOP || before == TL_GAP_COMMA || before == TL_GAP_COLON;
  x[21] = after == TL_GAP_PAREN;
  x[22] = c->last == u.end;
  x[23] = c->last < u.end && has_class (v, c->last, TL_WORD_DUTY | TL_WORD_ACT);
  x[24] = c->first > u.begin && has_class (v, c->first - 1, TL_WORD_STOP);
  x[25] = c->first > u.begin && has_class (v, c->first - 1, TL_WORD_ACT);
  x[26] = fminf ((float) (c->first - u.begin) / 6.0f, 3.0f);
  x[27] = c->last < u.end && has_shape (v, c->last, TL_SHAPE_UPPER) && after == TL_GAP_SPACE;
  x[28] = c->first == u.begin + 1 && v->gaps[c->first] == TL_GAP_COLON;
  x[29] = c->first > u.begin && has_shape (v, c->first - 1, TL_SHAPE_UPPER)
          && before == TL_GAP_SPACE;
  x[30] = has_shape (v, c->last - 1, TL_SHAPE_UPPER);
  x[31] = c->last - c->first > 1 && has_class (v, c->last - 1, TL_WORD_ACT | TL_WORD_DUTY);
  x[32] = c->last < u.end && v->gaps[c->last] == TL_GAP_DASH && is_name (v, c->last);
  tl_candidate_hash (c, 1, hash_at (v, u, c->first));
  tl_candidate_hash (c, 2, hash_at (v, u, c->first - 1));
  tl_candidate_hash (c, 3, hash_at (v, u, c->last));
  tl_candidate_hash (c, 4, c->last < u.end ? tl_span_suffix (v, c->last) : 0);
  tl_candidate_hash (c, 5, (uint32_t) (before * 16 + after));
  tl_candidate_hash (c, 6, tl_span_suffix (v, c->last - 1));
  tl_candidate_hash (c, 7, hash_at (v, u, c->last + 1));
  tl_candidate_hash (c, 8, c->first == u.begin ? 1 : hash_at (v, u, u.begin));
}

static bool
may_own (const tl_span_view *v, size_t first, size_t begin)
{
  const tl_span_word *e = &v->entries[v->entry_of[first]];

  return v->gaps[first] != TL_GAP_SPACE || is_name (v, first)
         || has_class (v, first, TL_WORD_PRONOUN)
         || e->n_upper > 0 || e->n_speaker > 0
         /* "the night turn": an article opened the clause */
         || (first > begin && v->gaps[first - 1] != TL_GAP_SPACE
             && has_class (v, first - 1, TL_WORD_STOP));
}

/* Whether an owner that reaches from @first may go on to end with the word @w: by another name,
 * joined or not ("Haruki + Tiago", "Akosua and I", "Mr Haldane"), or as up to three plain words
 * that open a clause ("the head teacher"). */
static bool
owner_goes_on (const tl_span_view *v, size_t first, size_t w)
{
  bool opens = v->gaps[first] != TL_GAP_SPACE
               || (w > 0 && first > 0 && has_class (v, first - 1, TL_WORD_STOP));

  if (is_name (v, w) && (v->gaps[w] == TL_GAP_SPACE || v->gaps[w] == TL_GAP_DASH))
    return is_name (v, w - 1) || (w - first >= 2 && is_name (v, w - 2)) || opens;
  return opens && w - first < 3 && v->gaps[w] == TL_GAP_SPACE;
}

void
tl_span_owners (const tl_span_view *v, size_t unit, tl_candidates *c)
{
  unit_words u = words_of (v, unit);
  tl_candidate *none = tl_candidates_add (c, v, unit, u.begin, u.begin);

  if (none != NULL)
    describe_none (v, unit, none);
  for (size_t first = u.begin; first < u.end && !c->failed; first++)
    for (size_t last = first + 1; last <= u.end && last - first <= OWNER_MAX_WORDS; last++)
      {
        tl_candidate *item;

        if (!may_own (v, first, u.begin) || c->n >= UNIT_MAX_CANDIDATES
            || (last - first > 1 && v->gaps[last - 1] != TL_GAP_SPACE
                && v->gaps[last - 1] != TL_GAP_DASH))
          break;
        if (last - first > 1 && !owner_goes_on (v, first, last - 1))
          continue;
        item = tl_candidates_add (c, v, unit, first, last);
        if (item != NULL)
          describe_owner (v, item);
      }
}

/* A name that opens the unit and is told to act: "Ruth will call", "Ana Ruiz needs to send". */
static bool
is_told_to_act (const tl_span_view *v, unit_words u, const tl_candidate *c)
{
  size_t w = c->last;

  for (size_t k = c->first; k < c->last; k++)
    if (!has_shape (v, k, TL_SHAPE_UPPER)
        || has_class (v, k, TL_WORD_ACT | TL_WORD_DUTY | TL_WORD_STOP | TL_WORD_PRONOUN
                                | TL_WORD_HEDGE)
        || v->time[k] != 0)
      return false;
  if (hash_at (v, u, w) == tl_word_hash ("to", 2)) /* "Decided to sell", "Slower to start" */
    return false;
  while (w < u.end && w < c->last + 2u && has_class (v, w, TL_WORD_DUTY))
    w++;
  return c->first == u.begin && w > c->last && w < u.end && has_class (v, w, TL_WORD_ACT)
         && tl_span_gap_after (v, c->last - 1) == TL_GAP_SPACE;
}

size_t
tl_span_told_owner (const tl_span_view *v, size_t unit, const tl_candidates *c)
{
  size_t best = 0;

  for (size_t i = 1; i < c->n; i++)
    if (is_told_to_act (v, words_of (v, unit), &c->items[i]))
      best = i;
  return best;
}

typedef struct
{
  float day, month, relative, unit, feast, number, digit, plain, opens, marks, upper;
} due_sums;

static due_sums
sum_due (const tl_span_view *v, const tl_candidate *c)
{
  due_sums s = { 0 };

  for (size_t w = c->first; w < c->last; w++)
    {
      uint16_t t = v->time[w];

      s.day += (t & TL_TIME_DAY) != 0;
      s.month += (t & TL_TIME_MONTH) != 0;
      s.relative += (t & TL_TIME_RELATIVE) != 0;
      s.unit += (t & TL_TIME_UNIT) != 0;
      s.feast += (t & TL_TIME_FEAST) != 0;
      s.number += (t & TL_TIME_NUMBER) != 0;
      s.digit += has_shape (v, w, TL_SHAPE_DIGIT);
      s.plain += t == 0;
      s.opens += (t & TIME_OPENS) != 0;
      s.marks += w > c->first && v->gaps[w] != TL_GAP_SPACE;
      s.upper += t == 0 && has_shape (v, w, TL_SHAPE_UPPER);
    }
  return s;
}

/* Eight class bits of one word, as features; a word beyond the unit has none. */
static void
describe_time_word (const tl_span_view *v, unit_words u, size_t w, float *x)
{
  uint16_t t = w >= u.begin && w < u.end ? v->time[w] : 0;

  x[0] = (t & (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_FEAST)) != 0;
  x[1] = (t & TL_TIME_RELATIVE) != 0;
  x[2] = (t & TL_TIME_UNIT) != 0;
  x[3] = (t & TL_TIME_DEADLINE) != 0;
  x[4] = (t & TL_TIME_AT) != 0;
  x[5] = (t & TL_TIME_WHICH) != 0;
  x[6] = (t & TL_TIME_NUMBER) != 0;
  x[7] = t == 0 && w >= u.begin && w < u.end;
}

static void
describe_due (const tl_span_view *v, tl_candidate *c)
{
  unit_words u = words_of (v, c->unit);
  due_sums s = sum_due (v, c);
  uint8_t before = v->gaps[c->first], after = tl_span_gap_after (v, c->last - 1);
  float *x = c->x + 16;

  describe_time_word (v, u, c->first - 1, x);
  describe_time_word (v, u, c->first, x + 8);
  describe_time_word (v, u, c->last - 1, x + 16);
  describe_time_word (v, u, c->last, x + 24);
  x += 32;
  x[0] = s.day + s.month + s.feast;
  x[1] = s.relative + s.unit;
  x[2] = fminf (s.digit, 3.0f);
  x[3] = s.plain / 3.0f;
  x[4] = s.plain > 0.0f;
  x[5] = s.marks;
  x[6] = s.day + s.month + s.relative + s.unit + s.feast + s.number == 0.0f;
  x[7] = (float) (c->last - c->first) / 4.0f;
  x[8] = c->last == u.end;
  x[9] = c->first == u.begin;
  x[10] = before != TL_GAP_SPACE && before != TL_GAP_EDGE;
  x[11] = after != TL_GAP_SPACE;
  x[12] = fminf ((float) (c->first - u.begin) / 10.0f, 2.0f);
  x[13] = s.opens / 2.0f;
  x[14] = fminf ((float) (u.end - c->last) / 10.0f, 2.0f);
  x[15] = s.upper;
  tl_candidate_hash (c, 1, hash_at (v, u, c->first));
  tl_candidate_hash (c, 2, hash_at (v, u, c->last - 1));
  tl_candidate_hash (c, 3, hash_at (v, u, c->first - 1));
  tl_candidate_hash (c, 4, hash_at (v, u, c->last));
  tl_candidate_hash (c, 5, hash_at (v, u, c->first) * 31u + hash_at (v, u, c->first + 1));
  tl_candidate_hash (c, 6, (uint32_t) (before * 16 + after));
  tl_candidate_hash (c, 7, c->last - c->first);
  tl_candidate_hash (c, 8, c->last - c->first == 1 ? hash_at (v, u, c->first) : 0);
}

/* "am 14. Mai", "at 9.30" and "2.5." go on over their stop; a sentence does not. */
static bool
goes_on (const tl_span_view *v, size_t w)
{
  if (v->gaps[w] == TL_GAP_STOP)
    return has_shape (v, w - 1, TL_SHAPE_DIGIT)
           && ((v->time[w] & TL_TIME_MONTH) != 0 || has_shape (v, w, TL_SHAPE_DIGIT));
  return true;
}

static void
add_dues_from (const tl_span_view *v, size_t unit, size_t first, size_t end, tl_candidates *c)
{
  bool clause = (v->time[first] & (TL_TIME_CLAUSE | TL_TIME_DEADLINE)) != 0;
  bool core = false;

  for (size_t last = first + 1; last <= end && last - first <= DUE_MAX_WORDS; last++)
    {
      tl_candidate *item;

      if (last - first > 1 && !goes_on (v, last - 1))
        return;
      core |= (v->time[last - 1] & TIME_CORE) != 0;
      if (!core && !(clause && last - first > 1))
        continue;
      if (c->n >= UNIT_MAX_CANDIDATES)
        return;
      item = tl_candidates_add (c, v, unit, first, last);
      if (item == NULL)
        return;
      describe_due (v, item);
    }
}

void
tl_span_dues (const tl_span_view *v, size_t unit, tl_candidates *c)
{
  unit_words u = words_of (v, unit);
  tl_candidate *none = tl_candidates_add (c, v, unit, u.begin, u.begin);

  if (none != NULL)
    describe_none (v, unit, none);
  for (size_t first = u.begin; first < u.end && !c->failed; first++)
    if (v->time[first] != 0)
      add_dues_from (v, unit, first, u.end, c);
}
