/* SPDX-License-Identifier: Apache-2.0 */
/* The chat page: which chat is shown. What is written is saved as the chat's draft a moment after
 * typing stops, and at once when the page turns to another chat or the window closes. */
#include "chat-page-private.h"

#include "chat-settings-page.h"
#include "compat/compat.h"
#include "common/print.h"

#include <glib/gi18n.h>
#include <string.h>

#define SAVE_DELAY_MS 500 /* from the first letter that is not saved, as for notes */

G_DEFINE_FINAL_TYPE (TlmChatPage, tlm_chat_page, ADW_TYPE_BIN)

static void
update_title (TlmChatPage *self)
{
  const char *name = self->chat != NULL ? tlm_chat_get_title (self->chat) : "";

  adw_window_title_set_title (self->title, name != NULL && *name != '\0' ? name : _("New Chat"));
}

/**
 * tlm_chat_page_update_state:
 *
 * Called whenever messages have come or gone, or an answer has begun or ended.
 */
void
tlm_chat_page_update_state (TlmChatPage *self)
{
  guint n = self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->chat)) : 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n > 0 ? "messages" : "empty");
  tlm_chat_page_update_gauge (self);
  tlm_composer_set_busy (self->composer, self->chat != NULL && tlm_chat_get_busy (self->chat));
}

/**
 * tlm_chat_page_toast:
 * @error: whose sentence is shown for a moment
 */
void
tlm_chat_page_toast (TlmChatPage *self, const GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
draft_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_save_draft_finish (TLM_CHATS (source), result, &error))
    tlm_chat_page_toast (self, error);
}

/**
 * tlm_chat_page_save:
 *
 * Hands what is written and not sent yet to the store.
 */
void
tlm_chat_page_save (TlmChatPage *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->save_timeout, g_source_remove);
  if (self->chat == NULL)
    return;
  text = tlm_composer_dup_text (self->composer);
  tlm_chats_save_draft_async (tlm_services_get_chats (self->services), self->chat, text, NULL,
                              draft_saved_cb, g_object_ref (self));
}

static gboolean
save_timeout_cb (gpointer user_data)
{
  TlmChatPage *self = user_data;

  self->save_timeout = 0;
  tlm_chat_page_save (self);
  return G_SOURCE_REMOVE;
}

static void
composer_changed_cb (TlmChatPage *self)
{
  if (self->save_timeout == 0)
    self->save_timeout = g_timeout_add (SAVE_DELAY_MS, save_timeout_cb, self);
}

/* What is saved already. */
static void
show_draft (TlmChatPage *self)
{
  tlm_composer_set_text (self->composer, tlm_chat_get_draft (self->chat));
  g_clear_handle_id (&self->save_timeout, g_source_remove);
}

/* A message that could not be saved comes back to where it was written, and what another window has
 * written comes here. What is written here and not saved yet stays behind it. */
static void
draft_changed_cb (TlmChatPage *self)
{
  const char *draft = tlm_chat_get_draft (self->chat);
  g_autofree char *text = tlm_composer_dup_text (self->composer);
  g_autofree char *both = NULL;

  if (g_str_equal (text, draft) || (*draft == '\0' && self->save_timeout != 0))
    return;
  if (self->save_timeout != 0)
    {
      both = tlm_draft_join (draft, text);
      tlm_composer_set_text (self->composer, both);
    }
  else
    show_draft (self);
}

/**
 * tlm_chat_page_get_specialists:
 *
 * Returns: (transfer none): of TlmTrained: those that there are
 */
GListModel *
tlm_chat_page_get_specialists (TlmChatPage *self)
{
  return tlm_trained_list_get (tlm_services_get_trained (self->services));
}

static void
settings_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);

  if (self->chat != NULL)
    tlm_present_preferences (
      widget, tlm_chat_settings_page_new (tlm_services_get_chats (self->services), self->chat,
                                          tlm_chat_page_get_specialists (self),
                                          tlm_services_get_models (self->services)));
}

/**
 * tlm_chat_page_dup_text:
 *
 * Returns: (transfer full): the messages that are shown, each under who wrote it
 */
char *
tlm_chat_page_dup_text (TlmChatPage *self)
{
  GString *text = g_string_new ("# ");
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->chat));

  g_string_append (text, adw_window_title_get_title (self->title));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (self->chat), i);
      gboolean yours = tlm_message_get_role (message) == TLM_ROLE_USER;

      g_string_append_printf (text, "\n\n## %s\n\n%s", yours ? _("Your message") : _("Answer"),
                              tlm_message_get_text (message));
    }
  return g_string_free (text, FALSE);
}

