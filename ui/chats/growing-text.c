/* SPDX-License-Identifier: Apache-2.0 */
/* A text that goes on costs what is new of it, not what is there. */
#include "growing-text.h"

#include <string.h>

/**
 * tlm_growing_text_set:
 * @text: UTF-8
 * @bytes: of it; < 0: all
 *
 * A text that goes on from the one shown is appended, so that a selection stays.
 */
void
tlm_growing_text_set (GtkTextBuffer *buffer, const char *text, gssize bytes)
{
  gsize n = bytes < 0 ? strlen (text) : (gsize) bytes, n_shown;
  GtkTextIter start, end;
  g_autofree char *shown = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  shown = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  n_shown = strlen (shown);
  if (n_shown <= n && memcmp (text, shown, n_shown) == 0)
    gtk_text_buffer_insert (buffer, &end, text + n_shown, (int) (n - n_shown));
  else
    gtk_text_buffer_set_text (buffer, text, (int) n);
}
