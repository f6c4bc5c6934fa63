/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of TlmDb share. */
#pragma once

#include "db.h"

struct _TlmDb
{
  sqlite3    *handle;
  char       *path;       /* NULL: in memory */
  GHashTable *statements; /* SQL literal -> sqlite3_stmt */
  TlmVault   *vault;      /* NULL: the file is not encrypted */
};

/* In vault-convert.c: erases what a conversion that was killed left beside @path. */
void tlm_db_clean_up (const char *path);
