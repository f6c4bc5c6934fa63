/* SPDX-License-Identifier: Apache-2.0 */
/* "Ask this note": an entry for a question and, under it, the sentence of the note that answers. */
#pragma once

#include <adwaita.h>

#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_ASK_BAR (tlm_ask_bar_get_type ())
G_DECLARE_FINAL_TYPE (TlmAskBar, tlm_ask_bar, TLM, ASK_BAR, AdwBin)

void tlm_ask_bar_focus      (TlmAskBar *self);
void tlm_ask_bar_clear      (TlmAskBar *self);
gboolean tlm_ask_bar_still_asks (TlmAskBar *self);
void tlm_ask_bar_set_answer (TlmAskBar *self, const char *sentence, const TlmSpan *answer);
void tlm_ask_bar_set_error  (TlmAskBar *self, const char *sentence);

G_END_DECLS
