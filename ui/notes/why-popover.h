/* SPDX-License-Identifier: Apache-2.0 */
/* Why a sentence was chosen or not, beside the sentence. */
#pragma once

#include <gtk/gtk.h>

#include "models/engine-service.h"

G_BEGIN_DECLS

/* What is known of the sentence beside TlmWhy. */
typedef struct
{
  gsize rank;         /* among the note's sentences, 1 for the first; 0: not known */
  gsize n_sentences;
  gsize keypoint;     /* its number among the key points; 0 for none */
  gboolean is_action;
} TlmWhyPlace;

#define TLM_TYPE_WHY_POPOVER (tlm_why_popover_get_type ())
G_DECLARE_FINAL_TYPE (TlmWhyPopover, tlm_why_popover, TLM, WHY_POPOVER, GtkPopover)

void tlm_why_popover_show (TlmWhyPopover *self, const TlmWhy *why, const TlmWhyPlace *place);

/* What the popover says, a paragraph each. (transfer full) */
char *tlm_why_dup_verdict (const TlmWhy *why, const TlmWhyPlace *place);
char *tlm_why_dup_reasons (const TlmWhy *why, gboolean is_action);

G_END_DECLS
