/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent from the chat page, what is answered again, and the branches that come of it. */
#include "chat-page-private.h"

#include "compat/compat.h"
#include "handoff-page.h"
#include "message-row.h"
#include "common/notify.h"
#include "specialists/teach-page.h"

#include <glib/gi18n.h>

/* Of a chat, while an answer is made: what stops it. */
#define RUNNING "tlm-running"

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_send_finish (TLM_CHATS (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tlm_chat_page_toast (self, error);
  if (self->chat != NULL)
    tlm_chat_page_update_state (self);
}

/* Whatever is shown by then. An answer that the person stopped is no news. */
static void
busy_cb (TlmChat *chat, GParamSpec *pspec, GCancellable *cancellable)
{
  gboolean stopped = g_cancellable_is_cancelled (cancellable);
  g_autofree char *place = NULL;

  if (tlm_chat_get_busy (chat))
    return;
  g_signal_handlers_disconnect_by_data (chat, cancellable);
  g_object_set_data (G_OBJECT (chat), RUNNING, NULL);
  place = g_strdup_printf ("tinylm:chat/%" G_GINT64_FORMAT, tlm_chat_get_id (chat));
  if (!stopped)
    tlm_notify ("answer", _("An answer is ready"), NULL, place);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

/* (transfer none): stops the answer that is begun now */
static GCancellable *
begin_answer (TlmChatPage *self)
{
  GCancellable *cancellable = g_cancellable_new ();

  tlm_message_list_follow (self->list);
  g_object_set_data_full (G_OBJECT (self->chat), RUNNING, cancellable, g_object_unref);
  g_signal_connect_data (self->chat, "notify::busy", G_CALLBACK (busy_cb),
                         g_object_ref (cancellable), closure_unref, 0);
  return cancellable;
}

/**
 * tlm_chat_page_send:
 * @skill: that it is for; TLM_INTENT_HELP when its words say it
 * @text: what the person says
 */
void
tlm_chat_page_send (TlmChatPage *self, TlmIntent skill, const char *text)
{
  tlm_chats_ask_skill_async (tlm_services_get_chats (self->services), self->chat, skill, text,
                             begin_answer (self), sent_cb, g_object_ref (self));
  tlm_chat_page_update_state (self);
}

/* (nullable): one of the chat that is shown */
static TlmMessage *
find_message (TlmChatPage *self, gint64 id)
{
  return self->chat != NULL && id != 0 ? tlm_chat_find_message (self->chat, id) : NULL;
}

/* As it, but NULL while an answer is being made, which the person is told. */
static TlmMessage *
find_idle_message (TlmChatPage *self, gint64 id)
{
  if (self->chat == NULL || !tlm_chat_get_busy (self->chat))
    return find_message (self, id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              _("An answer is being made. Stop it first."));
  return NULL;
}

static void
regenerate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_idle_message (self, g_variant_get_int64 (parameter));

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
  message = find_idle_message (self, id);
  if (message != NULL)
    tlm_chats_choose_tool_async (tlm_services_get_chats (self->services), self->chat, message,
                                 (TlmTool) tool, begin_answer (self), sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

/* The message that is answered again by a specialist. Its file may be gone since it was offered. */
static void
ask_specialist_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmTrained *specialist;
  TlmMessage *message;
  const char *path;
  gint64 id;

  g_variant_get (parameter, "(x&s)", &id, &path);
  message = find_idle_message (self, id);
  specialist = tlm_trained_list_find (tlm_services_get_trained (self->services), path);
  if (message != NULL && specialist != NULL && tlm_trained_get_state (specialist)->card != NULL)
    tlm_chats_ask_specialist_async (tlm_services_get_chats (self->services), self->chat, message,
                                    specialist, begin_answer (self), sent_cb, g_object_ref (self));
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

/* An answer, to be corrected. */
static void
teach_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_message (self, g_variant_get_int64 (parameter));
  g_autofree char *lesson = message != NULL ? tlm_message_dup_lesson (message) : NULL;

  if (message != NULL)
    tlm_present_preferences (
      widget, tlm_teach_page_new (tlm_services_get_example_sets (self->services), "",
                                  tlm_chat_get_question (self->chat, message), lesson,
                                  &(TlmExampleSource){ .message_id = tlm_message_get_id (message) }));
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message;
  const char *text;
  gint64 id;

  g_variant_get (parameter, "(x&s)", &id, &text);
  message = find_idle_message (self, id);
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
    tlm_chat_page_toast (self, error);
}

/* The person has chosen what to do about a conversation that has no room. */
static void
drop_oldest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmChatSettings settings;

  if (find_idle_message (self, g_variant_get_int64 (parameter)) == NULL)
    return;
  settings = *tlm_chat_get_settings (self->chat);
  settings.drop_oldest = TRUE;
  tlm_chats_save_settings_async (tlm_services_get_chats (self->services), self->chat, &settings,
                                 NULL, settings_saved_cb, g_object_ref (self));
  regenerate_cb (widget, action, parameter);
}

/* What was said before an answer that had no room is summarised, and the answer made again. */
static void
summarize_older_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_idle_message (self, g_variant_get_int64 (parameter));

  if (message != NULL)
    tlm_chats_summarize_older_async (tlm_services_get_chats (self->services), self->chat, message,
                                     begin_answer (self), sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

static void
drop_summary_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);
  TlmMessage *message = find_idle_message (self, g_variant_get_int64 (parameter));

  if (message != NULL)
    tlm_chats_drop_summary_async (tlm_services_get_chats (self->services), self->chat, message, NULL,
                                  sent_cb, g_object_ref (self));
  tlm_composer_focus (self->composer);
}