static void
print_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  g_autofree char *text = NULL;

  if (self->chat == NULL)
    return;
  text = tlm_chat_page_dup_text (self);
  tlm_print (widget, adw_window_title_get_title (self->title), text);
}

/* (transfer none): what the composer begins with for it */
static const char *
skill_words (TlmIntent skill)
{
  switch (skill)
    {
    case TLM_INTENT_SUMMARY:
      /* Translators: the beginning of a request to the assistant; a text follows it. */
      return _("Summarize this:\n\n");
    case TLM_INTENT_ACTIONS:
      /* Translators: the beginning of a request to the assistant; a text follows it. */
      return _("Find the action items in this:\n\n");
    case TLM_INTENT_TITLE:
      /* Translators: the beginning of a request to the assistant; a text follows it. */
      return _("Suggest a title for this:\n\n");
    case TLM_INTENT_TAGS:
    case TLM_INTENT_HELP:
    case TLM_N_INTENTS:
      break;
    }
  return "";
}

/* The bytes of its words that @text begins with, whatever space is behind them; 0: with others */
static gsize
measure_words (TlmIntent skill, const char *text)
{
  g_autofree char *words = g_strchomp (g_strdup (skill_words (skill)));

  return g_str_has_prefix (text, words) ? strlen (words) : 0;
}

/* The skill whose button began @text, also that of a draft of another day. */
static TlmIntent
find_skill (const char *text)
{
  for (int i = 0; i < TLM_N_INTENTS; i++)
    if (measure_words ((TlmIntent) i, text) > 0)
      return (TlmIntent) i;
  return TLM_INTENT_HELP;
}

/* The words go before what is there, in place of another skill's. */
static void
suggest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmIntent skill = tlm_intent_find (g_variant_get_string (parameter, NULL));
  g_autofree char *before = tlm_composer_dup_text (self->composer);
  gsize n = measure_words (find_skill (before), before);

  n += strspn (before + n, "\n");
  tlm_composer_begin_with (self->composer, (guint) g_utf8_strlen (before, (gssize) n),
                           skill_words (skill));
  tlm_composer_focus (self->composer);
}

static void
composer_send_cb (TlmChatPage *self, const char *text)
{
  if (self->chat == NULL || tlm_chat_get_busy (self->chat))
    return;
  tlm_chat_page_save (self);
  tlm_chat_page_send (self, find_skill (text), text);
  /* A message that was taken is no draft any more. */
  if (*tlm_chat_get_draft (self->chat) == '\0')
    tlm_composer_set_text (self->composer, "");
}

static void
turned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_turn_finish (TLM_CHATS (source), result, &error))
    tlm_chat_page_toast (self, error);
}

/* The branch that the message is in comes into sight with it. */
static void
show_wanted (TlmChatPage *self)
{
  gint64 id = self->wanted;
  TlmMessage *message;

  self->wanted = 0;
  if (id == 0)
    return;
  tlm_chats_show_message_async (tlm_services_get_chats (self->services), self->chat, id, NULL,
                                turned_cb, g_object_ref (self));
  message = tlm_chat_find_message (self->chat, id);
  if (message != NULL)
    tlm_message_list_show (self->list, tlm_chat_find_position (self->chat, message));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GObject) task = user_data;
  TlmChatPage *self = g_object_get_data (task, "tlm-page");
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_open_finish (TLM_CHATS (source), result, &error))
    tlm_chat_page_toast (self, error);
  else if (g_object_get_data (task, "tlm-chat") == self->chat)
    {
      tlm_message_list_set_chat (self->list, self->chat);
      tlm_chat_page_update_state (self);
      show_wanted (self);
    }
}

static void
leave_chat (TlmChatPage *self)
{
  if (self->chat == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->chat, self);
  tlm_chat_page_save (self);
  tlm_message_list_set_chat (self->list, NULL);
  self->wanted = 0;
  g_clear_object (&self->chat);
}

static void
ask_for_messages (TlmChatPage *self)
{
  GObject *task = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set_data_full (task, "tlm-page", g_object_ref (self), g_object_unref);
  g_object_set_data_full (task, "tlm-chat", g_object_ref (self->chat), g_object_unref);
  tlm_chats_open_async (tlm_services_get_chats (self->services), self->chat, NULL, opened_cb, task);
}

/**
 * tlm_chat_page_open:
 * @chat: to be shown; what was typed for the one before is kept
 */
