/* SPDX-License-Identifier: Apache-2.0 */
/* Words, candidates, passages, weights. Words of scripts without spaces are single characters to the
 * reader and no words to the index, so for them another index is asked. */
#include "passages.h"

#include "question.h"
#include "reader/ask-train.h"
#include "reader/lexicon.h"
#include "reader/reader-internal.h"
#include "reader/words.h"
#include "skills/front-matter.h"
#include "store/signs-rank.h"

#include <math.h>
#include <string.h>

#define MAX_WORDS 16
#define MAX_TEXTS 24       /* of each index, the best, that are cut into passages */
#define PASSAGE_BYTES 1400u /* of 350, 700, 1,400 and whole notes the best: the reader's card */
#define MAX_TEXT_BYTES (1u << 20)
/* A passage with less of a question's matter is not about it. Of .3 to .8, on one half of the broad questions,
 * the lowest with which all that have no answer are refused. */
#define MIN_COVER 0.6
/* What single characters say of a passage tells less than what stands beside each other in its
 * text. Of 0, .1, .25, .5 and 1 the best for 2,400 questions of pieces of the Chinese and Japanese
 * translations. */
#define GRAMS 0.5
#define K1 1.2 /* the usual constants of BM25 */
#define B 0.75

typedef struct
{
  const char *start; /* in the question */
  gsize       len;
  guint32     stem;
  gboolean    frame; /* it is not what the question is about */
} Word;

typedef struct
{
  Word     words[MAX_WORDS];
  guint    n;
  gboolean unspaced;
} Words;

typedef struct
{
  TlmPassage *passage;
  guint       n_words, counts[MAX_WORDS];
} Weighed;

void
tlm_passage_free (TlmPassage *passage)
{
  g_free (passage->title);
  g_free (passage->text);
  g_free (passage);
}

gboolean
tlm_passage_is_about (const TlmPassage *passage)
{
  return passage->cover >= MIN_COVER;
}

static guint32
stem_of (const char *word,
         gsize       len)
{
  return tl_word_hash (word, tl_ask_stem (word, len));
}

/* Without the words that stand in every text; each once. */
static void
words_init (Words      *words,
            const char *question)
{
  gsize  len = strlen (question);
  size_t pos = 0, start;

  *words = (Words) { .n = 0 };
  while (words->n < MAX_WORDS && tl_word_next (question, len, &pos, &start))
    {
      Word  word = { question + start, pos - start, stem_of (question + start, pos - start),
                     tlm_question_is_frame (question + start, pos - start) };
      guint same = 0;

      if (tl_lexicon_get_classes (tl_word_hash (word.start, word.len)) & TL_WORD_STOP)
        continue;
      while (same < words->n && words->words[same].stem != word.stem)
        same++;
      if (same < words->n)
        continue;
      words->unspaced |= tl_cp_is_cjk (g_utf8_get_char (word.start));
      words->words[words->n++] = word;
    }
}

/* A question to the notes has the very words, and its answer quotes what is found anyway: both would
 * only stand before the notes. */
#define MESSAGES                                                                                   \
  " JOIN chats c ON c.id = m.chat_id WHERE c.trashed IS NULL"                                      \
  " AND m.tool NOT IN ('retrieval', 'hand-over')"                                                  \
  " AND (?2 = 0 OR m.id < ?2) AND NOT EXISTS"                                                      \
  " (SELECT 1 FROM messages a WHERE a.parent = m.id"                                               \
  " AND a.tool IN ('retrieval', 'hand-over'))"

/* How many rows have a word, and how many there are about: the last id, as counting them takes long. */
static const char *const count_sql[] = {
  "SELECT count (*), (SELECT max (id) FROM notes) FROM notes_index WHERE notes_index MATCH ?1",
  "SELECT count (*), (SELECT max (id) FROM messages) FROM messages_index WHERE messages_index MATCH ?1",
};

/* Of a word that is everywhere the newest rows are looked at. */
static const char *const rows_sql[] = {
  "SELECT rowid, closeness (notes_index) FROM notes_index WHERE notes_index MATCH ?1"
  " AND rowid NOT IN (SELECT id FROM notes WHERE trashed IS NOT NULL)"
  " ORDER BY rowid DESC LIMIT 1000",
  "SELECT m.id, closeness (messages_index) FROM messages_index"
  " CROSS JOIN messages m ON m.id = messages_index.rowid" MESSAGES " AND messages_index MATCH ?1"
  " ORDER BY messages_index.rowid DESC LIMIT 1000",
};

static const char *const text_sql[] = {
  "SELECT 0, id, 0, title, substr (text, 1, ?3) FROM notes WHERE id = ?1"
  " AND trashed IS NULL",
  "SELECT 1, c.id, m.id, c.title, substr (m.text, 1, ?3) FROM messages m" MESSAGES " AND m.id = ?1",
};

