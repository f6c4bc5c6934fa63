/* SPDX-License-Identifier: Apache-2.0 */
/* Grams are numbers, 21 bits a character, until they are sorted. Other words are as long as
 * MAX_WORD_BYTES, so that no encoded file makes an endless one; the index makes ASCII small.
 *
 * What is in the index of a text is taken out by finding the same grams again. So what a sign is
 * comes from tables of ours, not of a library that grows; who changes them has to begin the index
 * anew, by a migration. */
#include "signs.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/words.h"

#define MAX_WORD_BYTES 24u
#define MAX_TERMS 48 /* a pasted page is no query; its beginning is */
#define FIRST_SIGN 0x0e00 /* Thai; the trigger's, in sql/0024-signs.sql */

#define BITS 21

/* Beside what tl_cp_is_cjk() knows: Hangul, Yi, Tangut, older kana, wide letters. Of Unicode 15. */
static const struct
{
  gunichar first, last;
} wide[] = {
  { 0x1100, 0x115f }, { 0x3100, 0x33ff },   { 0xa000, 0xa48f },   { 0xa960, 0xa97f },
  { 0xac00, 0xd7a3 }, { 0xff10, 0xff19 },   { 0xff21, 0xff3a },   { 0xff41, 0xff5a },
  { 0x16fe0, 0x1b2ff },
};

gboolean
tlm_signs_is_sign (gunichar c)
{
  if (c < FIRST_SIGN)
    return FALSE;
  if (tl_cp_is_cjk (c))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
    if (c >= wide[i].first && c <= wide[i].last)
      return TRUE;
  return FALSE;
}

/* The reader's letters, and joiners and marks that were among them when the index was begun. */
static gboolean
is_word (gunichar c)
{
  return tl_cp_is_word (c) || c == 0x200c || c == 0x200d || (c >= 0x20d0 && c <= 0x20ff);
}

/* Of an alphabet: all but Han and Hangul, whose blocks and neighbours these are. */
static gboolean
is_letter (gunichar c)
{
  return c < 0x2e80 || (c >= 0x3031 && c < 0x3130) || (c >= 0xff00 && c < 0xfff0)
         || (c >= 0x1aff0 && c < 0x1b170);
}

static gboolean
are_letters (const gunichar c[3])
{
  return is_letter (c[0]) && is_letter (c[1]) && is_letter (c[2]);
}

/* ---- Walking over a text ---- */

typedef struct
{
  const char *p, *end;
  gunichar    c;
  gsize       n; /* bytes of c */
} Walk;

static gboolean
next (Walk *walk)
{
  if (walk->p >= walk->end)
    return FALSE;
  walk->n = tl_utf8_next (walk->p, (gsize) (walk->end - walk->p), &walk->c);
  walk->p += walk->n;
  return TRUE;
}

gboolean
tlm_signs_are_in (const char *text)
{
  Walk walk = { .p = text, .end = text + strlen (text) };

  for (;;)
    {
      while (walk.p < walk.end && (guchar) *walk.p < 0xe0) /* U+0800 and above have three bytes */
        walk.p++;
      if (!next (&walk))
        return FALSE;
      if (tlm_signs_is_sign (walk.c))
        return TRUE;
    }
}

/* A word of other letters that begins with the character of @walk, which then stands behind it.
 * Returns: how many bytes of it count; the word begins at @start */
static gsize
take_word (Walk        *walk,
           const char **start)
{
  gsize n = 0;
  Walk  ahead = *walk;

  *start = walk->p - walk->n;
  do
    {
      *walk = ahead;
      if ((gsize) (walk->p - *start) <= MAX_WORD_BYTES)
        n = (gsize) (walk->p - *start);
    }
  while (next (&ahead) && is_word (ahead.c) && !tlm_signs_is_sign (ahead.c));
  return n;
}

/* ---- Of a text ---- */

static void
add_gram (GArray        *grams,
          const gunichar *c,
          guint          n)
{
  guint64 gram = 0;

  for (guint i = 0; i < 3; i++)
    gram = gram << BITS | (i < n ? c[i] : 0);
  g_array_append_val (grams, gram);
}

