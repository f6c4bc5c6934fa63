/* SPDX-License-Identifier: Apache-2.0 */
/* The marks that a language puts around a name and between the parts of a list. */
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
