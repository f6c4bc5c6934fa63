/* SPDX-License-Identifier: Apache-2.0 */
/* Which chats have their messages in memory: those that were opened last. */
#include "chat-private.h"

#define N_KEPT 8

/* What the store does not have yet stays, and with it all chats: it may be of any of them. */
static void
let_older_go (TlmChats *self)
{
  for (guint i = N_KEPT; i < self->opened->len && self->unsaved->len == 0;)
    if (tlm_chat_empty (self->opened->pdata[i]))
      g_ptr_array_remove_index (self->opened, i);
    else
      i++;
}

void
tlm_chats_keep_opened (TlmChats *self,
                       TlmChat  *chat)
{
  g_object_ref (chat);
  g_ptr_array_remove (self->opened, chat);
  g_ptr_array_insert (self->opened, 0, chat);
  let_older_go (self);
}
