/* SPDX-License-Identifier: Apache-2.0 */
/* Words of one to four syllables, the common ones short; the same in every run. */
#include "store-words.h"

#include <math.h>

static const char *const onsets[] = { "b", "d", "f", "g", "h", "k", "l", "m", "n", "p",
                                      "r", "s", "t", "v", "st", "tr", "pl", "gr", "sh", "kn" };
static const char *const rhymes[] = { "a", "e", "i", "o", "u", "an", "er", "in", "or", "un" };

#define N_SYLLABLES (G_N_ELEMENTS (onsets) * G_N_ELEMENTS (rhymes))

/* Counting in the base of the syllables gives each rank another word. */
char *
store_words_dup (guint rank)
{
  GString *word = g_string_new (NULL);

  for (guint left = rank + 1; left > 0; left = (left - 1) / N_SYLLABLES)
    {
      guint syllable = (left - 1) % N_SYLLABLES;

      g_string_append (word, onsets[syllable % G_N_ELEMENTS (onsets)]);
      g_string_append (word, rhymes[syllable / G_N_ELEMENTS (onsets)]);
    }
  return g_string_free (word, FALSE);
}

void
store_words_add (GRand *random, GString *text)
{
  double rank = exp (g_rand_double (random) * log (STORE_N_WORDS + 1)) - 1;
  g_autofree char *word = store_words_dup ((guint) rank);

  g_string_append (text, word);
}
