/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that use the person's store share: opening it, and waiting for results. */
#pragma once

#include "models/models.h"
#include "notes/notes.h"
#include "store/store.h"

G_BEGIN_DECLS

/* A GAsyncReadyCallback whose data is a GAsyncResult * that was NULL; and until it is there. */
void tlm_cli_keep  (GObject *source, GAsyncResult *result, gpointer data);
void tlm_cli_await (GAsyncResult **result);

/* @passphrase_fd: of a locked store's passphrase; -1 asks the terminal */
gboolean tlm_cli_open_store (TlmStore *store, int passphrase_fd, GError **error);

/* Read from the store; the caller shuts them down. (transfer full) (nullable) */
TlmModels *tlm_cli_load_models (TlmStore *store, GError **error);

/**
 * tlm_cli_find_model:
 * @name: a file; or the name of an installed model or, where it fits one alone, its beginning, in
 *     capitals or not
 *
 * A built-in model is found without the store. A locked one is asked for on the terminal.
 *
 * Returns: (transfer full) (nullable): the path of its file, which is the one that was added
 */
char *tlm_cli_find_model (const char *name, GError **error);

/* In memory, for the command's own use. (transfer full) (nullable) */
TlmStore *tlm_cli_open_memory (GError **error);
/* A new note with @text. */
gboolean  tlm_cli_add_note    (TlmNotes *notes, const char *text, GError **error);

G_END_DECLS
