/* SPDX-License-Identifier: Apache-2.0 */
/* A training that goes on when the window has been closed. */
#pragma once

#include "specialists/training.h"

G_BEGIN_DECLS

#define TLM_TYPE_BACKGROUND (tlm_background_get_type ())
G_DECLARE_FINAL_TYPE (TlmBackground, tlm_background, TLM, BACKGROUND, GObject)

TlmBackground *tlm_background_new   (GApplication *application, TlmTraining *training);
void           tlm_background_leave (TlmBackground *self);

G_END_DECLS
