/* SPDX-License-Identifier: Apache-2.0 */
/* A message of the person is edited in its place. What is not sent yet outlives the row, which goes
 * when it is scrolled away. */
#include "message-row-private.h"

#include "chats/attachments.h"
#include "message-editor.h"

/* What an edit in progress is kept under, on the message, while it has no row. */
#define UNSENT_EDIT "tlm-unsent-edit"

/**
 * tlm_message_row_can_edit:
 *
 * The editor lays out all of a text at once.
 *
 * Returns: whether it is a message of the person, and short enough
 */
gboolean
tlm_message_row_can_edit (TlmMessageRow *self)
{
  gsize body;

  if (!tlm_message_row_is_user (self))
    return FALSE;
  g_array_unref (tlm_attachments_read (tlm_message_get_text (self->message), &body));
  return body <= TLM_MARKDOWN_VIEW_MAX_BYTES;
}

static void
set_editing (TlmMessageRow *self, gboolean editing)
{
  if (self->editor == NULL)
    {
      self->editor = tlm_message_editor_new ();
      gtk_box_insert_child_after (tlm_message_row_get_box (self), self->editor, self->content);
    }
  gtk_widget_set_visible (self->editor, editing);
  if (editing)
    gtk_widget_set_visible (self->content, FALSE);
  else
    tlm_message_row_update_text (self);
  gtk_widget_set_visible (self->foot, !editing);
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);
  g_autofree char *body = tlm_attachments_dup_body (tlm_message_get_text (self->message));

  set_editing (self, TRUE);
  tlm_message_editor_set_text (TLM_MESSAGE_EDITOR (self->editor), body);
  gtk_widget_grab_focus (self->editor);
}

static void
cancel_edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);

  set_editing (self, FALSE);
  gtk_widget_grab_focus (self->edit_button);
}

static void
send_edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);
  g_autofree char *text = tlm_message_editor_dup_text (TLM_MESSAGE_EDITOR (self->editor));

  g_object_ref (self);
  gtk_widget_activate_action (widget, "chat.edit", "(xs)", tlm_message_get_id (self->message), text);
  self->sent = gtk_widget_get_root (widget) == NULL; /* the new version stands in its place */
  g_object_unref (self);
}

/**
 * tlm_message_row_keep_unsent_edit:
 *
 * Before the row goes out of sight: with the message.
 */
void
tlm_message_row_keep_unsent_edit (TlmMessageRow *self)
{
  if (self->editor != NULL && gtk_widget_get_visible (self->editor) && !self->sent)
    g_object_set_data_full (G_OBJECT (self->message), UNSENT_EDIT,
                            tlm_message_editor_dup_text (TLM_MESSAGE_EDITOR (self->editor)), g_free);
}

/**
 * tlm_message_row_take_unsent_edit:
 *
 * Goes on with what was kept, if anything.
 */
void
tlm_message_row_take_unsent_edit (TlmMessageRow *self)
{
  g_autofree char *text = g_object_steal_data (G_OBJECT (self->message), UNSENT_EDIT);

  if (text == NULL)
    return;
  set_editing (self, TRUE);
  tlm_message_editor_set_text (TLM_MESSAGE_EDITOR (self->editor), text);
}

/**
 * tlm_message_row_install_edit:
 * @widget_class: of TlmMessageRow
 */
void
tlm_message_row_install_edit (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "message.edit", NULL, edit_cb);
  gtk_widget_class_install_action (widget_class, "message.cancel-edit", NULL, cancel_edit_cb);
  gtk_widget_class_install_action (widget_class, "message.send-edit", NULL, send_edit_cb);
}
