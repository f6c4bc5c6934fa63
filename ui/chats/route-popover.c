/* SPDX-License-Identifier: Apache-2.0 */
/* A tool or a specialist that is chosen answers the same message again, beside the answer that is there, and
 * is remembered; the chat page does both. Without a language model that one cannot be chosen. */
#include "route-popover.h"

#include "chat-page.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TlmRoutePopover
{
  GtkPopover  parent_instance;
  GtkLabel   *why_label;
  GtkWidget  *model_button;
  GtkBox     *specialists;
  TlmMessage *message; /* (transfer none): the row that holds this keeps it */
};

G_DEFINE_FINAL_TYPE (TlmRoutePopover, tlm_route_popover, GTK_TYPE_POPOVER)

static void
add_specialist (TlmRoutePopover *self, const TlmTrainedState *state)
{
  GtkWidget *button = gtk_button_new (), *label;
  /* Translators: a button; %s is the name of a specialist, which is to answer. */
  g_autofree char *text = g_strdup_printf (_("Ask “%s”"), state->name);

  label = gtk_label_new (text);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", state->path);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "route.ask-specialist");
  gtk_box_append (self->specialists, button);
}

/* Those that the person lets answer. */
static void
update_specialists (TlmRoutePopover *self)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), TLM_TYPE_CHAT_PAGE), *child;
  GListModel *list = page != NULL ? tlm_chat_page_get_specialists (TLM_CHAT_PAGE (page)) : NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->specialists))) != NULL)
    gtk_box_remove (self->specialists, child);
  for (guint i = 0; list != NULL && i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (list, i);
      const TlmTrainedState *state = tlm_trained_get_state (trained);

      if (state->used && state->card != NULL)
        add_specialist (self, state);
    }
  child = gtk_widget_get_first_child (GTK_WIDGET (self->specialists));
  gtk_widget_set_visible (GTK_WIDGET (self->specialists), child != NULL);
}

static void
shown_cb (TlmRoutePopover *self)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  g_autofree char *path = g_settings_get_string (settings, "chat-model-path");
  const char *why = tlm_message_get_why (self->message);

  gtk_label_set_text (self->why_label, why);
  gtk_widget_set_visible (GTK_WIDGET (self->why_label), *why != '\0');
  gtk_widget_set_visible (self->model_button, *path != '\0');
  update_specialists (self);
}

/* @parameter: a TlmTool */
static void
choose_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmRoutePopover *self = TLM_ROUTE_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, "chat.choose-tool", "(xi)", tlm_message_get_id (self->message),
                              g_variant_get_int32 (parameter));
}

/* @parameter: the path of a specialist */
static void
ask_specialist_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmRoutePopover *self = TLM_ROUTE_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, "chat.ask-specialist", "(xs)",
                              tlm_message_get_id (self->message),
                              g_variant_get_string (parameter, NULL));
}

/* What the chat page does with the answer: "route.teach" is its "chat.teach". */
static void
act_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmRoutePopover *self = TLM_ROUTE_POPOVER (widget);
  g_autofree char *of_chat = g_strconcat ("chat.", action + strlen ("route."), NULL);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, of_chat, "x", tlm_message_get_id (self->message));
}

/**
 * tlm_route_popover_new:
 * @message: (transfer none): an answer, which outlives this
 */
GtkWidget *
tlm_route_popover_new (TlmMessage *message)
{
  TlmRoutePopover *self = g_object_new (TLM_TYPE_ROUTE_POPOVER, NULL);

  self->message = message;
  return GTK_WIDGET (self);
}

static void
tlm_route_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_ROUTE_POPOVER);
  G_OBJECT_CLASS (tlm_route_popover_parent_class)->dispose (object);
}

static void
tlm_route_popover_class_init (TlmRoutePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_route_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/route-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmRoutePopover, why_label);
  gtk_widget_class_bind_template_child (widget_class, TlmRoutePopover, model_button);
  gtk_widget_class_bind_template_child (widget_class, TlmRoutePopover, specialists);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
  gtk_widget_class_install_action (widget_class, "route.ask-specialist", "s", ask_specialist_cb);
  gtk_widget_class_install_action (widget_class, "route.choose", "i", choose_cb);
  gtk_widget_class_install_action (widget_class, "route.hand-over", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "route.teach", NULL, act_cb);
}

static void
tlm_route_popover_init (TlmRoutePopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
