/* SPDX-License-Identifier: Apache-2.0 */
/* The marks that a language puts around a name, between the parts of a list and between sentences. */
#include "words.h"

#include <glib/gi18n-lib.h>

char *
tlm_words_join (const char *const *words)
{
  /* Translators: stands between the parts of a list, of names as of "3 empty"; with its space. */
  return g_strjoinv (C_("between the parts of a list", ", "), (char **) words);
}

char *
tlm_words_quote (const char *word)
{
  /* Translators: a name or words of the person, in the language's quotation marks. */
  return g_strdup_printf (C_("quotation marks", "“%s”"), word);
}

char *
tlm_words_follow (const char *first, const char *second)
{
  if (first == NULL || *first == '\0')
    return g_strdup (second != NULL ? second : "");
  if (second == NULL || *second == '\0')
    return g_strdup (first);
  /* Translators: two whole sentences, one after the other; with no space between them where your
   * language has none there. */
  return g_strdup_printf (C_("two sentences", "%s %s"), first, second);
}

char *
tlm_words_remark (const char *sentence, const char *one, const char *other)
{
  g_autoptr (GStrvBuilder) known = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autofree char *all = NULL;

  if (one != NULL && *one != '\0')
    g_strv_builder_add (known, one);
  if (other != NULL && *other != '\0')
    g_strv_builder_add (known, other);
  words = g_strv_builder_end (known);
  if (*words == NULL)
    return g_strdup (sentence);
  all = tlm_words_join ((const char *const *) words);
  /* Translators: what is to be done; in brackets behind it who does it, until when, or both. */
  return g_strdup_printf (C_("action item", "%s (%s)"), sentence, all);
}
