/* SPDX-License-Identifier: Apache-2.0 */
/* The chat page. Rows exist for the last messages only; earlier ones come when asked for. The view
 * follows an answer that grows as long as the reader is at its end, and stays where the reader is
 * otherwise. What is written is saved as the chat's draft a moment after typing stops, and at once
 * when the page turns to another chat or the window closes. */
#include "chat-page.h"

#include "chat-settings-page.h"
#include "compat.h"
#include "composer.h"
#include "handoff-page.h"
#include "message-row.h"

#include <glib/gi18n.h>

#define ROWS_AT_ONCE 50 /* a few screens; a row is made in about a millisecond */
#define END_SLACK 24    /* px that still count as "at the end" */
#define SAVE_DELAY_MS 500 /* as for notes: a crash costs a sentence at most */

struct _TlmChatPage
{
  AdwBin             parent_instance;
  GtkWidget         *header;
  GtkWidget         *back_button;
  AdwWindowTitle    *title;
  GtkWidget         *gauge;
  GtkWidget         *stack;
  GtkWidget         *scroller;
  GtkWidget         *earlier_button;
  GtkWidget         *list;
  TlmComposer       *composer;

  TlmServices       *services;
  GSettings         *settings;
  TlmChat           *chat;
  GtkSliceListModel *tail;
  GHashTable        *running; /* TlmChat -> GCancellable */
  guint              save_timeout;
  gboolean           at_end;
  double             from_end; /* keeps the place while earlier rows come in; < 0: no */
};

G_DEFINE_FINAL_TYPE (TlmChatPage, tlm_chat_page, ADW_TYPE_BIN)

static GtkAdjustment *
get_adjustment (TlmChatPage *self)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

static void
scrolled_cb (TlmChatPage *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);

  self->at_end = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
                 >= gtk_adjustment_get_upper (adjustment) - END_SLACK;
}

static void
resized_cb (TlmChatPage *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double upper = gtk_adjustment_get_upper (adjustment);

  if (self->from_end >= 0)
    gtk_adjustment_set_value (adjustment, upper - self->from_end);
  else if (self->at_end)
    gtk_adjustment_set_value (adjustment, upper - gtk_adjustment_get_page_size (adjustment));
  self->from_end = -1;
}

static void
update_title (TlmChatPage *self)
{
  const char *name = self->chat != NULL ? tlm_chat_get_title (self->chat) : "";

  adw_window_title_set_title (self->title, name != NULL && *name != '\0' ? name : _("New Chat"));
}

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

  return *path != '\0' ? g_filename_display_basename (path) : g_strdup (_("Built-in tools"));
}

/* The line under the title: who answers, and how much of what it holds is used. */
static void
update_gauge (TlmChatPage *self)
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
  text = g_strdup_printf (_("%'u of %'u tokens"), used, held);
  line = g_strdup_printf ("%s · %s", text, name);
  adw_window_title_set_subtitle (self->title, line);
  gtk_level_bar_set_max_value (GTK_LEVEL_BAR (self->gauge), held);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->gauge), MIN (used, held));
  gtk_widget_set_tooltip_text (self->gauge, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->gauge), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Context of the model"), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

static void
update_state (TlmChatPage *self)
{
  guint n = self->chat != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->chat)) : 0;
  guint offset = self->tail != NULL ? gtk_slice_list_model_get_offset (self->tail) : 0;

  if (n > 0 && offset >= n) /* a branch that is shorter */
    {
      offset = n > ROWS_AT_ONCE ? n - ROWS_AT_ONCE : 0;
      gtk_slice_list_model_set_offset (self->tail, offset);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n > 0 ? "messages" : "empty");
  gtk_widget_set_visible (self->earlier_button, offset > 0);
  update_gauge (self);
  tlm_composer_set_busy (self->composer, self->chat != NULL && tlm_chat_get_busy (self->chat));
}

