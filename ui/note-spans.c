/* SPDX-License-Identifier: Apache-2.0 */
/* A summary speaks of byte offsets into the text that was read; a buffer speaks of characters and
 * moves with every key. So each shown span gets a pair of marks when the summary arrives, and the
 * marks move along. */
#include "note-spans.h"

typedef struct
{
  gsize        start, end;
  GtkTextMark *first, *last;
} Place;

struct _TlmNoteSpans
{
  GtkTextBuffer *buffer;
  char          *text; /* as it was read */
  GArray        *places;
};

static void
iter_at_byte (TlmNoteSpans *self, gsize byte, GtkTextIter *iter)
{
  glong chars = g_utf8_pointer_to_offset (self->text, self->text + byte);

  gtk_text_buffer_get_iter_at_offset (self->buffer, iter, (int) chars);
}

static void
add (TlmNoteSpans *self, const TlmSpan *span)
{
  Place place = { .start = span->start, .end = span->end };
  GtkTextIter iter;

  if (span->start == span->end)
    return;
  iter_at_byte (self, span->start, &iter);
  place.first = gtk_text_buffer_create_mark (self->buffer, NULL, &iter, FALSE);
  iter_at_byte (self, span->end, &iter);
  place.last = gtk_text_buffer_create_mark (self->buffer, NULL, &iter, TRUE);
  g_array_append_val (self->places, place);
}

/**
 * tlm_note_spans_new:
 * @buffer: holds exactly the text that @summary was made from
 */
TlmNoteSpans *
tlm_note_spans_new (GtkTextBuffer *buffer, TlmSummary *summary)
{
  TlmNoteSpans *self = g_new0 (TlmNoteSpans, 1);
  const TlmSpan *spans;
  const TlmAction *actions;
  gsize n;

  self->buffer = g_object_ref (buffer);
  self->text = g_strdup (tlm_summary_get_text (summary));
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  if (tlm_summary_get_title (summary) != NULL)
    add (self, tlm_summary_get_title (summary));
  spans = tlm_summary_get_keypoints (summary, &n);
  for (gsize i = 0; i < n; i++)
    add (self, &spans[i]);
  spans = tlm_summary_get_tags (summary, &n);
  for (gsize i = 0; i < n; i++)
    add (self, &spans[i]);
  actions = tlm_summary_get_actions (summary, &n);
  for (gsize i = 0; i < n; i++)
    add (self, &actions[i].sentence);
  return self;
}

/**
 * tlm_note_spans_free:
 * @self: (nullable) (transfer full): takes its marks out of the buffer
 */
void
tlm_note_spans_free (TlmNoteSpans *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->places->len; i++)
    {
      gtk_text_buffer_delete_mark (self->buffer, g_array_index (self->places, Place, i).first);
      gtk_text_buffer_delete_mark (self->buffer, g_array_index (self->places, Place, i).last);
    }
  g_array_unref (self->places);
  g_object_unref (self->buffer);
  g_free (self->text);
  g_free (self);
}

/**
 * tlm_note_spans_lookup:
 * @start, @end: of a span of the summary; of one that has no marks, where it stood is given
 * @first, @last: (out): where it stands now
 *
 * Returns: FALSE when nothing of it is left
 */
gboolean
tlm_note_spans_lookup (TlmNoteSpans *self,
                       gsize         start,
                       gsize         end,
                       GtkTextIter  *first,
                       GtkTextIter  *last)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      const Place *place = &g_array_index (self->places, Place, i);

      if (place->start != start || place->end != end)
        continue;
      gtk_text_buffer_get_iter_at_mark (self->buffer, first, place->first);
      gtk_text_buffer_get_iter_at_mark (self->buffer, last, place->last);
      return gtk_text_iter_compare (first, last) < 0;
    }
  iter_at_byte (self, start, first);
  iter_at_byte (self, end, last);
  return gtk_text_iter_compare (first, last) < 0;
}
