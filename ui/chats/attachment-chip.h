/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached to a message, as chips: name and size, and the text at a press. */
#pragma once

#include <adwaita.h>

#include "chats/attachments.h"

G_BEGIN_DECLS

GtkWidget *tlm_attachment_chips_new    (void);
GtkWidget *tlm_attachment_chips_new_of (const char *message);
void       tlm_attachment_chips_add    (GtkWidget *chips, const char *message,
                                        const TlmAttachment *attachment, GtkWidget *remove_button);

G_END_DECLS
