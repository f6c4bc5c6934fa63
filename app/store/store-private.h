/* SPDX-License-Identifier: Apache-2.0 */
/* How the other services reach the database: jobs on the store's thread. */
#pragma once

#include "bin.h"
#include "db.h"
#include "store.h"
#include "core/worker.h"

G_BEGIN_DECLS

/**
 * tlm_store_post:
 * @task: (transfer full): its data is the job's
 * @func: runs on the store's thread with the TlmDb as @owner
 *
 * Jobs run in the order in which they were posted. When the store is closed, @task fails with
 * TLM_ERROR_STORE_CLOSED.
 */
void tlm_store_post (TlmStore *self, GTask *task, TlmWorkerFunc func);

typedef gboolean (*TlmStoreFunc) (TlmDb *db, gpointer data, GError **error);

/**
 * tlm_store_call:
 * @func: runs on the store's thread, between other jobs
 *
 * For a thread of its own that brings long work to the store piece by piece: waits for @func, and
 * returns what that does. When the store is closed, this fails with TLM_ERROR_STORE_CLOSED.
 */
gboolean tlm_store_call (TlmStore *self, TlmStoreFunc func, gpointer data, GError **error);

/**
 * tlm_store_ask_again:
 *
 * To be called by who could not save something and holds it still. "again" is emitted in a moment:
 * it is posted once more then, and asked for again should that fail too. Main thread.
 */
void tlm_store_ask_again (TlmStore *self);

/* For store-vault.c. */
void tlm_store_set_sealed (TlmStore *self, gboolean sealed);

/* In search-hit.c. */
TlmSearchHit *tlm_search_hit_new (TlmHitKind kind, gint64 id, gint64 message_id,
                                  const char *title, const char *snippet);
void          tlm_search_hit_set_snippet (TlmSearchHit *self, const char *snippet);

/* In bin.c. @limit_us: (out): the time before which things leave the bin */
gboolean tlm_store_get_bin_limit (TlmDb *db, gint64 *limit_us, GError **error);
/* tlm_store_delete() with that time. */
gboolean tlm_store_empty_bin (TlmDb *db, TlmWords words, const char *sql, GError **error);

/* In trained.c: ends specialists that went to the bin before @before (in seconds), with their files; models
 * are not theirs. @id: 0 for all */
gboolean tlm_trained_delete (TlmDb *db, gint64 before, gint64 id, GError **error);

/* In models-change.c: the same of models (in microseconds), with their copies. */
gboolean tlm_models_delete  (TlmDb *db, gint64 before, gint64 id, GError **error);

/* Runs @sql, which has one parameter. Notes and chats it marks as gone, by "trashed" 0: they are
 * deleted, and their @words forgotten, soon after; what is much ends after the next start. All else
 * it deletes itself. */
gboolean tlm_store_delete (TlmDb *db, TlmWords words, const char *sql, gint64 parameter,
                           GError **error);

G_END_DECLS
