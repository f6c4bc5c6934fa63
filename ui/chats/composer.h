/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message is written. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_COMPOSER (tlm_composer_get_type ())
G_DECLARE_FINAL_TYPE (TlmComposer, tlm_composer, TLM, COMPOSER, AdwBin)

char *tlm_composer_dup_text (TlmComposer *self);
void  tlm_composer_set_text (TlmComposer *self, const char *text);
void  tlm_composer_begin_with (TlmComposer *self, guint n_chars, const char *words);
void  tlm_composer_set_busy (TlmComposer *self, gboolean busy);
void  tlm_composer_focus    (TlmComposer *self);

/* @block: of tlm_attachment_dup_block() */
void tlm_composer_attach    (TlmComposer *self, const char *block);
/* Those that may be attached, of TlmNote. */
void tlm_composer_set_notes (TlmComposer *self, GListModel *notes);
void tlm_composer_insert    (TlmComposer *self, const char *text);

G_END_DECLS
