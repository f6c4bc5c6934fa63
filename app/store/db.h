/* SPDX-License-Identifier: Apache-2.0 */
/* A thin coat over SQLite for the store's thread: open with our settings, statements prepared once,
 * binding by a short format, and errors as sentences. Not thread-safe: one owner. */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "vault.h"

G_BEGIN_DECLS

typedef struct _TlmDb TlmDb;

TlmDb *tlm_db_new (void);          /* closed */
void   tlm_db_free (TlmDb *db);    /* closes */

/**
 * tlm_db_open:
 * @path: NULL for a database in memory
 *
 * Makes the folder (0700) and the file (0600) where they are missing, sets the pragmas and brings
 * the schema up to date. On failure the database is closed.
 */
gboolean tlm_db_open  (TlmDb *db, const char *path, GError **error);

/**
 * tlm_db_open_copy:
 * @path: of a database that cannot be written
 *
 * Opens a database in memory that holds all that is in the file, brought up to date; the file is
 * only read.
 */
gboolean tlm_db_open_copy (TlmDb *db, const char *path, GError **error);

void     tlm_db_close (TlmDb *db);

/* @vault: (transfer full) (nullable): with which the next opening reads an encrypted database;
 * without it that fails with TLM_ERROR_STORE_LOCKED. It stays over closing; NULL wipes it. */
void     tlm_db_set_vault (TlmDb *db, TlmVault *vault);

/**
 * tlm_db_convert:
 * @vault: (transfer full) (nullable): with which to encrypt the database; NULL: not any longer
 *
 * In vault-convert.c. Nobody else may have the database open, and nothing may wait to take its place.
 * Backups are erased: before the last step, so that they are gone also where that fails. Whatever
 * happens, a whole database stays at its path, and is open again when it can be; tlm_db_get_handle()
 * says whether it is.
 * Returns: whether it was converted
 */
gboolean tlm_db_convert (TlmDb *db, TlmVault *vault, GError **error);

/* In vault-convert.c: @secret is the present passphrase or the recovery code; anything else is
 * TLM_ERROR_PASSPHRASE. The database is open again afterwards, as above. @left: (out) (transfer full)
 * (nullable): where the new passphrase opens the database, but the old one something as well, a
 * sentence that says what and why. Returns: whether the new one opens it */
gboolean tlm_db_check_secret   (TlmDb *db, const char *secret, GError **error);
gboolean tlm_db_set_passphrase (TlmDb *db, const char *secret, const char *passphrase,
                                char **left, GError **error);

/* Returns: whether another program has the database at @path open. Nobody in this one may have. */
gboolean tlm_db_is_in_use (const char *path);

/* In db-copy.c. Returns: whether what lies at @path, which nobody may have open, is damaged. Neither
 * it nor its log is changed; an encrypted one is taken for whole, as it cannot be read. */
gboolean tlm_db_is_damaged (const char *path);

const char *tlm_db_get_vfs    (TlmDb *db); /* of its vault; NULL when it has none */
sqlite3    *tlm_db_get_handle (TlmDb *db); /* NULL when closed */
const char *tlm_db_get_path   (TlmDb *db); /* NULL when in memory */

/**
 * tlm_db_query:
 * @sql: a string literal: its address is the key under which the statement is kept
 * @format: one letter an argument: i gint64, t const char * (NULL is SQL NULL), d double
 *
 * Returns: (transfer none) (nullable): the statement, to be stepped by tlm_db_step(); the texts are
 * borrowed until then.
 */
sqlite3_stmt *tlm_db_query (TlmDb *db, GError **error, const char *sql, const char *format, ...);

/* 1: a row, 0: the end, -1: @error. After the last two the statement is reset. */
int tlm_db_step (TlmDb *db, sqlite3_stmt *statement, GError **error);

/* Query and step to the end. */
gboolean tlm_db_run (TlmDb *db, GError **error, const char *sql, const char *format, ...);

/* Several statements, not kept. */
gboolean tlm_db_exec (TlmDb *db, const char *sql, GError **error);

gboolean tlm_db_begin    (TlmDb *db, GError **error); /* immediate: waits for the write lock */
gboolean tlm_db_commit   (TlmDb *db, GError **error); /* rolls back when it fails */
void     tlm_db_rollback (TlmDb *db);

/* Whose words the search knows. */
typedef enum
{
  TLM_WORDS_OF_NONE = -1,
  TLM_WORDS_OF_NOTES,
  TLM_WORDS_OF_MESSAGES,
  TLM_N_WORDS
} TlmWords;

/* In db-forget.c: some of @words were marked as gone, by "trashed" 0. */
void     tlm_db_begin_to_forget (TlmDb *db, TlmWords words);
/* In db-forget.c: a step in which such are deleted, and forgotten by the search. @at_the_end: no step that
 * may take seconds. Returns: whether there may be more */
gboolean tlm_db_forget_some     (TlmDb *db, gboolean at_the_end);

/* In db-signs.c: a step in which texts that changed, or were there before it, go into the index of
 * signs. Returns: whether there may be more */
gboolean tlm_db_index_some (TlmDb *db);

/* In db-signs.c: how many rows were written since it was opened, but for those of that index. */
int tlm_db_get_n_written (TlmDb *db);

/* In db-signs.c: what was written since tlm_db_get_n_written() gave @n_before is nobody's work; and
 * whether something else was written since it was opened. */
void     tlm_db_take_for_upkeep (TlmDb *db, int n_before);
gboolean tlm_db_holds_work      (TlmDb *db);

/* Sets @error from the SQLite result @code. Returns: always FALSE. */
gboolean tlm_db_fail (TlmDb *db, int code, GError **error);

const char *tlm_db_column_text (sqlite3_stmt *statement, int column); /* "" for NULL */

/* In db-migrate.c: brings the schema to the newest version; @path NULL: no backup is needed. */
gboolean tlm_db_migrate (TlmDb *db, GError **error);

G_END_DECLS
