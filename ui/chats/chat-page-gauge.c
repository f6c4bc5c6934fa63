/* SPDX-License-Identifier: Apache-2.0 */
/* What a chat says of the model that answers in it: the line under the title, the bar below it, which
 * is how full its context is, and, while it is empty, what can be asked. */
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

static gboolean
is_there_a_model (TlmModels *models)
{
  GListModel *list = tlm_models_get_list (models);
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i);

      if (tlm_model_get_state (model)->kind != TLM_MODEL_BUILT_IN)
        return TRUE;
    }
  return FALSE;
}

/* (transfer full) */
static char *
dup_intro (TlmChatPage *self, const char *name)
{
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");

  if (*path != '\0' && self->services != NULL)
    /* Translators: %s is the name of a language model. */
    return g_strdup_printf (_("Paste a text and say what you want of it. The built-in tools find its "
                              "key points, action items, a title and tags. What they do not do, %s "
                              "answers."), name);
  if (self->services != NULL && is_there_a_model (tlm_services_get_models (self->services)))
    return g_strdup (_("Paste a text and say what you want of it. The built-in tools find its key "
                       "points, action items, a title and tags. They point at the text and do not "
                       "make conversation; choose a larger model for that on the Models page."));
  return g_strdup (_("Paste a text and say what you want of it. The built-in tools find its key "
                     "points, action items, a title and tags. They point at the text and do not make "
                     "conversation; a larger model for that can be added on the Models page."));
}

static void
update_intro (TlmChatPage *self, const char *name)
{
  g_autofree char *sentences = dup_intro (self, name),
                  *escaped = g_markup_escape_text (sentences, -1);

  adw_status_page_set_description (self->intro, escaped);
}

/**
 * tlm_chat_page_update_gauge:
 *
 * Who answers, and how much of what it holds is used.
 */
void
tlm_chat_page_update_gauge (TlmChatPage *self)
{
  g_autofree char *name = dup_model_name (self), *text = NULL, *line = NULL;
  TlmMessage *message = find_measured (self);
  guint used, held;

  update_intro (self, name);
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
