/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold chats: our own, and what Alpaca, Jan, LM Studio and GPT4All write; our export of everything
 * is read by chat-file-own.h. What a file is, its content says. Whatever the form, what comes out has the form of our own: a JsonObject
 * as export-chats.h makes it, so that only one place brings chats into the store. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *chats;      /* of JsonObject */
  guint      n_left_out; /* parts of messages that are no text: pictures, calls of tools, thoughts */
} TlmChatFile;

/**
 * tlm_chat_file_read:
 * @file: JSON or JSONL of chats or of messages, our own Markdown, a .chat file of GPT4All, a folder with any
 * of them but Markdown, or a zip of such a folder; it is never written
 *
 * Blocks; not for the main thread. One file that cannot be read makes all of it fail; in a folder
 * or zip, those of other kinds are passed over, also JSON with comments, and empty ones.
 * Returns: (transfer full) (nullable)
 */
TlmChatFile *tlm_chat_file_read (GFile *file, GCancellable *c, GError **error);

void         tlm_chat_file_free (TlmChatFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmChatFile, tlm_chat_file_free)

G_END_DECLS
