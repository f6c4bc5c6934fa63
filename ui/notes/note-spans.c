/* SPDX-License-Identifier: Apache-2.0 */
/* What reads a note speaks of byte offsets into the text that it read; a buffer speaks of characters and
 * moves with every key. So the edits since the reading are kept, and a place is led through them
 * when it is asked for: a note with thousands of spans costs nothing until then. */
#include "note-spans.h"

/* At a character, so many were removed, or so many were inserted. */
typedef struct
{
  int at, removed, inserted;
} Edit;

struct _TlmNoteSpans
{
  GtkTextBuffer *buffer;
  char          *text;   /* as it was read */
  int            offset; /* the character of the buffer at which it began */
  GArray        *edits;
};

static void
insert_cb (TlmNoteSpans *self, GtkTextIter *iter, const char *text, int len)
{
  Edit edit = { .at = gtk_text_iter_get_offset (iter), .inserted = (int) g_utf8_strlen (text, len) };

  g_array_append_val (self->edits, edit);
}

static void
delete_cb (TlmNoteSpans *self, GtkTextIter *start, GtkTextIter *end)
{
  int at = gtk_text_iter_get_offset (start);
  Edit edit = { .at = at, .removed = gtk_text_iter_get_offset (end) - at };

  g_array_append_val (self->edits, edit);
}

/**
 * tlm_note_spans_new:
 * @buffer: holds @text
 * @text: (transfer none): whose bytes the spans count
 * @offset: the character at which it begins; 0 for the whole note
 */
TlmNoteSpans *
tlm_note_spans_new (GtkTextBuffer *buffer, const char *text, int offset)
{
  TlmNoteSpans *self = g_new0 (TlmNoteSpans, 1);

  self->buffer = g_object_ref (buffer);
  self->text = g_strdup (text);
  self->offset = offset;
  self->edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  g_signal_connect_swapped (buffer, "insert-text", G_CALLBACK (insert_cb), self);
  g_signal_connect_swapped (buffer, "delete-range", G_CALLBACK (delete_cb), self);
  return self;
}

/**
 * tlm_note_spans_free:
 * @self: (nullable) (transfer full): listens to the buffer no longer
 */
void
tlm_note_spans_free (TlmNoteSpans *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_array_unref (self->edits);
  g_object_unref (self->buffer);
  g_free (self->text);
  g_free (self);
}

/* Where a character of the text as it was read stands now. What is typed at a span's edge does not
 * belong to it: it moves a @start on and leaves an end. */
static int
follow (TlmNoteSpans *self, int place, gboolean start)
{
  for (guint i = 0; i < self->edits->len; i++)
    {
      const Edit *edit = &g_array_index (self->edits, Edit, i);

      if (place > edit->at || (place == edit->at && start))
        place += edit->inserted;
      if (place > edit->at)
        place = MAX (place - edit->removed, edit->at);
    }
  return place;
}

static void
find_place (TlmNoteSpans *self, gsize byte, gboolean start, GtkTextIter *iter)
{
  int place = self->offset + (int) g_utf8_pointer_to_offset (self->text, self->text + byte);

  gtk_text_buffer_get_iter_at_offset (self->buffer, iter, follow (self, place, start));
}

/**
 * tlm_note_spans_lookup:
 * @start, @end: bytes of the text
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
  find_place (self, start, TRUE, first);
  find_place (self, end, FALSE, last);
  return gtk_text_iter_compare (first, last) < 0;
}
