/* SPDX-License-Identifier: Apache-2.0 */
/* Text inside Markdown, so that a star in a note is a star in the answer. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line with whatever Markdown would take as marks made plain; a run of white space is one space.
 * @text: [len] valid UTF-8 */
void  tlm_markdown_append_plain (GString *out, const char *text, gsize len);

/* What was appended so, back again. (transfer full) */
char *tlm_markdown_dup_text     (const char *plain, gsize len);

G_END_DECLS
