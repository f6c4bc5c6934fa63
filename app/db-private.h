/* SPDX-License-Identifier: Apache-2.0 */
/* What db.c and db-open.c share. */
#pragma once

#include "db.h"

struct _TlmDb
{
  sqlite3    *handle;
  char       *path;       /* NULL: in memory */
  GHashTable *statements; /* SQL literal -> sqlite3_stmt */
};
