/* SPDX-License-Identifier: Apache-2.0 */
/* For texts in scripts without spaces, whose sentences are one word to the full-text index:
 * holds (WORDS, A, B) is whether each of the words, between line ends, stands in one of the texts,
 * n_held (WORDS, A, B) how many of them do, and excerpt (WORDS, A, B) some characters around the
 * first that does, with each word marked. Capitals of ASCII are small letters. Reading all texts of
 * a large store is what such a search costs, so this does nothing else and takes no memory. */
#include "db-private.h"

#include <string.h>

#define MAX_TEXTS 2 /* the title and the text */
#define BEFORE 12 /* characters of an excerpt */
#define AFTER 24

#define MARK_START "\u2068" /* as snippets of the index have them */
#define MARK_END "\u2069"

typedef struct
{
  const char *s;
  gsize       len;
} Piece;

/* The word at @words. Returns: the next, or NULL behind the last */
static const char *
take_word (const char *words,
           Piece      *word)
{
  const char *end = strchrnul (words, '\n');

  *word = (Piece) { words, (gsize) (end - words) };
  return *end != '\0' ? end + 1 : NULL;
}

static gboolean
has_letters (Piece word)
{
  for (gsize i = 0; i < word.len; i++)
    if (g_ascii_isalpha (word.s[i]))
      return TRUE;
  return FALSE;
}

/* By the last byte of the first character: in scripts of three bytes a character the first two are
 * often the same, and memchr() passes over the rest faster than memmem(). (nullable) */
static const char *
find_bytes (Piece text,
            Piece word)
{
  const gsize at = MIN (word.len, 3) - 1, last = word.len - 1;
  const char *end = text.s + text.len - (word.len - at - 1); /* of where that byte can be */
  const char *p = text.s + at;

  while (p < end && (p = memchr (p, word.s[at], (gsize) (end - p))) != NULL)
    if (p[last - at] == word.s[last] && memcmp (p - at, word.s, word.len) == 0)
      return p - at;
    else
      p++;
  return NULL;
}

/* (nullable) */
static const char *
find_word (Piece text,
           Piece word)
{
  if (word.len > text.len || word.len == 0)
    return NULL;
  if (!has_letters (word))
    return find_bytes (text, word);
  for (gsize i = 0; i + word.len <= text.len; i++)
    if (g_ascii_strncasecmp (text.s + i, word.s, word.len) == 0)
      return text.s + i;
  return NULL;
}

static Piece
get_text (sqlite3_value *value)
{
  const char *s = (const char *) sqlite3_value_text (value);

  return (Piece) { s != NULL ? s : "", (gsize) sqlite3_value_bytes (value) };
}

static gboolean
is_held (Piece        word,
         int          n_texts,
         const Piece *texts)
{
  for (int i = 0; i < n_texts; i++)
    if (find_word (texts[i], word) != NULL)
      return TRUE;
  return FALSE;
}

/* @all: whether one that is not there ends the count */
static guint
count_held (int             n,
            sqlite3_value **values,
            gboolean        all,
            guint          *n_words)
{
  const char *next = get_text (values[0]).s;
  Piece       texts[MAX_TEXTS], word;
  guint       held = 0;

  n = MIN (n, MAX_TEXTS + 1);
  for (int i = 1; i < n; i++)
    texts[i - 1] = get_text (values[i]);
  for (*n_words = 0; next != NULL && (!all || held == *n_words); (*n_words)++)
    {
      next = take_word (next, &word);
      held += is_held (word, n - 1, texts);
    }
  return held;
}

static void
holds (sqlite3_context *result,
       int              n,
       sqlite3_value  **values)
{
  guint n_words, held = count_held (n, values, TRUE, &n_words);

  sqlite3_result_int (result, held == n_words);
}

static void
n_held (sqlite3_context *result,
        int              n,
        sqlite3_value  **values)
{
  guint n_words;

  sqlite3_result_int (result, (int) count_held (n, values, FALSE, &n_words));
}

/* @n characters from @p on, or before it; within @text. */
static const char *
move (Piece       text,
      const char *p,
      int         n)
{
  for (; n < 0 && p > text.s; n++)
    while (--p > text.s && ((guchar) *p & 0xc0) == 0x80)
      ;
  for (; n > 0 && p < text.s + text.len; n--)
    while (++p < text.s + text.len && ((guchar) *p & 0xc0) == 0x80)
      ;
  return p;
}

/* How long the longest of the words that stands right at @p is; 0: none does. */
static gsize
measure_hit (const char *words,
             Piece       rest)
{
  gsize longest = 0;

  for (const char *next = words; next != NULL;)
    {
      Piece word;

      next = take_word (next, &word);
      if (word.len > longest && word.len <= rest.len
          && g_ascii_strncasecmp (rest.s, word.s, word.len) == 0)
        longest = word.len;
    }
  return longest;
}

static void
append_marked (GString    *out,
               const char *words,
               Piece       piece)
{
  for (gsize i = 0, n; i < piece.len; i += n)
    {
      gsize hit = measure_hit (words, (Piece) { piece.s + i, piece.len - i });

      n = MAX (hit, 1);
      g_string_append (out, hit > 0 ? MARK_START : "");
      g_string_append_len (out, piece.s + i, (gssize) n);
      g_string_append (out, hit > 0 ? MARK_END : "");
    }
}

static void
excerpt (sqlite3_context *result,
         int              n,
         sqlite3_value  **values)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char         *words = get_text (values[0]).s;
  Piece               first;

  take_word (words, &first);
  for (int i = n - 1; i > 0 && out->len == 0; i--) /* the text says more than the title */
    {
      Piece       text = get_text (values[i]);
      const char *found = find_word (text, first);
      const char *start = found != NULL ? move (text, found, -BEFORE) : NULL;
      const char *end = found != NULL ? move (text, found + first.len, AFTER) : NULL;

      if (found == NULL)
        continue;
      g_string_append (out, start > text.s ? "…" : "");
      append_marked (out, words, (Piece) { start, (gsize) (end - start) });
      g_string_append (out, end < text.s + text.len ? "…" : "");
    }
  sqlite3_result_text (result, out->str, (int) out->len, SQLITE_TRANSIENT);
}

gboolean
tlm_db_add_scan (TlmDb   *db,
                 GError **error)
{
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  int       code = sqlite3_create_function (db->handle, "holds", -1, flags, NULL, holds, NULL, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_create_function (db->handle, "n_held", -1, flags, NULL, n_held, NULL, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_create_function (db->handle, "excerpt", -1, flags, NULL, excerpt, NULL, NULL);
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}
