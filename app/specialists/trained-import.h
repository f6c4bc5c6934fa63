/* SPDX-License-Identifier: Apache-2.0 */
/* An adapter from elsewhere becomes one of ours: it is read, its model is found and it is copied,
 * which takes its time and so has a thread of its own. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

typedef struct
{
  char    *name, *base_path;
  char    *path, *sha256; /* of the copy */
  int      lock; /* of its mark */
  gboolean kept; /* there is a row of it */
} TlmTrainedImport;

/* A copy without a row goes with it. */
void tlm_trained_import_free (TlmTrainedImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmTrainedImport, tlm_trained_import_free)

/* @bases: (array zero-terminated): paths of the installed models; it must fit one of them */
void              tlm_trained_import_async  (const char *path, char **bases,
                                             GAsyncReadyCallback cb, gpointer data);
TlmTrainedImport *tlm_trained_import_finish (GAsyncResult *r, GError **error);

/* On the store's thread. FALSE where another file has the same content */
gboolean          tlm_trained_import_check  (TlmDb *db, const TlmTrainedImport *import, GError **error);

G_END_DECLS
