/* SPDX-License-Identifier: Apache-2.0 */
/* How names are quoted and listed, and sentences put together, in the person's language. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "one, two, three". (transfer full): "" for none */
char *tlm_words_join   (const char *const *words);

/* “name”. (transfer full) */
char *tlm_words_quote  (const char *word);

/* One sentence after the other; each may be NULL or "". (transfer full) */
char *tlm_words_follow (const char *first, const char *second);

/* "sentence (one, other)"; each of these two may be NULL or "". (transfer full) */
char *tlm_words_remark (const char *sentence, const char *one, const char *other);

G_END_DECLS
