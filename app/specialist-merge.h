/* SPDX-License-Identifier: Apache-2.0 */
/* A model that has learned a specialist for good. Main thread; the work is done on a thread of its own. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes @out_path, its changed matrices in Q8_0, which keeps what was learned. */
void     tlm_specialist_merge_async  (const char *model_path, const char *adapter_path,
                                      const char *out_path, GAsyncReadyCallback cb, gpointer data);
gboolean tlm_specialist_merge_finish (GAsyncResult *r, GError **error);

G_END_DECLS
