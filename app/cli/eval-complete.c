/* SPDX-License-Identifier: Apache-2.0 */
/* Completion as you type. Each word of four letters or more is typed letter by letter; after the
 * first, second and third each system may show one word. What is right is taken with one key. */
#include <math.h>
#include <string.h>

#include "cli/eval-lm.h"
#include "cli/eval-rank.h"
#include "notes/completion.h"
#include "core/errors.h"

#define MIN_LETTERS 4
#define MAX_TYPED 3

typedef enum { FREQUENT, NOTE, NOTE_FREQUENT, MODEL, NOTE_MODEL, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS] = {
  "frequent words", "words of the note", "note + frequent", "model", "note + model",
};

typedef struct
{
  double keys, saved[2]; /* of the words' keys; [0] all is shown, [1] what is probable enough */
  double shown[2], right[2];
} Tally;

typedef struct
{
  tl_session         *session;
  const tl_tokenizer *tokenizer;
  GHashTable         *counts; /* char * -> number; of the frequency baseline */
  GHashTable         *by_start; /* char * of 1 to 3 letters -> TlmCompletions * of that baseline */
  Tally              *tallies; /* [notes, N_SYSTEMS] */
} Bench;

/* The end of the word that begins at @p; @p when none does. */
static const char *
word_end (const char *p)
{
  while (g_unichar_isalpha (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

/* Calls @visit for each word of @text. */
static void
for_words (const char *text, void (*visit) (gpointer data, const char *word, gsize len),
           gpointer data)
{
  while (*text != '\0')
    {
      const char *end = word_end (text);

      if (end > text)
        visit (data, text, (gsize) (end - text));
      text = end > text ? end : g_utf8_next_char (text);
    }
}

static void
count_word (gpointer data, const char *word, gsize len)
{
  GHashTable *counts = data;
  g_autofree char *key = g_strndup (word, len);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));

  g_hash_table_replace (counts, g_steal_pointer (&key), GUINT_TO_POINTER (n + 1));
}

static GHashTable *
count_words (const char *text)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for_words (text, count_word, counts);
  return counts;
}

/* The likeliest words of @counts that begin with @typed, by their share of all that do. */
static void
guess_from_counts (GHashTable *counts, const char *typed, TlmCompletions *g)
{
  GHashTableIter iter;
  gpointer key, value;
  const char *best[TLM_COMPLETION_MAX] = { NULL };
  guint most[TLM_COMPLETION_MAX] = { 0 };
  double sum = 0;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, typed))
      {
        guint n = GPOINTER_TO_UINT (value), at = TLM_COMPLETION_MAX;

        sum += n;
        while (at > 0 && (n > most[at - 1]
                          || (n == most[at - 1] && strcmp (key, best[at - 1]) < 0)))
          at--;
        for (guint i = TLM_COMPLETION_MAX - 1; i > at && i < TLM_COMPLETION_MAX; i--)
          {
            most[i] = most[i - 1];
            best[i] = best[i - 1];
          }
        if (at < TLM_COMPLETION_MAX)
          {
            most[at] = n;
            best[at] = key;
          }
      }
  for (g->n = 0; g->n < TLM_COMPLETION_MAX && best[g->n] != NULL; g->n++)
    {
      g_strlcpy (g->items[g->n].text, best[g->n], sizeof g->items[0].text);
      g->items[g->n].p = (float) (most[g->n] / sum);
    }
}

/* A scan over all words of a language for each letter typed would take minutes: it is done once for
 * each beginning. */
static void
guess_frequent (Bench *b, const char *typed, TlmCompletions *g)
{
  TlmCompletions *kept = g_hash_table_lookup (b->by_start, typed);

  if (kept == NULL)
    {
      kept = g_new0 (TlmCompletions, 1);
      guess_from_counts (b->counts, typed, kept);
      g_hash_table_insert (b->by_start, g_strdup (typed), kept);
    }
  *g = *kept;
}

static gboolean
is_shown (const tl_completion *c, gsize n_typed)
{
  return n_typed >= TLM_COMPLETION_MIN_LETTERS && c->p >= TLM_COMPLETION_SHOWN;
}

/* One system's word after @n_typed of @n_letters; @done: it was already right earlier. */
static void
tally_guess (Tally *t, const TlmCompletions *g, const char *word, gsize n_letters, gsize n_typed,
             gboolean done[2])
{
  const tl_completion *best = tlm_completions_get_best (g);

  for (int column = 0; column < 2; column++)
    if (best != NULL && !done[column] && (column == 0 || is_shown (best, n_typed)))
      {
        t->shown[column]++;
        if (!g_str_equal (best->text, word))
          continue;
        t->right[column]++;
        t->saved[column] += (double) (n_letters - n_typed) - 1.0;
        done[column] = TRUE;
      }
}