static void
show_earlier_cb (TlmChatPage *self)
{
  guint offset = gtk_slice_list_model_get_offset (self->tail);
  GtkAdjustment *adjustment = get_adjustment (self);

  self->from_end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment);
  gtk_slice_list_model_set_offset (self->tail, offset > ROWS_AT_ONCE ? offset - ROWS_AT_ONCE : 0);
  update_state (self);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  return tlm_message_row_new (TLM_MESSAGE (item));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_send_finish (TLM_CHATS (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
  if (self->chat != NULL)
    update_state (self);
}

/* (transfer none): stops the answer that is begun now */
static GCancellable *
begin_answer (TlmChatPage *self)
{
  GCancellable *cancellable = g_cancellable_new ();

  self->at_end = TRUE;
  g_hash_table_replace (self->running, g_object_ref (self->chat), cancellable);
  return cancellable;
}

static void
send (TlmChatPage *self, const char *text)
{
  tlm_chats_send_async (tlm_services_get_chats (self->services), self->chat, text,
                        begin_answer (self), sent_cb, g_object_ref (self));
  update_state (self);
}

/* (nullable): one of the chat that is shown, while no answer is being made */
static TlmMessage *
find_message (TlmChatPage *self, gint64 id)
{
  if (self->chat == NULL || tlm_chat_get_busy (self->chat) || id == 0)
    return NULL;
  return tlm_chat_find_message (self->chat, id);
}

static void
regenerate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_message (self, g_variant_get_int64 (parameter));

  if (message != NULL && tlm_message_get_role (message) == TLM_ROLE_ASSISTANT)
    tlm_chats_regenerate_async (tlm_services_get_chats (self->services), self->chat, message,
                                begin_answer (self), sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

/* The message that is answered again by another tool. */
static void
choose_tool_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message;
  gint64 id;
  int tool;

  g_variant_get (parameter, "(xi)", &id, &tool);
  message = find_message (self, id);
  if (message != NULL)
    tlm_chats_choose_tool_async (tlm_services_get_chats (self->services), self->chat, message,
                                 (TlmTool) tool, begin_answer (self), sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

/* A message of the person, or an answer to it. */
static void
hand_over_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_message (self, g_variant_get_int64 (parameter));

  if (message != NULL)
    tlm_present_preferences (widget, tlm_handoff_page_new (tlm_chat_get_question (self->chat, message)));
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message;
  const char *text;
  gint64 id;

  g_variant_get (parameter, "(x&s)", &id, &text);
  message = find_message (self, id);
  if (message != NULL)
    tlm_chats_edit_async (tlm_services_get_chats (self->services), self->chat, message, text,
                          begin_answer (self), sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

static void
settings_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_save_settings_finish (TLM_CHATS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* The person has chosen what to do about a conversation that has no room. */
static void
drop_oldest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmChatSettings settings;

  if (self->chat == NULL)
    return;
  settings = *tlm_chat_get_settings (self->chat);
  settings.drop_oldest = TRUE;
  tlm_chats_save_settings_async (tlm_services_get_chats (self->services), self->chat, &settings,
                                 NULL, settings_saved_cb, g_object_ref (self));
  regenerate_cb (widget, action, parameter);
}

static void
settings_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);

  if (self->chat != NULL)
    tlm_present_preferences (widget, tlm_chat_settings_page_new (
                                       tlm_services_get_chats (self->services), self->chat));
}

static void
turned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_turn_finish (TLM_CHATS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* The buttons that were pressed are gone with their row. */
static void
focus_versions (TlmChatPage *self, guint position, int step)
{
  guint offset = gtk_slice_list_model_get_offset (self->tail);
  GtkListBoxRow *row = position < offset ? NULL
                       : gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list),
                                                        (int) (position - offset));

  if (row != NULL)
    tlm_message_row_focus_versions (TLM_MESSAGE_ROW (row), step);
}

static void
turn_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message;
  guint position;
  gint64 id;
  int step;

  g_variant_get (parameter, "(xi)", &id, &step);
  message = find_message (self, id);
  if (message == NULL)
    return;
  position = tlm_chat_find_position (self->chat, message);
  self->at_end = FALSE;
  tlm_chats_turn_async (tlm_services_get_chats (self->services), self->chat, message, step, NULL,
                        turned_cb, g_object_ref (self));
  focus_versions (self, position, step);
}

static void
draft_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_save_draft_finish (TLM_CHATS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
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
  g_clear_handle_id (&self->save_timeout, g_source_remove);
  self->save_timeout = g_timeout_add (SAVE_DELAY_MS, save_timeout_cb, self);
}

/* A message that could not be saved comes back to where it was written. */
static void
draft_changed_cb (TlmChatPage *self)
{
  g_autofree char *text = tlm_composer_dup_text (self->composer);

  if (*text == '\0' && *tlm_chat_get_draft (self->chat) != '\0')
    tlm_composer_set_text (self->composer, tlm_chat_get_draft (self->chat));
}

