/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of chat files share: making chats of our own form. */
#pragma once

#include "chat-file.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A new chat, the last of @self. @title: (nullable); @created: in microseconds, 0 for not known.
 * (transfer none) */
JsonObject *tlm_chat_file_add_chat    (TlmChatFile *self, const char *title, gint64 created);

/**
 * tlm_chat_file_add_message:
 * @parent: what the message follows: the id of an earlier one, 0 for none
 * @role: "user", "assistant", "system" (which becomes the chat's instructions), or another, which
 * is left out
 * @route: (nullable): who answered
 *
 * Returns: the id of the message; @parent when it is not one
 */
gint64      tlm_chat_file_add_message (TlmChatFile *self, JsonObject *chat, gint64 parent,
                                       const char *role, const char *text, const char *route,
                                       gint64 created);

/* A chat without a name gets one, and each is on one line. Returns: FALSE for one that holds neither messages nor a draft of ours */
gboolean    tlm_chat_file_tidy_up     (JsonObject *chat);

/* "" for what is no string. */
const char *tlm_chat_file_get_string  (JsonObject *object, const char *name);

/* Always FALSE. @name: (nullable): of the file, where there are more */
gboolean tlm_chat_file_fail (GError **error, const char *name);

/* In chat-file-json.c. @thread: (nullable): the text of the thread.json that lies beside the
 * messages of one chat of Jan. A blank text holds no chat, and is not wrong. */
gboolean tlm_chat_file_read_json (TlmChatFile *self, const char *text, const char *thread,
                                  GError **error);

/* In chat-file-json.c: one value; NULL for what is none, or is nested too deeply. (transfer full) (nullable) */
JsonNode *tlm_chat_file_parse_line (const char *line);
gboolean  tlm_chat_file_is_blank   (const char *line);

/* In chat-file-markdown.c. @text: valid UTF-8 */
gboolean tlm_chat_file_is_markdown   (const char *text);
void     tlm_chat_file_read_markdown (TlmChatFile *self, const char *text);

/* In chat-file-gpt4all.c. */
gboolean tlm_chat_file_is_gpt4all   (const guint8 *bytes, gsize len);
gboolean tlm_chat_file_read_gpt4all (TlmChatFile *self, const guint8 *bytes, gsize len,
                                     GError **error);

G_END_DECLS
