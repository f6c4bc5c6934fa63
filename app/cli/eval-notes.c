/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval notes: the questions of labelled notes, put to all notes at once. How often the right
 * note is among the passages, how often the answer stands in what is pointed at, how often a question
 * that its note does not answer is refused, and how long it takes. Each question was written beside
 * one note, and some of them ("When is the race?") fit others as well: so the figures are lower
 * bounds. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ask-notes.h"
#include "cli/commands.h"
#include "cli/eval-rank.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "datasets.h"
#include "errors.h"
#include "paths.h"
#include "reader/ask.h"
#include "reader/words.h"

#define N_RECALLS 3

static const guint recall_at[N_RECALLS] = { 1, 3, 6 };

typedef struct
{
  guint  answerable, unanswerable, recalled[N_RECALLS], right, exact, wrong_none, refused;
  double f1, ms, worst_ms;
  GArray *all; /* of double: 1 for each question that is answered or refused rightly */
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

/* Notes have the ids 1, 2, 3, ... in the order of the examples. */
static void
count_answer (Tally *t, const TlmDataset *notes, gsize i, const tl_question *q,
              const TlmNotesAnswer *answer)
{
  const tl_reader_example *e = &notes->examples[i];
  const TlmPassage *passage
    = answer->passages->len > 0 ? answer->passages->pdata[answer->place] : NULL;
  gboolean none = answer->answer.start == answer->answer.end;
  guint rank = find_rank (answer, (gint64) i + 1);
  const char *said = none ? "" : passage->text + answer->answer.start, *found;
  gsize len = answer->answer.end - answer->answer.start;
  g_autofree char *copy = g_strndup (said, len);

  if (q->unit < 0)
    {
      t->unanswerable++;
      t->refused += none;
      return;
    }
  t->answerable++;
  t->wrong_none += none;
  for (guint k = 0; k < N_RECALLS; k++)
    t->recalled[k] += rank < recall_at[k];
  if (none)
    return;
  t->f1 += word_f1 (said, len, e->text + e->units[q->unit].start,
                    e->units[q->unit].end - e->units[q->unit].start);
  found = passage->id == (gint64) i + 1 ? strstr (e->text, copy) : NULL;
  if (found == NULL)
    return;
  t->right += tl_ask_is_right (e, q, (gsize) (found - e->text), (gsize) (found - e->text) + len);
  t->exact += tl_example_find_gold (e, (gsize) (found - e->text), (gsize) (found - e->text) + len)
              == q->unit;
}

static gboolean
ask_all (TlmStore *store, TlmEngineService *engine, const TlmDataset *notes, Tally *t,
         GError **error)
{
  for (gsize i = 0; i < notes->n; i++)
    for (gsize k = 0; k < notes->examples[i].n_questions; k++)
      {
        const tl_question *q = &notes->examples[i].questions[k];
        g_autoptr (GAsyncResult) result = NULL;
        g_autoptr (TlmNotesAnswer) answer = NULL;
        gint64 begun = g_get_monotonic_time ();
        double ms, right;
        guint before;

        tlm_ask_notes_async (store, engine, q->text, 0, NULL, tlm_cli_keep, &result);
        tlm_cli_await (&result);
        answer = tlm_ask_notes_finish (store, result, error);
        if (answer == NULL)
          return FALSE;
        ms = (double) (g_get_monotonic_time () - begun) / 1000.0;
        t->ms += ms;
        t->worst_ms = MAX (t->worst_ms, ms);
        before = t->right + t->refused;
        count_answer (t, notes, i, q, answer);
        right = t->right + t->refused - before;
        g_array_append_val (t->all, right);
      }
  return TRUE;
}

static void
report (const Tally *t, gsize n_notes)
{
  double n = MAX (t->answerable, 1), n_none = MAX (t->unanswerable, 1);
  TlmInterval all = tlm_bootstrap ((const double *) (void *) t->all->data, t->all->len, 1);

  g_print ("%zu notes, %u questions with an answer, %u without\n", n_notes, t->answerable,
           t->unanswerable);
  g_print ("right note among the first 1, 3, 6: %.3f  %.3f  %.3f\n", t->recalled[0] / n,
           t->recalled[1] / n, t->recalled[2] / n);
  g_print ("pointed at the answer: %.3f; at the very sentence: %.3f; word F1 %.3f\n", t->right / n,
           t->exact / n, t->f1 / n);
  g_print ("“not in your notes”: %.3f of those without an answer, %.3f of the others\n",
           t->refused / n_none, t->wrong_none / n);
  g_print ("right, of all: %.3f [%.3f, %.3f]; %.2f ms a question, %.1f at worst\n", all.mean, all.low,
           all.high, t->ms / MAX (t->all->len, 1), t->worst_ms);
}

static gboolean
evaluate (const char *model, char **files, GError **error)
{
  g_autoptr (TlmDataset) notes = tlm_dataset_new ();
  g_autoptr (TlmStore) store = NULL;
  g_autoptr (TlmNotes) list = NULL;
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (model);
  gboolean done = TRUE;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  Tally t = { .all = all };

  for (gsize i = 0; files[i] != NULL; i++)
    if (!tlm_dataset_add_file (notes, files[i], 1.0f, error))
      return FALSE;
  if ((store = tlm_cli_open_memory (error)) == NULL)
    return FALSE;
  list = tlm_notes_new (store);
  for (gsize i = 0; i < notes->n && done; i++)
    {
      g_autofree char *text = g_strndup (notes->examples[i].text, notes->examples[i].len);

      done = tlm_cli_add_note (list, text, error);
    }
  done = done && ask_all (store, engine, notes, &t, error);
  tlm_store_close (store);
  if (done)
    report (&t, notes->n);
  return done;
}

int
tlm_cli_eval_notes (int argc, char **argv)
{
  g_autofree char *model = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The reader (eeny.gguf)"),
      N_("FILE.gguf") },
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
  if (model == NULL)
    model = tlm_paths_dup_data ("models/eeny.gguf");
  return evaluate (model, argv + 1, &error) ? 0 : tlm_cli_fail ("%s", error->message);
}
