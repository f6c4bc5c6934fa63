/* SPDX-License-Identifier: Apache-2.0 */
/* LaTeX as text that can be read: Unicode where it has the sign, brackets where a line must stand for
 * two dimensions. What is not known stays as it was typed. No widget is made here. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @latex: what stands between the dollars. (transfer full) */
char *tlm_latex_to_text         (const char *latex, gboolean display);

/* Markdown in which the formulas ($…$, $$…$$, \(…\), \[…\], not in code, and no prices) are such text.
 * (transfer full) */
char *tlm_latex_replace         (const char *markdown);

/* The same up to behind the next blank line that is in no code and no formula; nothing that comes after
 * it changes what is appended to @out. Returns: where that is, or the end */
const char *tlm_latex_read        (const char *markdown, GString *out);

/* In latex-symbols.c: the sign of a command, e.g. "alpha"; NULL for none. */
const char *tlm_latex_find_symbol (const char *name, gsize len);

/* The raised or lowered form of a letter, digit or sign; 0 for none. */
gunichar    tlm_latex_get_raised  (gunichar c);
gunichar    tlm_latex_get_lowered (gunichar c);

G_END_DECLS
