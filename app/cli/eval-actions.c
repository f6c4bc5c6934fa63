/* SPDX-License-Identifier: Apache-2.0 */
/* Action units: F1 over all notes together, as the development set defines it, beside open boxes
 * and hashed n-grams; and the calibration of both heads: of what was given a probability between
 * 0.3 and 0.4, how much was right? And of what is shown under each level? */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "cli/eval-hashed.h"
#include "cli/eval-report.h"
#include "core/errors.h"
#include "skills/skill.h"

#define N_BINS 10
#define N_LEVELS (TLM_CONFIDENCE_HIGH + 1)
#define N_RESAMPLES 2000
#define HASHED_THRESHOLD 0.3 /* .2 is worse: the baseline is given its due */

/* Counts of one system, over one note or over all. */
typedef struct
{
  gsize hits, false_alarms, misses;
  gsize n_empty, n_stay_empty; /* notes without actions, and those of them with none predicted */
} Counts;

typedef enum { BOXES, HASHED, HEAD, HEAD_OR_BOX, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS] = {
  "open boxes alone", "hashed n-grams", "reader, p >= 0.5", "reader or open box",
};

static const char *const level_names[N_LEVELS] = { "low", "medium", "high" };

typedef struct
{
  const TlmEvaluation *e;
  TlmHashed           *hashed; /* NULL without training notes */
  Counts              *counts[N_SYSTEMS]; /* [notes] all seeds */
} Table;

typedef struct
{
  double n[N_BINS], sum_p[N_BINS], hits[N_BINS];
  double level_n[N_LEVELS], level_hits[N_LEVELS]; /* as shown: TlmConfidence */
} Bins;

/* The hashed n-grams see the units that the reader sees: @note is cut as @reading is. */
static gboolean
is_action (const Table *t, System system, const tl_note *note, const tl_reading *reading, gsize u)
{
  const tl_reading_unit *unit = &reading->units[u];

  switch (system)
    {
    case BOXES:
      return unit->unit.check == TL_CHECK_OPEN;
    case HASHED:
      return t->hashed != NULL && u < note->n_units
             && tlm_hashed_score (t->hashed, note, u) >= HASHED_THRESHOLD;
    case HEAD:
      return unit->p_action >= 0.5f;
    case HEAD_OR_BOX: /* what the program shows: an open box is an action whatever the head says */
      return unit->unit.check != TL_CHECK_DONE
             && (unit->unit.check == TL_CHECK_OPEN || unit->p_action >= 0.5f);
    case N_SYSTEMS:
      break;
    }
  return FALSE;
}

static void
count_note (const Table *t, System system, const tl_reader_example *e, const tl_note *note,
            const tl_reading *reading, Counts *c)
{
  g_autofree gboolean *found = g_new0 (gboolean, e->n_units + 1);
  gsize n_gold = 0, n_predicted = 0;

  for (gsize u = 0; u < reading->n_units; u++)
    {
      const tl_unit *unit = &reading->units[u].unit;
      ptrdiff_t gold;

      if (!tl_unit_is_content (unit) || !is_action (t, system, note, reading, u))
        continue;
      gold = tl_example_find_gold (e, unit->start, unit->end);
      n_predicted++;
      if (gold >= 0 && e->units[gold].action && !found[gold])
        {
          found[gold] = TRUE;
          c->hits++;
        }
      else if (gold < 0 || !found[gold])
        c->false_alarms++;
    }
  for (gsize i = 0; i < e->n_units; i++)
    {
      n_gold += e->units[i].action;
      c->misses += e->units[i].action && !found[i];
    }
  c->n_empty += n_gold == 0;
  c->n_stay_empty += n_gold == 0 && n_predicted == 0;
}

static void
add_to_bins (Bins *b, float p, gboolean hit)
{
  int bin = CLAMP ((int) (p * N_BINS), 0, N_BINS - 1);
  TlmConfidence level = tlm_confidence_from_p (p);

  b->n[bin]++;
  b->sum_p[bin] += (double) p;
  b->hits[bin] += hit;
  b->level_n[level]++;
  b->level_hits[level] += hit;
}

static void
fill_bins (const tl_reader_example *e, const tl_reading *reading, Bins *key, Bins *action)
{
  for (gsize u = 0; u < reading->n_units; u++)
    {
      const tl_reading_unit *unit = &reading->units[u];
      ptrdiff_t gold;

      if (!tl_unit_is_content (&unit->unit))
        continue;
      gold = tl_example_find_gold (e, unit->unit.start, unit->unit.end);
      add_to_bins (key, unit->p_key, gold >= 0 && e->units[gold].rank > 0);
      add_to_bins (action, unit->p_action, gold >= 0 && e->units[gold].action);
    }
}

static double
f1_of (const Counts *c)
{
  gsize n = 2 * c->hits + c->false_alarms + c->misses;

  return n > 0 ? 2.0 * (double) c->hits / (double) n : 0.0;
}

static void
add_counts (Counts *sum, const Counts *c)
{
  sum->hits += c->hits;
  sum->false_alarms += c->false_alarms;
  sum->misses += c->misses;
  sum->n_empty += c->n_empty;
  sum->n_stay_empty += c->n_stay_empty;
}