void
tlm_chat_page_open (TlmChatPage *self, TlmChat *chat)
{
  if (self->chat == chat)
    return;
  leave_chat (self);
  self->chat = g_object_ref (chat);
  g_signal_connect_swapped (chat, "notify::title", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (chat, "notify::busy", G_CALLBACK (tlm_chat_page_update_state), self);
  g_signal_connect_swapped (chat, "items-changed", G_CALLBACK (tlm_chat_page_update_state), self);
  g_signal_connect_swapped (chat, "notify::draft", G_CALLBACK (draft_changed_cb), self);
  show_draft (self);
  update_title (self);
  tlm_chat_page_update_state (self);
  ask_for_messages (self);
}

/**
 * tlm_chat_page_show_message:
 * @id: of a message of the chat that is shown
 *
 * Brings it into sight and marks it, as soon as the chat is open.
 */
void
tlm_chat_page_show_message (TlmChatPage *self, gint64 id)
{
  self->wanted = id;
  ask_for_messages (self);
}

/**
 * tlm_chat_page_discard:
 *
 * Leaves the chat; its draft is kept in case it comes back.
 */
void
tlm_chat_page_discard (TlmChatPage *self)
{
  leave_chat (self);
}

/**
 * tlm_chat_page_focus:
 *
 * Puts the cursor into the message that is written.
 */
void
tlm_chat_page_focus (TlmChatPage *self)
{
  tlm_composer_focus (self->composer);
}

/**
 * tlm_chat_page_get_chat:
 *
 * Returns: (transfer none) (nullable): the chat that is shown
 */
TlmChat *
tlm_chat_page_get_chat (TlmChatPage *self)
{
  return self->chat;
}

/**
 * tlm_chat_page_set_services:
 * @services: where chats and answers come from
 */
void
tlm_chat_page_set_services (TlmChatPage *self, TlmServices *services)
{
  g_set_object (&self->services, services);
  g_signal_connect_object (tlm_models_get_list (tlm_services_get_models (services)),
                           "items-changed", G_CALLBACK (tlm_chat_page_update_gauge), self,
                           G_CONNECT_SWAPPED);
  tlm_chat_page_update_gauge (self);
  tlm_composer_set_notes (self->composer, G_LIST_MODEL (tlm_services_get_notes (services)));
}

static void
stop_cb (TlmChatPage *self)
{
  tlm_chat_page_stop (self);
}

static void
tlm_chat_page_root (GtkWidget *widget)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);

  GTK_WIDGET_CLASS (tlm_chat_page_parent_class)->root (widget);
  tlm_split_view_adopt_header (widget, ADW_HEADER_BAR (self->header), self->back_button);
}

static void
tlm_chat_page_dispose (GObject *object)
{
  TlmChatPage *self = TLM_CHAT_PAGE (object);

  if (self->composer != NULL)
    leave_chat (self);
  g_clear_handle_id (&self->save_timeout, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_CHAT_PAGE);
  g_clear_object (&self->services);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tlm_chat_page_parent_class)->dispose (object);
}

static void
tlm_chat_page_class_init (TlmChatPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_chat_page_dispose;
  widget_class->root = tlm_chat_page_root;
  g_type_ensure (TLM_TYPE_COMPOSER);
  g_type_ensure (TLM_TYPE_MESSAGE_LIST);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/chat-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, header);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, title);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, gauge);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, intro);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, list);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, composer_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, composer_send_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_install_action (widget_class, "chat.print", NULL, print_cb);
  gtk_widget_class_install_action (widget_class, "chat.settings", NULL, settings_cb);
  gtk_widget_class_install_action (widget_class, "chat.suggest", "s", suggest_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "chat.print", NULL);
  tlm_chat_page_install_answers (widget_class);
  tlm_chat_page_install_attach (widget_class);
}

/* Where they are cut short. */
static void
tell_title_cb (AdwWindowTitle *title)
{
  g_autofree char *both = g_strdup_printf ("%s\n%s", adw_window_title_get_title (title),
                                           adw_window_title_get_subtitle (title));

  gtk_widget_set_tooltip_text (GTK_WIDGET (title), both);
}

static void
tlm_chat_page_init (TlmChatPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  g_signal_connect_object (self->settings, "changed::chat-model-path",
                           G_CALLBACK (tlm_chat_page_update_gauge), self, G_CONNECT_SWAPPED);
  g_signal_connect (self->title, "notify::title", G_CALLBACK (tell_title_cb), NULL);
  g_signal_connect (self->title, "notify::subtitle", G_CALLBACK (tell_title_cb), NULL);
  tlm_chat_page_take_drops (self);
  tlm_chat_page_update_gauge (self);
}
