/* SPDX-License-Identifier: Apache-2.0 */
/* Examples to learn from, an input and the output wanted for it, from the files that people have.
 * */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char  *input, *output; /* UTF-8 without space at the ends, neither empty */
  char **turns;          /* (nullable): of a conversation: role, text, role, text … up
                            to the output; their texts are the input */
} TlmExample;

typedef struct
{
  TlmExample *items; /* [n] in the order of the file */
  gsize       n;
  guint       n_duplicates; /* left out: the same pair again, */
  guint       n_empty;      /* an empty input or output, */
  guint       n_conflicts;  /* of an input that a later line gives another output, which counts */
} TlmExamples;

/**
 * tlm_examples_load:
 * @path: by its ending .jsonl, .json ({"input", "output"} or {"messages"}, one object a line or all
 * in a list: the last answer is the output, what was said before the input), .csv, .tsv (as in
 * example-table.h; a first row "input", "output" is a heading), .md (a heading is an input, the
 * text under it the output). "prompt" and "completion", "question" and "answer", "text" and "label"
 * are input and output too
 *
 * Blocks. An error names the line. Returns: (transfer full) (nullable)
 */
TlmExamples *tlm_examples_load (const char *path, GError **error);

/* The same of text; @name says by its ending which form it has. (transfer full) (nullable) */
TlmExamples *tlm_examples_read (const char *text, const char *name, GError **error);

/* From @n of them in memory; the strings are copied. (transfer full) */
TlmExamples *tlm_examples_new  (const TlmExample *items, gsize n);
void         tlm_examples_free (TlmExamples *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmExamples, tlm_examples_free)

G_END_DECLS