static void
print_counts (GString *out, const char *name, const Counts *notes, gsize n)
{
  Counts c = { 0 };

  for (gsize i = 0; i < n; i++)
    add_counts (&c, &notes[i]);
  g_string_append_printf (
      out, "%-20s P %.3f  R %.3f  F1 %.3f  notes without actions that stay empty %zu of %zu\n",
      name,
      c.hits / fmax ((double) (c.hits + c.false_alarms), 1.0),
      c.hits / fmax ((double) (c.hits + c.misses), 1.0), f1_of (&c), c.n_stay_empty, c.n_empty);
}

static int
by_value (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* F1 is no mean over notes, so the notes themselves are drawn. */
static TlmInterval
f1_lead (const Counts *reader, const Counts *baseline, gsize n)
{
  double leads[N_RESAMPLES + 1];
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (gsize r = 0; r <= N_RESAMPLES; r++)
    {
      Counts a = { 0 }, b = { 0 };

      for (gsize i = 0; i < n; i++) /* the last round takes each note once: the lead itself */
        {
          gsize k = r < N_RESAMPLES ? tl_rng_below (&rng, (uint32_t) n) : i;

          add_counts (&a, &reader[k]);
          add_counts (&b, &baseline[k]);
        }
      leads[r] = f1_of (&a) - f1_of (&b);
    }
  qsort (leads, N_RESAMPLES, sizeof *leads, by_value);
  return (TlmInterval) { leads[N_RESAMPLES], leads[N_RESAMPLES / 40],
                         leads[N_RESAMPLES - 1 - N_RESAMPLES / 40] };
}

static void
print_bins (GString *out, const char *name, const Bins *b)
{
  double error = 0.0, total = 0.0;

  g_string_append_printf (
      out, "\nCalibration of %s: units, mean probability, share that is right\n", name);
  for (int i = 0; i < N_BINS; i++)
    if (b->n[i] > 0.0)
      {
        g_string_append_printf (out, "  %.1f-%.1f  %6.0f  %.3f  %.3f\n", i / 10.0, (i + 1) / 10.0,
                                b->n[i], b->sum_p[i] / b->n[i], b->hits[i] / b->n[i]);
        error += fabs (b->sum_p[i] - b->hits[i]);
        total += b->n[i];
      }
  g_string_append_printf (out, "  expected calibration error %.3f\n", error / fmax (total, 1.0));
  for (int level = 0; level < N_LEVELS; level++)
    g_string_append_printf (out, "  %-8s %6.0f  %.3f\n", level_names[level], b->level_n[level],
                            b->level_hits[level] / fmax (b->level_n[level], 1.0));
}

static gboolean
count_reading (Table *t, gsize i, gsize reader, const tl_note *note, Bins *key, Bins *action,
               tl_error *err)
{
  const tl_reader_example *example = &t->e->notes->examples[i];
  tl_reading *reading
    = tl_reader_read (t->e->readers[reader], example->text, example->len, NULL, NULL, err);

  if (reading == NULL)
    return FALSE;
  for (int s = 0; s < N_SYSTEMS; s++)
    count_note (t, s, example, note, reading, &t->counts[s][i]);
  if (reader == 0)
    fill_bins (example, reading, key, action);
  tl_reading_free (reading);
  return TRUE;
}

static gboolean
fill_table (Table *t, Bins *key, Bins *action, GError **error)
{
  tl_error err = { 0 };
  gboolean ok = TRUE;

  for (gsize i = 0; ok && i < t->e->notes->n; i++)
    {
      tl_note *note;
      tl_note_labels labels;

      if (!tl_example_prepare (t->e->tokenizer, &t->e->notes->examples[i], &note, &labels, &err))
        return tlm_error_from_engine (error, &err);
      for (gsize k = 0; ok && k < t->e->n_readers; k++)
        ok = count_reading (t, i, k, note, key, action, &err);
      tl_example_free_labels (&labels);
      tl_note_free (note);
    }
  return ok || tlm_error_from_engine (error, &err);
}

static void
print_table (const Table *t, GString *out)
{
  g_string_append (out, "\nAction units (all notes together, all seeds)\n");
  for (int s = 0; s < N_SYSTEMS; s++)
    if (s != HASHED || t->hashed != NULL)
      print_counts (out, system_names[s], t->counts[s], t->e->notes->n);
  for (int s = 0; s < HEAD; s++)
    if (s != HASHED || t->hashed != NULL)
      tlm_leads_add (t->e->leads, "action items", "F1", system_names[s],
                     f1_lead (t->counts[HEAD_OR_BOX], t->counts[s], t->e->notes->n));
}

gboolean
tlm_eval_actions (const TlmEvaluation *e, GString *out, GError **error)
{
  const TlmDataset *training = e->training;
  Table t = { .e = e };
  Bins key = { 0 }, action = { 0 };
  gboolean ok = training->n == 0
                || (t.hashed = tlm_hashed_train (e->tokenizer, training->examples, training->n,
                                                 error)) != NULL;

  for (int s = 0; s < N_SYSTEMS; s++)
    t.counts[s] = g_new0 (Counts, e->notes->n + 1);
  ok = ok && fill_table (&t, &key, &action, error);
  if (ok)
    {
      print_table (&t, out);
      print_bins (out, "key sentences", &key);
      print_bins (out, "action units", &action);
    }
  for (int s = 0; s < N_SYSTEMS; s++)
    g_free (t.counts[s]);
  tlm_hashed_free (t.hashed);
  return ok;
}