/* Bytes from @text to the end of its first passage: whole lines, a heading at its head rather than its
 * end; a line without an end is cut behind a word. */
static gsize
measure_passage (const char *text)
{
  gsize len = strlen (text), end = 0;

  while (end < len)
    {
      const char *line = memchr (text + end, '\n', len - end);
      gsize       next = line != NULL ? (gsize) (line - text) + 1 : len;

      if (end > 0 && (next > PASSAGE_BYTES || (text[end] == '#' && end > PASSAGE_BYTES / 3)))
        break;
      end = next;
    }
  if (end <= 2 * PASSAGE_BYTES)
    return end;
  for (end = 2 * PASSAGE_BYTES; end > PASSAGE_BYTES && text[end - 1] != ' '; end--)
    ;
  while (end > 0 && ((guchar) text[end] & 0xc0) == 0x80)
    end--;
  return end;
}

static void
count_words (Weighed     *weighed,
             const Words *words,
             const char  *text)
{
  size_t pos = 0, start, len = strlen (text);

  while (tl_word_next (text, len, &pos, &start))
    {
      guint32 stem = stem_of (text + start, pos - start);

      weighed->n_words++;
      for (guint i = 0; i < words->n; i++)
        weighed->counts[i] += stem == words->words[i].stem;
    }
}

static gboolean
holds_any (const Weighed *weighed)
{
  for (guint i = 0; i < MAX_WORDS; i++)
    if (weighed->counts[i] > 0)
      return TRUE;
  return FALSE;
}

/* (transfer none): behind what stands above a note and is about it, whose words are put into @front */
static const char *
skip_front_matter (const char  *text,
                   char       **front)
{
  TlmFrontMatter matter;

  tlm_front_matter_read (text, strlen (text), &matter);
  *front = g_strndup (text, matter.block);
  return text + matter.end;
}

/* The title and the front matter count for each passage of a text. */
static void
cut (sqlite3_stmt *row,
     const Words  *words,
     GArray       *all)
{
  g_autofree char *title = g_utf8_make_valid (tlm_db_column_text (row, 3), -1);
  g_autofree char *text = g_utf8_make_valid (tlm_db_column_text (row, 4), -1);
  g_autofree char *front = NULL;
  const char      *p = text;
  gsize            n;

  if (sqlite3_column_int (row, 0) == TLM_HIT_NOTE)
    p = skip_front_matter (text, &front);
  for (; *p != '\0'; p += n)
    {
      TlmPassage passage = { .kind = sqlite3_column_int (row, 0), .id = sqlite3_column_int64 (row, 1),
                             .message_id = sqlite3_column_int64 (row, 2) };
      Weighed    weighed = { 0 };

      n = measure_passage (p);
      passage.text = g_strndup (p, n);
      count_words (&weighed, words, title);
      if (front != NULL)
        count_words (&weighed, words, front);
      count_words (&weighed, words, passage.text);
      if (holds_any (&weighed))
        {
          passage.title = g_strdup (title);
          weighed.passage = g_memdup2 (&passage, sizeof passage);
          g_array_append_val (all, weighed);
        }
      else
        g_free (passage.text);
    }
}

static void
weigh (GArray      *all,
       const Words *words)
{
  double mean = 0, matter = 0, idf[MAX_WORDS];

  for (guint i = 0; i < all->len; i++)
    mean += (double) g_array_index (all, Weighed, i).n_words / all->len;
  for (guint w = 0; w < words->n; w++)
    {
      guint n = 0;

      for (guint i = 0; i < all->len; i++)
        n += g_array_index (all, Weighed, i).counts[w] > 0;
      idf[w] = log (1.0 + (all->len - n + 0.5) / (n + 0.5));
      matter += words->words[w].frame ? 0.0 : idf[w];
    }
  for (guint i = 0; i < all->len; i++)
    {
      const Weighed *weighed = &g_array_index (all, Weighed, i);

      for (guint w = 0; w < words->n; w++)
        {
          double count = weighed->counts[w];

          weighed->passage->score += idf[w] * count * (K1 + 1.0)
                                     / (count + K1 * (1.0 - B + B * weighed->n_words / mean));
          if (count > 0 && !words->words[w].frame)
            weighed->passage->cover += idf[w] / matter;
        }
    }
}

/* The better one first; of equal ones the one that was found first. */
static int
compare_scores (gconstpointer a,
                gconstpointer b)
{
  double d = (*(TlmPassage *const *) b)->score - (*(TlmPassage *const *) a)->score;

  return d > 0 ? 1 : d < 0 ? -1 : 0;
}

static GPtrArray *
take_best (GArray *all,
           guint   max)
{
  GPtrArray *best = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_passage_free);

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (best, g_array_index (all, Weighed, i).passage);
  g_ptr_array_sort (best, compare_scores); /* a stable one */
  if (best->len > max)
    g_ptr_array_set_size (best, (int) max);
  return best;
}