/* Those that end with the last of the three. @n: how many of them stand beside each other */
static void
add_grams (GArray        *grams,
           const gunichar last[3],
           guint          n)
{
  add_gram (grams, last + 2, 1);
  if (n > 1)
    add_gram (grams, last + 1, 2);
  if (n > 2 && are_letters (last))
    add_gram (grams, last, 3);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static void
append_gram (GString *out,
             guint64  gram)
{
  for (int shift = 2 * BITS; shift >= 0; shift -= BITS)
    {
      gunichar c = (gunichar) (gram >> shift) & ((1u << BITS) - 1);

      if (c != 0)
        g_string_append_unichar (out, c);
    }
}

static void
append_each_once (GString *out,
                  GArray  *grams)
{
  guint64 before = 0;

  if (grams->len > 0)
    qsort (grams->data, grams->len, sizeof before, compare);
  for (guint i = 0; i < grams->len; i++)
    {
      guint64 gram = g_array_index (grams, guint64, i);

      if (gram == before)
        continue;
      append_gram (out, gram);
      g_string_append_c (out, ' ');
      before = gram;
    }
}

static void
append_word (GString *out,
             Walk    *walk)
{
  const char *start;
  gsize       n = take_word (walk, &start);

  g_string_append_len (out, start, (gssize) n);
  g_string_append_c (out, ' ');
}

void
tlm_signs_write (const char *text,
                 GString    *grams)
{
  g_autoptr (GArray) all = NULL;
  Walk               walk = { .p = text, .end = text + strlen (text) };
  gunichar           last[3] = { 0 };
  guint              n = 0;

  if (!tlm_signs_are_in (text))
    return;
  all = g_array_new (FALSE, FALSE, sizeof (guint64));
  while (next (&walk))
    if (tlm_signs_is_sign (walk.c))
      {
        memmove (last, last + 1, 2 * sizeof *last);
        last[2] = walk.c;
        add_grams (all, last, ++n);
      }
    else
      {
        n = 0;
        if (is_word (walk.c))
          append_word (grams, &walk);
      }
  append_each_once (grams, all);
}

/* ---- Of a query ---- */

/* @term: (transfer full) */
static void
add_term (GPtrArray *terms,
          char      *term)
{
  if (term != NULL && terms->len < MAX_TERMS
      && !g_ptr_array_find_with_equal_func (terms, term, g_str_equal, NULL))
    g_ptr_array_add (terms, g_steal_pointer (&term));
  g_free (term);
}

static void
add_signs (GPtrArray      *terms,
           const gunichar *c,
           guint           n)
{
  add_term (terms, g_ucs4_to_utf8 (c, n, NULL, NULL, NULL));
}

/* Three where there are such, and two that are not a part of those. */
static void
add_fewest (GPtrArray      *terms,
            const gunichar *c,
            guint           n)
{
  if (n == 1)
    add_signs (terms, c, 1);
  for (guint i = 0, told = 0; i + 1 < n; i++)
    if (i + 2 < n && are_letters (c + i))
      {
        add_signs (terms, c + i, 3);
        told = i + 2;
      }
    else if (i + 1 > told)
      add_signs (terms, c + i, 2);
}

/* A letter alone says nothing. */
static void
add_each (GPtrArray      *terms,
          const gunichar *c,
          guint           n)
{
  for (guint i = 0; i < n; i++)
    {
      if (!is_letter (c[i]) || n == 1)
        add_signs (terms, c + i, 1);
      if (i + 1 < n)
        add_signs (terms, c + i, 2);
      if (i + 2 < n && are_letters (c + i))
        add_signs (terms, c + i, 3);
    }
}

static void
add_row (GPtrArray *terms,
         GArray    *row,
         gboolean   each)
{
  (each ? add_each : add_fewest) (terms, (const gunichar *) (gpointer) row->data, row->len);
  g_array_set_size (row, 0);
}

static void
add_word (GPtrArray *terms,
          Walk      *walk)
{
  const char *start;
  gsize       n = take_word (walk, &start);

  add_term (terms, g_strndup (start, n));
}

GPtrArray *
tlm_signs_list (const char *query,
                gboolean    each)
{
  GPtrArray         *terms = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) row = g_array_new (FALSE, FALSE, sizeof (gunichar));
  Walk               walk = { .p = query, .end = query + strlen (query) };

  while (next (&walk))
    if (tlm_signs_is_sign (walk.c))
      g_array_append_val (row, walk.c);
    else
      {
        add_row (terms, row, each);
        if (is_word (walk.c))
          add_word (terms, &walk);
      }
  add_row (terms, row, each);
  return terms;
}

/* A single letter begins half of all words, so it stands for itself. */
char *
tlm_signs_quote (const char *term)
{
  gboolean begins = !tlm_signs_is_sign (g_utf8_get_char (term)) && g_utf8_strlen (term, -1) > 1;

  return g_strdup_printf ("\"%s\"%s", term, begins ? "*" : "");
}
