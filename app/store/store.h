/* SPDX-License-Identifier: Apache-2.0 */
/* The store: one SQLite file (WAL, foreign keys, STRICT tables), owned by one worker thread.
 * Other app files post jobs to it (store-private.h); the window sees only this. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TLM_TYPE_STORE (tlm_store_get_type ())
G_DECLARE_FINAL_TYPE (TlmStore, tlm_store, TLM, STORE, GObject)

/**
 * tlm_store_new:
 * Returns: (transfer full): closed yet
 */
TlmStore *tlm_store_new (void);

/**
 * tlm_store_open_async:
 * @path: (nullable) (type filename): of the database; its folder is made, 0700. A database of a newer
 * program is refused and left alone; an older one is copied to a backup, checked and migrated. NULL: a
 * database in memory.
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Where nothing can be written (read-only, full, missing home) this succeeds with a database in
 * memory, which holds what the file on the disk has when that can be read, and
 * tlm_store_get_is_volatile() says so. A database that is there but cannot be used
 * (newer, damaged) is an error; the program can go on all the same, in memory too.
 */
void tlm_store_open_async (TlmStore *self, const char *path, GCancellable *c, GAsyncReadyCallback cb,
                           gpointer data);

/**
 * tlm_store_open_finish:
 * @r: of the callback
 */
gboolean tlm_store_open_finish (TlmStore *self, GAsyncResult *r, GError **error);

/**
 * tlm_store_unlock_async:
 * @secret: the passphrase or the recovery code
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Opens a locked database, which tlm_store_open_async() refused with TLM_ERROR_STORE_LOCKED; ended
 * by tlm_store_open_finish(). A wrong secret is TLM_ERROR_PASSPHRASE, and all stays as it is.
 */
void      tlm_store_unlock_async (TlmStore *self, const char *secret, GCancellable *c,
                                  GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_store_get_is_locked:
 * Returns: whether it is encrypted, and waiting for a secret
 */
gboolean tlm_store_get_is_locked (TlmStore *self);

/**
 * tlm_store_get_is_sealed:
 * Returns: whether it is encrypted, and open, if only as a copy in memory
 */
gboolean tlm_store_get_is_sealed (TlmStore *self);

#ifndef __GI_SCANNER__ /* not for scripts */
/* In store-vault.c: encrypts the database of an open store. The result is the recovery code, to be
 * freed by tlm_secret_free(), which nobody can show again. @left: (out) (transfer full) (nullable): what is
 * amiss all the same, in a sentence that says what to do. */
void      tlm_store_seal_async    (TlmStore *self, const char *passphrase, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
char     *tlm_store_seal_finish   (TlmStore *self, GAsyncResult *r, char **left,
                                   GError **error);

/* In store-vault.c. Returns: whether something was written that is in memory only, but for what the
 * program does by itself. Waits for all that was posted. */
gboolean  tlm_store_would_lose    (TlmStore *self);

/* In store-vault.c: ends the encryption, or changes the passphrase. @secret, the present passphrase
 * or the recovery code, is asked for again: who passes by an open window does not know it. @left: as
 * above, and what tlm_db_set_passphrase() says. */
void      tlm_store_unseal_async  (TlmStore *self, const char *secret, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
void      tlm_store_change_passphrase_async (TlmStore *self, const char *secret,
                                             const char *passphrase, GCancellable *c,
                                             GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_store_vault_finish  (TlmStore *self, GAsyncResult *r, char **left, GError **error);

#endif

/**
 * tlm_store_get_is_volatile:
 * Returns: TRUE when nothing outlives the program
 */
gboolean tlm_store_get_is_volatile (TlmStore *self);

/**
 * tlm_store_get_volatile_reason:
 * Returns: (transfer none) (nullable): a sentence that says why nothing does
 */
const char *tlm_store_get_volatile_reason (TlmStore *self);

/**
 * tlm_store_get_path:
 * Returns: (transfer none) (nullable) (type filename): of the database; NULL in memory
 */
const char *tlm_store_get_path (TlmStore *self);

#ifndef __GI_SCANNER__ /* not for scripts */
/* Returns: whether there is a database on the disk of which memory holds nothing, for it could not be
 * read; tlm_store_get_volatile_reason() says why */
gboolean  tlm_store_get_is_unread (TlmStore *self);

/* In store-backup.c: a backup of the open database; and a check of one, which is then laid ready to
 * take the database's place the next time it is opened. */
void      tlm_store_back_up_async (TlmStore *self, GCancellable *c, GAsyncReadyCallback cb,
                                   gpointer data);
void      tlm_store_restore_async (TlmStore *self, const char *backup, GCancellable *c,
                                   GAsyncReadyCallback cb, gpointer data);
gboolean  tlm_store_backup_finish (TlmStore *self, GAsyncResult *r, GError **error);

#endif

/**
 * tlm_store_close:
 * Emits "closing" (those who hold unsaved text post it now), then waits until all posted jobs are
 * done and the database is closed; at the program's end.
 */
void tlm_store_close (TlmStore *self);

typedef enum { TLM_HIT_NOTE, TLM_HIT_CHAT } TlmHitKind;

/* Properties: kind (int), id (int64, of the note or chat), title (string), snippet (string: plain
 * text with the hit between U+2068 and U+2069). */
#define TLM_TYPE_SEARCH_HIT (tlm_search_hit_get_type ())
G_DECLARE_FINAL_TYPE (TlmSearchHit, tlm_search_hit, TLM, SEARCH_HIT, GObject)

/**
 * tlm_search_hit_get_kind:
 * Returns: what was found
 */
TlmHitKind tlm_search_hit_get_kind (TlmSearchHit *self);

/**
 * tlm_search_hit_get_id:
 * Returns: of the note or chat
 */
gint64 tlm_search_hit_get_id (TlmSearchHit *self);

/**
 * tlm_search_hit_get_message_id:
 * Returns: the best message of a chat; 0 in a note
 */
gint64 tlm_search_hit_get_message_id (TlmSearchHit *self);

/**
 * tlm_search_hit_get_title:
 * Returns: (transfer none): of the note or chat
 */
const char *tlm_search_hit_get_title (TlmSearchHit *self);

/**
 * tlm_search_hit_get_snippet:
 * Returns: (transfer none): plain text with the hit between U+2068 and U+2069
 */
const char *tlm_search_hit_get_snippet (TlmSearchHit *self);

typedef enum { TLM_SEARCH_ALL, TLM_SEARCH_NOTES } TlmStoreSearch;

#define TLM_SEARCH_MAX_HITS 200

/**
 * tlm_store_search_async:
 * @query: words, which are prefixes; any text is safe
 * @kinds: where to look
 * @max: how many hits at most, no more than TLM_SEARCH_MAX_HITS; what surrounds each takes time
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Full text, best first.
 */
void tlm_store_search_async (TlmStore *self, const char *query, TlmStoreSearch kinds,
                             guint max, GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_store_search_finish:
 * @r: of the callback
 *
 * Returns: (transfer full): a list of TlmSearchHit
 */
GListModel *tlm_store_search_finish (TlmStore *self, GAsyncResult *r, GError **error);

G_END_DECLS