static void
show_message_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_chat_page_show_message (TLM_CHAT_PAGE (widget), g_variant_get_int64 (parameter));
}

static void
turned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_turn_finish (TLM_CHATS (source), result, &error))
    tlm_chat_page_toast (self, error);
}

/* The buttons that were pressed are gone with their row. */
static void
focus_versions (TlmChatPage *self, guint position, int step)
{
  GtkWidget *row = tlm_message_list_get_row (self->list, position);

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
  message = find_idle_message (self, id);
  if (message == NULL)
    return;
  position = tlm_chat_find_position (self->chat, message);
  tlm_message_list_stay (self->list);
  tlm_chats_turn_async (tlm_services_get_chats (self->services), self->chat, message, step, NULL,
                        turned_cb, g_object_ref (self));
  focus_versions (self, position, step);
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
  GCancellable *running = self->chat != NULL ? g_object_get_data (G_OBJECT (self->chat), RUNNING)
                                             : NULL;

  if (running == NULL || !tlm_chat_get_busy (self->chat))
    return FALSE;
  g_cancellable_cancel (running);
  return TRUE;
}

/**
 * tlm_chat_page_install_answers:
 * @widget_class: of TlmChatPage
 */
void
tlm_chat_page_install_answers (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "chat.ask-specialist", "(xs)", ask_specialist_cb);
  gtk_widget_class_install_action (widget_class, "chat.choose-tool", "(xi)", choose_tool_cb);
  gtk_widget_class_install_action (widget_class, "chat.drop-oldest", "x", drop_oldest_cb);
  gtk_widget_class_install_action (widget_class, "chat.drop-summary", "x", drop_summary_cb);
  gtk_widget_class_install_action (widget_class, "chat.edit", "(xs)", edit_cb);
  gtk_widget_class_install_action (widget_class, "chat.hand-over", "x", hand_over_cb);
  gtk_widget_class_install_action (widget_class, "chat.regenerate", "x", regenerate_cb);
  gtk_widget_class_install_action (widget_class, "chat.show-message", "x", show_message_cb);
  gtk_widget_class_install_action (widget_class, "chat.summarize-older", "x", summarize_older_cb);
  gtk_widget_class_install_action (widget_class, "chat.teach", "x", teach_cb);
  gtk_widget_class_install_action (widget_class, "chat.turn", "(xi)", turn_cb);
}
