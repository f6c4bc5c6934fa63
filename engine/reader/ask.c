/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a question beside a note: features of each unit and of "none", and the choice. Words are
 * compared by their first letters, so that "decided" finds "decide". */
#include "reader/ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/ask-private.h"
#include "reader/lexicon.h"
#include "reader/reader-file.h"
#include "reader/spans-internal.h"
#include "reader/words.h"

#define STEM_BYTES 5 /* of 4 to 7 the best on parts of the training notes held out whole */

/* What is asked for. */
enum
{
  ASK_WHO,
  ASK_WHEN,
  ASK_WHERE,
  ASK_NUMBER,
  ASK_MONEY,
  ASK_WHY,
  ASK_OTHER,
  ASK_N_KINDS
};

static const char *const kind_words[ASK_OTHER] = {
  [ASK_WHO] = " who whose whom wer wem wessen qui quien quién chi quem ",
  [ASK_WHEN] = " when wann quand cuando cuándo quando wanneer date day deadline time due ",
  [ASK_WHERE] = " where wo wohin où donde dónde dove onde waar ",
  [ASK_NUMBER] = (" many long often old far percentage number wieviel viele combien cuántos "
                  "cuántas quanti quante quantos hoeveel "),
  [ASK_MONEY] = " much cost costs price pay paid budget fee kostet coûte cuesta costa kost ",
  [ASK_WHY] = " why reason warum wieso pourquoi perché waarom ",
};

/* At the head of a sentence they stand for what the one before is about, */
static const char pronouns[] = " it it's it'll they they're they'll he he's he'll she she's she'll "
                               "er sie es il elle ils elles cela ella ellos ellas ele ela eles elas "
                               "lui lei loro ";
/* and these before a verb. */
static const char pointers[]
  = " this that these those dies das cela esto eso isso isto questo ";
static const char verbs[]
  = " is was are were will has had have may can must costs cost ends ist war sind wird hat kostet "
    "est était sera coûte es era foi é è sarà ";

/* Of .3 to 1 all from .5 to .7 give the same on half of the pairs of sentences (the reader's card). */
#define LENT 0.6f

size_t
tl_ask_stem (const char *s, size_t len)
{
  size_t n = len < STEM_BYTES ? len : STEM_BYTES;

  while (n > 0 && n < len && ((unsigned char) s[n] & 0xc0) == 0x80)
    n--;
  return n;
}

static uint32_t
stem_of (const char *s, size_t len)
{
  return tl_word_hash (s, tl_ask_stem (s, len));
}

static bool
is_listed (const char *list, const char *s, size_t len)
{
  char word[24] = " ";

  if (len + 3 > sizeof word)
    return false;
  tl_text_fold (word + 1, s, len);
  memcpy (word + 1 + len, " ", 2);
  return strstr (list, word) != NULL;
}

static void
question_init (ask_question *q, const char *s, size_t len)
{
  size_t pos = 0, start;

  *q = (ask_question) { .kind = ASK_OTHER };
  while (q->n < ASK_MAX_WORDS && tl_word_next (s, len, &pos, &start))
    {
      const char *word = s + start;
      size_t n = pos - start;
      uint32_t hash = tl_word_hash (word, n), cp;
      bool marks = false;

      for (int k = 0; k < ASK_OTHER; k++)
        if (is_listed (kind_words[k], word, n))
          {
            marks = k != ASK_MONEY || q->kind == ASK_OTHER;
            if (q->kind == ASK_OTHER)
              q->kind = k;
          }
      if (marks || (tl_lexicon_get_classes (hash) & TL_WORD_STOP) != 0)
        continue;
      tl_utf8_next (word, n, &cp);
      q->words[q->n] = hash;
      q->names[q->n] = start > 0 && tl_cp_is_upper (cp);
      q->stems[q->n++] = stem_of (word, n);
    }
}

/* Does the unit hold what kind @k asks for? @strict: in other words than those of every text: "so" is a day in
 * German */
