/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of chats in files share: each way in and out as one call that waits. */
#pragma once

#include "chats-support.h"

gboolean         import_file (Fixture *f, const char *path, TlmChatsImported *imported, GError **error);
/* @name: of a file beside the tests; it must be read. */
TlmChatsImported import_data (Fixture *f, const char *name);
/* (transfer full): the path. @chat: (nullable): NULL for all */
char            *export_file (Fixture *f, TlmChat *chat, const char *name);
/* (transfer none): the only chat there is. It has @title, and its messages are @texts, joined by "|". */
TlmChat         *assert_chat (Fixture *f, const char *title, const char *texts);
