/* SPDX-License-Identifier: Apache-2.0 */
/* One installed model: what it is, what it takes, how fast it is here, and what can be done with it. What
 * a button asks for is an action of the page ("models.verify", …) with the model's path. */
#pragma once

#include <adwaita.h>

#include "licenses/licenses.h"
#include "models/model.h"

G_BEGIN_DECLS

#define TLM_TYPE_MODEL_ROW (tlm_model_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmModelRow, tlm_model_row, TLM, MODEL_ROW, AdwExpanderRow)

/* (transfer floating) */
GtkWidget  *tlm_model_row_new         (TlmModel *model);
const char *tlm_model_row_get_path    (TlmModelRow *self);

/* What of the row changes while the model stays. */
void        tlm_model_row_set_chosen  (TlmModelRow *self, gboolean chosen);
void        tlm_model_row_set_context (TlmModelRow *self, guint n_ctx, gboolean compact);
void        tlm_model_row_set_license (TlmModelRow *self, GListModel *licenses);

G_END_DECLS
