/* SPDX-License-Identifier: Apache-2.0 */
/* The line under the title of a chat, and the bar below it: how full its context is. */
#include "chat-page-private.h"

#include <glib/gi18n.h>

/* (transfer none) (nullable): the last answer that says what it took of the context */
static TlmMessage *
find_measured (TlmChatPage *self)
{
  guint n = self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->chat)) : 0;

  while (n-- > 0)
    {
      g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (self->chat), n);

      if (tlm_message_get_context_used (message) > 0)
        return message;
    }
  return NULL;
}

static char *
dup_model_name (TlmChatPage *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");

  if (*path == '\0' || self->services == NULL)
    return g_strdup (_("Built-in tools"));
  return tlm_models_dup_name (tlm_services_get_models (self->services), path);
}

/**
 * tlm_chat_page_update_gauge:
 *
 * The line under the title: who answers, and how much of what it holds is used.
 */
void
tlm_chat_page_update_gauge (TlmChatPage *self)
{
  g_autofree char *name = dup_model_name (self), *text = NULL, *line = NULL;
  TlmMessage *message = find_measured (self);
  guint used, held;

  gtk_widget_set_visible (self->gauge, message != NULL);
  if (message == NULL)
    {
      adw_window_title_set_subtitle (self->title, name);
      return;
    }
  used = tlm_message_get_context_used (message);
  held = tlm_message_get_context_held (message);
  /* Translators: how much of the text that a model can hold is used. */
  text = g_strdup_printf (ngettext ("%'u of %'u token", "%'u of %'u tokens", held), used, held);
  line = g_strdup_printf ("%s · %s", text, name);
  adw_window_title_set_subtitle (self->title, line);
  gtk_level_bar_set_max_value (GTK_LEVEL_BAR (self->gauge), held);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->gauge), MIN (used, held));
  gtk_widget_set_tooltip_text (self->gauge, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->gauge), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Context of the model"), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}
