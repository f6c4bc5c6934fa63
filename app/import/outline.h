/* SPDX-License-Identifier: Apache-2.0 */
/* Writes Markdown block by block: blank lines between paragraphs, none within a list, and white
 * space collapsed as a browser does. */
#pragma once

#include <glib.h>

typedef struct
{
  GString *text;
  gboolean space_due; /* white space was seen, and no word after it yet */
  gboolean hold;      /* a mark such as "- " was written: the next block starts behind it */
  gboolean raised;    /* what comes next stands above the line: 10 and a raised 6 are 10^6 */
  gsize    raised_to; /* where the last such words ended: others right behind them need no ^ */
} TlmOutline;

/* Starts a new block, with @n_ends line ends before it: 1 within a list or table, 2 elsewhere. */
void tlm_outline_break   (TlmOutline *self, guint n_ends);

/* Writes @mark, "- " say, and keeps the next block on its line. */
void tlm_outline_mark    (TlmOutline *self, const char *mark);
void tlm_outline_heading (TlmOutline *self, int level); /* 1 to 6; others are brought within */
void tlm_outline_item    (TlmOutline *self, int depth, int number); /* depth from 1; 0: a dash */
void tlm_outline_words   (TlmOutline *self, const char *words);
void tlm_outline_exact   (TlmOutline *self, const char *text); /* white space as it is */

/* Check box characters at the head of lines become [ ] and [x]; ends with one line end.
 * Returns: (transfer full) */
char *tlm_outline_finish (TlmOutline *self);
