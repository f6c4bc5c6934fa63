/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of notes and the import share. */
#pragma once

#include "notes.h"

G_BEGIN_DECLS

/* As tlm_notes_create_async(), to end @task. (transfer full) */
void tlm_notes_create (TlmNotes *self, const char *text, GTask *task);

G_END_DECLS
