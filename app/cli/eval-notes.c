/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval notes: the questions of labelled notes, put to all notes at once. How often the right
 * note is among the passages, how often the answer stands in what is pointed at, whether in one sentence
 * or in one of the points that are shown for a broad question, how often a question that its note does not
 * answer is refused, and how long it takes. Each question was written beside one note, and some of them
 * ("When is the race?") fit others as well: so the figures are lower bounds. With --questions others are
 * asked, which more than one sentence may answer. Beside it the one sentence of all notes that BM25 puts
 * first, and as many as there are points at most (k1 = 1.2, b = .75, over the word beginnings that the
 * reader compares), which never refuse. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "notes/ask-notes.h"
#include "cli/broad.h"
#include "cli/commands.h"
#include "cli/eval-rank.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "specialists/datasets.h"
#include "core/errors.h"
#include "reader/ask-train.h"
#include "reader/words.h"
#include "skills/points.h"

#define N_RECALLS 3
#define MAX_WORDS 64 /* of a question; more are left out */
#define K1 1.2
#define B 0.75

/* Answers of a question: by the span; with points in its place where there are some; and the first or the
 * first TLM_MAX_POINTS sentences by BM25. */
typedef enum { SPAN, POINTS, BM25, BM25_POINTS, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS]
  = { "span or none", "points, span or none", "best sentence by BM25", "four best by BM25" };

static const guint recall_at[N_RECALLS] = { 1, 3, 6 };

typedef struct
{
  guint  answerable, unanswerable, recalled[N_RECALLS], right, wrong_none, refused;
  double f1, ms, worst_ms;
  guint  about, wrong_about; /* answerable where a passage is about it; the others */
  guint  with_points, points_right, wrong_points; /* answerable; of them with a right one; the others */
  GArray *all[N_SYSTEMS]; /* of double: 1 for each question that is answered or refused rightly */
} Tally;

static GHashTable *
count_words (const char *text, gsize len, guint *n)
{
  GHashTable *words = g_hash_table_new (NULL, NULL);
  size_t pos = 0, start;

  *n = 0;
  while (tl_word_next (text, len, &pos, &start))
    {
      gpointer key = GUINT_TO_POINTER (tl_word_hash (text + start, pos - start));

      g_hash_table_insert (words, key,
                           GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (words, key)) + 1));
      ++*n;
    }
  return words;
}

/* Of the words of what was pointed at and those of the sentence that answers. */
static double
word_f1 (const char *said, gsize said_len, const char *gold, gsize gold_len)
{
  guint n_said, n_gold, both = 0;
  g_autoptr (GHashTable) a = count_words (said, said_len, &n_said);
  g_autoptr (GHashTable) b = count_words (gold, gold_len, &n_gold);
  GHashTableIter iter;
  gpointer word, n;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &word, &n))
    both += MIN (GPOINTER_TO_UINT (n), GPOINTER_TO_UINT (g_hash_table_lookup (b, word)));
  return n_said + n_gold > 0 ? 2.0 * both / (n_said + n_gold) : 0.0;
}

/* How many other notes stand before this one; G_MAXUINT when it is not there. */
static guint
find_rank (const TlmNotesAnswer *answer, gint64 id)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < answer->passages->len; i++)
    {
      const TlmPassage *passage = answer->passages->pdata[i];

      if (passage->id == id)
        return g_hash_table_size (seen);
      g_hash_table_add (seen, GINT_TO_POINTER ((int) passage->id));
    }
  return G_MAXUINT;
}

/* One of the @n sentences that answer @q. */
static gboolean
is_right (const tl_reader_example *e, const tl_question *q, guint n, gsize start, gsize end)
{
  guint i = 0;

  while (i < n && !tl_ask_is_right (e, &q[i], start, end))
    i++;
  return i < n;
}

/* Whether @span of @passage answers. Notes have the ids 1, 2, 3, ... in the order of the examples. */
static gboolean
is_span_right (const TlmDataset *notes, gsize i, const tl_question *q, guint n, const TlmPassage *passage,
               const TlmSpan *span)
{
  const tl_reader_example *e = &notes->examples[i];
  gsize len = span->end - span->start, start;
  g_autofree char *copy = g_strndup (passage->text + span->start, len);
  const char *found = len > 0 && passage->id == (gint64) i + 1 ? strstr (e->text, copy) : NULL;

  if (found == NULL)
    return FALSE;
  start = (gsize) (found - e->text);
  return is_right (e, q, n, start, start + len);
}

