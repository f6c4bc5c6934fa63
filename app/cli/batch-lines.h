/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a file descriptor, in bounded memory: lines of any length, with any bytes in them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct TlmBatchLines TlmBatchLines;

/* @fd: borrowed; read from where it is. @max: bytes of a line that are kept */
TlmBatchLines *tlm_batch_lines_new  (int fd, gsize max);
void           tlm_batch_lines_free (TlmBatchLines *self);

typedef enum
{
  TLM_LINE_WHOLE,
  TLM_LINE_TOO_LONG,   /* longer than that: read over, and nothing kept */
  TLM_LINE_UNFINISHED, /* the last one, without a line end */
  TLM_LINE_NONE,       /* the end, or with @error a failure */
} TlmLine;

/* Blocks. @text: (out) (transfer full): without its line end; NULL unless whole or unfinished */
TlmLine tlm_batch_lines_next (TlmBatchLines *self, char **text, gsize *len, GError **error);

/* Bytes of all lines so far, with their ends. */
guint64 tlm_batch_lines_get_n_bytes (const TlmBatchLines *self);

G_END_DECLS
