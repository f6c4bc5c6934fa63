/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up language of the large store: what it is filled with and what is then looked for. */
#pragma once

#include <glib.h>

#define STORE_N_WORDS 20000

/* @rank: 0 is the most common word. (transfer full) */
char *store_words_dup (guint rank);

/* A word as often as in real texts: the one of rank r about 1/(r + 1) times as often as the first
 * (Zipf 1949). Appends it to @text. */
void  store_words_add (GRand *random, GString *text);
