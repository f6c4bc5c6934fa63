/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown (CommonMark with GitHub's tables, task lists and strikethrough, through cmark-gfm) as a flat
 * list of blocks that a view can show one under the other and compare with what it shows already. No
 * widget is made here. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A longer text, or one of more blocks or cells, is one TLM_BLOCK_PLAIN: all of it is shown, as it was typed.
 * Laying out one label costs about a millisecond a block on the slowest machine tried. */
#define TLM_MARKDOWN_MAX_BYTES (64 * 1024)
#define TLM_MARKDOWN_MAX_BLOCKS 400
#define TLM_MARKDOWN_MAX_CELLS 1200

typedef enum
{
  TLM_BLOCK_TEXT,
  TLM_BLOCK_CODE,
  TLM_BLOCK_TABLE,
  TLM_BLOCK_RULE,
  TLM_BLOCK_PLAIN,
} TlmBlockKind;

typedef struct
{
  TlmBlockKind kind;
  guint        level;    /* 1 to 6 of a heading, else 0 */
  guint        indent;   /* depth of lists around it, at most 6 */
  gboolean     quote;
  char        *marker;   /* "•", "☐" or "3.", NULL where none begins */
  char        *text;     /* Pango markup of a text block; the very text of code and plain; of a table a
                            letter a column, for where its text stands: l, c, r or 0 */
  GPtrArray   *cells;    /* of a table: Pango markup, row after row, the head first; else NULL */
  char        *language; /* of a code block, NULL when it names none */
} TlmBlock;

/* The beginning of a text that grows, up to where nothing that comes can change its blocks. */
typedef struct
{
  char *text; /* NULL for none */
  guint n_blocks, n_cells;
} TlmMarkdownDone;

void       tlm_markdown_done_clear (TlmMarkdownDone *done);

void       tlm_block_free      (TlmBlock *block);
gboolean   tlm_block_same_shape (const TlmBlock *a, const TlmBlock *b);
gboolean   tlm_block_equal     (const TlmBlock *a, const TlmBlock *b);
GPtrArray *tlm_markdown_parse  (const char *text);
GPtrArray *tlm_markdown_parse_on (const char *text, TlmMarkdownDone *done, guint *n_kept);

G_END_DECLS
