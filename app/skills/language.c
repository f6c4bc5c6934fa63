/* SPDX-License-Identifier: Apache-2.0 */
/* A guess at the language that needs no tables: every fourth to third word of English prose is one of
 * its commonest function words, while other languages share hardly any of these. */
#include "skills/language.h"

#include <string.h>

/* Fewer words than this tell too little: a shopping list has no function words at all. */
#define MIN_WORDS 25
/* Share of the words below in the notes of the training set: English .12 and more, others .04 and
 * less. */
#define MIN_SHARE 0.08
/* Reading further does not change the answer. */
#define MAX_WORDS 2000

static const char function_words[] =
  " a about after all and are as at be been before but by can could did do does for from had has have he "
  "her his how i if in into is it its just me more my no not of on or our out over she should so some "
  "than that the their them then there they this to up us was we were what when which who will with "
  "would you your ";

static gboolean
is_function_word (const char *word,
                  gsize       len)
{
  char padded[12];

  if (len + 3 > sizeof padded)
    return FALSE;
  padded[0] = ' ';
  for (gsize i = 0; i < len; i++)
    padded[i + 1] = g_ascii_tolower (word[i]);
  padded[len + 1] = ' ';
  padded[len + 2] = '\0';
  return strstr (function_words, padded) != NULL;
}

/* A byte above 0x7f belongs to a word: no function word has one. */
static gboolean
is_word_byte (char c)
{
  return g_ascii_isalpha (c) || (guchar) c >= 0x80;
}

gboolean
tlm_text_is_english (const char *text,
                     gsize       len)
{
  const char *end = text + len;
  guint       n_words = 0, n_function = 0, n_wide = 0;

  while (text < end && n_words < MAX_WORDS)
    {
      const char *start;

      while (text < end && !is_word_byte (*text))
        text++;
      for (start = text; text < end && is_word_byte (*text); text++)
        n_wide += (guchar) *text >= 0xe0;
      n_words += text > start;
      n_function += is_function_word (start, (gsize) (text - start));
    }
  /* Scripts without spaces have few words but many wide characters. */
  if (n_words + n_wide < MIN_WORDS)
    return TRUE;
  return n_function >= MIN_SHARE * (n_words + n_wide / 4);
}
