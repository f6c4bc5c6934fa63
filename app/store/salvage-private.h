/* SPDX-License-Identifier: Apache-2.0 */
/* What salvaging reads of a damaged database: its pages, and the rows on them. The file is hostile:
 * every number in it is checked against what there is. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "db-private.h"
#include "salvage.h"

G_BEGIN_DECLS

#define TLM_PAGE_BYTES 4096 /* of every database that the program makes */
#define TLM_MAX_FIELDS 64   /* more than any table of ours has */

typedef struct _TlmPages TlmPages;

/* In salvage-pages.c. @vfs: (nullable): of a vault. (transfer full) (nullable): NULL when the file
 * itself cannot be opened. Its log, as far as it is whole, counts. */
TlmPages *tlm_pages_open      (const char *path, const char *vfs);
void      tlm_pages_free      (TlmPages *self);
guint32   tlm_pages_get_count (TlmPages *self);

/* @number: from 1. FALSE: it cannot be read */
gboolean  tlm_pages_read      (TlmPages *self, guint32 number, guint8 page[TLM_PAGE_BYTES]);

typedef struct
{
  int           type; /* SQLITE_NULL, ... */
  gint64        integer;
  double        real;
  const guint8 *bytes; /* of a text or blob */
  gsize         n_bytes;
} TlmField;

typedef struct
{
  gint64   rowid;
  guint    n_fields;
  gboolean cut; /* its end could not be read */
  TlmField fields[TLM_MAX_FIELDS];
} TlmRow;

typedef void (*TlmRowFunc) (const TlmRow *row, gpointer user_data);

/* In salvage-rows.c. Each page is read once, whoever points at it. */
typedef struct
{
  TlmPages  *pages;
  guint8    *seen;   /* a byte a page */
  guint      n_bad;  /* pages that could not be read, or are not what they should be */
  guint      n_lost; /* rows on good pages that make no sense */
} TlmScan;

void     tlm_scan_init  (TlmScan *self, TlmPages *pages);
void     tlm_scan_clear (TlmScan *self);

/* The rows of the table whose tree begins at page @root. */
void     tlm_scan_table (TlmScan *self, guint32 root, TlmRowFunc func, gpointer user_data);

/* Returns: whether page @number has rows of some table and was not seen yet; then it is now. */
gboolean tlm_scan_stray (TlmScan *self, guint32 number, TlmRowFunc func, gpointer user_data);

/* In salvage-tables.c: the tables of the new database, and what goes into them. */
typedef struct _TlmSavedTable TlmSavedTable;

typedef struct
{
  TlmDb         *db;
  GPtrArray     *tables;  /* of TlmSavedTable */
  TlmSavedTable *current; /* of which rows come now; for strays the last one that fitted */
  guint          n_cut, n_lost;
  int            code; /* of the new database, when it fails: its disk is full */
} TlmSalvaging;

void     tlm_salvaging_init  (TlmSalvaging *self);
void     tlm_salvaging_clear (TlmSalvaging *self);

/* Those that there are, empty. The search indexes are made anew by the triggers. */
gboolean tlm_salvaging_read_tables (TlmSalvaging *self, GError **error);

/* All rows that @scan finds. Pages that no tree reached are looked at only where trees are broken:
 * on those of a whole database nothing is left. */
void     tlm_salvaging_take_all (TlmSalvaging *self, TlmScan *scan);

/* No more rows come: the database may change its tables. */
void     tlm_salvaging_end (TlmSalvaging *self);

/* (transfer full) */
TlmSalvage *tlm_salvaging_sum_up (TlmSalvaging *self, const TlmScan *scan);

/* In salvage-mend.c, in one transaction: parents of what came back, branches of chats, references. */
gboolean tlm_salvage_mend (TlmDb *db, GError **error);

G_END_DECLS
