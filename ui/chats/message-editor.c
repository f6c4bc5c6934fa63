/* SPDX-License-Identifier: Apache-2.0 */
/* A message's row has one from the first edit on, and the actions of its buttons. */
#include "message-editor.h"

#include "compat/compat.h"

struct _TlmMessageEditor
{
  AdwBin       parent_instance;
  GtkTextView *view;
};

G_DEFINE_FINAL_TYPE (TlmMessageEditor, tlm_message_editor, ADW_TYPE_BIN)

/**
 * tlm_message_editor_new:
 *
 * Returns: (transfer floating): an empty editor
 */
GtkWidget *
tlm_message_editor_new (void)
{
  return g_object_new (TLM_TYPE_MESSAGE_EDITOR, NULL);
}

/**
 * tlm_message_editor_set_text:
 * @text: UTF-8; takes the place of what is written
 */
void
tlm_message_editor_set_text (TlmMessageEditor *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
}

/**
 * tlm_message_editor_dup_text:
 *
 * Returns: (transfer full): what is written
 */
char *
tlm_message_editor_dup_text (TlmMessageEditor *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static gboolean
tlm_message_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (TLM_MESSAGE_EDITOR (widget)->view));
}

static void
tlm_message_editor_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_MESSAGE_EDITOR);
  G_OBJECT_CLASS (tlm_message_editor_parent_class)->dispose (object);
}

static void
tlm_message_editor_class_init (TlmMessageEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_message_editor_dispose;
  widget_class->grab_focus = tlm_message_editor_grab_focus;
  g_type_ensure (TLM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/message-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageEditor, view);
}

static void
tlm_message_editor_init (TlmMessageEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
