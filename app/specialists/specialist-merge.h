/* SPDX-License-Identifier: Apache-2.0 */
/* A model that has learned specialists for good. */
#pragma once

#include <gio/gio.h>

#include "tinylm.h"

G_BEGIN_DECLS

/**
 * tlm_specialist_merge:
 * @adapters: of tlm_adapters_new()
 * @type: of the matrices that are changed; a coarse one loses what was learned
 * @out_path: what is written
 *
 * Any thread; blocks.
 */
gboolean tlm_specialist_merge (const char *model_path, GPtrArray *adapters, tl_type type,
                               const char *out_path, GError **error);

/* A new folder of the cache for what is merged, for tlm_erase_later(); those that a kill left a day
 * ago or longer are erased. Any thread. Returns: (transfer full): its path; where it could not be
 * made, writing into it says why */
char    *tlm_specialist_merge_make_folder (void);

/* The same with one adapter and Q8_0, on a thread of its own. Main thread. */
void     tlm_specialist_merge_async  (const char *model_path, const char *adapter_path,
                                      const char *out_path, GAsyncReadyCallback cb, gpointer data);
gboolean tlm_specialist_merge_finish (GAsyncResult *r, GError **error);

G_END_DECLS
