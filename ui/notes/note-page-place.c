/* SPDX-License-Identifier: Apache-2.0 */
/* A place that a link names by its first words and its length: shown as soon as the note's text is
 * there. */
#include "note-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * tlm_note_page_get_top:
 *
 * Returns: the character with which the topmost line in sight begins
 */
int
tlm_note_page_get_top (TlmNotePage *self)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->editor);
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  GdkRectangle seen;
  GtkTextIter iter;

  if (self->wanted_top != 0 || self->note == NULL || self->loading != NULL)
    return self->wanted_top; /* as it was left, and not shown since */
  gtk_text_view_get_visible_rect (view, &seen);
  gtk_text_view_get_line_at_y (view, &iter, seen.y, NULL);
  if (seen.height == 0 || gtk_adjustment_get_upper (place) <= gtk_adjustment_get_page_size (place))
    { /* all is in sight, or no line is measured yet, and then the last one would be the topmost */
      gtk_text_buffer_get_iter_at_mark (self->buffer, &iter,
                                        gtk_text_buffer_get_insert (self->buffer));
      gtk_text_iter_set_line_offset (&iter, 0);
    }
  return gtk_text_iter_get_offset (&iter);
}

static void
show_wanted_top (TlmNotePage *self)
{
  GtkTextIter iter;

  if (self->wanted_top == 0 || self->note == NULL || self->loading != NULL
      || !gtk_widget_get_mapped (self->editor)) /* it measures no lines then, and would miss the place */
    return;
  gtk_text_buffer_get_iter_at_offset (self->buffer, &iter, self->wanted_top);
  gtk_text_buffer_place_cursor (self->buffer, &iter);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->editor),
                                gtk_text_buffer_get_insert (self->buffer), 0, TRUE, 0, 0);
  self->wanted_top = 0;
}

/**
 * tlm_note_page_show_top:
 * @offset: of tlm_note_page_get_top(), in the note that is shown
 */
void
tlm_note_page_show_top (TlmNotePage *self, int offset)
{
  self->wanted_top = offset;
  show_wanted_top (self);
}

/**
 * tlm_note_page_keep_place:
 *
 * The text is about to be read again: then the view and the cursor are where they are now.
 */
void
tlm_note_page_keep_place (TlmNotePage *self)
{
  GtkTextIter cursor;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor, gtk_text_buffer_get_insert (self->buffer));
  self->wanted_top = tlm_note_page_get_top (self);
  self->wanted_cursor = gtk_text_iter_get_offset (&cursor);
}

static void
place_wanted_cursor (TlmNotePage *self)
{
  GtkTextIter iter;

  if (self->wanted_cursor == 0 || self->wanted_top != 0 || self->note == NULL || self->loading != NULL)
    return;
  gtk_text_buffer_get_iter_at_offset (self->buffer, &iter, self->wanted_cursor);
  gtk_text_buffer_place_cursor (self->buffer, &iter);
  self->wanted_cursor = 0;
}

/**
 * tlm_note_page_show_wanted_place:
 *
 * Shows where the note was left, or marks the place that was asked for, if there is one and the text
 * is loaded.
 */
void
tlm_note_page_show_wanted_place (TlmNotePage *self)
{
  g_autofree char *text = NULL, *words = NULL;
  const char *found;
  TlmNoteSpans *spans;
  gsize start, end;

  show_wanted_top (self);
  place_wanted_cursor (self);
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
