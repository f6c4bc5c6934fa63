/* SPDX-License-Identifier: Apache-2.0 */
/* A list of first names, as checks for rules. Thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the first of the words in @match is one, with a capital. */
gboolean tlm_private_is_first_name (const char *match, gsize len);

/* The same for a word in small letters. */
gboolean tlm_private_is_small_name (const char *match, gsize len);

G_END_DECLS
