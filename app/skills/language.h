/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text in English, the language that the built-in models mostly learned, and if not, in letters that
 * they can read at all? */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By the share of English function words; TRUE when the text is too short to tell. */
gboolean tlm_text_is_english (const char *text, gsize len);

/* When most letters are of a script that tells the reader nothing: Chinese, Japanese, Arabic … @text: [len]
 * valid UTF-8 */
gboolean tlm_text_is_of_unknown_script (const char *text, gsize len);

G_END_DECLS
