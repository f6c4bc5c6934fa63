/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of chats may do with chats and messages. Main thread. */
#pragma once

#include "chats.h"
#include "ordered-list.h"
#include "store-private.h"

G_BEGIN_DECLS

TlmMessage *tlm_message_new            (gint64 id, TlmRole role, TlmMessageState state,
                                        const char *text, const char *error, const char *route,
                                        double elapsed_ms);
gint64      tlm_message_get_id         (TlmMessage *self);
void        tlm_message_set_id         (TlmMessage *self, gint64 id);
void        tlm_message_append         (TlmMessage *self, const char *text);
void        tlm_message_set_route      (TlmMessage *self, const char *route);
/* @error: (nullable) */
void        tlm_message_finish         (TlmMessage *self, TlmMessageState state, const char *error,
                                        double elapsed_ms);

TlmChat *tlm_chat_new            (gint64 id, const char *title, gint64 updated_us,
                                  const char *draft);
gint64   tlm_chat_get_updated_us (TlmChat *self);
void     tlm_chat_set_updated_us (TlmChat *self, gint64 updated_us);
void     tlm_chat_set_title      (TlmChat *self, const char *title);
void     tlm_chat_set_busy       (TlmChat *self, gboolean busy);
void     tlm_chat_set_draft      (TlmChat *self, const char *draft);
/* Whether the store has, or is about to have, the draft as it stands. */
gboolean tlm_chat_get_draft_saved (TlmChat *self);
void     tlm_chat_set_draft_saved (TlmChat *self, gboolean saved);
gboolean tlm_chat_get_filled     (TlmChat *self);
/* @messages: (transfer container): stand before those that were appended meanwhile */
void     tlm_chat_fill           (TlmChat *self, GPtrArray *messages);
void     tlm_chat_append         (TlmChat *self, TlmMessage *message);
/* (transfer none): oldest first */
GPtrArray *tlm_chat_peek_messages (TlmChat *self);

struct _TlmChats
{
  GObject           parent_instance;
  TlmStore         *store;
  TlmEngineService *engine;
  char             *model_path, *chat_format; /* NULL for none */
  TlmOrderedList    list;
  GPtrArray        *replies; /* of TlmReply, in chats-send.c: those that run */
};

/* A chat on its way through the store. */
typedef struct
{
  TlmChat *chat; /* main thread only; NULL until a new one is made */
  gint64   id;
  gint64   now;
} TlmChatChange;

/* Posts @job, whose task has a TlmChatChange as data; then @done has @outer as data. Takes @outer.
 * @chat: (nullable) */
void tlm_chats_post (TlmChats *self, TlmChat *chat, GTask *outer, TlmWorkerFunc job,
                     GAsyncReadyCallback done);

/* In chats-send.c: posts what the running replies have so far. */
void tlm_chats_save_replies (TlmChats *self);

G_END_DECLS
