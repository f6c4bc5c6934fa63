/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the line under a message. */
#pragma once

#include "chats/chats.h"

G_BEGIN_DECLS

char *tlm_message_words_dup_tool  (TlmMessage *message);
char *tlm_message_words_dup_state (TlmMessage *message);

G_END_DECLS
