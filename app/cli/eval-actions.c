/* SPDX-License-Identifier: Apache-2.0 */
/* Action units: F1 over all notes together, as the development set defines it; and the calibration
 * of both heads: of what was given a probability between 0.3 and 0.4, how much was right? */
#include <math.h>

#include "cli/eval-report.h"
#include "errors.h"

#define N_BINS 10

/* Counts of one system over all notes. */
typedef struct
{
  gsize hits, false_alarms, misses;
  gsize n_empty, n_stay_empty; /* notes without actions, and those of them with none predicted */
} Counts;

typedef struct
{
  double n[N_BINS], sum_p[N_BINS], hits[N_BINS];
} Bins;

static void
count_note (const tl_reader_example *e, const tl_reading *reading,
            gboolean (*is_action) (const tl_reading_unit *), Counts *c)
{
  g_autofree gboolean *found = g_new0 (gboolean, e->n_units + 1);
  gsize n_gold = 0, n_predicted = 0;

  for (gsize u = 0; u < reading->n_units; u++)
    {
      const tl_unit *unit = &reading->units[u].unit;
      ptrdiff_t gold;

      if (!tl_unit_is_content (unit) || !is_action (&reading->units[u]))
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

static gboolean
by_head (const tl_reading_unit *u)
{
  return u->p_action >= 0.5f;
}

/* What the program shows: a box that is still open is an action whatever the head says. */
static gboolean
by_head_or_box (const tl_reading_unit *u)
{
  return u->unit.check != TL_CHECK_DONE && (u->unit.check == TL_CHECK_OPEN || u->p_action >= 0.5f);
}

static gboolean
by_box (const tl_reading_unit *u)
{
  return u->unit.check == TL_CHECK_OPEN;
}

static void
fill_bins (const tl_reader_example *e, const tl_reading *reading, Bins *key, Bins *action)
{
  for (gsize u = 0; u < reading->n_units; u++)
    {
      const tl_reading_unit *unit = &reading->units[u];
      ptrdiff_t gold;
      int k, a;

      if (!tl_unit_is_content (&unit->unit))
        continue;
      gold = tl_example_find_gold (e, unit->unit.start, unit->unit.end);
      k = CLAMP ((int) (unit->p_key * N_BINS), 0, N_BINS - 1);
      a = CLAMP ((int) (unit->p_action * N_BINS), 0, N_BINS - 1);
      key->n[k]++;
      key->sum_p[k] += unit->p_key;
      key->hits[k] += gold >= 0 && e->units[gold].rank > 0;
      action->n[a]++;
      action->sum_p[a] += unit->p_action;
      action->hits[a] += gold >= 0 && e->units[gold].action;
    }
}

static void
print_counts (GString *out, const char *name, const Counts *c)
{
  double precision = c->hits / fmax ((double) (c->hits + c->false_alarms), 1.0);
  double recall = c->hits / fmax ((double) (c->hits + c->misses), 1.0);
  double f1 = precision + recall > 0.0 ? 2.0 * precision * recall / (precision + recall) : 0.0;

  g_string_append_printf (
      out, "%-28s P %.3f  R %.3f  F1 %.3f  notes without actions that stay empty %zu of %zu\n",
      name, precision, recall, f1, c->n_stay_empty, c->n_empty);
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
}

gboolean
tlm_eval_actions (const TlmEvaluation *e, GString *out, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean  (*is_action) (const tl_reading_unit *);
  } systems[] = {
    { "open boxes alone", by_box },
    { "reader, p >= 0.5", by_head },
    { "reader or open box", by_head_or_box },
  };
  Counts counts[G_N_ELEMENTS (systems)] = { 0 };
  Bins key = { 0 }, action = { 0 };

  for (gsize i = 0; i < e->notes->n; i++)
    for (gsize k = 0; k < e->n_readers; k++)
      {
        const tl_reader_example *example = &e->notes->examples[i];
        tl_error err = { 0 };
        tl_reading *reading
            = tl_reader_read (e->readers[k], example->text, example->len, NULL, NULL, &err);

        if (reading == NULL)
          return tlm_error_from_engine (error, &err);
        for (gsize s = 0; s < G_N_ELEMENTS (systems); s++)
          count_note (example, reading, systems[s].is_action, &counts[s]);
        if (k == 0)
          fill_bins (example, reading, &key, &action);
        tl_reading_free (reading);
      }
  g_string_append (out, "\nAction units (all notes together, all seeds)\n");
  for (gsize s = 0; s < G_N_ELEMENTS (systems); s++)
    print_counts (out, systems[s].name, &counts[s]);
  print_bins (out, "key sentences", &key);
  print_bins (out, "action units", &action);
  return TRUE;
}
