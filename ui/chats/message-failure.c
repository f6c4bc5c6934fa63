/* SPDX-License-Identifier: Apache-2.0 */
/* Most answers have none; the row that it stands in has its actions. */
#include "message-failure.h"

struct _TlmMessageFailure
{
  AdwBin     parent_instance;
  GtkWidget *label;
  GtkWidget *full_box;
};

G_DEFINE_FINAL_TYPE (TlmMessageFailure, tlm_message_failure, ADW_TYPE_BIN)

/**
 * tlm_message_failure_new:
 * @message: an answer that failed
 */
GtkWidget *
tlm_message_failure_new (TlmMessage *message)
{
  TlmMessageFailure *self = g_object_new (TLM_TYPE_MESSAGE_FAILURE, NULL);
  const char *error = tlm_message_get_error (message);

  gtk_label_set_text (GTK_LABEL (self->label), error != NULL ? error : "");
  gtk_widget_set_visible (self->full_box, tlm_message_get_context_used (message)
                                            > tlm_message_get_context_held (message));
  return GTK_WIDGET (self);
}

static void
tlm_message_failure_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_MESSAGE_FAILURE);
  G_OBJECT_CLASS (tlm_message_failure_parent_class)->dispose (object);
}

static void
tlm_message_failure_class_init (TlmMessageFailureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_message_failure_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/message-failure.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageFailure, label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageFailure, full_box);
}

static void
tlm_message_failure_init (TlmMessageFailure *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
