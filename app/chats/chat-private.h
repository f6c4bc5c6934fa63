/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of chats may do with chats and messages. Main thread. */
#pragma once

#include "chats-specialists.h"
#include "chats.h"
#include "core/ordered-list.h"
#include "router.h"
#include "skills/reply.h"
#include "store/store-private.h"

G_BEGIN_DECLS

TlmMessage *tlm_message_new            (gint64 id, TlmRole role, TlmMessageState state,
                                        const char *text, const char *error, const char *route,
                                        double elapsed_ms);
/* @messages: in the order of their ids. (transfer none) (nullable): NULL where none has @id */
TlmMessage *tlm_messages_find          (GPtrArray *messages, gint64 id);
void        tlm_message_set_id         (TlmMessage *self, gint64 id);
/* When its row was made: a later one may get the same id. 0 for one that was read. */
gint64      tlm_message_get_created    (TlmMessage *self);
void        tlm_message_set_created    (TlmMessage *self, gint64 created_us);
void        tlm_message_append         (TlmMessage *self, const char *text);
void        tlm_message_set_route      (TlmMessage *self, const char *route);
/* @tool: as tlm_message_get_tool() has it; @why: the sentence on it that the person reads */
void        tlm_message_set_tool       (TlmMessage *self, const char *tool, const char *why);
/* @error: (nullable) */
void        tlm_message_finish         (TlmMessage *self, TlmMessageState state, const char *error,
                                        double elapsed_ms);
void        tlm_message_set_n_ahead    (TlmMessage *self, guint n_ahead);
void        tlm_message_set_context    (TlmMessage *self, guint used, guint held);
/* @digest: (transfer full) (nullable) */
void        tlm_message_set_digest     (TlmMessage *self, TlmDigest *digest);
/* What it follows; the chat's root for the first, NULL for one that is in no chat. As the child of
 * its parent it becomes the newest version in its place. */
TlmMessage *tlm_message_get_parent     (TlmMessage *self);
void        tlm_message_set_parent     (TlmMessage *self, TlmMessage *parent);
/* It is no child of its parent any more. */
void        tlm_message_leave          (TlmMessage *self);
/* (nullable): the version that is @step newer */
TlmMessage *tlm_message_get_sibling    (TlmMessage *self, int step);
/* It is the version that is shown; the way from a message down to a leaf goes by these. */
void        tlm_message_set_shown      (TlmMessage *self);
TlmMessage *tlm_message_find_leaf      (TlmMessage *self);

TlmChat *tlm_chat_new            (gint64 id, const char *title, gint64 updated_us,
                                  const char *draft);
void     tlm_chat_set_settings   (TlmChat *self, const TlmChatSettings *settings);
gint64   tlm_chat_get_updated_us (TlmChat *self);
void     tlm_chat_set_updated_us (TlmChat *self, gint64 updated_us);
void     tlm_chat_set_title      (TlmChat *self, const char *title);
void     tlm_chat_set_place      (TlmChat *self, TlmChatPlace place);
void     tlm_chat_set_n_ahead    (TlmChat *self, guint n_ahead);
void     tlm_chat_set_busy       (TlmChat *self, gboolean busy);
void     tlm_chat_set_draft      (TlmChat *self, const char *draft);
/* (transfer full) */
GRefString *tlm_chat_ref_draft   (TlmChat *self);
/* In chats-draft.c: what the store has of a chat's draft, as far as this program read or wrote it. Counted,
 * for the jobs that change it. */
typedef struct _TlmDraftBox TlmDraftBox;
TlmDraftBox *tlm_draft_box_new    (GRefString *draft);
void         tlm_draft_box_unref  (TlmDraftBox *box);
/* (transfer none) */
TlmDraftBox *tlm_chat_get_draft_box (TlmChat *self);
/* As @fresh has it, which was just read. */
void     tlm_chat_take_draft     (TlmChat *self, TlmChat *fresh);
/* Whether the store has, or is about to have, the draft as it stands. */
gboolean tlm_chat_get_draft_saved (TlmChat *self);
void     tlm_chat_set_draft_saved (TlmChat *self, gboolean saved);
/* Counts the drafts and settings that are on their way into the store. Returns: how many, with @n more */
guint    tlm_chat_add_jobs       (TlmChat *self, int n);
gboolean tlm_chat_get_filled     (TlmChat *self);
/* @messages: (transfer container): of all branches, by id; they stand before those that were
 * appended meanwhile. @leaf: the end of the branch to show */
void     tlm_chat_fill           (TlmChat *self, GPtrArray *messages, gint64 leaf);
/* Lets go of all messages, which are in the store: the next opening has them again.
 * Returns: whether it did; not while one is being answered or is not in the store */
