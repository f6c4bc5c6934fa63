/* SPDX-License-Identifier: Apache-2.0 */
/* A tool that is chosen answers the same message again, beside the answer that is there, and is
 * remembered; the chat page does both. Without a language model that one cannot be chosen. */
#include "route-button.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TlmRouteButton
{
  AdwBin      parent_instance;
  GtkPopover *popover;
  GtkLabel   *why_label;
  GtkWidget  *model_button;
  TlmMessage *message; /* (transfer none): the row that holds this keeps it */
};

G_DEFINE_FINAL_TYPE (TlmRouteButton, tlm_route_button, ADW_TYPE_BIN)

static void
shown_cb (TlmRouteButton *self)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  g_autofree char *path = g_settings_get_string (settings, "chat-model-path");
  const char *why = tlm_message_get_why (self->message);

  gtk_label_set_text (self->why_label, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why_label), *why != '\0');
  gtk_widget_set_visible (self->model_button, *path != '\0');
}

/* @parameter: a TlmTool */
static void
choose_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmRouteButton *self = TLM_ROUTE_BUTTON (widget);

  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (widget, "chat.choose-tool", "(xi)", tlm_message_get_id (self->message),
                              g_variant_get_int32 (parameter));
}

/* What the chat page does with the answer: "route.teach" is its "chat.teach". */
static void
act_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmRouteButton *self = TLM_ROUTE_BUTTON (widget);
  g_autofree char *of_chat = g_strconcat ("chat.", action + strlen ("route."), NULL);

  gtk_popover_popdown (self->popover);
  gtk_widget_activate_action (widget, of_chat, "x", tlm_message_get_id (self->message));
}

/**
 * tlm_route_button_set_message:
 * @message: (transfer none): an answer, which outlives this
 */
void
tlm_route_button_set_message (TlmRouteButton *self, TlmMessage *message)
{
  self->message = message;
}

static void
tlm_route_button_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_ROUTE_BUTTON);
  G_OBJECT_CLASS (tlm_route_button_parent_class)->dispose (object);
}

static void
tlm_route_button_class_init (TlmRouteButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_route_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/route-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmRouteButton, popover);
  gtk_widget_class_bind_template_child (widget_class, TlmRouteButton, why_label);
  gtk_widget_class_bind_template_child (widget_class, TlmRouteButton, model_button);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
  gtk_widget_class_install_action (widget_class, "route.choose", "i", choose_cb);
  gtk_widget_class_install_action (widget_class, "route.hand-over", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "route.teach", NULL, act_cb);
}

static void
tlm_route_button_init (TlmRouteButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
