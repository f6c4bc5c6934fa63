/* SPDX-License-Identifier: Apache-2.0 */
/* Signs: characters of scripts without spaces, or of such width that a word has few of them: Han,
 * kana, Hangul, Thai and others. Any part of a row of them may be a word, so what the index has of
 * a text are grams: each sign, each two beside each other, and each three where an alphabet has so
 * few letters that two are in every text. A text with signs has its other words there too. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean tlm_signs_is_sign (gunichar c);

/* Whether one stands in it. Here and below: any bytes that end with NUL. */
gboolean tlm_signs_are_in (const char *text);

/**
 * tlm_signs_write:
 * @grams: (inout): those of @text are appended, each once and with a space behind it, and its
 * other words; without a sign in @text nothing is
 */
void tlm_signs_write (const char *text, GString *grams);

/**
 * tlm_signs_list:
 * @query: valid UTF-8
 * @each: every gram of it, and not only as few as tell it
 *
 * Returns: (transfer full): grams and other words, each once; the first of them, if they are many
 */
GPtrArray *tlm_signs_list (const char *query, gboolean each);

/* (transfer full): one of those in the language of FTS5; other words are beginnings. */
char *tlm_signs_quote (const char *term);

G_END_DECLS
