/* SPDX-License-Identifier: Apache-2.0 */
/* The chats: a GListModel of TlmChat, those that are pinned before all others, else newest first,
 * without those in the bin. A TlmChat is itself a
 * GListModel of TlmMessage. Main thread.
 *
 * Signals: "gone" (TlmChat), which another program moved to the bin or deleted; "parted" (TlmChat), whose
 * draft has what another window wrote in it too. */
#pragma once

#include <gio/gio.h>

#include "models/engine-service.h"
#include "router.h"
#include "skills/reply.h"
#include "store/store.h"
#include "specialists/trained.h"

G_BEGIN_DECLS

typedef enum { TLM_ROLE_USER, TLM_ROLE_ASSISTANT } TlmRole;

typedef enum
{
  TLM_MESSAGE_DONE,
  TLM_MESSAGE_STREAMING,
  TLM_MESSAGE_STOPPED, /* by the person; the text so far is kept */
  TLM_MESSAGE_FAILED,  /* text holds what there was; "error" the sentence */
} TlmMessageState;

/* A sentence that stands for what was said: @length bytes of a message, from its byte @start on. */
typedef struct
{
  gint64  message;
  TlmRole role;
  gsize   start, length;
  char   *text; /* as people see it */
} TlmDigestPoint;

/* What stands in a model's context for the messages up to some message. */
typedef struct
{
  guint      n_messages;
  GPtrArray *points; /* of TlmDigestPoint, in the order of the chat */
} TlmDigest;

/* Properties: id (int64), role (int), text (string, Markdown, grows while streaming), state (int),
 * digest (pointer), error (string or NULL), route (string: which tool answered, e.g. "code", "eeny", a model's name),
 * elapsed-ms (double), context-used (uint), n-versions (uint: of the messages in its place of the chat). */
#define TLM_TYPE_MESSAGE (tlm_message_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessage, tlm_message, TLM, MESSAGE, GObject)

TlmRole         tlm_message_get_role       (TlmMessage *self);
const char     *tlm_message_get_text       (TlmMessage *self);
/* What an answer is as an example: of a specialist's label and how sure it is, the label alone. */
char           *tlm_message_dup_lesson     (TlmMessage *self);
TlmMessageState tlm_message_get_state      (TlmMessage *self);
const char     *tlm_message_get_error      (TlmMessage *self);
const char     *tlm_message_get_route      (TlmMessage *self);
/* Which answers, of tlm_tool_names; for a message of the person the skill that it was sent to, of
 * tlm_intent_names. "" for none. */
const char     *tlm_message_get_tool       (TlmMessage *self);
const char     *tlm_message_get_why        (TlmMessage *self); /* that tool: a sentence, or "" */
double          tlm_message_get_elapsed_ms (TlmMessage *self);
gint64          tlm_message_get_id         (TlmMessage *self); /* 0 until it is in the store */
/* What the conversation up to here took of what the model holds, in tokens; 0: not known. When more
 * is used than held the message failed, because the conversation has no room any more. */
guint           tlm_message_get_context_used (TlmMessage *self);
guint           tlm_message_get_context_held (TlmMessage *self);
/* (transfer none) (nullable): behind this message */
const TlmDigest *tlm_message_get_digest    (TlmMessage *self);
/* Answers that the model makes before this one; 0: it is not waiting. (property n-ahead) */
guint           tlm_message_get_n_ahead    (TlmMessage *self);
guint           tlm_message_get_n_versions (TlmMessage *self);
guint           tlm_message_get_version    (TlmMessage *self); /* from 0 */

typedef enum
{
  TLM_CHAT_LISTED,
  TLM_CHAT_PINNED, /* before all others */
  TLM_CHAT_ARCHIVED,
} TlmChatPlace;

/* Properties: id (int64), title (string), updated (int64), busy (boolean: a reply is made), draft
 * (string: what is written and not sent yet), place (int). */
#define TLM_TYPE_CHAT (tlm_chat_get_type ())
G_DECLARE_FINAL_TYPE (TlmChat, tlm_chat, TLM, CHAT, GObject)

gint64      tlm_chat_get_id      (TlmChat *self);
const char *tlm_chat_get_title   (TlmChat *self);
gint64      tlm_chat_get_updated (TlmChat *self);
gboolean    tlm_chat_get_busy    (TlmChat *self);
const char *tlm_chat_get_draft   (TlmChat *self);
TlmChatPlace tlm_chat_get_place  (TlmChat *self);
/* Answers that the model makes before the chat's; 0: it is not waiting. (property n-ahead) */
guint       tlm_chat_get_n_ahead (TlmChat *self);
/* (transfer none) (nullable): of those that are shown */
TlmMessage *tlm_chat_find_message (TlmChat *self, gint64 id);
/* What the person said that @message answers; its own text when it is the person's. (transfer none) */
const char *tlm_chat_get_question (TlmChat *self, TlmMessage *message);
guint       tlm_chat_find_position (TlmChat *self, TlmMessage *message); /* must be shown */

