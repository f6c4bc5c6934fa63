/* SPDX-License-Identifier: Apache-2.0 */
/* Text for a terminal: colours where they are wanted, lines wrapped to its width, and nothing of a
 * note that could steer it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { TLM_STYLE_PLAIN, TLM_STYLE_HEADING, TLM_STYLE_STRONG, TLM_STYLE_FAINT } TlmStyle;

typedef struct
{
  gboolean colour;
  guint    width; /* columns; 0: lines are not wrapped */
} TlmTerminal;

/* Of standard output: plain and unwrapped when it is no terminal; without colour under NO_COLOR
 * (https://no-color.org) and TERM=dumb. */
void tlm_terminal_init (TlmTerminal *terminal);

/**
 * tlm_terminal_print:
 * @first: before the first line, e.g. "  • "
 * @indent: columns before the others
 * @text: white space is folded, control characters are dropped
 */
void tlm_terminal_print (const TlmTerminal *terminal, TlmStyle style, const char *first,
                         guint indent, const char *text);

G_END_DECLS