gboolean tlm_chat_empty          (TlmChat *self);
void     tlm_chat_append         (TlmChat *self, TlmMessage *message);
/* @message is in the chat no more; another branch has to be shown, and nothing follows it. */
void     tlm_chat_take_out       (TlmChat *self, TlmMessage *message);
/* Shows the branch that ends with @leaf; the root or NULL for none of the messages. */
void     tlm_chat_show           (TlmChat *self, TlmMessage *leaf);
/* (transfer none) (nullable): of all branches */
TlmMessage *tlm_chat_find_hidden (TlmChat *self, gint64 id);
/* The last message that is shown and in the store; 0 for none. */
gint64   tlm_chat_get_saved_leaf (TlmChat *self);
/* (transfer none): those that are shown, oldest first */
GPtrArray *tlm_chat_peek_messages (TlmChat *self);

struct _TlmChats
{
  GObject           parent_instance;
  TlmStore         *store;
  TlmEngineService *engine;
  char             *model_path, *chat_format; /* NULL for none */
  TlmOrderedList    list;
  GTree            *presets; /* name -> TlmChatSettings */
  GPtrArray        *line;    /* of TlmReply, in chats-queue.c: the first has the model */
  GPtrArray        *replies; /* of TlmReply, in chats-send.c: those that run */
  GPtrArray        *opened;  /* of TlmChat, in chats-opened.c: the last first */
  GPtrArray        *unsaved; /* of TlmMessage, in chats-answer.c: answers that the store did not take */
  guint             n_preset_jobs; /* on their way into the store */
  gboolean          stale;   /* in chats-reload.c: another program wrote, while this one did */
};

/* In chats-reload.c, at the end of a reply or of a summary that failed, and when settings or a draft are in
 * the store. */
void tlm_chats_catch_up (TlmChats *self);

/* Reads the messages of an opened chat again, which are other in the store. Returns: FALSE where what is
 * here has to stay as it is for now */
gboolean tlm_chats_refill (TlmChats *self, TlmChat *chat);

/* In chats-organise.c, when its TlmChatPlace is another: the lists look at it again. */
void     tlm_chats_put_in_place (TlmChats *self, TlmChat *chat);

/* For the store's thread. @chats: of TlmChat, in the order of the list */
gboolean tlm_chats_read (TlmDb *db, GPtrArray *chats, GError **error);

/* In chats-opened.c, when @chat is opened: some that were opened long before let go of their messages. */
void tlm_chats_keep_opened (TlmChats *self, TlmChat *chat);

/* A chat on its way through the store. */
typedef struct
{
  TlmChat *chat; /* main thread only; NULL until a new one is made */
  gint64   id;
  gint64   now;
} TlmChatChange;

/* Posts @job, whose task has a TlmChatChange as data; then @done has @outer as data. Takes @outer.
 * @chat: (nullable) */
void tlm_chats_post (TlmChats *self, TlmChat *chat, GTask *outer, TlmWorkerFunc job,
                     GAsyncReadyCallback done);

/* What is thought of a message before a tool answers. */
typedef struct
{
  int      wanted;    /* a TlmTool, or TLM_TOOL_ANY: the smallest that does it */
  gboolean chosen;    /* that by the person, for this message or one very like it */
  int      said;      /* by the router; TLM_TOOL_ANY without it */
  gboolean too_broad; /* no small model should be trusted with it: */
  gboolean risky;     /* and a wrong answer could hurt */
  char    *why;       /* (nullable): of @wanted, or else of @said */
  GPtrArray *passages; /* (nullable): of TlmPassage: of the notes, where these were looked into */
} TlmRouteVerdict;

/* In chats-route.c, for the store's thread. @id: of the message, or 0 when it is not in the store yet;
 * @chosen: by the person, or TLM_TOOL_ANY; @specialists: (inout): those that are to answer: where there is
 * none, what was chosen for messages like it counts */
gboolean tlm_verdict_reach (TlmRouteVerdict *verdict, TlmDb *db, gint64 id, const char *text, int chosen,
                            TlmChatSpecialists *specialists, GError **error);
void     tlm_verdict_clear (TlmRouteVerdict *verdict);

/* In chats-route.c: what a message of the person asks for, in words or as it was sent, and its text. */
void     tlm_message_find_route (TlmMessage *question, TlmRoute *route);

/* In chats-reload.c: what the chat shows, as the store has it and as it is here; equal where nothing else
 * was written. (transfer full) */
char    *tlm_chat_sum_read (TlmDb *db, gint64 chat_id, GError **error);
char    *tlm_chat_dup_sum  (TlmChat *self);
/* (transfer none): of every branch */
GPtrArray *tlm_chat_peek_all (TlmChat *self);