static bool
holds_kind (const tl_note *note, size_t u, int k, bool strict)
{
  for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
    {
      const tl_word *word = &note->words[w];
      const char *s = note->text + word->start;
      bool first = w == note->unit_words[u], yes = false;

      if (strict && (word->classes & TL_WORD_STOP) != 0 && (word->shape & TL_SHAPE_UPPER) == 0)
        continue;
      switch (k)
        {
        case ASK_WHO:
        case ASK_WHERE:
          yes = (word->shape & TL_SHAPE_UPPER) != 0 && (!first || !(word->classes & TL_WORD_STOP));
          break;
        case ASK_WHEN:
          yes = (tl_span_time_classes (s, word->end - word->start)
                 & (TL_TIME_DAY | TL_TIME_MONTH | TL_TIME_RELATIVE | TL_TIME_FEAST)) != 0
                || (word->shape & TL_SHAPE_DIGIT) != 0;
          break;
        case ASK_NUMBER:
        case ASK_MONEY:
          yes = (word->shape & TL_SHAPE_DIGIT) != 0 || (word->classes & TL_WORD_NUMBER) != 0;
          break;
        case ASK_WHY:
          yes = (word->classes & TL_WORD_RESULT) != 0;
          break;
        default:
          return false;
        }
      if (yes)
        return true;
    }
  return false;
}

static bool
find_stem (const tl_note *note, const uint32_t *stems, size_t u, uint32_t stem)
{
  for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
    if (stems[w] == stem)
      return true;
  return false;
}

static bool
find_word (const tl_note *note, size_t u, uint32_t hash)
{
  for (uint32_t w = note->unit_words[u]; w < note->unit_words[u + 1]; w++)
    if (note->words[w].hash == hash)
      return true;
  return false;
}

/* How rare each of the question's words is among the note's units. */
static void
weigh_words (ask_question *q, const tl_note *note, const uint32_t *stems)
{
  for (size_t i = 0; i < q->n; i++)
    {
      size_t n = 0;

      for (size_t u = 0; u < note->n_units; u++)
        n += find_stem (note, stems, u, q->stems[i]);
      q->found[i] = n > 0;
      q->idf[i] = logf ((1.0f + (float) note->n_units) / (0.5f + (float) n));
      q->total += q->idf[i];
    }
}

/* Does a sentence with these @n words, of which two are looked at, speak of what the one before does? */
static bool
goes_on (const char *s, const size_t *starts, const size_t *ends, size_t n)
{
  return n > 1
         && (is_listed (pronouns, s + starts[0], ends[0] - starts[0])
             || (is_listed (pointers, s + starts[0], ends[0] - starts[0])
                 && is_listed (verbs, s + starts[1], ends[1] - starts[1])));
}

/* ... and gives what is asked for. */
static bool
borrows (const ask_question *q, const tl_note *note, size_t u)
{
  const tl_word *words = &note->words[note->unit_words[u]];
  const size_t n = note->unit_words[u + 1] - note->unit_words[u];

  if (u == 0 || n < 2 || !tl_unit_is_content (&note->units[u - 1]))
    return false;
  return goes_on (note->text, (const size_t[]) { words[0].start, words[1].start },
                  (const size_t[]) { words[0].end, words[1].end }, n)
         && holds_kind (note, u, q->kind, true);
}

static void
cover_unit (const ask_question *q, const tl_note *note, const uint32_t *stems, size_t u,
            coverage *c)
{
  bool before = false, lent = borrows (q, note, u);

  *c = (coverage) { 0 };
  for (size_t i = 0; i < q->n; i++)
    {
      bool here = find_stem (note, stems, u, q->stems[i]);

      c->stems += here ? q->idf[i] / q->total : 0.0f;
      c->words += find_word (note, u, q->words[i]) ? q->idf[i] / q->total : 0.0f;
      c->names += here && q->names[i];
      c->share += here ? 1.0f / (float) q->n : 0.0f;
      c->pairs += here && before;
      before = here;
      if (!lent || here || !find_stem (note, stems, u - 1, q->stems[i]))
        continue;
      c->lent_stems += LENT * q->idf[i] / q->total;
      if (find_word (note, u - 1, q->words[i]))
        c->lent_words += LENT * q->idf[i] / q->total;
    }
}

static float
cover_at (const tl_note *note, const coverage *all, size_t u, ptrdiff_t step)
{
  ptrdiff_t at = (ptrdiff_t) u + step;

  return at >= 0 && (size_t) at < note->n_units ? all[at].stems : 0.0f;
}