/* How a chat is answered by a language model. */
typedef struct
{
  char    *instructions; /* what the model is told before the conversation; "" for nothing */
  double   temperature, top_p;
  gint64   seed;        /* 0: another for each answer */
  gint64   max_tokens;  /* of an answer */
  gboolean drop_oldest; /* when the model holds no more; else the person is asked */
  char    *specialists; /* of tlm_adapters_dup_text(): they answer; NULL or "" for none */
} TlmChatSettings;

void tlm_chat_settings_init  (TlmChatSettings *settings); /* as a new chat has them */
void tlm_chat_settings_copy  (TlmChatSettings *settings, const TlmChatSettings *other);
void tlm_chat_settings_clear (TlmChatSettings *settings);

const TlmChatSettings *tlm_chat_get_settings (TlmChat *self);

#define TLM_TYPE_CHATS (tlm_chats_get_type ())
G_DECLARE_FINAL_TYPE (TlmChats, tlm_chats, TLM, CHATS, GObject)

TlmChats *tlm_chats_new           (TlmStore *store, TlmEngineService *engine);
/* (transfer none) (nullable): the chat of a search hit, when it is in the list */
TlmChat  *tlm_chats_find          (TlmChats *self, gint64 id);
void      tlm_chats_load_async    (TlmChats *self, GCancellable *c, GAsyncReadyCallback cb,
                                   gpointer data);
gboolean  tlm_chats_load_finish   (TlmChats *self, GAsyncResult *r, GError **error);
/* In chats-reload.c: what another program wrote comes in, in a moment; the chats stay the objects they are. */
void      tlm_chats_reload        (TlmChats *self);
void      tlm_chats_create_async  (TlmChats *self, GCancellable *c, GAsyncReadyCallback cb,
                                   gpointer data);
TlmChat  *tlm_chats_create_finish (TlmChats *self, GAsyncResult *r, GError **error);

/* Fills the chat's message list from the store; at once when it still has it. Only the chats that were
 * opened last keep theirs. */
