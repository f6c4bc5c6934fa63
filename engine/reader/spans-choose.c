/* SPDX-License-Identifier: Apache-2.0 */
/* From scored candidates to what is shown. Titles: of the most probable spans the one that the
 * others agree with most, that is, the highest expected ROUGE-L under the head's own distribution
 * (minimum Bayes risk, Kumar & Byrne 2004, N04-1022). Tags: best first, none within another. Owner
 * and due words: the most probable candidate, which may be "none"; then a name that plainly is told
 * to act is the owner. Probabilities are calibrated. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_VOTERS 32 /* each is compared with each: 64 are no better and cost .14 ms a page */
/* Of the voters' distribution, so that the many poor spans do not outvote the few good ones.
 * ROUGE-L on parts of the training notes held out whole, four folds, two seeds: .316 at 1, .321 at
 * .85, .324 at .7 (+.008, standard error .003), .322 at .5, .323 at .35. */
#define TITLE_VOTE_TEMPERATURE 0.7f
#define TAG_POOL 64     /* looked through for those that do not hold each other */
#define TAGS_AT_LEAST 2
#define TAG_MIN_LOGIT -2.2f /* p = .1 before calibration: best F1 in five-fold cross-validation */
/* Of an owner that the head did not see and the grammar shows: right in all 7 such actions of the
 * labelled notes, which is .89 by Laplace's rule of succession. */
#define TOLD_P 0.89f
#define ACTION_MIN_LOGIT -3.0f /* p = .05: no unit below is shown as an action */

float
tl_span_logit (float p)
{
  p = fminf (fmaxf (p, 1e-6f), 1.0f - 1e-6f);
  return logf (p / (1.0f - p));
}

static float
calibrated (const float *calibration, tl_span_kind kind, float z)
{
  return 1.0f / (1.0f + expf (-(calibration[2 * kind] * z + calibration[2 * kind + 1])));
}

/* The @max best by score, best first. */
static size_t
pick_best (const float *scores, size_t n, size_t max, uint32_t *best)
{
  size_t n_best = 0;

  for (size_t i = 0; i < n; i++)
    {
      size_t at = n_best;

      while (at > 0 && scores[best[at - 1]] < scores[i])
        at--;
      if (at == max)
        continue;
      if (n_best < max)
        n_best++;
      memmove (best + at + 1, best + at, (n_best - 1 - at) * sizeof *best);
      best[at] = (uint32_t) i;
    }
  return n_best;
}

/* Scores of the voters become their expected ROUGE-L, those of all others -1. */
static void
vote (const tl_span_view *v, tl_span_scored *s)
{
  uint32_t voters[TITLE_VOTERS];
  float p[TITLE_VOTERS], sum = 0.0f;
  size_t n = pick_best (s->scores, s->candidates.n, TITLE_VOTERS, voters);

  for (size_t i = 0; i < n; i++)
    sum += p[i] = expf ((s->scores[voters[i]] - s->scores[voters[0]]) / TITLE_VOTE_TEMPERATURE);
  for (size_t i = 0; i < s->candidates.n; i++)
    s->scores[i] = -1.0f;
  for (size_t i = 0; i < n; i++)
    {
      float expected = 0.0f;

      for (size_t j = 0; j < n; j++)
        expected += p[j] / sum * tl_span_rouge (v, &s->candidates.items[voters[i]],
                                                &s->candidates.items[voters[j]]);
      s->scores[voters[i]] = expected;
    }
}

/* Half of a second title's words must be new. */
static bool
says_the_same (const tl_span_view *v, const tl_candidate *a, const tl_candidate *b)
{
  return tl_span_rouge (v, a, b) >= 0.5f;
}

size_t
tl_span_choose_titles (const tl_span_view *v, tl_span_scored *s, uint32_t *chosen)
{
  uint32_t best[TITLE_VOTERS];
  size_t n_best, n = 0;

  vote (v, s);
  n_best = pick_best (s->scores, s->candidates.n, TITLE_VOTERS, best);
  for (size_t i = 0; i < n_best && n < TL_SPAN_MAX_SHOWN && s->scores[best[i]] > 0.0f; i++)
    {
      bool repeats = false;

      for (size_t j = 0; j < n; j++)
        repeats |= says_the_same (v, &s->candidates.items[best[i]],
                                  &s->candidates.items[chosen[j]]);
      if (!repeats)
        chosen[n++] = best[i];
    }
  return n;
}

static bool
holds (const tl_span_view *v, const tl_candidate *a, const tl_candidate *b)
{
  size_t n = b->last - b->first;

  for (size_t i = a->first; i + n <= a->last; i++)
    {
      size_t k = 0;

      while (k < n && v->note->words[i + k].hash == v->note->words[b->first + k].hash)
        k++;
      if (k == n)
        return true;
    }
  return false;
}

size_t
tl_span_choose_tags (const tl_span_view *v, const tl_span_scored *s, uint32_t *chosen)
{
  uint32_t best[TAG_POOL];
  size_t n_best = pick_best (s->scores, s->candidates.n, TAG_POOL, best), n = 0;

  for (size_t i = 0; i < n_best && n < TL_SPAN_MAX_SHOWN; i++)
    {
      const tl_candidate *tag = &s->candidates.items[best[i]];
      bool repeats = false;

      if (n >= TAGS_AT_LEAST && s->scores[best[i]] < TAG_MIN_LOGIT)
        break;
      for (size_t j = 0; j < n; j++)
        repeats |= holds (v, tag, &s->candidates.items[chosen[j]])
                   || holds (v, &s->candidates.items[chosen[j]], tag);
      if (!repeats)
        chosen[n++] = best[i];
    }
  return n;
}

