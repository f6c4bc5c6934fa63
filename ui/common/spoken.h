/* SPDX-License-Identifier: Apache-2.0 */
/* What a screen reader says of a text that grows. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize tlm_spoken_get_end (const char *text, gsize from, gboolean whole);
char *tlm_spoken_dup     (const char *text, gsize from, gsize end);

G_END_DECLS
