/* SPDX-License-Identifier: Apache-2.0 */
/* Titles, tags, owners and due words against what a person gave, as the development set's README
 * scores them, beside what needs no model. Titles: ROUGE-L's F1 against the best given title, and
 * F1 of the words without stop words. Tags: a predicted one is right when it equals a given one or
 * one holds the other as whole words. Owners and due words: over the action units that the reader
 * found. */
#include <math.h>
#include <string.h>

#include "cli/eval-phrase.h"
#include "cli/eval-report.h"
#include "reader/lexicon.h"
#include "reader/reader-file.h"
#include "reader/words.h"

/* ---- titles ---- */

typedef enum
{
  TITLE_READER,
  TITLE_FIRST_WORDS,
  TITLE_FIRST_LINE,
  TITLE_HEADING,
  TITLE_LONGEST,
  TITLE_TEXTRANK,
  N_TITLE_SYSTEMS,
} TitleSystem;

static const char *const title_names[N_TITLE_SYSTEMS] = {
  "reader",
  "first 8 words",
  "first line, 8 words",
  "first heading",
  "longest of 3, 8 words",
  "TextRank, 8 words",
};

/* One value a note of each system, by ROUGE-L and by words. */
typedef struct
{
  double *rouge[N_TITLE_SYSTEMS], *words[N_TITLE_SYSTEMS];
} TitleTable;

static void
score_title (TitleTable *t, TitleSystem system, gsize note, const tl_reader_example *e,
             const TlmPhrase *p, double weight)
{
  double rouge = 0.0, words = 0.0;

  for (gsize i = 0; i < e->n_titles; i++)
    {
      TlmPhrase title = tlm_phrase_of (e->titles[i], strlen (e->titles[i]));
      TlmPhrase a = tlm_phrase_without_stop_words (&title), b = tlm_phrase_without_stop_words (p);

      rouge = MAX (rouge, tlm_phrase_rouge_l (&title, p));
      words = MAX (words, a.n > 0 ? tlm_phrase_f1 (&a, &b) : 0.0);
    }
  t->rouge[system][note] += weight * rouge;
  t->words[system][note] += weight * words;
}

static TlmPhrase
unit_words (const tl_note *note, gsize unit, gsize max)
{
  return tlm_phrase_first (note->text + note->units[unit].start,
                           note->units[unit].end - note->units[unit].start, max);
}

/* The heading that scores best would need the answer, so: the first one. */
static TlmPhrase
first_heading (const tl_note *note)
{
  for (gsize u = 0; u < note->n_units; u++)
    if (note->units[u].kind == TL_UNIT_HEADING)
      return unit_words (note, u, TLM_PHRASE_MAX_WORDS);
  return (TlmPhrase) { .n = 0 };
}

static gsize
unit_that_is_most (const tl_note *note, double (*value) (const tl_note *, gsize))
{
  gsize best = 0;

  for (gsize u = 1; u < note->n_units; u++)
    if (value (note, u) > value (note, best))
      best = u;
  return best;
}

static double
length_of (const tl_note *note, gsize u)
{
  return tl_unit_is_content (&note->units[u]) ? (double) (note->units[u].end - note->units[u].start)
                                              : -1.0;
}

static double
textrank_of (const tl_note *note, gsize u)
{
  return tl_unit_is_content (&note->units[u]) ? note->textrank[u] : -1.0;
}

static void
score_title_baselines (TitleTable *t, gsize i, const tl_reader_example *e, const tl_note *note)
{
  TlmPhrase p = tlm_phrase_first (e->text, e->len, 8);

  score_title (t, TITLE_FIRST_WORDS, i, e, &p, 1.0);
  if (note->n_units == 0)
    return;
  p = unit_words (note, 0, 8);
  score_title (t, TITLE_FIRST_LINE, i, e, &p, 1.0);
  p = first_heading (note);
  score_title (t, TITLE_HEADING, i, e, &p, 1.0);
  p = unit_words (note, unit_that_is_most (note, length_of), 8);
  score_title (t, TITLE_LONGEST, i, e, &p, 1.0);
  p = unit_words (note, unit_that_is_most (note, textrank_of), 8);
  score_title (t, TITLE_TEXTRANK, i, e, &p, 1.0);
}

