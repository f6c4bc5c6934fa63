/* SPDX-License-Identifier: Apache-2.0 */
/* A place that a link names by its first words and its length: shown as soon as the note's text is
 * there. */
#include "note-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * tlm_note_page_show_wanted_place:
 *
 * Marks the place that was asked for, if there is one and the text is loaded.
 */
void
tlm_note_page_show_wanted_place (TlmNotePage *self)
{
  g_autofree char *text = NULL, *words = NULL;
  const char *found;
  TlmNoteSpans *spans;
  gsize start, end;

  if (self->place_words == NULL || self->note == NULL || self->loading != NULL)
    return;
  words = g_steal_pointer (&self->place_words);
  text = tlm_note_page_dup_text (self);
  found = strstr (text, words);
  if (found == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("This sentence is no longer in the note."));
      return;
    }
  start = (gsize) (found - text);
  end = start + MIN (self->place_len, strlen (found));
  while (end > start && ((guchar) text[end] & 0xc0) == 0x80)
    end--;
  spans = tlm_note_spans_new (self->buffer, text, 0);
  tlm_note_page_show_place (self, spans, start, end);
  tlm_note_spans_free (spans);
}

/**
 * tlm_note_page_show_words:
 * @words: with which the place begins
 * @len: its bytes
 */
void
tlm_note_page_show_words (TlmNotePage *self, const char *words, guint64 len)
{
  g_free (self->place_words);
  self->place_words = g_strdup (words);
  self->place_len = (gsize) len;
  tlm_note_page_show_wanted_place (self);
}
