/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled requests: requests/train.jsonl of folders of data. */
#pragma once

#include <glib.h>

#include "reader/route.h"

G_BEGIN_DECLS

/**
 * tlm_requests_load:
 * @folders: NULL-terminated; each holds train.jsonl, or requests/train.jsonl
 * @risk_alone: whether one may have a "risk" and no label; its label is then TL_ROUTE_N_LABELS
 *
 * Returns: (transfer full) (nullable): of tl_route_example, which own their texts, all folders'
 * one after the other; an error names the file and the line
 */
GArray *tlm_requests_load (char **folders, gboolean risk_alone, GError **error);

G_END_DECLS
