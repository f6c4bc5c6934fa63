/* SPDX-License-Identifier: Apache-2.0 */
/* What is between spaces is a word with the marks before and after it: "(Anna," is a mark, a word
 * and a mark. Marks inside a word belong to it, so that "12.50" stays whole. An output may go on
 * with a token as long as all that is complete are known words and marks, and the rest is the
 * beginning of one. */
#include "specialist-words.h"

#include <string.h>

/* Own words beyond these, and outputs are free text. */
#define MAX_OWN 256

/* An own word is met in so many outputs; one that is met once says nothing of the next output. */
#define MIN_MET 2

/* The part of outputs that have no other words; the rest are taken for mistakes. */
#define MIN_COVERED 0.95

struct TlmWordFilter
{
  const tl_tokenizer *tokenizer;
  GPtrArray          *words;   /* own and the input's, marks too */
  GString            *chunk;   /* what was written since the last space */
  GString            *tried;
  GArray             *allowed; /* of int32_t */
};

/* ---- words and marks ---- */

static gboolean
is_mark (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
      return TRUE;
    default:
      return FALSE;
    }
}

/* The bytes of the mark at @text, 0 when none is there; what is no whole character is none. */
static gsize
mark_at (const char *text,
         gsize       n)
{
  gunichar c = n > 0 ? g_utf8_get_char_validated (text, (gssize) n) : 0;

  return c != 0 && c < 0x110000 && is_mark (c) ? (gsize) g_unichar_to_utf8 (c, NULL) : 0;
}

static gsize
mark_before (const char *text,
             gsize       n)
{
  const char *last = n > 0 ? g_utf8_find_prev_char (text, text + n) : NULL;

  return last != NULL && mark_at (last, (gsize) (text + n - last)) > 0
         ? (gsize) (text + n - last) : 0;
}

typedef void (*UnitFunc) (const char *unit, gsize n, gpointer data);

/* Marks, the word and marks of [n] bytes without a space. */
static void
split_chunk (const char *text,
             gsize       n,
             UnitFunc    func,
             gpointer    data)
{
  const char *end = text + n;
  gsize       mark, word;

  for (; (mark = mark_at (text, (gsize) (end - text))) > 0; text += mark)
    func (text, mark, data);
  word = (gsize) (end - text);
  while ((mark = mark_before (text, word)) > 0)
    word -= mark;
  if (word > 0)
    func (text, word, data);
  for (text += word; (mark = mark_at (text, (gsize) (end - text))) > 0; text += mark)
    func (text, mark, data);
}

static void
for_each_unit (const char *text,
               UnitFunc    func,
               gpointer    data)
{
  for (text += strspn (text, " \t\n"); *text != '\0'; text += strspn (text, " \t\n"))
    {
      gsize n = strcspn (text, " \t\n");

      split_chunk (text, n, func, data);
      text += n;
    }
}

/* With a small and a capital first letter too. */
static void
add_unit (const char *unit,
          gsize       n,
          gpointer    words)
{
  gunichar first = g_utf8_get_char_validated (unit, (gssize) n);

  g_hash_table_add (words, g_strndup (unit, n));
  if (first < 0x110000 && g_unichar_isalpha (first))
    for (int upper = 0; upper < 2; upper++)
      {
        gunichar         c = upper ? g_unichar_toupper (first) : g_unichar_tolower (first);
        char             changed[6];
        g_autofree char *rest = g_strndup (unit + g_unichar_to_utf8 (first, NULL),
                                           n - (gsize) g_unichar_to_utf8 (first, NULL));
        g_autofree char *begin = g_strndup (changed, (gsize) g_unichar_to_utf8 (c, changed));

        g_hash_table_add (words, g_strconcat (begin, rest, NULL));
      }
}

static GHashTable *
words_of (const char *text)
{
  GHashTable *words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for_each_unit (text, add_unit, words);
  return words;
}

/* ---- own words ---- */

typedef struct
{
  GHashTable *of_input, *own; /* what is known, */
  GHashTable *new;            /* and what is not */
} Comparison;

static void
note_new (const char *unit,
          gsize       n,
          gpointer    data)
{
  Comparison      *c = data;
  g_autofree char *word = g_strndup (unit, n);

  if (!g_hash_table_contains (c->of_input, word) && !g_hash_table_contains (c->own, word))
    g_hash_table_add (c->new, g_steal_pointer (&word));
}

/* The words of @e's output that are neither its input's nor in @own. */
static GHashTable *
find_new (const TlmExample *e,
          GHashTable       *own)
{
  g_autoptr (GHashTable) of_input = words_of (e->input);
  Comparison             c = { of_input, own, NULL };

  c.new = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for_each_unit (e->output, note_new, &c);
  return c.new;
}

/* From each word that some output has of its own, in how many of them. */
static GHashTable *
count_new (const TlmExample *const *examples,
           gsize                    n)
{
  GHashTable            *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) new = find_new (examples[i], none);
      GHashTableIter         iter;
      gpointer               word;

      g_hash_table_iter_init (&iter, new);
      while (g_hash_table_iter_next (&iter, &word, NULL))
        g_hash_table_insert (counts, g_strdup (word),
                             GUINT_TO_POINTER (1 + GPOINTER_TO_UINT (
                                                       g_hash_table_lookup (counts, word))));
    }
  return counts;
}

