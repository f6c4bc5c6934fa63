/* SPDX-License-Identifier: Apache-2.0 */
/* What the specialists that a person chose for a chat come to at the moment of an answer: one that was
 * switched off or removed since does not answer. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

typedef struct
{
  char *base;   /* (nullable): the model that they were made from; NULL: none answers */
  char *chosen; /* (nullable): those that answer, of tlm_adapters_dup_text() */
  char *absent; /* (nullable): a sentence on those that do not */
} TlmChatSpecialists;

/* For the store's thread. @self: (out) */
gboolean tlm_chat_specialists_find  (TlmChatSpecialists *self, TlmDb *db, gint64 chat_id,
                                     GError **error);
void     tlm_chat_specialists_clear (TlmChatSpecialists *self);

G_END_DECLS
