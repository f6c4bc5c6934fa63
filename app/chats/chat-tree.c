/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a chat, once it was opened: a tree (an answer that was made again, a message that was
 * edited), of which one branch is shown. */
#include "chat-tree-private.h"

gboolean
tlm_chat_get_filled (TlmChat *self)
{
  return self->filled;
}

static void
adopt (TlmChat    *self,
       TlmMessage *message,
       TlmMessage *parent)
{
  g_ptr_array_add (self->all, g_object_ref (message));
  tlm_message_set_parent (message, parent);
}

/* (transfer container): the branch that ends with @leaf, oldest first */
static GPtrArray *
list_branch (TlmChat    *self,
             TlmMessage *leaf)
{
  GPtrArray *branch = g_ptr_array_new_with_free_func (g_object_unref);

  for (TlmMessage *message = leaf; message != self->root; message = tlm_message_get_parent (message))
    {
      tlm_message_set_shown (message);
      g_ptr_array_add (branch, g_object_ref (message));
    }
  for (guint i = 0; i < branch->len / 2; i++)
    {
      gpointer first = branch->pdata[i];

      branch->pdata[i] = branch->pdata[branch->len - 1 - i];
      branch->pdata[branch->len - 1 - i] = first;
    }
  return branch;
}

/* What both branches begin with keeps its rows. */
void
tlm_chat_show (TlmChat    *self,
               TlmMessage *leaf)
{
  GPtrArray *old = self->messages;
  guint      n_old = old->len, n_same = 0;

  self->messages = list_branch (self, leaf != NULL ? leaf : self->root);
  while (n_same < n_old && n_same < self->messages->len
         && old->pdata[n_same] == self->messages->pdata[n_same])
    n_same++;
  g_ptr_array_unref (old);
  if (n_same < n_old || n_same < self->messages->len)
    g_list_model_items_changed (G_LIST_MODEL (self), n_same, n_old - n_same,
                                self->messages->len - n_same);
}

static TlmMessage *
get_leaf (TlmChat *self)
{
  return self->messages->len > 0 ? self->messages->pdata[self->messages->len - 1] : self->root;
}

TlmMessage *
tlm_chat_find_message (TlmChat *self,
                       gint64   id)
{
  for (guint i = self->messages->len; i-- > 0;)
    if (tlm_message_get_id (self->messages->pdata[i]) == id)
      return self->messages->pdata[i];
  return NULL;
}

TlmMessage *
tlm_chat_find_hidden (TlmChat *self,
                      gint64   id)
{
  for (guint i = 0; i < self->all->len; i++)
    if (tlm_message_get_id (self->all->pdata[i]) == id)
      return self->all->pdata[i];
  return NULL;
}

const char *
tlm_chat_get_question (TlmChat    *self,
                       TlmMessage *message)
{
  while (tlm_message_get_role (message) != TLM_ROLE_USER && tlm_message_get_parent (message) != NULL)
    message = tlm_message_get_parent (message);
  return tlm_message_get_text (message);
}

guint
tlm_chat_find_position (TlmChat    *self,
                        TlmMessage *message)
{
  guint position = 0;

  g_ptr_array_find (self->messages, message, &position);
  return position;
}

gint64
tlm_chat_get_saved_leaf (TlmChat *self)
{
  TlmMessage *leaf = get_leaf (self);

  while (leaf != self->root && tlm_message_get_id (leaf) == 0)
    leaf = tlm_message_get_parent (leaf);
  return tlm_message_get_id (leaf);
}

/* The message that stands for @loaded: what was sent before the others came is there already. */
static TlmMessage *
find_known (TlmChat    *self,
            TlmMessage *loaded)
{
  TlmMessage *known = tlm_chat_find_message (self, tlm_message_get_id (loaded));

  return known != NULL ? known : loaded;
}

void
tlm_chat_fill (TlmChat   *self,
               GPtrArray *messages,
               gint64     leaf_id)
{
  TlmMessage *leaf = self->root, *first = self->messages->len > 0 ? self->messages->pdata[0] : NULL;

  for (guint i = 0; i < messages->len && !self->filled; i++)
    {
      TlmMessage *message = messages->pdata[i], *known = find_known (self, message);
      TlmMessage *parent = tlm_message_get_parent (message);

      parent = parent != NULL ? find_known (self, parent) : self->root;
      tlm_message_set_parent (message, NULL);
      if (known == message)
        adopt (self, message, parent);
      else
        tlm_message_set_parent (known, parent);
      if (tlm_message_get_id (message) == leaf_id)
        leaf = message;
    }
  g_ptr_array_unref (messages);
  self->filled = TRUE;
  if (first != NULL && tlm_message_get_id (first) == 0)
    tlm_message_set_parent (first, leaf);
  tlm_chat_show (self, first != NULL ? get_leaf (self) : leaf);
}

/* A row may outlive the chat. */
void
tlm_chat_drop_all (TlmChat *self)
{
  for (guint i = self->all->len; i-- > 0;)
    tlm_message_set_parent (self->all->pdata[i], NULL);
  g_ptr_array_set_size (self->all, 0);
}

gboolean
tlm_chat_empty (TlmChat *self)
{
  if (!self->filled || self->n_busy > 0)
    return FALSE;
  for (guint i = 0; i < self->all->len; i++)
    if (tlm_message_get_id (self->all->pdata[i]) == 0)
      return FALSE;
  tlm_chat_show (self, NULL);
  tlm_chat_drop_all (self);
  self->filled = FALSE;
  return TRUE;
}

void
tlm_chat_append (TlmChat    *self,
                 TlmMessage *message)
{
  adopt (self, message, get_leaf (self));
  tlm_message_set_shown (message);
  g_ptr_array_add (self->messages, g_object_ref (message));
  g_list_model_items_changed (G_LIST_MODEL (self), self->messages->len - 1, 0, 1);
}

void
tlm_chat_take_out (TlmChat    *self,
                   TlmMessage *message)
{
  tlm_message_leave (message);
  g_ptr_array_remove (self->all, message);
}

GPtrArray *
tlm_chat_peek_all (TlmChat *self)
{
  return self->all;
}

GPtrArray *
tlm_chat_peek_messages (TlmChat *self)
{
  return self->messages;
}
