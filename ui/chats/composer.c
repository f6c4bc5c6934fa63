/* SPDX-License-Identifier: Apache-2.0 */
/* The composer: a text that grows with its lines, Enter sends, Shift+Enter breaks the line. While an
 * answer is being made its button stops it. It never clears itself: the one who sends does. */
#include "composer-private.h"

#include "chats/attachments.h"
#include "chats/chats.h"
#include "notes/note-chooser.h"

#include <string.h>

enum
{
  CHANGED,
  SEND,
  STOP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmComposer, tlm_composer, ADW_TYPE_BIN)

static char *
dup_written (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

/* @written: (transfer full): what the texts set aside come after */
static char *
join (TlmComposer *self, char *written, const char *separator)
{
  g_autoptr (GString) all = g_string_new (written);

  g_free (written);
  for (guint i = 0; i < self->aside->len; i++)
    g_string_append_printf (all, "%s%s", separator, (char *) g_ptr_array_index (self->aside, i));
  return g_string_free (g_steal_pointer (&all), FALSE);
}

/**
 * tlm_composer_dup_text:
 *
 * Returns: (transfer full): all there is, as tlm_composer_set_text() takes it
 */
char *
tlm_composer_dup_text (TlmComposer *self)
{
  return join (self, dup_written (self), TLM_DRAFT_SEPARATOR);
}

static gboolean
has_words (TlmComposer *self)
{
  g_autofree char *text = dup_written (self);

  return self->aside->len > 0 || *g_strstrip (text) != '\0';
}

/**
 * tlm_composer_update:
 *
 * Shows whether there is something to send, or to stop.
 */
void
tlm_composer_update (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));

  gtk_widget_set_visible (self->placeholder, gtk_text_buffer_get_char_count (buffer) == 0);
  gtk_widget_set_sensitive (self->send_button, has_words (self));
  gtk_widget_set_visible (self->send_button, !self->busy);
  gtk_widget_set_visible (self->stop_button, self->busy);
}

/* A message that could not be sent comes back with what is attached to it. */
static void
set_written (TlmComposer *self, const char *text)
{
  gsize body;
  g_autoptr (GArray) attachments = tlm_attachments_read (text, &body);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, (int) body);
  for (guint i = 0; i < attachments->len; i++)
    {
      const TlmAttachment *attachment = &g_array_index (attachments, TlmAttachment, i);
      g_autofree char *inner = g_strndup (text + attachment->start, attachment->end - attachment->start);

      tlm_composer_set_aside (self, tlm_attachment_dup_block (attachment->note, attachment->name,
                                                              inner));
    }
}

/**
 * tlm_composer_insert:
 * @text: goes where the cursor is
 */
void
tlm_composer_insert (TlmComposer *self, const char *text)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
  gtk_widget_grab_focus (self->view);
}

/* Made at the first press: there may be many notes. */
static void
create_chooser_cb (GtkMenuButton *button, gpointer user_data)
{
  TlmComposer *self = user_data;

  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, tlm_note_chooser_new (self->notes));
}

/**
 * tlm_composer_set_notes:
 * @notes: of TlmNote: those that may be attached
 */
void
tlm_composer_set_notes (TlmComposer *self, GListModel *notes)
{
  g_set_object (&self->notes, notes);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->note_button), create_chooser_cb, self,
                                         NULL);
}

/**
 * tlm_composer_set_text:
 * @text: takes the place of all there is; the cursor goes to its end
 */
void
tlm_composer_set_text (TlmComposer *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, TLM_DRAFT_SEPARATOR, -1);

  g_ptr_array_set_size (self->aside, 0);
  set_written (self, parts[0] != NULL ? parts[0] : "");
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    tlm_composer_set_aside (self, g_strdup (parts[i]));
  tlm_composer_update_aside (self);
}

/**
 * tlm_composer_begin_with:
 * @n_chars: of what is written, which @words take the place of; all else stays, also what is set aside
 * @words: the new beginning
 */
void
tlm_composer_begin_with (TlmComposer *self, guint n_chars, const char *words)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, (int) n_chars);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, words, -1);
  gtk_text_buffer_end_user_action (buffer);
}

/**
 * tlm_composer_set_busy:
 * @busy: whether there is an answer to stop
 */
void
tlm_composer_set_busy (TlmComposer *self, gboolean busy)
{
  self->busy = busy;
  tlm_composer_update (self);
}

/**
 * tlm_composer_focus:
 *
 * Puts the cursor into the text.
 */
void
tlm_composer_focus (TlmComposer *self)
{
  gtk_widget_grab_focus (self->view);
}

static void
changed_cb (TlmComposer *self)
{
  tlm_composer_update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
send_cb (TlmComposer *self)
{
  g_autofree char *text = join (self, dup_written (self), "\n\n");

  if (!self->busy && has_words (self))
    g_signal_emit (self, signals[SEND], 0, text + strspn (text, "\n"));
}

static void
stop_cb (TlmComposer *self)
{
  g_signal_emit (self, signals[STOP], 0);
}

static gboolean
key_pressed_cb (TlmComposer          *self,
                guint                 keyval,
                guint                 keycode,
                GdkModifierType       state,
                GtkEventControllerKey *key)
{
  gboolean enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter
                   || keyval == GDK_KEY_ISO_Enter;

  if (!enter || self->composing || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  send_cb (self);
  return GDK_EVENT_STOP;
}

static void
preedit_cb (TlmComposer *self, const char *preedit)
{
  self->composing = *preedit != '\0';
}

static void
tlm_composer_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_COMPOSER);
  g_clear_pointer (&TLM_COMPOSER (object)->aside, g_ptr_array_unref);
  g_clear_object (&TLM_COMPOSER (object)->notes);
  G_OBJECT_CLASS (tlm_composer_parent_class)->dispose (object);
}

static void
tlm_composer_class_init (TlmComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_composer_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, view);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, stop_button);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, aside_box);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, note_button);
  tlm_composer_install_aside (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preedit_cb);
}

static void
tlm_composer_init (TlmComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->aside = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "insert-text",
                           G_CALLBACK (tlm_composer_insert_text_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  tlm_composer_update (self);
}
