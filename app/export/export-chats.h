/* SPDX-License-Identifier: Apache-2.0 */
/* Chats for other programs and for this one. As a line of JSONL a chat is whole: every column of it
 * and of its messages, of all branches ("parent" is the message that one follows, "leaf" the end of
 * the branch that is shown); chat-file.h reads it again. As Markdown it is the branch that is shown,
 * and below it the others, each for itself. On the store's thread. */
#pragma once

#include "store/db.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The member of a line behind the chats that holds a row of tool_choices. */
#define TLM_EXPORT_TOOL_CHOICE "tool_choice"

/* (transfer full) (nullable): NULL and TLM_ERROR_NOT_FOUND when there is no chat @id */
JsonObject *tlm_export_chat_object   (TlmDb *db, gint64 id, GError **error);

/* The same as Markdown. (transfer full) */
char       *tlm_export_chat_markdown (JsonObject *chat);

/* (transfer full) (nullable): the ids of all chats, in the order in which they were begun.
 * @binned: those in the bin too */
GArray     *tlm_export_list_chats    (TlmDb *db, gboolean binned, GError **error);

/* What stands for a message that a branch follows: the beginning of its @text, on one line. (transfer full) */
char       *tlm_export_dup_quote     (const char *text);

/* A fence of a block in Markdown: what stands in one is no heading. */
typedef struct
{
  char     mark; /* ` or ~ */
  gsize    n;    /* marks */
  gboolean bare; /* nothing stands behind it */
} TlmFence;

/* Whether @line begins with one; what is behind the line's end does not count. */
gboolean    tlm_fence_read   (const char *line, TlmFence *fence);
gboolean    tlm_fence_closes (const TlmFence *fence, const TlmFence *open);

G_END_DECLS