static gboolean
is_rare (gpointer word,
         gpointer count,
         gpointer data)
{
  return GPOINTER_TO_UINT (count) < MIN_MET;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) */
static GPtrArray *
list_words (GHashTable *words)
{
  GPtrArray     *list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer       word;

  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, &word, NULL))
    g_ptr_array_add (list, g_strdup (word));
  g_ptr_array_sort (list, compare_strings);
  return list;
}

GPtrArray *
tlm_words_find (const TlmExample *const *examples,
                gsize                    n)
{
  g_autoptr (GHashTable) own = count_new (examples, n);
  gsize                  n_covered = 0;

  for (gsize i = 0; i < n; i++)
    if (strchr (examples[i]->output, '\n') != NULL)
      return NULL;
  g_hash_table_foreach_remove (own, is_rare, NULL);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) new = find_new (examples[i], own);

      n_covered += g_hash_table_size (new) == 0;
    }
  if (g_hash_table_size (own) > MAX_OWN || (double) n_covered < MIN_COVERED * (double) n)
    return NULL;
  return list_words (own);
}

/* ---- the filter ---- */

TlmWordFilter *
tlm_word_filter_new (const GPtrArray    *own,
                     const char         *input,
                     const tl_tokenizer *tokenizer)
{
  TlmWordFilter         *self = g_new0 (TlmWordFilter, 1);
  g_autoptr (GHashTable) words = words_of (input);

  for (guint i = 0; i < own->len; i++)
    g_hash_table_add (words, g_strdup (own->pdata[i]));
  self->tokenizer = tokenizer;
  self->words = list_words (words);
  self->chunk = g_string_new (NULL);
  self->tried = g_string_new (NULL);
  self->allowed = g_array_new (FALSE, FALSE, sizeof (int32_t));
  return self;
}

void
tlm_word_filter_free (TlmWordFilter *self)
{
  g_ptr_array_unref (self->words);
  g_string_free (self->chunk, TRUE);
  g_string_free (self->tried, TRUE);
  g_array_unref (self->allowed);
  g_free (self);
}

/* Whether a word is [n] bytes of @text, or begins with them: the first such word in their order. */
static gboolean
is_known (const TlmWordFilter *self,
          const char          *text,
          gsize                n,
          gboolean             whole)
{
  guint low = 0, high = self->words->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (strncmp (self->words->pdata[middle], text, n) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == self->words->len || strncmp (self->words->pdata[low], text, n) != 0)
    return FALSE;
  return !whole || ((const char *) self->words->pdata[low])[n] == '\0';
}

/* As split_chunk() reads it. A chunk that is still written may end in a beginning. */
static gboolean
is_good_chunk (const TlmWordFilter *self,
               const char          *text,
               gsize                n,
               gboolean             whole)
{
  gsize mark;

  for (; (mark = mark_at (text, n)) > 0 && is_known (self, text, mark, TRUE); n -= mark)
    text += mark;
  if (n == 0 || (!whole && is_known (self, text, n, FALSE)))
    return TRUE;
  while (!is_known (self, text, n, TRUE))
    {
      mark = mark_before (text, n);
      if (mark == 0 || mark == n || !is_known (self, text + n - mark, mark, TRUE))
        return FALSE;
      n -= mark;
    }
  return TRUE;
}

/* @text: [n] what the output since its last space would be */
static gboolean
may_stand (const TlmWordFilter *self,
           const char          *text,
           gsize                n)
{
  const char *space;

  for (; (space = memchr (text, ' ', n)) != NULL; text = space + 1)
    {
      if (!is_good_chunk (self, text, (gsize) (space - text), TRUE))
        return FALSE;
      n -= (gsize) (space + 1 - text);
    }
  return is_good_chunk (self, text, n, FALSE);
}

static gboolean
may_follow (TlmWordFilter *self,
            int32_t        id)
{
  tl_str piece = tl_tokenizer_get_piece (self->tokenizer, id);

  if (tl_tokenizer_is_end (self->tokenizer, id))
    return is_good_chunk (self, self->chunk->str, self->chunk->len, TRUE);
  if (piece.len == 0)
    return FALSE;
  g_string_truncate (self->tried, 0);
  g_string_append_len (self->tried, self->chunk->str, (gssize) self->chunk->len);
  g_string_append_len (self->tried, piece.data, (gssize) piece.len);
  return may_stand (self, self->tried->str, self->tried->len);
}

const int32_t *
tlm_word_filter_get_allowed (TlmWordFilter *self,
                             gsize         *n)
{
  int32_t n_tokens = (int32_t) tl_tokenizer_get_n_tokens (self->tokenizer);

  g_array_set_size (self->allowed, 0);
  for (int32_t id = 0; id < n_tokens; id++)
    if (may_follow (self, id))
      g_array_append_val (self->allowed, id);
  *n = self->allowed->len;
  return (const int32_t *) (gpointer) self->allowed->data;
}

void
tlm_word_filter_accept (TlmWordFilter *self,
                        int32_t        id)
{
  tl_str      piece = tl_tokenizer_get_piece (self->tokenizer, id);
  const char *space;

  g_string_append_len (self->chunk, piece.data, (gssize) piece.len);
  space = strrchr (self->chunk->str, ' ');
  if (space != NULL)
    g_string_erase (self->chunk, 0, space + 1 - self->chunk->str);
}
