/* SPDX-License-Identifier: Apache-2.0 */
/* One label, laid over the text view at the cursor. A request is sent when at least two letters of a
 * word stand at the end of a line; its answer counts only if nothing has changed since. */
#include "ghost-word.h"

#include "notes/completion.h"

#include <string.h>

struct _TlmGhostWord
{
  GtkTextView        *view;
  TlmEngineService   *engine;
  GtkWidget          *label;
  GtkEventController *keys; /* owned by the view */
  char               *rest; /* NULL when hidden */
  int                 offset; /* of the cursor, where it was asked for */
  GCancellable       *asking;
};

void
tlm_ghost_word_hide (TlmGhostWord *self)
{
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->rest, g_free);
  gtk_widget_set_visible (self->label, FALSE);
}

const char *
tlm_ghost_word_get_rest (TlmGhostWord *self)
{
  return self->rest;
}

static int
get_cursor (TlmGhostWord *self)
{
  int offset;

  g_object_get (gtk_text_view_get_buffer (self->view), "cursor-position", &offset, NULL);
  return offset;
}

static void
cursor_moved_cb (TlmGhostWord *self)
{
  if (get_cursor (self) != self->offset)
    tlm_ghost_word_hide (self);
}

/* Whether the cursor's line is read from right to left, as GTK lays it out, and whether the word that
 * ends it is read the same way: else the cursor stands at the beginning of that word. */
static gboolean
look_at_line (TlmGhostWord *self, const GtkTextIter *cursor, gboolean *rtl)
{
  GtkTextIter start = *cursor;
  g_autofree char *line = NULL;
  g_autoptr (PangoLayout) layout = NULL;
  PangoDirection base;

  gtk_text_iter_set_line_offset (&start, 0);
  line = gtk_text_buffer_get_text (gtk_text_view_get_buffer (self->view), &start, cursor, TRUE);
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), line);
  base = pango_layout_line_get_resolved_direction (pango_layout_get_line_readonly (layout, 0));
  *rtl = base == PANGO_DIRECTION_RTL;
  return pango_layout_get_direction (layout, (int) strlen (line) - 1) == base;
}

static void
show (TlmGhostWord *self, const char *rest)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter cursor;
  GdkRectangle place;
  gboolean rtl;
  int width;

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  if (!look_at_line (self, &cursor, &rtl))
    return;
  gtk_text_view_get_iter_location (self->view, &cursor, &place);
  self->rest = g_strdup (rest);
  gtk_label_set_label (GTK_LABEL (self->label), rest);
  gtk_widget_set_visible (self->label, TRUE);
  gtk_widget_measure (self->label, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_text_view_move_overlay (self->view, self->label, rtl ? place.x - width : place.x, place.y);
}

/* The text up to the cursor when a word of enough letters ends there and nothing follows on its
 * line. (transfer full) (nullable) */
static char *
dup_text_to_complete (TlmGhostWord *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, cursor, letter;

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  if (gtk_text_buffer_get_has_selection (buffer) || !gtk_text_iter_ends_line (&cursor))
    return NULL;
  letter = cursor;
  for (int i = 0; i < TLM_COMPLETION_MIN_LETTERS; i++)
    if (!gtk_text_iter_backward_char (&letter)
        || !g_unichar_isalpha (gtk_text_iter_get_char (&letter)))
      return NULL;
  gtk_text_buffer_get_start_iter (buffer, &start);
  return gtk_text_buffer_get_text (buffer, &start, &cursor, TRUE);
}

typedef struct
{
  TlmGhostWord *ghost;
  GCancellable *cancellable; /* cancelled when the ghost is gone or has moved on */
  gsize         n_letters;   /* bytes of the word that stand there */
} Question;

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autofree char *word
      = tlm_engine_service_complete_finish (TLM_ENGINE_SERVICE (source), result, NULL);

  if (word != NULL && !g_cancellable_is_cancelled (question->cancellable)
      && strlen (word) > question->n_letters)
    show (question->ghost, word + question->n_letters);
  g_object_unref (question->cancellable);
  g_free (question);
}

static gsize
count_word_bytes (const char *text)
{
  const char *end = text + strlen (text), *p = end;

  while (p > text && g_unichar_isalpha (g_utf8_get_char (g_utf8_prev_char (p))))
    p = g_utf8_prev_char (p);
  return (gsize) (end - p);
}

void
tlm_ghost_word_update (TlmGhostWord *self)
{
  g_autofree char *text = NULL;
  Question *question;

  tlm_ghost_word_hide (self);
  text = dup_text_to_complete (self);
  if (text == NULL)
    return;
  self->offset = get_cursor (self);
  self->asking = g_cancellable_new ();
  question = g_new0 (Question, 1);
  question->ghost = self;
  question->cancellable = g_object_ref (self->asking);
  question->n_letters = count_word_bytes (text);
  tlm_engine_service_complete_async (self->engine, text, self->asking, answered_cb, question);
}

static gboolean
key_pressed_cb (TlmGhostWord *self, guint key, guint code, GdkModifierType state)
{
  g_autofree char *rest = NULL;

  if (self->rest == NULL || key == GDK_KEY_Shift_L || key == GDK_KEY_Shift_R)
    return GDK_EVENT_PROPAGATE;
  rest = g_steal_pointer (&self->rest);
  tlm_ghost_word_hide (self);
  if (key == GDK_KEY_Escape)
    return GDK_EVENT_STOP;
  if (key != GDK_KEY_Tab || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  gtk_text_buffer_insert_interactive_at_cursor (gtk_text_view_get_buffer (self->view), rest, -1,
                                                gtk_text_view_get_editable (self->view));
  tlm_ghost_word_hide (self); /* the insertion asked for the next word, which is not begun yet */
  return GDK_EVENT_STOP;
}

TlmGhostWord *
tlm_ghost_word_new (GtkTextView *view, TlmEngineService *engine)
{
  TlmGhostWord *self = g_new0 (TlmGhostWord, 1);

  self->view = view;
  self->keys = gtk_event_controller_key_new ();
  self->engine = g_object_ref (engine);
  self->label = gtk_label_new (NULL);
  gtk_widget_set_visible (self->label, FALSE);
  gtk_widget_set_can_target (self->label, FALSE);
  gtk_widget_add_css_class (self->label, "ghost-word");
  gtk_text_view_add_overlay (view, self->label, 0, 0);
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (view), self->keys);
  g_signal_connect_swapped (gtk_text_view_get_buffer (view), "notify::cursor-position",
                            G_CALLBACK (cursor_moved_cb), self);
  return self;
}

void
tlm_ghost_word_free (TlmGhostWord *self)
{
  tlm_ghost_word_hide (self);
  g_signal_handlers_disconnect_by_data (gtk_text_view_get_buffer (self->view), self);
  gtk_widget_remove_controller (GTK_WIDGET (self->view), self->keys);
  /* The label stays with the view: GTK 4.8 takes overlays but cannot give them back. */
  g_object_unref (self->engine);
  g_free (self);
}