static void
composer_send_cb (TlmChatPage *self, const char *text)
{
  if (self->chat == NULL || tlm_chat_get_busy (self->chat))
    return;
  tlm_chat_page_save (self);
  send (self, text);
  /* A message that was taken is no draft any more. */
  if (*tlm_chat_get_draft (self->chat) == '\0')
    tlm_composer_set_text (self->composer, "");
}

static void
suggest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  const char *wish = g_variant_get_string (parameter, NULL);

  if (g_str_equal (wish, "summarize"))
    /* Translators: the beginning of a request to the assistant; a text follows it. */
    tlm_composer_set_text (self->composer, _("Summarize this:\n\n"));
  else if (g_str_equal (wish, "actions"))
    /* Translators: the beginning of a request to the assistant; a text follows it. */
    tlm_composer_set_text (self->composer, _("Find the action items in this:\n\n"));
  else
    /* Translators: the beginning of a request to the assistant; a text follows it. */
    tlm_composer_set_text (self->composer, _("Suggest a title for this:\n\n"));
  tlm_composer_focus (self->composer);
}

/**
 * tlm_chat_page_stop:
 *
 * Stops the answer that is being made in the chat that is shown.
 *
 * Returns: whether there was one
 */
gboolean
tlm_chat_page_stop (TlmChatPage *self)
{
  GCancellable *running = self->chat != NULL ? g_hash_table_lookup (self->running, self->chat)
                                             : NULL;

  if (running == NULL || !tlm_chat_get_busy (self->chat))
    return FALSE;
  g_cancellable_cancel (running);
  return TRUE;
}

static void
show_messages (TlmChatPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->chat));
  guint offset = n > ROWS_AT_ONCE ? n - ROWS_AT_ONCE : 0;

  self->at_end = TRUE;
  g_clear_object (&self->tail);
  self->tail = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->chat)), offset,
                                         G_MAXUINT - offset);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list), G_LIST_MODEL (self->tail), create_row_cb,
                           NULL, NULL);
  update_state (self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GObject) task = user_data;
  TlmChatPage *self = g_object_get_data (task, "tlm-page");
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_open_finish (TLM_CHATS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
  else if (g_object_get_data (task, "tlm-chat") == self->chat)
    show_messages (self);
}

static void
leave_chat (TlmChatPage *self)
{
  if (self->chat == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->chat, self);
  tlm_chat_page_save (self);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list), NULL, NULL, NULL, NULL);
  g_clear_object (&self->tail);
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
    {
      tlm_composer_focus (self->composer);
      return;
    }
  leave_chat (self);
  self->chat = g_object_ref (chat);
  g_signal_connect_swapped (chat, "notify::title", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (chat, "notify::busy", G_CALLBACK (update_state), self);
  /* After the slice has followed the change, since it is moved. */
  g_signal_connect_data (chat, "items-changed", G_CALLBACK (update_state), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (chat, "notify::draft", G_CALLBACK (draft_changed_cb), self);
  tlm_composer_set_text (self->composer, tlm_chat_get_draft (chat));
  update_title (self);
  update_state (self);
  ask_for_messages (self);
  tlm_composer_focus (self->composer);
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
  g_clear_pointer (&self->running, g_hash_table_unref);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/chat-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, header);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, title);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, gauge);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, earlier_button);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, list);
  gtk_widget_class_bind_template_child (widget_class, TlmChatPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, composer_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, composer_send_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_earlier_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_install_action (widget_class, "chat.drop-oldest", "x", drop_oldest_cb);
  gtk_widget_class_install_action (widget_class, "chat.choose-tool", "(xi)", choose_tool_cb);
  gtk_widget_class_install_action (widget_class, "chat.hand-over", "x", hand_over_cb);
  gtk_widget_class_install_action (widget_class, "chat.settings", NULL, settings_cb);
  gtk_widget_class_install_action (widget_class, "chat.edit", "(xs)", edit_cb);
  gtk_widget_class_install_action (widget_class, "chat.regenerate", "x", regenerate_cb);
  gtk_widget_class_install_action (widget_class, "chat.suggest", "s", suggest_cb);
  gtk_widget_class_install_action (widget_class, "chat.turn", "(xi)", turn_cb);
}

static void
tlm_chat_page_init (TlmChatPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  self->from_end = -1;
  self->running = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
  g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_adjustment (self), "changed", G_CALLBACK (resized_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::chat-model-path", G_CALLBACK (update_gauge),
                           self, G_CONNECT_SWAPPED);
  update_gauge (self);
}