static gboolean
guess_all (Bench *b, const char *text, gsize len, const char *typed, TlmCompletions *g,
           GError **error)
{
  tl_error err = { 0 };

  if (b->counts != NULL)
    guess_frequent (b, typed, &g[FREQUENT]);
  tlm_completions_add_note (&g[NOTE], text, len, typed);
  g[NOTE_FREQUENT] = g[FREQUENT];
  tlm_completions_add_note (&g[NOTE_FREQUENT], text, len, typed);
  return tl_complete_word (b->session, b->tokenizer, text, len, typed, strlen (typed),
                           g[MODEL].items, TLM_COMPLETION_MAX, &g[MODEL].n, &err)
             ? tlm_completions_suggest (&g[NOTE_MODEL], b->session, b->tokenizer, text, len, typed,
                                        error)
             : tlm_error_from_engine (error, &err);
}

static gboolean
type_word (Bench *b, Tally *tallies, const char *text, const char *at, gsize len, GError **error)
{
  g_autofree char *word = g_strndup (at, len);
  gsize n_letters = (gsize) g_utf8_strlen (word, -1);
  gboolean done[N_SYSTEMS][2] = { 0 };

  for (gsize typed = 1; typed <= MAX_TYPED && typed + 1 < n_letters; typed++)
    {
      g_autofree char *start = g_utf8_substring (word, 0, (glong) typed);
      TlmCompletions g[N_SYSTEMS] = { 0 };

      if (!guess_all (b, text, (gsize) (at - text), start, g, error))
        return FALSE;
      for (int s = 0; s < N_SYSTEMS; s++)
        tally_guess (&tallies[s], &g[s], word, n_letters, typed, done[s]);
    }
  for (int s = 0; s < N_SYSTEMS; s++)
    tallies[s].keys += (double) n_letters;
  return TRUE;
}

static gboolean
type_note (Bench *b, Tally *tallies, const char *text, GError **error)
{
  for (const char *p = text, *end; *p != '\0'; p = end > p ? end : g_utf8_next_char (p))
    {
      end = word_end (p);
      if (g_utf8_strlen (p, end - p) >= MIN_LETTERS
          && !type_word (b, tallies, text, p, (gsize) (end - p), error))
        return FALSE;
    }
  return TRUE;
}

static void
report (const Bench *b, gsize n, GString *out)
{
  g_autofree double *values = g_new (double, n);

  g_string_append_printf (out, "%-18s %28s %8s   %28s %8s\n", "completion", "keys saved [95 %]",
                          "right", "... as it is shown", "right");
  for (int s = 0; s < N_SYSTEMS; s++)
    {
      if (b->counts == NULL && (s == FREQUENT || s == NOTE_FREQUENT))
        continue;
      g_string_append_printf (out, "%-18s", system_names[s]);
      for (int column = 0; column < 2; column++)
        {
          double shown = 0, right = 0;
          TlmInterval i;

          for (gsize note = 0; note < n; note++)
            {
              const Tally *t = &b->tallies[note * N_SYSTEMS + (gsize) s];

              values[note] = t->keys > 0 ? t->saved[column] / t->keys : 0;
              shown += t->shown[column];
              right += t->right[column];
            }
          i = tlm_bootstrap (values, n, 1);
          g_string_append_printf (out, " %12.3f [%.3f, %.3f] %8.3f  ", i.mean, i.low, i.high,
                                  right / MAX (shown, 1));
        }
      g_string_append_c (out, '\n');
    }
}

/* The model with the note's words against the best that needs no model. */
static void
report_difference (const Bench *b, gsize n, GString *out)
{
  g_autofree double *values = g_new (double, n);
  System other = b->counts != NULL ? NOTE_FREQUENT : NOTE;

  for (int column = 0; column < 2; column++)
    {
      TlmInterval i;

      for (gsize note = 0; note < n; note++)
        {
          const Tally *t = b->tallies + note * N_SYSTEMS;

          values[note] = t->keys > 0
                             ? (t[NOTE_MODEL].saved[column] - t[other].saved[column]) / t->keys : 0;
        }
      i = tlm_bootstrap (values, n, 1);
      g_string_append_printf (out, "%s - %s%s: %+.3f [%+.3f, %+.3f]\n", system_names[NOTE_MODEL],
                              system_names[other], column == 1 ? ", as it is shown" : "", i.mean, i.low,
                              i.high);
    }
}

gboolean
tlm_eval_complete (const TlmDataset *notes, const tl_model *model, const GString *text,
                   GString *out, GError **error)
{
  tl_error err = { 0 };
  Bench b = { .tokenizer = tl_model_get_tokenizer (model) };
  gboolean ok;

  b.session = tl_session_new (model, 0, NULL, &err);
  ok = b.session != NULL;
  if (!ok)
    tlm_error_from_engine (error, &err);
  b.counts = text != NULL ? count_words (text->str) : NULL;
  b.by_start = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  b.tallies = g_new0 (Tally, notes->n * N_SYSTEMS);
  for (gsize i = 0; ok && i < notes->n; i++)
    ok = type_note (&b, b.tallies + i * N_SYSTEMS, notes->examples[i].text, error);
  if (ok)
    {
      report (&b, notes->n, out);
      report_difference (&b, notes->n, out);
    }
  g_clear_pointer (&b.counts, g_hash_table_unref);
  g_hash_table_unref (b.by_start);
  g_free (b.tallies);
  tl_session_free (b.session);
  return ok;
}
