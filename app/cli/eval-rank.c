/* SPDX-License-Identifier: Apache-2.0 */
/* The measures of a ranking, as the development set defines them, and the paired bootstrap
 * (Efron & Tibshirani 1993, percentile interval). */
#include "cli/eval-rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "reader/words.h"

#define N_RESAMPLES 2000
#define N_MATCHED 2 /* units of like length beside each key unit */

const char *const tlm_metric_names[TLM_N_METRICS] = {
  "P@3", "P@3+nice", "R@k", "P@k+nice", "top-1", "R@60w", "matched",
};

typedef struct
{
  gsize     unit;  /* of the note, or of the gold units in the matched subset */
  float     score;
  ptrdiff_t gold;  /* -1: stands for none */
} Pick;

static int
by_score (const void *a, const void *b)
{
  const Pick *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* Content units, best first, each with the gold unit that it stands for; repeats become misses. */
static GArray *
make_picks (const tl_reader_example *e, const TlmOpinion *o)
{
  GArray *picks = g_array_new (FALSE, FALSE, sizeof (Pick));
  g_autofree gboolean *seen = g_new0 (gboolean, e->n_units + 1);

  for (gsize u = 0; u < o->note->n_units; u++)
    if (tl_unit_is_content (&o->note->units[u]))
      {
        Pick pick = { u, o->scores[u],
                      tl_example_find_gold (e, o->note->units[u].start, o->note->units[u].end) };

        g_array_append_val (picks, pick);
      }
  g_array_sort (picks, by_score);
  for (guint i = 0; i < picks->len; i++)
    {
      Pick *pick = &g_array_index (picks, Pick, i);

      if (pick->gold >= 0 && seen[pick->gold])
        pick->gold = -1;
      else if (pick->gold >= 0)
        seen[pick->gold] = TRUE;
    }
  return picks;
}

static gsize
n_words (const tl_note *note, gsize unit)
{
  return note->unit_words[unit + 1] - note->unit_words[unit];
}

static void
measure_picks (const tl_reader_example *e, const TlmOpinion *o, const GArray *picks, gsize k,
               double *metrics)
{
  gsize words = 0;

  for (guint i = 0; i < picks->len; i++)
    {
      const Pick *pick = &g_array_index (picks, Pick, i);
      double key = pick->gold >= 0 && e->units[pick->gold].rank > 0;
      double good = pick->gold >= 0 && e->units[pick->gold].key > 0.0f;

      if (i == 0)
        metrics[TLM_METRIC_TOP1] = key;
      metrics[TLM_METRIC_P3] += i < 3 ? key / 3.0 : 0.0;
      metrics[TLM_METRIC_P3_NICE] += i < 3 ? good / 3.0 : 0.0;
      metrics[TLM_METRIC_RECALL_K] += i < k ? key / (double) k : 0.0;
      metrics[TLM_METRIC_P_K_NICE] += i < k ? good / (double) k : 0.0;
      words += n_words (o->note, pick->unit);
      metrics[TLM_METRIC_RECALL_60] += words <= 60 ? key / (double) k : 0.0;
    }
}

static gsize
length_of (const tl_gold_unit *unit)
{
  return unit->end - unit->start;
}

/* For each key unit the @N_MATCHED units nearest in length that are neither key nor acceptable. */
static void
choose_matched (const tl_reader_example *e, gboolean *in)
{
  for (gsize i = 0; i < e->n_units; i++)
    for (int k = 0; e->units[i].rank > 0 && k < N_MATCHED; k++)
      {
        gsize best = e->n_units;
        double nearest = INFINITY;

        in[i] = TRUE;
        for (gsize j = 0; j < e->n_units; j++)
          {
            double d
                = fabs (log ((double)length_of (&e->units[j]) / (double)length_of (&e->units[i])));

            if (!in[j] && e->units[j].key == 0.0f && d < nearest)
              {
                nearest = d;
                best = j;
              }
          }
        if (best < e->n_units)
          in[best] = TRUE;
      }
}

/* Precision of k picks among the matched gold units; each has the best score of what stands
 * for it. */
static double
measure_matched (const tl_reader_example *e, const GArray *picks, gsize k)
{
  g_autofree gboolean *in = g_new0 (gboolean, e->n_units + 1);
  double hits = 0.0;
  gsize n = 0;

  choose_matched (e, in);
  for (guint i = 0; i < picks->len && n < k; i++)
    {
      const Pick *pick = &g_array_index (picks, Pick, i);

      if (pick->gold < 0 || !in[pick->gold])
        continue;
      hits += e->units[pick->gold].rank > 0;
      n++;
    }
  return hits / (double) k;
}

gboolean
tlm_eval_rank (const tl_reader_example *e, const TlmOpinion *o, double *metrics)
{
  g_autoptr (GArray) picks = NULL;
  gsize k = 0;

  for (gsize i = 0; i < TLM_N_METRICS; i++)
    metrics[i] = 0.0;
  for (gsize i = 0; i < e->n_units; i++)
    k += e->units[i].rank > 0;
  if (k == 0)
    return FALSE;
  picks = make_picks (e, o);
  measure_picks (e, o, picks, k, metrics);
  metrics[TLM_METRIC_MATCHED] = measure_matched (e, picks, k);
  return TRUE;
}

static int
by_value (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

TlmInterval
tlm_bootstrap_ratio (const double *parts, const double *wholes, gsize n, guint64 seed)
{
  double ratios[N_RESAMPLES], part = 0.0, whole = 0.0;
  tl_rng rng;

  for (gsize i = 0; i < n; i++)
    {
      part += parts[i];
      whole += wholes != NULL ? wholes[i] : 1.0;
    }
  if (!(whole > 0.0))
    return (TlmInterval) { NAN, NAN, NAN };
  tl_rng_init (&rng, seed);
  for (gsize r = 0; r < N_RESAMPLES; r++)
    {
      double a = 0.0, b = 0.0;

      for (gsize i = 0; i < n; i++)
        {
          guint32 k = tl_rng_below (&rng, (uint32_t) n);

          a += parts[k];
          b += wholes != NULL ? wholes[k] : 1.0;
        }
      ratios[r] = b > 0.0 ? a / b : part / whole;
    }
  qsort (ratios, N_RESAMPLES, sizeof *ratios, by_value);
  return (TlmInterval) { part / whole, ratios[N_RESAMPLES / 40],
                         ratios[N_RESAMPLES - 1 - N_RESAMPLES / 40] };
}

TlmInterval
tlm_bootstrap (const double *values, gsize n, guint64 seed)
{
  return tlm_bootstrap_ratio (values, NULL, n, seed);
}
