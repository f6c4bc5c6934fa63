/* SPDX-License-Identifier: Apache-2.0 */
/* What a note or a chat is called in a list, by plain rules. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first heading or line of @text without its Markdown marks, on one line and at most 120
 * characters; "" when there is none. (transfer full) */
char *tlm_title_of_text (const char *text);

G_END_DECLS