/* ---- tags ---- */

typedef enum { TAGS_READER, TAGS_TFIDF_3, TAGS_TFIDF_5, N_TAG_SYSTEMS } TagSystem;

static const char *const tag_names[N_TAG_SYSTEMS] = {
  "reader",
  "TF-IDF, 3 words",
  "TF-IDF, 5 words",
};

#define MAX_TFIDF_TAGS 5

typedef struct
{
  double *f1[N_TAG_SYSTEMS], *precision[N_TAG_SYSTEMS], *recall[N_TAG_SYSTEMS];
} TagTable;

static void
score_tags (TagTable *t, TagSystem system, gsize note, const tl_reader_example *e,
            const TlmPhrase *tags, gsize n, double weight)
{
  gsize right = 0, found = 0;
  double precision, recall;

  for (gsize i = 0; i < n; i++)
    {
      gboolean is_right = FALSE;

      for (gsize g = 0; g < e->n_tags && !is_right; g++)
        {
          TlmPhrase gold = tlm_phrase_of (e->tags[g], strlen (e->tags[g]));

          is_right = tlm_phrase_holds (&gold, &tags[i]) || tlm_phrase_holds (&tags[i], &gold);
        }
      right += is_right;
    }
  for (gsize g = 0; g < e->n_tags; g++)
    {
      TlmPhrase gold = tlm_phrase_of (e->tags[g], strlen (e->tags[g]));
      gboolean is_found = FALSE;

      for (gsize i = 0; i < n && !is_found; i++)
        is_found = tlm_phrase_holds (&gold, &tags[i]) || tlm_phrase_holds (&tags[i], &gold);
      found += is_found;
    }
  precision = n > 0 ? (double) right / (double) n : 0.0;
  recall = e->n_tags > 0 ? (double) found / (double) e->n_tags : 0.0;
  t->precision[system][note] += weight * precision;
  t->recall[system][note] += weight * recall;
  if (precision + recall > 0.0)
    t->f1[system][note] += weight * 2.0 * precision * recall / (precision + recall);
}

/* In how many of the notes each word stands. */
static GHashTable *
count_documents (tl_note *const *notes, gsize n)
{
  GHashTable *df = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

      for (gsize w = 0; w < notes[i]->unit_words[notes[i]->n_units]; w++)
        {
          gpointer key = GUINT_TO_POINTER (notes[i]->words[w].hash);

          if (g_hash_table_add (seen, key))
            g_hash_table_insert (df, key, GUINT_TO_POINTER (
              GPOINTER_TO_UINT (g_hash_table_lookup (df, key)) + 1));
        }
    }
  return df;
}

static double
tfidf_of (const tl_note *note, gsize word, GHashTable *df, gsize n_notes)
{
  guint32 hash = note->words[word].hash;
  gsize tf = 0;

  for (gsize i = 0; i < note->unit_words[note->n_units]; i++)
    tf += note->words[i].hash == hash;
  return (double) tf
         * log ((double) n_notes
                / GPOINTER_TO_UINT (g_hash_table_lookup (df, GUINT_TO_POINTER (hash))));
}

static gboolean
is_among (guint32 hash, const TlmPhrase *tags, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (tags[i].hashes[0] == hash)
      return TRUE;
  return FALSE;
}

