/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of models and specialists are called: as the person named them, also those in the
 * bin. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

/* For the store's thread. (transfer full) (nullable): path -> name, of all that are known */
GHashTable *tlm_model_names_read (TlmDb *db, GError **error);

/* @names: (nullable): of tlm_model_names_read(). (transfer full): the name given to the file at
 * @path; for a file that has none, its own */
char       *tlm_model_names_dup  (GHashTable *names, const char *path);

G_END_DECLS
