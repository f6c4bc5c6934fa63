/* SPDX-License-Identifier: Apache-2.0 */
/* How names are quoted and listed in the person's language. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "one, two, three". (transfer full): "" for none */
char *tlm_words_join  (const char *const *words);

/* “name”. (transfer full) */
char *tlm_words_quote (const char *word);

G_END_DECLS