static gboolean
is_a_point_right (const TlmDataset *notes, gsize i, const tl_question *q, guint n,
                  const TlmNotesAnswer *answer)
{
  gboolean right = FALSE;

  for (guint k = 0; k < answer->points->len && !right; k++)
    {
      const TlmNotesPoint *point = &g_array_index (answer->points, TlmNotesPoint, k);

      right = is_span_right (notes, i, q, n, answer->passages->pdata[point->place], &point->span);
    }
  return right;
}

static void
count_span (Tally *t, const TlmDataset *notes, gsize i, const tl_question *q, guint n,
            const TlmNotesAnswer *answer)
{
  const tl_reader_example *e = &notes->examples[i];
  const TlmPassage *passage = answer->passages->pdata[answer->place];
  const TlmSpan *span = &answer->answer;
  const tl_gold_unit *gold = &e->units[q->unit];

  t->f1 += word_f1 (passage->text + span->start, span->end - span->start, e->text + gold->start,
                    gold->end - gold->start);
  t->right += is_span_right (notes, i, q, n, passage, span);
}

static void
count_answer (Tally *t, const TlmDataset *notes, gsize i, const tl_question *q, guint n,
              const TlmNotesAnswer *answer)
{
  gboolean none = answer->answer.start == answer->answer.end, points = answer->points->len > 0;
  guint rank = find_rank (answer, (gint64) i + 1);

  t->unanswerable += q->unit < 0;
  t->answerable += q->unit >= 0;
  t->refused += q->unit < 0 && none;
  t->wrong_points += q->unit < 0 && points;
  t->about += q->unit >= 0 && tlm_notes_answer_is_about (answer);
  t->wrong_about += q->unit < 0 && tlm_notes_answer_is_about (answer);
  if (q->unit < 0)
    return;
  t->wrong_none += none;
  t->with_points += points;
  t->points_right += is_a_point_right (notes, i, q, n, answer);
  for (guint k = 0; k < N_RECALLS; k++)
    t->recalled[k] += rank < recall_at[k];
  if (!none)
    count_span (t, notes, i, q, n, answer);
}

/* 1 where the question is answered or refused rightly. */
static double
judge (const TlmDataset *notes, gsize i, const tl_question *q, guint n, const TlmNotesAnswer *answer,
       gboolean points)
{
  gboolean none = answer->answer.start == answer->answer.end;

  if (points && answer->points->len > 0)
    return q->unit >= 0 && is_a_point_right (notes, i, q, n, answer);
  if (q->unit < 0 || none)
    return q->unit < 0 && none;
  return is_span_right (notes, i, q, n, answer->passages->pdata[answer->place], &answer->answer);
}

/* A sentence of a note. */
typedef struct
{
  gsize note, unit;
  double score;
} Ranked;

/* @counts: (out): [MAX_WORDS] of the question's word beginnings in @s. Returns: how many words it has */
static guint
count_stems (const char *s, gsize len, const guint32 *stems, guint n_stems, guint *counts)
{
  size_t pos = 0, start;
  guint n = 0;

  memset (counts, 0, MAX_WORDS * sizeof *counts);
  for (; tl_word_next (s, len, &pos, &start); n++)
    {
      guint32 stem = tl_word_hash (s + start, tl_ask_stem (s + start, pos - start));

      for (guint w = 0; w < n_stems; w++)
        counts[w] += stems[w] == stem;
    }
  return n;
}

static guint
take_stems (const char *question, guint32 *stems)
{
  gsize len = strlen (question);
  size_t pos = 0, start;
  guint n = 0;

  while (n < MAX_WORDS && tl_word_next (question, len, &pos, &start))
    {
      guint same = 0;

      stems[n] = tl_word_hash (question + start, tl_ask_stem (question + start, pos - start));
      while (stems[same] != stems[n])
        same++;
      n += same == n;
    }
  return n;
}

/* The best first; scores of -1 where there are fewer. */
static void
keep_best (Ranked *best, Ranked ranked)
{
  for (guint k = 0; k < TLM_MAX_POINTS; k++)
    if (ranked.score > best[k].score)
      {
        Ranked worse = best[k];

        best[k] = ranked;
        ranked = worse;
      }
}

