/* SPDX-License-Identifier: Apache-2.0 */
/* Key sentences: random, Lead, longest, TextRank and two feature MLPs beside the reader. All see
 * the raw text only and rank our own units; a note's value of a system with several seeds is their
 * mean. */
#include <math.h>

#include "base/rng.h"
#include "cli/eval-mlp.h"
#include "cli/eval-rank.h"
#include "cli/eval-report.h"
#include "core/errors.h"

#define N_RANDOM 30 /* draws a note */
#define N_MLPS 3    /* seeds */

typedef enum { RANDOM, LEAD, LONGEST, TEXTRANK, PLAIN_MLP, FULL_MLP, READER, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS] = {
  "random", "Lead", "longest", "TextRank", "feature MLP", "MLP, all", "reader",
};

/* values[system][metric * n + note]; @counted: the note has key units */
typedef struct
{
  const TlmEvaluation *e;
  const TlmDataset    *notes;
  TlmMlp              *mlps[2 * N_MLPS]; /* plain ones, then those with all features */
  gboolean             has_mlp;
  gsize                n;
  double              *values[N_SYSTEMS];
  gboolean            *counted;
} Table;

static void
add_opinion (Table *t, System system, gsize i, const tl_note *note, const float *scores,
             double share)
{
  TlmOpinion opinion = { note, scores };
  double metrics[TLM_N_METRICS];

  t->counted[i] = tlm_eval_rank (&t->notes->examples[i], &opinion, metrics);
  for (gsize m = 0; m < TLM_N_METRICS; m++)
    t->values[system][m * t->n + i] += share * metrics[m];
}

static void
add_baselines (Table *t, gsize i, const tl_note *note)
{
  float scores[TL_READER_MAX_UNITS];
  tl_rng rng;

  tl_rng_init (&rng, i);
  for (int draw = 0; draw < N_RANDOM; draw++)
    {
      for (gsize u = 0; u < note->n_units; u++)
        scores[u] = tl_rng_uniform (&rng);
      add_opinion (t, RANDOM, i, note, scores, 1.0 / N_RANDOM);
    }
  for (gsize u = 0; u < note->n_units; u++)
    scores[u] = -(float) u;
  add_opinion (t, LEAD, i, note, scores, 1.0);
  for (gsize u = 0; u < note->n_units; u++)
    scores[u] = (float) (note->units[u].end - note->units[u].start);
  add_opinion (t, LONGEST, i, note, scores, 1.0);
  add_opinion (t, TEXTRANK, i, note, note->textrank, 1.0);
  for (gsize k = 0; t->has_mlp && k < 2 * N_MLPS; k++)
    {
      tlm_mlp_score (t->mlps[k], note, scores);
      add_opinion (t, k < N_MLPS ? PLAIN_MLP : FULL_MLP, i, note, scores, 1.0 / N_MLPS);
    }
}

/* What the whole path from raw text gives, as an opinion on the units that it made itself. */
static gboolean
add_readers (Table *t, gsize i, const tl_note *note, GError **error)
{
  const tl_reader_example *e = &t->notes->examples[i];
  tl_error err = { 0 };

  for (gsize k = 0; k < t->e->n_readers; k++)
    {
      float scores[TL_READER_MAX_UNITS];
      tl_reading *reading = tl_reader_read (t->e->readers[k], e->text, e->len, NULL, NULL, &err);

      if (reading == NULL)
        return tlm_error_from_engine (error, &err);
      for (gsize u = 0; u < note->n_units; u++)
        scores[u] = reading->units[u].p_key;
      add_opinion (t, READER, i, note, scores, 1.0 / (double) t->e->n_readers);
      tl_reading_free (reading);
    }
  return TRUE;
}

