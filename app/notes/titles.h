/* SPDX-License-Identifier: Apache-2.0 */
/* What a note or a chat is called in a list, by plain rules. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first heading or line of @text without its Markdown marks, on one line and at most 120
 * characters; "" when there is none. (transfer full) */
char *tlm_title_of_text (const char *text);

/* Of a message: the first sentence of the above, cut behind a word where it is longer than a row of
 * the list shows. (transfer full) */
char *tlm_title_of_message (const char *text);

/* A name that somebody gave, or a file: on one line, without white space around it, and at most 200
 * characters. (transfer full) */
char *tlm_title_tidy (const char *title);

G_END_DECLS
