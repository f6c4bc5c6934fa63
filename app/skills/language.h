/* SPDX-License-Identifier: Apache-2.0 */
/* Is a text in English, the language that the built-in models mostly learned? */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By the share of English function words; TRUE when the text is too short to tell. */
gboolean tlm_text_is_english (const char *text, gsize len);

G_END_DECLS