static void
describe_unit (const ask_question *q, const tl_note *note, const coverage *all, float best,
               size_t u, float *x)
{
  const tl_unit *unit = &note->units[u];
  float n = (float) (note->unit_words[u + 1] - note->unit_words[u]);
  bool has = holds_kind (note, u, q->kind, false);
  const coverage *c = &all[u];
  float stems = c->stems + c->lent_stems;

  x[0] = stems;
  x[1] = c->words + c->lent_words;
  x[2] = c->share;
  x[3] = stems * stems;
  x[4] = fmaxf (cover_at (note, all, u, -1), cover_at (note, all, u, 1));
  x[5] = cover_at (note, all, u, -1);
  x[6] = unit->section >= 0 ? all[unit->section].stems : 0.0f;
  x[7] = stems >= best && best > 0.0f;
  x[8] = stems - best;
  x[9] = (float) c->pairs;
  x[10] = logf (n + 1.0f) - 2.4f; /* the median unit has ten words */
  x[11] = stems == 0.0f;
  x[12] = note->text[unit->end - 1] == '?';
  x[13] = (float) u / (float) note->n_units;
  x[14] = (float) c->names;
  x[15] = unit->kind == TL_UNIT_BULLET;
  x[16 + q->kind] = has;
  x[16 + ASK_N_KINDS + q->kind] = has ? stems : 0.0f;
  x[30] = x[6] * (has ? 1.0f : 0.0f);
  x[31] = x[5] * (has ? 1.0f : 0.0f);
  memcpy (x + TL_ASK_N_PAIR, note->features + u * TL_READER_N_FEATURES,
          TL_READER_N_FEATURES * sizeof *x);
}

static void
describe_none (const ask_question *q, const tl_note *note, const float *x, float *y)
{
  float best = 0.0f, words = 0.0f, kind = 0.0f, share = 0.0f, missing = 0.0f;

  for (size_t u = 0; u < note->n_units; u++)
    if (tl_unit_is_content (&note->units[u]))
      {
        const float *xu = x + u * TL_ASK_N_UNIT;

        best = fmaxf (best, xu[0]);
        words = fmaxf (words, xu[1]);
        share = fmaxf (share, xu[2]);
        kind = fmaxf (kind, xu[16 + ASK_N_KINDS + q->kind]);
      }
  for (size_t i = 0; i < q->n; i++)
    {
      missing += q->found[i] ? 0.0f : 1.0f / (float) q->n;
      y[7] += q->names[i] && !q->found[i];
    }
  y[0] = 1.0f;
  y[1] = best;
  y[2] = words;
  y[3] = share;
  y[4] = kind;
  y[5] = missing;
  y[6] = logf ((float) note->n_units + 1.0f) - 3.0f; /* the median note has 26 units */
  y[8] = q->n == 0;
  y[9] = best * best;
  y[10 + q->kind] = 1.0f;
}

bool
tl_asked_init (tl_asked *a, const tl_note *note, const char *s, size_t len, tl_error *err)
{
  size_t n = note->n_units, n_words = note->unit_words[n];
  uint32_t *stems = malloc ((n_words + 1) * sizeof *stems);
  coverage *all = malloc ((n + 1) * sizeof *all);
  float best = 0.0f;
  ask_question q;
  bool done;

  *a = (tl_asked) { .x = calloc (n + 1, TL_ASK_N_UNIT * sizeof *a->x) };
  if (stems != NULL && all != NULL && a->x != NULL)
    {
      for (size_t w = 0; w < n_words; w++)
        stems[w] = stem_of (note->text + note->words[w].start,
                            note->words[w].end - note->words[w].start);
      question_init (&q, s, len);
      weigh_words (&q, note, stems);
      for (size_t u = 0; u < n; u++)
        {
          cover_unit (&q, note, stems, u, &all[u]);
          if (tl_unit_is_content (&note->units[u]))
            best = fmaxf (best, all[u].stems);
        }
      for (size_t u = 0; u < n; u++)
        if (tl_unit_is_content (&note->units[u]))
          describe_unit (&q, note, all, best, u, a->x + u * TL_ASK_N_UNIT);
      describe_none (&q, note, a->x, a->y);
    }
  done = stems != NULL && all != NULL && a->x != NULL;
  free (stems);
  free (all);
  if (done)
    return true;
  tl_asked_clear (a);
  return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for a question");
}

void
tl_asked_clear (tl_asked *a)
{
  free (a->x);
  a->x = NULL;
}

static float
dot (const float *w, const float *x, size_t n)
{
  float sum = 0.0f;

  for (size_t i = 0; i < n; i++)
    sum += w[i] * x[i];
  return sum;
}

