/* SPDX-License-Identifier: Apache-2.0 */
/* From the tree that cmark reads to blocks. */
#pragma once

#include "markdown.h"

#include <cmark-gfm.h>

G_BEGIN_DECLS

/* Behind a blank line, where a block may begin that needs nothing of what stands before. */
typedef struct
{
  gsize offset; /* into the text as it was typed */
  int   line;   /* of the text that cmark reads, from 1 */
} TlmMarkdownPlace;

typedef struct
{
  GPtrArray *blocks;
  gsize      done_bytes; /* of the text as it was typed, which no block that comes can change; and of it: */
  guint      n_done, n_done_cells;
} TlmMarkdownWalked;

gboolean tlm_markdown_walk (cmark_node *document, GArray *places, const TlmMarkdownDone *done,
                            TlmMarkdownWalked *walked);

G_END_DECLS