size_t
tl_span_choose_words (const tl_span_scored *s, float *logit)
{
  size_t best = 0;
  float others = 0.0f;

  for (size_t i = 1; i < s->candidates.n; i++)
    if (s->scores[i] > s->scores[best])
      best = i;
  for (size_t i = 0; i < s->candidates.n; i++)
    if (i != best)
      others += expf (s->scores[i] - s->scores[best]);
  *logit = tl_span_logit (1.0f / (1.0f + others));
  return best;
}

static bool
read_titles (const tl_span_scorer *scorer, const float *calibration, tl_spans *out)
{
  tl_span_scored s;
  uint32_t chosen[TL_SPAN_MAX_SHOWN];

  if (!tl_span_scorer_propose (scorer, TL_SPAN_TITLE, 0, &s))
    return false;
  tl_span_scorer_score (scorer, TL_SPAN_TITLE, &s);
  out->n_titles = tl_span_choose_titles (&scorer->view, &s, chosen);
  for (size_t i = 0; i < out->n_titles; i++)
    out->titles[i] = (tl_span){
      .start = s.candidates.items[chosen[i]].start,
      .end = s.candidates.items[chosen[i]].end,
      .p = calibrated (calibration, TL_SPAN_TITLE, tl_span_logit (s.scores[chosen[i]])),
    };
  tl_span_scored_clear (&s);
  return true;
}

static bool
read_tags (const tl_span_scorer *scorer, const float *calibration, tl_spans *out)
{
  tl_span_scored s;
  uint32_t chosen[TL_SPAN_MAX_SHOWN];

  if (!tl_span_scorer_propose (scorer, TL_SPAN_TAG, 0, &s))
    return false;
  tl_span_scorer_score (scorer, TL_SPAN_TAG, &s);
  out->n_tags = tl_span_choose_tags (&scorer->view, &s, chosen);
  for (size_t i = 0; i < out->n_tags; i++)
    out->tags[i] = (tl_span){
      .start = s.candidates.items[chosen[i]].start,
      .end = s.candidates.items[chosen[i]].end,
      .p = calibrated (calibration, TL_SPAN_TAG, s.scores[chosen[i]]),
    };
  tl_span_scored_clear (&s);
  return true;
}

static bool
read_words (const tl_span_scorer *scorer, const float *calibration, tl_span_kind kind, size_t unit,
            tl_span *out)
{
  tl_span_scored s;
  float logit;
  size_t best, told = 0;

  if (!tl_span_scorer_propose (scorer, kind, unit, &s))
    return false;
  tl_span_scorer_score (scorer, kind, &s);
  best = tl_span_choose_words (&s, &logit);
  if (kind == TL_SPAN_OWNER && best == 0)
    told = best = tl_span_told_owner (&scorer->view, unit, &s.candidates);
  out->start = s.candidates.items[best].start;
  out->end = s.candidates.items[best].end;
  out->p = told > 0 ? TOLD_P : calibrated (calibration, kind, logit);
  tl_span_scored_clear (&s);
  return true;
}

static bool
read_all (const tl_span_scorer *scorer, const float *calibration, const float *logits,
          tl_spans *out)
{
  const tl_note *note = scorer->view.note;
  bool ok = read_titles (scorer, calibration, out) && read_tags (scorer, calibration, out);

  for (size_t u = 0; u < note->n_units && ok; u++)
    if (tl_unit_is_content (&note->units[u]) && logits[2 * u + 1] > ACTION_MIN_LOGIT)
      ok = read_words (scorer, calibration, TL_SPAN_OWNER, u, &out->owners[u])
           && read_words (scorer, calibration, TL_SPAN_DUE, u, &out->dues[u]);
  return ok;
}

bool
tl_spans_read (const tl_reader_layout *l, const float *params, const float *calibration,
               const tl_note *note, const float *logits, tl_spans *out, tl_error *err)
{
  tl_span_scorer scorer;
  bool ok;

  *out = (tl_spans){
    .titles = calloc (TL_SPAN_MAX_SHOWN, sizeof *out->titles),
    .tags = calloc (TL_SPAN_MAX_SHOWN, sizeof *out->tags),
    .owners = calloc (note->n_units + 1, sizeof *out->owners),
    .dues = calloc (note->n_units + 1, sizeof *out->dues),
  };
  ok = out->titles != NULL && out->tags != NULL && out->owners != NULL && out->dues != NULL
       && tl_span_scorer_init (&scorer, l, params, note, logits);
  if (ok)
    {
      ok = read_all (&scorer, calibration, logits, out);
      tl_span_scorer_clear (&scorer);
    }
  if (ok)
    return true;
  tl_spans_clear (out);
  return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to find titles and tags");
}

void
tl_spans_clear (tl_spans *s)
{
  free (s->titles);
  free (s->tags);
  free (s->owners);
  free (s->dues);
  *s = (tl_spans){ 0 };
}