/* ---- The best notes or messages, by any of the words ---- */

/* The weight of a rare word, as FTS5's bm25() has it. Returns: less than 0 on failure */
static double
weigh_word (TlmDb      *db,
            int         messages,
            const char *match,
            GError    **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, count_sql[messages], "t", match);
  double        n, n_rows, idf = -1;

  while (row != NULL && tlm_db_step (db, row, error) > 0)
    {
      n = sqlite3_column_double (row, 0);
      n_rows = MAX (sqlite3_column_double (row, 1), n);
      idf = MAX (log ((n_rows - n + 0.5) / (n + 0.5)), 1e-6);
    }
  return idf;
}

/* By its beginning: "decid"*. */
static gboolean
score_word (TlmDb      *db,
            int         messages,
            const Word *word,
            gint64      not_after,
            GHashTable *scores,
            GError    **error)
{
  int              len = (int) tl_ask_stem (word->start, word->len), more = 1;
  g_autofree char *match = g_strdup_printf ("\"%.*s\"*", len, word->start);
  double           idf = weigh_word (db, messages, match, error);
  sqlite3_stmt    *row = NULL;

  if (idf >= 0)
    row = tlm_db_query (db, error, rows_sql[messages], messages ? "ti" : "t", match, not_after);
  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    tlm_ranked_add (scores, sqlite3_column_int64 (row, 0), idf * sqlite3_column_double (row, 1));
  return row != NULL && more == 0;
}

/* Returns: 1, 0 for a question to the notes, or -1 on failure */
static int
cut_text (TlmDb       *db,
          int          messages,
          gint64       id,
          gint64       not_after,
          const Words *words,
          GArray      *all,
          GError     **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, text_sql[messages], "iii", id, not_after,
                                    (gint64) MAX_TEXT_BYTES);
  int           more = -1, found = 0;

  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    {
      cut (row, words, all);
      found = 1;
    }
  return more == 0 ? found : -1;
}

/* The closer one first, the newer one of equals. */
static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const TlmRanked *x = *(TlmRanked *const *) a, *y = *(TlmRanked *const *) b;

  if (x->score != y->score)
    return x->score < y->score ? -1 : 1;
  return x->id > y->id ? -1 : 1;
}

/* A row that has a rare word is found however old it is; that it has common words too may go
 * unseen, and weighs little. */
static gboolean
score (TlmDb       *db,
       int          messages,
       const char  *question,
       const Words *words,
       gint64       not_after,
       GHashTable  *scores,
       GError     **error)
{
  gint64   before = messages && not_after > 0 ? not_after : G_MAXINT64;
  gboolean ok = TRUE;

  if (words->unspaced)
    return tlm_signs_rank (db, messages ? TLM_WORDS_OF_MESSAGES : TLM_WORDS_OF_NOTES, question,
                           before, scores, error);
  for (guint i = 0; i < words->n && ok; i++)
    ok = score_word (db, messages, &words->words[i], not_after, scores, error);
  return ok;
}

/* Cuts the best. */
static gboolean
look_up (TlmDb       *db,
         int          messages,
         const char  *question,
         const Words *words,
         gint64       not_after,
         GArray      *all,
         GError     **error)
{
  g_autoptr (GHashTable) scores = tlm_ranked_new ();
  g_autofree TlmRanked **rows = NULL;
  gboolean               ok = score (db, messages, question, words, not_after, scores, error);
  guint                  n, left = MAX_TEXTS;

  rows = (TlmRanked **) g_hash_table_get_keys_as_array (scores, &n);
  qsort (rows, n, sizeof *rows, compare_rows);
  for (guint i = 0; i < n && left > 0 && ok; i++)
    {
      guint first = all->len;
      int   found = cut_text (db, messages, rows[i]->id, not_after, words, all, error);

      for (guint j = first; j < all->len && words->unspaced; j++)
        g_array_index (all, Weighed, j).passage->score = -GRAMS * rows[i]->score;
      ok = found >= 0;
      left -= found > 0;
    }
  return ok;
}

GPtrArray *
tlm_passages_find (TlmDb      *db,
                   const char *question,
                   gint64      not_after,
                   guint       max,
                   GError    **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Weighed));
  g_autofree char   *valid = g_utf8_make_valid (question, -1);
  gboolean           ok = TRUE;
  GPtrArray         *best;
  Words              words;

  words_init (&words, valid);
  for (int messages = 0; messages < 2 && words.n > 0 && ok; messages++)
    ok = look_up (db, messages, valid, &words, not_after, all, error);
  weigh (all, &words);
  best = take_best (all, ok ? max : 0);
  if (!ok)
    g_clear_pointer (&best, g_ptr_array_unref);
  return best;
}