static gboolean
fill_table (Table *t, GError **error)
{
  tl_error err = { 0 };

  t->n = t->notes->n;
  t->counted = g_new0 (gboolean, t->n + 1);
  for (int s = 0; s < N_SYSTEMS; s++)
    t->values[s] = g_new0 (double, TLM_N_METRICS * t->n + 1);
  for (gsize i = 0; i < t->n; i++)
    {
      tl_note *note;
      tl_note_labels labels;
      gboolean ok;

      if (!tl_example_prepare (t->e->tokenizer, &t->notes->examples[i], &note, &labels, &err))
        return tlm_error_from_engine (error, &err);
      add_baselines (t, i, note);
      ok = add_readers (t, i, note, error);
      tl_example_free_labels (&labels);
      tl_note_free (note);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static void
clear_table (Table *t)
{
  for (int s = 0; s < N_SYSTEMS; s++)
    g_clear_pointer (&t->values[s], g_free);
  g_clear_pointer (&t->counted, g_free);
}

static double
mean_of (const Table *t, System system, TlmMetric metric)
{
  double sum = 0.0, n = 0.0;

  for (gsize i = 0; i < t->n; i++)
    if (t->counted[i])
      {
        sum += t->values[system][metric * t->n + i];
        n++;
      }
  return n > 0.0 ? sum / n : NAN;
}

/* Mean over domains of the means over their notes. */
static double
macro_of (const Table *t, System system, TlmMetric metric)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  double sum = 0.0;

  for (gsize i = 0; i < t->n; i++)
    {
      const char *domain = t->notes->infos[i].domain != NULL ? t->notes->infos[i].domain : "";
      double domain_sum = 0.0, n = 0.0;

      if (!t->counted[i] || !g_hash_table_add (seen, (gpointer) domain))
        continue;
      for (gsize j = i; j < t->n; j++)
        if (t->counted[j] && g_strcmp0 (t->notes->infos[j].domain, t->notes->infos[i].domain) == 0)
          {
            domain_sum += t->values[system][metric * t->n + j];
            n++;
          }
      sum += domain_sum / n;
    }
  return sum / MAX (g_hash_table_size (seen), 1);
}

static gboolean
is_there (const Table *t, System system)
{
  return t->has_mlp || (system != PLAIN_MLP && system != FULL_MLP);
}

static void
print_table (const Table *t, GString *out, const char *heading,
             double (*average) (const Table *, System, TlmMetric))
{
  g_string_append_printf (out, "\n%s\n%-14s", heading, "");
  for (gsize m = 0; m < TLM_N_METRICS; m++)
    g_string_append_printf (out, " %8s", tlm_metric_names[m]);
  g_string_append_c (out, '\n');
  for (int s = 0; s < N_SYSTEMS; s++)
    {
      if (!is_there (t, s))
        continue;
      g_string_append_printf (out, "%-14s", system_names[s]);
      for (gsize m = 0; m < TLM_N_METRICS; m++)
        g_string_append_printf (out, " %8.3f", average (t, s, m));
      g_string_append_c (out, '\n');
    }
}

static void
print_differences (const Table *t, GString *out)
{
  static const TlmMetric metrics[] = { TLM_METRIC_P3, TLM_METRIC_RECALL_K, TLM_METRIC_MATCHED };
  g_autofree double *d = g_new (double, t->n + 1);

  g_string_append (out,
                   "\nReader minus baseline, with 95 % intervals (paired bootstrap over notes)\n");
  for (int s = 0; s < READER; s++)
    {
      if (!is_there (t, s))
        continue;
      g_string_append_printf (out, "%-14s", system_names[s]);
      for (gsize m = 0; m < G_N_ELEMENTS (metrics); m++)
        {
          TlmInterval interval;
          gsize n = 0;

          for (gsize i = 0; i < t->n; i++)
            if (t->counted[i])
              d[n++]
                  = t->values[READER][metrics[m] * t->n + i] - t->values[s][metrics[m] * t->n + i];
          interval = tlm_bootstrap (d, n, 1);
          g_string_append_printf (out, "  %s %+.3f [%+.3f, %+.3f]", tlm_metric_names[metrics[m]],
                                  interval.mean, interval.low, interval.high);
          /* "MLP, all" is a part of the reader, not what one would use instead of it. */
          if (metrics[m] == TLM_METRIC_P3 && s != FULL_MLP)
            tlm_leads_add (t->e->leads, "key sentences", "P@3", system_names[s], interval);
        }
      g_string_append_c (out, '\n');
    }
}

static gsize
count_words (const char *text)
{
  gsize n = 0;

  for (const char *p = text; *p != '\0'; p++)
    n += !g_ascii_isspace (*p) && (p == text || g_ascii_isspace (p[-1]));
  return n;
}

static void
print_group (const Table *t, GString *out, const char *name, const gboolean *in)
{
  Table group = *t;
  gsize n = 0;

  group.counted = g_new0 (gboolean, t->n + 1);
  for (gsize i = 0; i < t->n; i++)
    n += group.counted[i] = t->counted[i] && in[i];
  if (n > 0)
    {
      g_string_append_printf (out, "%-24s %4zu", name, n);
      for (int s = 0; s < N_SYSTEMS; s++)
        if (is_there (t, s))
          g_string_append_printf (out, "  %s %.3f", system_names[s],
                                  mean_of (&group, s, TLM_METRIC_P3));
      g_string_append_c (out, '\n');
    }
  g_free (group.counted);
}

/* By language, by length, and by the part that an id's first letter and digit name, or
 * the genre. */
static void
print_groups (const Table *t, GString *out)
{
  g_autofree gboolean *in = g_new0 (gboolean, t->n + 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  static const gsize bounds[] = { 0, 150, 400, G_MAXSIZE };

  g_string_append (out, "\nP@3 by group\n");
  for (int english = 1; english >= 0; english--)
    {
      for (gsize i = 0; i < t->n; i++)
        in[i] = (g_strcmp0 (t->notes->infos[i].lang, "en") == 0) == english;
      print_group (t, out, english ? "English" : "other languages", in);
    }
  for (gsize b = 0; b + 1 < G_N_ELEMENTS (bounds); b++)
    {
      for (gsize i = 0; i < t->n; i++)
        {
          gsize n = count_words (t->notes->examples[i].text);

          in[i] = n >= bounds[b] && n < bounds[b + 1];
        }
      print_group (t, out,
                   b == 0   ? "under 150 words"
                   : b == 1 ? "150 to 399 words"
                            : "400 words and more",
                   in);
    }
  for (gsize k = 0; k < t->n; k++)
    {
      const char *domain = t->notes->infos[k].domain;

      if (domain == NULL || !g_hash_table_add (seen, (gpointer) domain))
        continue;
      for (gsize i = 0; i < t->n; i++)
        in[i] = g_strcmp0 (t->notes->infos[i].domain, domain) == 0;
      print_group (t, out, domain, in);
    }
}

static gboolean
train_mlps (Table *t, GError **error)
{
  const TlmDataset *training = t->e->training;

  t->has_mlp = training != NULL && training->n > 0;
  for (gsize k = 0; t->has_mlp && k < 2 * N_MLPS; k++)
    {
      t->mlps[k] = tlm_mlp_train (t->e->tokenizer, training->examples, training->n, k < N_MLPS,
                                  k % N_MLPS + 1, error);
      if (t->mlps[k] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
report_shuffled (Table *t, GString *out, GError **error)
{
  g_autoptr (TlmDataset) shuffled = tlm_shuffle_paragraphs (t->e->notes, 1);
  gboolean ok;

  t->notes = shuffled;
  ok = fill_table (t, error);
  if (ok)
    print_table (t, out, "Key sentences, paragraphs shuffled: mean over notes", mean_of);
  clear_table (t);
  return ok;
}

gboolean
tlm_eval_keys (const TlmEvaluation *e, GString *out, GError **error)
{
  Table t = { .e = e, .notes = e->notes };
  gboolean ok = train_mlps (&t, error) && fill_table (&t, error);

  if (ok)
    {
      print_table (&t, out, "Key sentences: mean over notes", mean_of);
      print_table (&t, out, "Key sentences: mean over domains", macro_of);
      print_differences (&t, out);
      print_groups (&t, out);
    }
  clear_table (&t);
  ok = ok && report_shuffled (&t, out, error);
  for (gsize k = 0; k < 2 * N_MLPS; k++)
    tlm_mlp_free (t.mlps[k]);
  return ok;
}
