/* SPDX-License-Identifier: Apache-2.0 */
/* Why an answer failed, and what can be done when the model holds no more of the conversation. */
#pragma once

#include <adwaita.h>

#include "chats/chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_MESSAGE_FAILURE (tlm_message_failure_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessageFailure, tlm_message_failure, TLM, MESSAGE_FAILURE, AdwBin)

GtkWidget *tlm_message_failure_new (TlmMessage *message);

G_END_DECLS