/* Is one of the @max sentences that BM25 puts first the answer? None is one to a question without. */
static gboolean
is_bm25_right (const TlmDataset *notes, gsize asked, const tl_question *q, guint n_answers, const Ranked *best,
               guint max)
{
  const tl_reader_example *e = &notes->examples[asked];
  gboolean right = FALSE;

  for (guint k = 0; k < max && q->unit >= 0 && !right; k++)
    right = best[k].note == asked && best[k].score >= 0.0
            && is_right (e, q, n_answers, e->units[best[k].unit].start, e->units[best[k].unit].end);
  return right;
}

/* @best: (out): [TLM_MAX_POINTS] */
static void
rank_by_bm25 (const TlmDataset *notes, const char *question, Ranked *best)
{
  guint32 stems[MAX_WORDS];
  guint counts[MAX_WORDS], in[MAX_WORDS] = { 0 }, n_stems = take_stems (question, stems);
  gsize n_units = 0;
  double words = 0.0;

  for (guint k = 0; k < TLM_MAX_POINTS; k++)
    best[k] = (Ranked) { .score = -1.0 };
  for (int pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < notes->n; i++)
      for (gsize u = 0; u < notes->examples[i].n_units; u++)
        {
          const tl_gold_unit *unit = &notes->examples[i].units[u];
          guint n = count_stems (notes->examples[i].text + unit->start, unit->end - unit->start, stems,
                                 n_stems, counts);
          Ranked ranked = { i, u, 0.0 };

          n_units += pass == 0;
          words += pass == 0 ? n : 0;
          for (guint w = 0; w < n_stems; w++)
            if (pass == 0)
              in[w] += counts[w] > 0;
            else
              ranked.score += log (1.0 + ((double) n_units - in[w] + 0.5) / (in[w] + 0.5)) * counts[w]
                              * (K1 + 1.0)
                              / (counts[w] + K1 * (1.0 - B + B * n * (double) n_units / words));
          if (pass == 1)
            keep_best (best, ranked);
        }
}

/* @q: [n] the same question with each of its answers, in note @i */
static gboolean
ask_one (TlmStore *store, TlmEngineService *engine, const TlmDataset *notes, gsize i,
         const tl_question *q, guint n, Tally *t, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNotesAnswer) answer = NULL;
  gint64 begun = g_get_monotonic_time ();
  Ranked best[TLM_MAX_POINTS];
  double ms, right[N_SYSTEMS];

  tlm_ask_notes_async (store, engine, q->text, 0, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  answer = tlm_ask_notes_finish (store, result, error);
  if (answer == NULL)
    return FALSE;
  ms = (double) (g_get_monotonic_time () - begun) / 1000.0;
  t->ms += ms;
  t->worst_ms = MAX (t->worst_ms, ms);
  count_answer (t, notes, i, q, n, answer);
  rank_by_bm25 (notes, q->text, best);
  right[SPAN] = judge (notes, i, q, n, answer, FALSE);
  right[POINTS] = judge (notes, i, q, n, answer, TRUE);
  right[BM25] = is_bm25_right (notes, i, q, n, best, 1);
  right[BM25_POINTS] = is_bm25_right (notes, i, q, n, best, TLM_MAX_POINTS);
  for (int k = 0; k < N_SYSTEMS; k++)
    g_array_append_val (t->all[k], right[k]);
  return TRUE;
}

/* Those of the notes, or those of @broad. */
static gboolean
ask_all (TlmStore *store, TlmEngineService *engine, const TlmDataset *notes, const GArray *broad,
         Tally *t, GError **error)
{
  gboolean done = TRUE;

  for (gsize i = 0; i < notes->n && broad == NULL; i++)
    for (gsize k = 0; k < notes->examples[i].n_questions && done; k++)
      done = ask_one (store, engine, notes, i, &notes->examples[i].questions[k], 1, t, error);
  for (guint i = 0; broad != NULL && i < broad->len && done; i++)
    {
      const TlmBroad *b = &g_array_index (broad, TlmBroad, i);

      done = ask_one (store, engine, notes, b->note, b->answers, b->n, t, error);
    }
  return done;
}

