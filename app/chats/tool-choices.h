/* SPDX-License-Identifier: Apache-2.0 */
/* The tools and specialists that a person chose for messages, remembered as examples: a message very like
 * one of them goes to the same one, unless that is a specialist which is switched off or removed. Very like: of all words of the two, at least six tenths are in both; of several
 * the most alike counts, and of equals the newest. Words are compared without case, each once, in the
 * first kilobyte. */
#pragma once

#include "models/adapters.h"
#include "chats-specialists.h"
#include "store/db.h"
#include "router.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  gint64             id;
  char              *text;
  TlmTool            tool;       /* TLM_TOOL_SMALL for a specialist */
  gboolean           special;    /* a specialist was chosen: */
  char              *name;       /* (nullable): its name; NULL where it does not answer now */
  TlmChatSpecialists specialist; /* as it is to answer, or all NULL */
} TlmToolChoice;

/* For the store's thread. Returns: (transfer full) (nullable): NULL without @error for none */
TlmToolChoice *tlm_tool_choice_find (TlmDb *db, const char *text, GError **error);
/* @specialist: (nullable) */
gboolean       tlm_tool_choice_save (TlmDb *db, const char *text, TlmTool tool,
                                     const TlmAdapterChoice *specialist, gint64 now, GError **error);
void           tlm_tool_choice_free (TlmToolChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmToolChoice, tlm_tool_choice_free)

/* (element-type TlmToolChoice) (transfer full): the newest first */
void       tlm_tool_choices_list_async  (TlmStore *store, GAsyncReadyCallback cb, gpointer data);
GPtrArray *tlm_tool_choices_list_finish (TlmStore *store, GAsyncResult *r, GError **error);

/* @id: 0 for all of them */
void       tlm_tool_choices_forget_async  (TlmStore *store, gint64 id, GAsyncReadyCallback cb,
                                           gpointer data);
gboolean   tlm_tool_choices_forget_finish (TlmStore *store, GAsyncResult *r, GError **error);

G_END_DECLS
