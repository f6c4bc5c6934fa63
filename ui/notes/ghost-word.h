/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of the word that is being typed, dimmed behind the cursor. Tab takes it, Escape and any
 * other key leave it. Shown only at the end of a line, so it covers nothing. */
#pragma once

#include <gtk/gtk.h>

#include "models/engine-service.h"

G_BEGIN_DECLS

typedef struct _TlmGhostWord TlmGhostWord;

/**
 * tlm_ghost_word_new:
 * @view: borrowed; must outlive the result
 * Returns: (transfer full): freed with tlm_ghost_word_free(), before @view is disposed
 */
TlmGhostWord *tlm_ghost_word_new  (GtkTextView *view, TlmEngineService *engine);
void          tlm_ghost_word_free (TlmGhostWord *self);

/* The text was changed by the person: look for a word. */
void tlm_ghost_word_update (TlmGhostWord *self);
void tlm_ghost_word_hide   (TlmGhostWord *self);

/* What is shown behind the cursor; NULL for nothing. */
const char *tlm_ghost_word_get_rest (TlmGhostWord *self);

G_END_DECLS
