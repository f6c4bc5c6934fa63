/* SPDX-License-Identifier: Apache-2.0 */
/* "Ask this note": of the questions that the note answers, how many get a sentence that answers; of
 * the others, how many are refused. The baseline is the sentence that shares most words with the
 * question, refused when it shares less than half of them. */
#include <string.h>

#include "cli/eval-report.h"
#include "core/errors.h"
#include "reader/ask-train.h"
#include "reader/lexicon.h"
#include "reader/words.h"

#define BASELINE_SHARE 0.5

typedef enum { OVERLAP, READER, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS] = { "best overlap", "reader" };

/* Of one system, a question counting once whatever the number of seeds; notes: means a note. */
typedef struct
{
  double answered, n_answerable, refused, n_unanswerable;
  double *notes;
} Tally;

static double
count_shared (const tl_reader_example *e, const tl_gold_unit *unit, const char *question)
{
  size_t pos = 0, start, n = 0, shared = 0, len = strlen (question);

  while (tl_word_next (question, len, &pos, &start))
    {
      guint32 hash = tl_word_hash (question + start, pos - start);
      size_t at = 0, begin;
      gboolean found = FALSE;

      if (tl_lexicon_get_classes (hash) & TL_WORD_STOP)
        continue;
      n++;
      while (!found && tl_word_next (e->text + unit->start, unit->end - unit->start, &at, &begin))
        found = tl_word_hash (e->text + unit->start + begin, at - begin) == hash;
      shared += found;
    }
  return n > 0 ? (double) shared / (double) n : 0.0;
}

static tl_span
answer_by_overlap (const tl_reader_example *e, const tl_question *q)
{
  double best = 0.0;
  tl_span answer = { 0 };

  for (gsize i = 0; i < e->n_units; i++)
    {
      double shared = count_shared (e, &e->units[i], q->text);

      if (shared >= BASELINE_SHARE && shared > best)
        {
          best = shared;
          answer = (tl_span) { e->units[i].start, e->units[i].end, 0.0f };
        }
    }
  return answer;
}

static void
count_answer (Tally *t, gsize note, const tl_reader_example *e, const tl_question *q,
              const tl_span *answer, double share)
{
  gboolean refused = answer->start == answer->end;
  gboolean right = q->unit < 0 ? refused
                               : !refused && tl_ask_is_right (e, q, answer->start, answer->end);

  *(q->unit < 0 ? &t->refused : &t->answered) += share * right;
  *(q->unit < 0 ? &t->n_unanswerable : &t->n_answerable) += share;
  t->notes[note] += share * right / (double) e->n_questions;
}

static gboolean
ask_note (const TlmEvaluation *e, gsize i, Tally *tallies, tl_error *err)
{
  const tl_reader_example *example = &e->notes->examples[i];

  for (gsize k = 0; k < example->n_questions; k++)
    {
      const tl_question *q = &example->questions[k];
      tl_span answer = answer_by_overlap (example, q);

      count_answer (&tallies[OVERLAP], i, example, q, &answer, 1.0);
      for (gsize r = 0; r < e->n_readers; r++)
        {
          if (!tl_reader_ask (e->readers[r], example->text, example->len, q->text, strlen (q->text),
                              &answer, err))
            return FALSE;
          count_answer (&tallies[READER], i, example, q, &answer, 1.0 / (double) e->n_readers);
        }
    }
  return TRUE;
}

static void
print_tallies (const TlmEvaluation *e, const Tally *tallies, GString *out)
{
  g_autofree double *d = g_new0 (double, e->notes->n + 1);
  gsize n = 0;

  for (gsize i = 0; i < e->notes->n; i++)
    if (e->notes->examples[i].n_questions > 0)
      d[n++] = tallies[READER].notes[i] - tallies[OVERLAP].notes[i];
  g_string_append (out, "\nQuestions: answered rightly, of those with an answer; refused, "
                        "of the others; right, of all\n");
  for (int s = 0; s < N_SYSTEMS; s++)
    {
      const Tally *t = &tallies[s];

      g_string_append_printf (out, "  %-14s %.3f of %.0f  %.3f of %.0f  %.3f\n", system_names[s],
                              t->answered / MAX (t->n_answerable, 1.0), t->n_answerable,
                              t->refused / MAX (t->n_unanswerable, 1.0), t->n_unanswerable,
                              (t->answered + t->refused)
                                / MAX (t->n_answerable + t->n_unanswerable, 1.0));
    }
  tlm_leads_add (e->leads, "ask this note", "share right", system_names[OVERLAP],
                 tlm_bootstrap (d, n, 1));
}

gboolean
tlm_eval_ask (const TlmEvaluation *e, GString *out, GError **error)
{
  Tally tallies[N_SYSTEMS] = { 0 };
  tl_error err = { 0 };
  gboolean ok = TRUE;

  for (int s = 0; s < N_SYSTEMS; s++)
    tallies[s].notes = g_new0 (double, e->notes->n + 1);
  for (gsize i = 0; ok && i < e->notes->n; i++)
    ok = ask_note (e, i, tallies, &err);
  if (ok && tallies[READER].n_answerable + tallies[READER].n_unanswerable > 0.0)
    print_tallies (e, tallies, out);
  else if (!ok && err.code == TL_ERROR_UNSUPPORTED) /* an older file: this skill is not there */
    g_string_append_printf (out, "\nQuestions: %s\n", err.message);
  for (int s = 0; s < N_SYSTEMS; s++)
    g_free (tallies[s].notes);
  return ok || err.code == TL_ERROR_UNSUPPORTED || tlm_error_from_engine (error, &err);
}
