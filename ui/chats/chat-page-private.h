/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the chat page share: chat-page.c (which chat is shown, its draft),
 * chat-page-answers.c (what is sent, and answered again or stopped), chat-page-attach.c (what goes with
 * it) and chat-page-gauge.c (which model answers, and how full it is). */
#pragma once

#include "chat-page.h"
#include "composer.h"
#include "message-list.h"

G_BEGIN_DECLS

struct _TlmChatPage
{
  AdwBin          parent_instance;
  GtkWidget      *header;
  GtkWidget      *back_button;
  AdwWindowTitle *title;
  GtkWidget      *gauge;
  GtkWidget      *stack;
  AdwStatusPage  *intro;
  TlmMessageList *list;
  TlmComposer    *composer;

  TlmServices    *services;
  GSettings      *settings;
  TlmChat        *chat;
  gint64          wanted;  /* the message to show once the chat is open; 0: its end */
  guint           save_timeout;
};

void tlm_chat_page_update_state (TlmChatPage *self);
void tlm_chat_page_update_gauge (TlmChatPage *self);
void tlm_chat_page_toast        (TlmChatPage *self, const GError *error);
void tlm_chat_page_send         (TlmChatPage *self, TlmIntent skill, const char *text);

char *tlm_chat_page_dup_text    (TlmChatPage *self);

void tlm_chat_page_take_drops (TlmChatPage *self);

void tlm_chat_page_install_attach  (GtkWidgetClass *widget_class);
void tlm_chat_page_install_answers (GtkWidgetClass *widget_class);

G_END_DECLS