/* tf log (N / df) of single words that are neither stop words nor numbers, best first. */
static void
score_tfidf_tags (TagTable *t, gsize i, const tl_reader_example *e, const tl_note *note,
                  GHashTable *df, gsize n_notes)
{
  gsize n_words = note->unit_words[note->n_units], n;
  TlmPhrase tags[MAX_TFIDF_TAGS];

  for (n = 0; n < MAX_TFIDF_TAGS; n++)
    {
      double best = -1.0;

      for (gsize w = 0; w < n_words; w++)
        {
          const tl_word *word = &note->words[w];
          double score;

          if ((word->classes & TL_WORD_STOP) != 0 || (word->shape & TL_SHAPE_DIGIT) != 0
              || is_among (word->hash, tags, n))
            continue;
          score = tfidf_of (note, w, df, n_notes);
          if (score > best)
            {
              best = score;
              tags[n] = (TlmPhrase) { .hashes = { word->hash }, .n = 1 };
            }
        }
      if (best < 0.0)
        break;
    }
  score_tags (t, TAGS_TFIDF_3, i, e, tags, MIN (n, 3), 1.0);
  score_tags (t, TAGS_TFIDF_5, i, e, tags, n, 1.0);
}

/* ---- owners and due words ---- */

/* Over action units that were found, all notes and seeds together. */
typedef struct
{
  gsize n, n_owner, n_due; /* units; those that name an owner, a time */
  gsize owner, owner_given, owner_or_writer, due, due_given, due_exact;
  GArray *owner_leads, *due_leads; /* double: over "none", of each unit */
} WordCounts;

static TlmPhrase
phrase_at (const tl_reader_example *e, const tl_span *span)
{
  return tlm_phrase_of (e->text + span->start, span->end - span->start);
}

static gboolean
means_writer (const tl_reader_example *e, const tl_span *span)
{
  TlmPhrase p = phrase_at (e, span);

  return p.n == 0 || (p.n == 1 && (tl_lexicon_get_classes (p.hashes[0]) & TL_WORD_SELF) != 0);
}

static void
count_words (WordCounts *c, const tl_reader_example *e, const tl_gold_unit *gold,
             const tl_reading_unit *unit)
{
  TlmPhrase owner = phrase_at (e, &unit->owner), gold_owner = phrase_at (e, &gold->owner);
  TlmPhrase due = phrase_at (e, &unit->due), gold_due = phrase_at (e, &gold->due);
  gboolean same_owner = tlm_phrase_equal (&owner, &gold_owner);
  gboolean near_due = tlm_phrase_f1 (&due, &gold_due) >= 0.5;
  double owner_lead = same_owner - (gold_owner.n == 0), due_lead = near_due - (gold_due.n == 0);

  g_array_append_val (c->owner_leads, owner_lead);
  g_array_append_val (c->due_leads, due_lead);
  c->n++;
  c->n_owner += gold_owner.n > 0;
  c->n_due += gold_due.n > 0;
  c->owner += same_owner;
  c->owner_given += same_owner && gold_owner.n > 0;
  c->owner_or_writer += same_owner
                        || (means_writer (e, &unit->owner) && means_writer (e, &gold->owner));
  c->due += near_due;
  c->due_given += near_due && gold_due.n > 0;
  c->due_exact += tlm_phrase_equal (&due, &gold_due);
}

static void
count_actions (WordCounts *c, const tl_reader_example *e, const tl_reading *reading)
{
  for (gsize u = 0; u < reading->n_units; u++)
    {
      const tl_reading_unit *unit = &reading->units[u];
      ptrdiff_t gold = tl_example_find_gold (e, unit->unit.start, unit->unit.end);

      if (unit->p_action >= 0.5f && gold >= 0 && e->units[gold].action)
        count_words (c, e, &e->units[gold], unit);
    }
}

/* ---- all of it ---- */

typedef struct
{
  const TlmDataset *notes;
  TitleTable        titles;
  TagTable          tags;
  WordCounts        words;
  gsize             n_failed;
} Tables;

