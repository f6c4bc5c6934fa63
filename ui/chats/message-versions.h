/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the versions of a message that was edited, or of an answer that was made again. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_MESSAGE_VERSIONS (tlm_message_versions_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessageVersions, tlm_message_versions, TLM, MESSAGE_VERSIONS, AdwBin)

GtkWidget *tlm_message_versions_new   (void);
void       tlm_message_versions_set   (TlmMessageVersions *self, guint version, guint n);
void       tlm_message_versions_focus (TlmMessageVersions *self, int step);

G_END_DECLS
