/* SPDX-License-Identifier: Apache-2.0 */
/* The curve of a training: the loss on what it learns from, and on examples kept back. */
#pragma once

#include <gtk/gtk.h>

#include "specialists/training.h"

G_BEGIN_DECLS

#define TLM_TYPE_LOSS_CURVE (tlm_loss_curve_get_type ())
G_DECLARE_FINAL_TYPE (TlmLossCurve, tlm_loss_curve, TLM, LOSS_CURVE, GtkWidget)

/* @points: (element-type TlmLossPoint): referenced; call again when it has grown */
void tlm_loss_curve_set_points (TlmLossCurve *self, GArray *points, guint n_steps);

G_END_DECLS
