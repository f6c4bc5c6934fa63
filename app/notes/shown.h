/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of a note for people's eyes: what the note's readers see of it, on one line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tlm_shown_dup:
 * @text: UTF-8, the whole note, as a link may begin before @start
 * @len: its bytes, or -1 where a NUL ends it
 * @start: (in bytes)
 * @end: behind the piece
 *
 * Without control characters and marks that turn the direction of what stands around it; a wiki link
 * is its words.
 */
char *tlm_shown_dup (const char *text, gssize len, gsize start, gsize end);

/* All of @text as it is, but for its wiki links, which are their words; one that holds a @mark outside of
 * them stays whole. */
char *tlm_shown_dup_unlinked (const char *text, const char *mark);

G_END_DECLS