/* Of all questions; beside it how much the program's way is ahead. */
static void
report_system (const Tally *t, System system)
{
  const double *right = (const double *) (void *) t->all[system]->data;
  const double *ours = (const double *) (void *) t->all[POINTS]->data;
  gsize n = t->all[system]->len;
  g_autofree double *lead = g_new0 (double, n + 1);
  TlmInterval all = tlm_bootstrap (right, n, 1), ahead;

  for (gsize i = 0; i < n; i++)
    lead[i] = ours[i] - right[i];
  ahead = tlm_bootstrap (lead, n, 1);
  g_print ("right, of all: %-22s %.3f [%.3f, %.3f]; points are ahead by %.3f [%.3f, %.3f]\n",
           system_names[system], all.mean, all.low, all.high, ahead.mean, ahead.low, ahead.high);
}

static void
report (const Tally *t, gsize n_notes)
{
  double n = MAX (t->answerable, 1), n_none = MAX (t->unanswerable, 1);

  g_print ("%zu notes, %u questions with an answer, %u without; %.2f ms a question, %.1f at worst\n", n_notes,
           t->answerable, t->unanswerable, t->ms / MAX (t->all[SPAN]->len, 1), t->worst_ms);
  g_print ("right note among the first 1, 3, 6: %.3f  %.3f  %.3f\n", t->recalled[0] / n,
           t->recalled[1] / n, t->recalled[2] / n);
  g_print ("a span points at the answer: %.3f; word F1 %.3f; no span: %.3f of those without an answer, %.3f "
           "of the others\n",
           t->right / n, t->f1 / n, t->refused / n_none, t->wrong_none / n);
  g_print ("a passage is about it: %.3f of those with an answer, %.3f of those without\n", t->about / n,
           t->wrong_about / n_none);
  g_print ("points are shown: %.3f of those with an answer, %.3f hold it; %.3f of those without\n",
           t->with_points / n, t->points_right / n, t->wrong_points / n_none);
  for (System k = SPAN; k < N_SYSTEMS; k++)
    report_system (t, k);
}

static gboolean
evaluate (const char *model, const char *questions, char **files, GError **error)
{
  g_autoptr (TlmDataset) notes = tlm_dataset_new ();
  g_autoptr (TlmStore) store = NULL;
  g_autoptr (TlmNotes) list = NULL;
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (model);
  gboolean done = TRUE;
  g_autoptr (GArray) broad = NULL;
  Tally t = { 0 };

  for (gsize i = 0; files[i] != NULL; i++)
    if (!tlm_dataset_add_file (notes, files[i], 1.0f, error))
      return FALSE;
  if (questions != NULL && (broad = tlm_broad_read (notes, questions, error)) == NULL)
    return FALSE;
  if ((store = tlm_cli_open_memory (error)) == NULL)
    return FALSE;
  list = tlm_notes_new (store);
  for (System k = SPAN; k < N_SYSTEMS; k++)
    t.all[k] = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < notes->n && done; i++)
    {
      g_autofree char *text = g_strndup (notes->examples[i].text, notes->examples[i].len);

      done = tlm_cli_add_note (list, text, error);
    }
  done = done && ask_all (store, engine, notes, broad, &t, error);
  tlm_store_close (store);
  if (done)
    report (&t, notes->n);
  for (System k = SPAN; k < N_SYSTEMS; k++)
    g_array_unref (t.all[k]);
  return done;
}

int
tlm_cli_eval_notes (int argc, char **argv)
{
  g_autofree char *model = NULL, *path = NULL, *questions = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The reader (eeny)"),
      N_("FILE.gguf") },
    { "questions", 0, 0, G_OPTION_ARG_FILENAME, &questions,
      N_("Other questions than those of the notes"), N_("FILE.jsonl") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("FILE.jsonl…"),
                              _("Puts the questions of labelled notes to all of the notes."));

  if (status >= 0)
    return status;
  if (argc < 2)
    {
      tlm_cli_fail (_("“eval notes” needs labelled notes: “tinylm-cli eval notes notes.jsonl”."));
      return 2;
    }
  path = tlm_cli_find_model (model != NULL ? model : "eeny", &error);
  return path != NULL && evaluate (path, questions, argv + 1, &error)
           ? 0 : tlm_cli_fail ("%s", error->message);
}
