/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for the older part of a chat in a model's context. Main thread, but for
 * tlm_chat_digests_read(). */
#pragma once

#include "chat-private.h"

G_BEGIN_DECLS

TlmDigest *tlm_digest_new  (void);
void       tlm_digest_free (TlmDigest *digest); /* NULL is allowed */

/* The sentence that is @length bytes of @source, from its byte @start on. */
void       tlm_digest_add  (TlmDigest *digest, TlmMessage *source, gsize start, gsize length);

/**
 * tlm_message_is_said:
 *
 * Returns: whether a model is told of it: it says something, and has not failed
 */
gboolean tlm_message_is_said (TlmMessage *message);
/* How many such there are, up to @last. */
guint    tlm_message_count_said (TlmMessage *last);

/**
 * tlm_digest_dup_text:
 *
 * Returns: (transfer full): for a model, which knows these words in every language
 */
char *tlm_digest_dup_text (const TlmDigest *digest);

/* On the store's thread: gives their summaries to the @messages of @chat, which are there by id. */
gboolean tlm_chat_digests_read (TlmDb *db, gint64 chat, GPtrArray *messages, GError **error);

/* @digest: (nullable): stands behind @after from now on, in place of what did; must live until @done, where
 * the result is a GTask's boolean */
void tlm_chats_post_digest (TlmChats *self, TlmChat *chat, TlmMessage *after, const TlmDigest *digest,
                            GAsyncReadyCallback done, gpointer data);

G_END_DECLS
