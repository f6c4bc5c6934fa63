/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of chats share: a store in a folder of its own with chats over it, and each
 * asynchronous call as one that waits. */
#pragma once

#include "chats/chats.h"

typedef struct
{
  char             *folder, *path;
  TlmStore         *store;
  TlmEngineService *engine;
  TlmChats         *chats;
} Fixture;

void set_up    (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);

/* As the program starts, and as it ends. */
void start (Fixture *f);
void stop  (Fixture *f);

TlmChat    *create      (Fixture *f);
void        open_chat   (Fixture *f, TlmChat *chat);
/* Loads the list and opens the first chat of it. */
TlmChat    *load_first  (Fixture *f);
gboolean    send_message (Fixture *f, TlmChat *chat, const char *text, GError **error);
gboolean    regenerate  (Fixture *f, TlmChat *chat, TlmMessage *answer);
void        turn        (Fixture *f, TlmChat *chat, TlmMessage *message, int step);
void        trash_chat  (Fixture *f, TlmChat *chat);
void        save_settings (Fixture *f, TlmChat *chat, const TlmChatSettings *settings);

/* (transfer none): the chat keeps it */
TlmMessage *get_message (TlmChat *chat, guint i);

/* (transfer full): the path of a model that writes letters at random */
char       *make_model  (Fixture *f);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
