/* SPDX-License-Identifier: Apache-2.0 */
/* One change to the installed models, on its way through two threads: models.c leads it,
 * models-change.c names its steps, models-file.c does the work on files, models-speed.c measures. */
#pragma once

#include "base/error.h"
#include "store/db.h"
#include "models.h"

G_BEGIN_DECLS

typedef struct _TlmModelChange TlmModelChange;

struct _TlmModelChange
{
  /* (nullable): on the models' thread, then on the store's. */
  gboolean (*work)   (TlmModelChange *change, GError **error);
  gboolean (*record) (TlmModelChange *change, TlmDb *db, GError **error);

  TlmModels    *models;
  GCancellable *cancellable;
  TlmModel     *model;    /* (nullable): which it is about */
  char         *path;     /* of the file to add */
  char         *name;     /* to be given */
  char         *type;     /* to shrink to */
  gboolean      copy, for_good;

  /* What the work found. */
  char          *sha256;
  guint64        size;
  double         prefill, decode;
  char          *sentence;

  char         **strangers; /* (nullable): paths of files in our folder of which the store does not know */

  /* The rows of the store, the list made of them, and tlm_model_names_read(). */
  GPtrArray     *rows;
  GHashTable    *speeds, *names;
};

/* Takes a copy of @given, with its strings. Finished by tlm_models_finish(). Main thread. */
void tlm_model_change_begin (TlmModels *self, const TlmModelChange *given, GCancellable *c,
                             GAsyncReadyCallback cb, gpointer data);

/* A tl_cancel_func over a change. */
bool tlm_model_change_is_stopped (void *change);

/* From the models' thread. */
void tlm_model_change_tell (TlmModelChange *change, double progress);

/* Begins to add the strangers that @change found. Main thread. */
void tlm_model_change_take_in (TlmModelChange *change);

/* On the store's thread: the row of path, name, copy, sha256 and size; a name that is taken gets a
 * number. */
gboolean tlm_model_change_insert  (TlmModelChange *change, TlmDb *db, GError **error);

/* (transfer full): a path in the folder of the models, which there is, called after @base: no file
 * has it, and nobody is about to write it. @lock: (out): for tlm_specialist_unlock() once something
 * lies there. Any thread. */
char *tlm_models_reserve (const char *base, int *lock);

/* The same for a copy of @size bytes. (nullable): NULL where they have no room. */
char *tlm_model_change_make_place (const char *base, guint64 size, int *lock, GError **error);

/* Ends what was left of files that were broken off; not those that another process writes. */
gboolean tlm_model_change_sweep   (TlmModelChange *change, GError **error);
gboolean tlm_model_change_adopt   (TlmModelChange *change, GError **error);
gboolean tlm_model_change_import  (TlmModelChange *change, GError **error);
gboolean tlm_model_change_remove  (TlmModelChange *change, GError **error);
gboolean tlm_model_change_verify  (TlmModelChange *change, GError **error);
gboolean tlm_model_change_shrink  (TlmModelChange *change, GError **error);
gboolean tlm_model_change_measure (TlmModelChange *change, GError **error);

G_END_DECLS
