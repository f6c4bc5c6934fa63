/* SPDX-License-Identifier: Apache-2.0 */
/* Reading by blocks, so that a pipe's lines come as soon as they are there. */
#include "cli/batch-lines.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

struct TlmBatchLines
{
  int     fd;
  gsize   max;
  char    block[1 << 16];
  gsize   start, end; /* of what of the block is not read yet */
  guint64 n_bytes;
};

TlmBatchLines *
tlm_batch_lines_new (int fd, gsize max)
{
  TlmBatchLines *self = g_new0 (TlmBatchLines, 1);

  self->fd = fd;
  self->max = max;
  return self;
}

void
tlm_batch_lines_free (TlmBatchLines *self)
{
  g_free (self);
}

guint64
tlm_batch_lines_get_n_bytes (const TlmBatchLines *self)
{
  return self->n_bytes;
}

/* FALSE at the end, or with @error. */
static gboolean
fill (TlmBatchLines *self, GError **error)
{
  gssize n;

  if (self->start < self->end)
    return TRUE;
  do
    n = read (self->fd, self->block, sizeof self->block);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  self->start = 0;
  self->end = (gsize) MAX (n, 0);
  return n > 0;
}

/* TRUE when that ends the line. */
static gboolean
take (TlmBatchLines *self, GString *line, gboolean *too_long)
{
  const char *start = self->block + self->start;
  const char *stop = memchr (start, '\n', self->end - self->start);
  gsize       n = stop != NULL ? (gsize) (stop - start) : self->end - self->start;

  *too_long = *too_long || n > self->max - line->len;
  if (*too_long)
    g_string_truncate (line, 0);
  else
    g_string_append_len (line, start, (gssize) n);
  n += stop != NULL;
  self->start += n;
  self->n_bytes += n;
  return stop != NULL;
}

TlmLine
tlm_batch_lines_next (TlmBatchLines *self, char **text, gsize *len, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GError             *failure = NULL;
  guint64             before = self->n_bytes;
  gboolean            too_long = FALSE, whole = FALSE;

  *text = NULL;
  *len = 0;
  while (!whole && fill (self, &failure))
    whole = take (self, line, &too_long);
  if (failure != NULL)
    g_propagate_error (error, failure);
  if (failure != NULL || self->n_bytes == before)
    return TLM_LINE_NONE;
  if (too_long)
    return TLM_LINE_TOO_LONG;
  *len = line->len;
  *text = g_string_free (g_steal_pointer (&line), FALSE);
  return whole ? TLM_LINE_WHOLE : TLM_LINE_UNFINISHED;
}
