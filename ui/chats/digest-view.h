/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for the older messages in the model's context, each sentence a way to its message. */
#pragma once

#include <adwaita.h>

#include "chats/chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_DIGEST_VIEW (tlm_digest_view_get_type ())
G_DECLARE_FINAL_TYPE (TlmDigestView, tlm_digest_view, TLM, DIGEST_VIEW, AdwBin)

GtkWidget *tlm_digest_view_new (TlmMessage *message);

G_END_DECLS