void
tl_asked_score (const tl_asked *a, const float *weights, const tl_note *note, float *p)
{
  size_t n = note->n_units;
  float max, sum;

  max = p[n] = dot (weights + TL_ASK_N_UNIT, a->y, TL_ASK_N_NONE);
  for (size_t u = 0; u < n; u++)
    {
      p[u] = tl_unit_is_content (&note->units[u])
               ? dot (weights, a->x + u * TL_ASK_N_UNIT, TL_ASK_N_UNIT) : -INFINITY;
      max = fmaxf (max, p[u]);
    }
  sum = 0.0f;
  for (size_t u = 0; u <= n; u++)
    sum += p[u] = expf (p[u] - max);
  for (size_t u = 0; u <= n; u++)
    p[u] /= sum;
}

typedef struct
{
  const char        *question; /* [len] */
  size_t             len;
  const tl_ask_part *parts; /* [n_parts] */
  size_t             n_parts;
  float              none_prior;
} ask_wish;

/* p' = p exp (prior) / sum over all */
static void
apply_priors (const ask_wish *wish, const tl_note *note, float *p)
{
  size_t n = note->n_units, part = 0;
  float sum = 0.0f;

  for (size_t u = 0; u < n; u++)
    {
      while (part + 1 < wish->n_parts && wish->parts[part + 1].start <= note->units[u].start)
        part++;
      sum += p[u] *= expf (wish->parts[part].prior);
    }
  sum += p[n] *= expf (wish->none_prior);
  for (size_t u = 0; u <= n; u++)
    p[u] /= sum;
}

/* The answer of one window; a long note's is that of the window which is least for "none". */
static bool
ask_window (const tl_reader *r, const tl_note *note, const ask_wish *wish, float *least_none,
            tl_span *answer, tl_error *err)
{
  float p[TL_READER_MAX_UNITS + 1];
  size_t best = 0, n = note->n_units;
  tl_asked asked;

  if (!tl_asked_init (&asked, note, wish->question, wish->len, err))
    return false;
  tl_asked_score (&asked, r->calibration.ask, note, p);
  tl_asked_clear (&asked);
  if (wish->n_parts > 0)
    apply_priors (wish, note, p);
  for (size_t u = 1; u < n; u++)
    if (p[u] > p[best])
      best = u;
  if (p[n] >= *least_none)
    return true;
  *least_none = p[n];
  *answer = p[n] >= p[best] ? (tl_span) { .p = p[n] }
                            : (tl_span) { note->units[best].start, note->units[best].end, p[best] };
  return true;
}

bool
tl_reader_ask (const tl_reader *r, const char *text, size_t len, const char *question,
               size_t question_len, tl_span *answer, tl_error *err)
{
  return tl_reader_ask_parts (r, text, len, question, question_len, NULL, 0, 0.0f, answer, err);
}

bool
tl_reader_ask_parts (const tl_reader *r, const char *text, size_t len, const char *question,
                     size_t question_len, const tl_ask_part *parts, size_t n_parts,
                     float none_prior, tl_span *answer, tl_error *err)
{
  const ask_wish wish = { question, question_len, parts, n_parts, none_prior };
  tl_unit *units = NULL;
  char *covered = NULL;
  size_t n = 0;
  float least_none = INFINITY;
  bool ok;

  *answer = (tl_span) { .p = 1.0f };
  if (!r->can_ask)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "This reader was trained without questions; choose a newer model");
  ok = tl_reader_check_text (question, question_len, err)
       && tl_reader_split (text, len, &covered, &units, &n, err);
  for (size_t begin = 0, end; ok && begin < n; begin = end)
    {
      tl_note *note;

      end = tl_reader_window_end (units, n, begin);
      note = tl_reader_window_new (r, covered, len, units, begin, end, err);
      ok = note != NULL
           && ask_window (r, note, &wish, &least_none, answer, err);
      tl_note_free (note);
    }
  free (units);
  free (covered);
  return ok;
}

size_t
tl_ask_find_begin (const char *text, size_t len, size_t start, size_t end)
{
  size_t pos = start, starts[2], ends[2], words = 0, n = 0, begin = start;
  tl_unit *units = NULL;
  char *covered = NULL;

  while (words < 2 && tl_word_next (text, end, &pos, &starts[words]))
    ends[words++] = pos;
  if (goes_on (text, starts, ends, words)
      && tl_reader_split (text, len, &covered, &units, &n, NULL))
    for (size_t u = 1; u < n && units[u].start <= start; u++)
      if (units[u].start == start && tl_unit_is_content (&units[u - 1]))
        begin = units[u - 1].start;
  free (units);
  free (covered);
  return begin;
}