static void
score_reading (Tables *t, gsize i, const tl_reading *reading, double weight)
{
  const tl_reader_example *e = &t->notes->examples[i];
  g_autofree TlmPhrase *tags = g_new0 (TlmPhrase, reading->n_tags + 1);
  TlmPhrase title = { .n = 0 };

  if (reading->n_titles > 0)
    title = phrase_at (e, &reading->titles[0]);
  score_title (&t->titles, TITLE_READER, i, e, &title, weight);
  for (gsize k = 0; k < reading->n_tags; k++)
    tags[k] = phrase_at (e, &reading->tags[k]);
  score_tags (&t->tags, TAGS_READER, i, e, tags, reading->n_tags, weight);
  count_actions (&t->words, e, reading);
}

static void
score_readers (Tables *t, tl_reader *const *readers, gsize n_readers)
{
  for (gsize i = 0; i < t->notes->n; i++)
    for (gsize k = 0; k < n_readers; k++)
      {
        const tl_reader_example *e = &t->notes->examples[i];
        tl_reading *reading = tl_reader_read (readers[k], e->text, e->len, NULL, NULL, NULL);

        if (reading != NULL)
          score_reading (t, i, reading, 1.0 / (double) n_readers);
        else
          t->n_failed++;
        tl_reading_free (reading);
      }
}

static void
score_baselines (Tables *t, const tl_tokenizer *tokenizer)
{
  gsize n = t->notes->n;
  g_autofree tl_note **notes = g_new0 (tl_note *, n + 1);
  g_autofree tl_note_labels *labels = g_new0 (tl_note_labels, n + 1);
  g_autoptr (GHashTable) df = NULL;
  gsize n_ready = 0;

  while (n_ready < n
         && tl_example_prepare (tokenizer, &t->notes->examples[n_ready], &notes[n_ready],
                                &labels[n_ready], NULL))
    n_ready++;
  df = count_documents (notes, n_ready);
  for (gsize i = 0; i < n_ready; i++)
    {
      score_title_baselines (&t->titles, i, &t->notes->examples[i], notes[i]);
      score_tfidf_tags (&t->tags, i, &t->notes->examples[i], notes[i], df, n_ready);
    }
  for (gsize i = 0; i < n_ready; i++)
    {
      tl_note_free (notes[i]);
      tl_example_free_labels (&labels[i]);
    }
  t->n_failed += n - n_ready;
}

static TlmInterval
lead_over (const TlmDataset *notes, const double *values, const double *reader)
{
  g_autofree double *d = g_new0 (double, notes->n + 1);

  for (gsize i = 0; i < notes->n; i++)
    d[i] = reader[i] - values[i];
  return tlm_bootstrap (d, notes->n, 1);
}

static void
print_row (GString *out, const TlmDataset *notes, const char *name, const double *values,
           const double *reader)
{
  double en = 0.0, other = 0.0;
  gsize n_en = 0;
  TlmInterval mean = tlm_bootstrap (values, notes->n, 1);
  TlmInterval lead = lead_over (notes, values, reader);

  for (gsize i = 0; i < notes->n; i++)
    {
      gboolean is_en = g_strcmp0 (notes->infos[i].lang, "en") == 0;

      n_en += is_en;
      en += is_en ? values[i] : 0.0;
      other += is_en ? 0.0 : values[i];
    }
  g_string_append_printf (out, "  %-22s %.3f [%.3f, %.3f]  en %.3f  other %.3f", name, mean.mean,
                          mean.low, mean.high, en / (double) MAX (n_en, 1),
                          other / (double) MAX (notes->n - n_en, 1));
  if (values != reader)
    g_string_append_printf (out, "  reader's lead %+.3f [%+.3f, %+.3f]", lead.mean, lead.low,
                            lead.high);
  g_string_append_c (out, '\n');
}