void      tlm_chats_open_async    (TlmChats *self, TlmChat *chat, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_open_finish   (TlmChats *self, GAsyncResult *r, GError **error);

/**
 * tlm_chats_send_async:
 * @text: the person's message: saved before anything else happens
 *
 * Appends the message and a streaming reply to the chat. The built-in tools answer (the summary
 * skills on text that the message holds; else an honest word on what the assistant is for); with
 * a language model chosen in the settings (chat-model-path), that model continues. @cancellable
 * stops the reply: its text stays, as TLM_MESSAGE_STOPPED, and the task succeeds.
 */
void      tlm_chats_send_async    (TlmChats *self, TlmChat *chat, const char *text,
                                   GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_send_finish   (TlmChats *self, GAsyncResult *r, GError **error);

/* As it, for a @skill that the person chose: no word of @text need name it; its first paragraph is no part
 * of what is read. The message keeps the skill, when it is answered again and when it is edited below its
 * first line. */
void      tlm_chats_ask_skill_async (TlmChats *self, TlmChat *chat, TlmIntent skill, const char *text,
                                     GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/* In chats-branch.c, each ended by tlm_chats_send_finish(): the same message is answered again, or
 * @text is sent in the place of a message of the person, with what is attached to it. What was there stays,
 * as another version: a branch of the chat. */
void      tlm_chats_regenerate_async  (TlmChats *self, TlmChat *chat, TlmMessage *answer,
                                       GCancellable *c, GAsyncReadyCallback cb, gpointer data);
void      tlm_chats_edit_async        (TlmChats *self, TlmChat *chat, TlmMessage *message,
                                       const char *text, GCancellable *c, GAsyncReadyCallback cb,
                                       gpointer data);

/* In chats-older.c. As the first, for an @answer that had no room: what was said before it is summarised
 * in the model's context, as far as must be. The messages stay. */
void      tlm_chats_summarize_older_async (TlmChats *self, TlmChat *chat, TlmMessage *answer,
                                           GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* In chats-digest.c: the model is told what was said up to @message in full again; ended as those above. */
void      tlm_chats_drop_summary_async    (TlmChats *self, TlmChat *chat, TlmMessage *message,
                                           GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/* As the first, by @tool, which is remembered for messages like this one (tool-choices.h). */
void      tlm_chats_choose_tool_async (TlmChats *self, TlmChat *chat, TlmMessage *answer,
                                       TlmTool tool, GCancellable *c, GAsyncReadyCallback cb,
                                       gpointer data);

/* As the first, by @specialist, which is remembered too. Its card must be there. */
void      tlm_chats_ask_specialist_async (TlmChats *self, TlmChat *chat, TlmMessage *answer,
                                          TlmTrained *specialist, GCancellable *c,
                                          GAsyncReadyCallback cb, gpointer data);

/* Shows the version of @message that is @step newer, with what followed it. */
void      tlm_chats_turn_async        (TlmChats *self, TlmChat *chat, TlmMessage *message, int step,
                                       GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* Shows the branch that the message of this id is in, when that is not shown; ended by
 * tlm_chats_turn_finish(). */
void      tlm_chats_show_message_async (TlmChats *self, TlmChat *chat, gint64 id, GCancellable *c,
                                        GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_turn_finish       (TlmChats *self, GAsyncResult *r, GError **error);

/* Between the texts of a draft, and in none: what is typed, and then each that was pasted and set aside.
 * ASCII's group separator. */
#define TLM_DRAFT_SEPARATOR "\x1d"

/* Keeps what is written and not sent yet; at once done when it is what was kept before. Sending
 * clears it; when the message could not be saved, it is the draft again. */
void      tlm_chats_save_draft_async  (TlmChats *self, TlmChat *chat, const char *text,
                                       GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* (transfer full): both drafts as one, what is typed here at the end */
char     *tlm_draft_join              (const char *theirs, const char *ours);
gboolean  tlm_chats_save_draft_finish (TlmChats *self, GAsyncResult *r, GError **error);

/* In chats-settings.c. The chat has them at once. */
void      tlm_chats_save_settings_async  (TlmChats *self, TlmChat *chat,
                                          const TlmChatSettings *settings, GCancellable *c,
                                          GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_save_settings_finish (TlmChats *self, GAsyncResult *r, GError **error);

/* In chats-settings.c: settings under a name, ended by tlm_chats_save_settings_finish(); one of the
 * same name is replaced. NULL removes it. */
void      tlm_chats_save_preset_async    (TlmChats *self, const char *name,
                                          const TlmChatSettings *settings, GCancellable *c,
                                          GAsyncReadyCallback cb, gpointer data);
/* (transfer full): the names, in order */
char    **tlm_chats_list_presets         (TlmChats *self);
/* (transfer none) (nullable) */
const TlmChatSettings *tlm_chats_find_preset (TlmChats *self, const char *name);

/* "" and NULL: none, only the built-in tools answer. */
void        tlm_chats_set_model   (TlmChats *self, const char *path, const char *format);

typedef struct
{
  guint  n_imported;
  guint  n_known;    /* chats that were there already, and were passed over */
  guint  n_left_out; /* parts of messages that are no text */
  gint64 only;       /* the id of the one chat that came into the list; 0: none or several did */
} TlmChatsImported;

/* @fraction: 0 to 1. In the caller's main context. */
typedef void (*TlmChatsProgress) (double fraction, gpointer data);

/**
 * tlm_chats_import_async:
 * @file: as tlm_chat_file_read() has it, or our export of everything
 * @progress: (nullable)
 *
 * In chats-import.c. All chats of the file come to those that there are, in the list or in the bin as they
 * were; or, when it fails or is cancelled, none of them.
 */
void      tlm_chats_import_async    (TlmChats *self, GFile *file, TlmChatsProgress progress,
                                     gpointer progress_data, GCancellable *c,
                                     GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_import_finish   (TlmChats *self, GAsyncResult *r, TlmChatsImported *imported,
                                     GError **error);

/**
 * tlm_chats_export_async:
 * @chat: (nullable): NULL for all of them
 * @file: Markdown when its name ends in .md, else JSONL, with those in the bin too; one that is there is
 * replaced
 *
 * In chats-export.c.
 */
void      tlm_chats_export_async    (TlmChats *self, TlmChat *chat, GFile *file, GCancellable *c,
                                     GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_export_finish   (TlmChats *self, GAsyncResult *r, GError **error);

/* In chats-organise.c, each ended by tlm_chats_organise_finish(). An empty name is taken from the
 * next message that is sent. */
void      tlm_chats_rename_async    (TlmChats *self, TlmChat *chat, const char *title,
                                     GCancellable *c, GAsyncReadyCallback cb, gpointer data);
void      tlm_chats_place_async     (TlmChats *self, TlmChat *chat, TlmChatPlace place,
                                     GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_organise_finish (TlmChats *self, GAsyncResult *r, GError **error);

void      tlm_chats_trash_async    (TlmChats *self, TlmChat *chat, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_trash_finish   (TlmChats *self, GAsyncResult *r, GError **error);
void      tlm_chats_restore_async  (TlmChats *self, TlmChat *chat, GCancellable *c,
                                    GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_chats_restore_finish (TlmChats *self, GAsyncResult *r, GError **error);

G_END_DECLS
