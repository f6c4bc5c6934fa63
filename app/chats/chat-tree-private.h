/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of a chat share: chat.c and chat-tree.c. */
#pragma once

#include "chat-private.h"

G_BEGIN_DECLS

struct _TlmChat
{
  GObject    parent_instance;
  gint64     id;
  char      *title;
  GRefString *draft; /* may be megabytes, which the job that saves them shares */
  TlmDraftBox *draft_box;
  gboolean   draft_saved;
  guint      n_jobs;
  TlmChatSettings settings;
  gint64     updated_us;
  TlmChatPlace place;
  guint      n_ahead;
  guint      n_busy;   /* replies that are being made */
  gboolean   filled;   /* the messages of the store are there */
  GPtrArray  *all;      /* of every branch */
  TlmMessage *root;     /* no message: what all branches begin at */
  GPtrArray  *messages; /* those of the branch that is shown, oldest first */
};

/* In chat-tree.c. */
void tlm_chat_drop_all (TlmChat *self);

G_END_DECLS