static void
print_tables (const Tables *t, GString *out)
{
  const WordCounts *c = &t->words;
  double n = (double) MAX (c->n, 1), n_owner = (double) MAX (c->n_owner, 1);
  double n_due = (double) MAX (c->n_due, 1);

  g_string_append (out, "\nTitles by ROUGE-L against the best given one\n");
  for (int s = 0; s < N_TITLE_SYSTEMS; s++)
    print_row (out, t->notes, title_names[s], t->titles.rouge[s], t->titles.rouge[TITLE_READER]);
  g_string_append (out, "\nTitles by F1 of words without stop words\n");
  for (int s = 0; s < N_TITLE_SYSTEMS; s++)
    print_row (out, t->notes, title_names[s], t->titles.words[s], t->titles.words[TITLE_READER]);
  g_string_append (out, "\nTags by F1, then precision and recall\n");
  for (int s = 0; s < N_TAG_SYSTEMS; s++)
    print_row (out, t->notes, tag_names[s], t->tags.f1[s], t->tags.f1[TAGS_READER]);
  for (int s = 0; s < N_TAG_SYSTEMS; s++)
    print_row (out, t->notes, tag_names[s], t->tags.precision[s], t->tags.precision[TAGS_READER]);
  for (int s = 0; s < N_TAG_SYSTEMS; s++)
    print_row (out, t->notes, tag_names[s], t->tags.recall[s], t->tags.recall[TAGS_READER]);
  g_string_append_printf (
    out,
    "\nOwners and due words of %zu action units that were found (all seeds)\n"
    "  owner right %.3f, where one is named %.3f; always none %.3f; \"I\" taken for none %.3f\n"
    "  due right (F1 of words at least .5) %.3f, where one is given %.3f, exact %.3f; "
    "always none %.3f\n",
    c->n, (double) c->owner / n, (double) c->owner_given / n_owner,
    1.0 - (double) c->n_owner / n, (double) c->owner_or_writer / n, (double) c->due / n,
    (double) c->due_given / n_due, (double) c->due_exact / n, 1.0 - (double) c->n_due / n);
  if (t->n_failed > 0)
    g_string_append_printf (out, "  %zu notes could not be read\n", t->n_failed);
}

static void
add_leads (const Tables *t, TlmLeads *leads)
{
  for (int s = TITLE_READER + 1; s < N_TITLE_SYSTEMS; s++)
    tlm_leads_add (leads, "titles", "ROUGE-L", title_names[s],
                   lead_over (t->notes, t->titles.rouge[s], t->titles.rouge[TITLE_READER]));
  for (int s = TAGS_READER + 1; s < N_TAG_SYSTEMS; s++)
    tlm_leads_add (leads, "tags", "F1", tag_names[s],
                   lead_over (t->notes, t->tags.f1[s], t->tags.f1[TAGS_READER]));
  tlm_leads_add (leads, "owners", "share right", "always none",
                 tlm_bootstrap ((gpointer) t->words.owner_leads->data, t->words.n, 1));
  tlm_leads_add (leads, "due words", "share right", "always none",
                 tlm_bootstrap ((gpointer) t->words.due_leads->data, t->words.n, 1));
}

void
tlm_eval_spans (const TlmEvaluation *e, GString *out)
{
  const TlmDataset *notes = e->notes;
  g_autoptr (GArray) owner_leads = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) due_leads = g_array_new (FALSE, FALSE, sizeof (double));
  Tables t = { .notes = notes, .words = { .owner_leads = owner_leads, .due_leads = due_leads } };
  double **columns[] = {
    t.titles.rouge, t.titles.words, t.tags.f1, t.tags.precision, t.tags.recall,
  };
  const int n_systems[] = { N_TITLE_SYSTEMS, N_TITLE_SYSTEMS, N_TAG_SYSTEMS, N_TAG_SYSTEMS,
                            N_TAG_SYSTEMS };

  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    for (int s = 0; s < n_systems[c]; s++)
      columns[c][s] = g_new0 (double, notes->n + 1);
  score_readers (&t, e->readers, e->n_readers);
  score_baselines (&t, e->tokenizer);
  print_tables (&t, out);
  add_leads (&t, e->leads);
  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    for (int s = 0; s < n_systems[c]; s++)
      g_free (columns[c][s]);
}
