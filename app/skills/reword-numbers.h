/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a text, in digits and in words of English, German, French and Spanish. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tlm_numbers_find:
 * @text: valid UTF-8
 *
 * Each number with all that it is made of, "two hundred and fifty", its minus sign, and its currency
 * or per cent, which are the same in words and signs. Returns (transfer full): a set of strings, equal
 * for equal numbers; "500" is not in "€500", nor "two" in "two thousand".
 */
GHashTable *tlm_numbers_find (const char *text);

/* Does @list, of words with a blank before and behind each, have @word? */
gboolean tlm_list_has_word (const char *list, const char *word);

G_END_DECLS
