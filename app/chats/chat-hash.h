/* SPDX-License-Identifier: Apache-2.0 */
/* What a chat says, as a hash: the same for the same messages in the same branches, whatever ids they have.
 * By it an import passes over what is there already. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

typedef struct _TlmChatHash TlmChatHash;

TlmChatHash *tlm_chat_hash_new  (void);
void         tlm_chat_hash_free (TlmChatHash *self);

/* The next message of a chat. @id, @parent: as where the chat comes from has them */
void         tlm_chat_hash_add  (TlmChatHash *self, gint64 id, gint64 parent, gboolean user,
                                 const char *text);
/* Of a chat without messages. Returns: its bytes */
gsize        tlm_chat_hash_add_draft (TlmChatHash *self, const char *typed, const char *pasted);
/* Whether the chat has a message of this id so far. */
gboolean     tlm_chat_hash_has  (TlmChatHash *self, gint64 id);
/* (transfer full): of the chat, after which another begins */
char        *tlm_chat_hash_end  (TlmChatHash *self);

/**
 * tlm_chat_hash_read_known:
 * @last: (inout): the chat up to which is read, 0 at first
 * @listed: the hashes of those that are not in the bin, and those that imported ones came with
 * @binned: the same of those in the bin
 *
 * For the store's thread, and as long as one job should take.
 * Returns: 1 when there is more to read, 0 at the end, -1: @error
 */
int          tlm_chat_hash_read_known (TlmDb *db, gint64 *last, GHashTable *listed, GHashTable *binned,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmChatHash, tlm_chat_hash_free)

G_END_DECLS