/* In chats-draft.c: the draft of @chat as it is now, on its way into the store. */
typedef struct _TlmDraft TlmDraft;
TlmDraft *tlm_draft_new  (TlmChat *chat);
void      tlm_draft_free (gpointer draft);
/* For the store's thread, in a transaction: writes it, with what another program wrote and has not been
 * seen here; and then, that this is in the store. */
gboolean  tlm_draft_write   (TlmDb *db, TlmDraft *draft, GError **error);
void      tlm_draft_written (TlmDraft *draft);

/* What the time at which a chat was thrown away lies behind, as an SQL number, while the import that brings
 * it goes on: half of what an int64 holds. Such a chat is neither in the list nor in the bin. */
#define TLM_CHAT_COMING "4611686018427387904"

/* In chats-import-sweep.c: sweeps what imports that were killed have left, unless another program
 * imports.
 * @hidden: the ids of such chats */
void     tlm_chats_sweep (TlmChats *self, GArray *hidden);

/* (transfer full): of a row that begins with these columns */
TlmChat *tlm_chat_read (sqlite3_stmt *row);
#define TLM_CHAT_COLUMNS \
  "id, title, updated, draft || coalesce (" \
  "(SELECT '" TLM_DRAFT_SEPARATOR "' || texts FROM draft_texts WHERE chat_id = chats.id), ''), place, " \
  TLM_SETTINGS_COLUMNS

/* One message and its answer, on their way. */
typedef struct _TlmReply TlmReply;
typedef void (*TlmReplyFunc) (TlmReply *reply);

struct _TlmReply
{
  TlmChats   *chats;
  TlmChat    *chat;
  TlmMessage *question, *answer;
  TlmMessage *before; /* (nullable): the end of the branch that was shown, where this begins another */
  GTask      *outer;
  TlmIntent   intent;
  TlmChatSpecialists specialists; /* that are to answer */
  char       *model_path, *chat_format; /* (nullable): chosen when it came into the line */
  TlmRouteVerdict    verdict;
  GHashTable *names; /* of tlm_model_names_read(), when it was sent */
  gint64      started; /* monotonic */
  guint       save_timeout; /* what came since is not on the disk yet */
  TlmReplyFunc run, stop; /* while it stands in line for the model */
  gulong      cancelled_id;
};

/* In chats-settings.c. */
GTree   *tlm_presets_new  (void);
gboolean tlm_presets_load (TlmDb *db, GTree *presets, GError **error);
/* The columns from @column on are those of settings; the texts are borrowed from the row. */
void     tlm_chat_settings_read (sqlite3_stmt *row, int column, TlmChatSettings *settings);
#define TLM_SETTINGS_COLUMNS "instructions, temperature, top_p, seed, max_tokens, drop_oldest, " \
                             "specialists"

/* In chats-queue.c: @run when its turn comes, or @stop when it is cancelled before. It leaves at its
 * end, in line or not. */
void tlm_reply_stand_in_line (TlmReply *reply, TlmReplyFunc run, TlmReplyFunc stop);
void tlm_reply_leave_line    (TlmReply *reply);

/* In chats-send.c. */
void tlm_reply_free (TlmReply *reply);

/* In chats-branch.c: the branch that @reply began is not in the store. It goes, unless something was sent
 * after it, and what it hid comes back, unless something else is shown by now. */
void tlm_reply_drop_branch (TlmReply *reply);

/* In chats-answer.c: lets a tool answer what is in the store; the reply is freed at its end. */
void tlm_reply_answer (TlmReply *reply);

/* In chats-answer.c: the end of the answer, however it came. @error: (nullable) (transfer none) */
void tlm_reply_finish (TlmReply *reply, const GError *error);

/* In chats-answer.c: stops what is being answered in @chat. */
void tlm_chats_stop_answers (TlmChats *self, TlmChat *chat);

/* In chats-answer.c: before it answers. @reason: when neither the person nor the router said why */
void tlm_reply_set_tool (TlmReply *reply, TlmTool tool, const char *reason);

/* In chats-answer-model.c: the chosen model answers, or the specialists that the person chose for this
 * message or for the chat, when its turn comes. */
void tlm_reply_ask_model       (TlmReply *reply);
void tlm_reply_ask_specialists (TlmReply *reply);

/* In chats-save.c: posts what the running replies have so far, and what the store did not take. */
void tlm_chats_save_replies (TlmChats *self);
void tlm_chats_save_message (TlmChats *self, TlmMessage *message, GAsyncReadyCallback done,
                             gpointer data); /* done: (nullable) */

/* Saved again once the store takes it. */
void tlm_chats_keep_unsaved (TlmChats *self, TlmMessage *message);

/* In chats-draft.c: posts the drafts that the store did not take. */
void tlm_chats_save_drafts (TlmChats *self);

G_END_DECLS
