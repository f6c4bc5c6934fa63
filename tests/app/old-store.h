/* SPDX-License-Identifier: Apache-2.0 */
/* Databases as older versions of the program left them, made from the migrations themselves, with
 * rows in every table. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define TLM_TEST_ROWS 3 /* in each table that allows so many */

int   tlm_test_newest_version (void);

/* (transfer full): what brings the version before to @version, counted from 1 */
GBytes *tlm_test_get_migration (int version);

/* Makes the folder too. Fails when a table stays empty. */
void  tlm_test_make_old_store (const char *path, int version);

/* (transfer full): every row of the tables and columns that @version has, as text; words for
 * search apart. @vfs: (nullable) */
char *tlm_test_dump (const char *path, const char *vfs, int version);

/* Fails at the first line that differs. */
void  tlm_test_assert_same (const char *dump, const char *wanted);

/* Fails unless the database is as SQLite wants it. */
void  tlm_test_assert_whole (const char *path, const char *vfs);

/* (transfer full): the path of the newest backup of the database at @path */
char *tlm_test_find_backup (const char *path);

G_END_DECLS
