/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of SQLite's files are its own, with those that write replaced: a copy of the table
 * that remembers the original. */
#include "faulty-disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#define N_TABLES 8 /* SQLite has fewer for one system */

typedef struct
{
  sqlite3_io_methods        methods;
  const sqlite3_io_methods *real;
} Table;

static sqlite3_vfs  disk;
static sqlite3_vfs *real_vfs;
static Table        tables[N_TABLES];

static sqlite3_file *copy; /* that is being written */
static gint         n_calls; /* by any thread */
static gint         first;   /* that fails; 0: none */
static TlmDiskFault what;

typedef enum { CALL_GROWS, CALL_CHANGES, CALL_SYNCS, CALL_COPIES } Call;

static gboolean
can_fail (Call call)
{
  return what == TLM_DISK_FULL        ? call == CALL_GROWS
         : what == TLM_DISK_READ_ONLY ? call != CALL_SYNCS
         : what >= TLM_DISK_LIES      ? call == CALL_COPIES
                                      : TRUE;
}

static gboolean
fails (Call call)
{
  gint at = g_atomic_int_get (&first), n;

  if (at == 0 || !can_fail (call))
    return FALSE;
  n = g_atomic_int_add (&n_calls, 1) + 1;
  if (n >= at && what == TLM_DISK_KILLS)
    raise (SIGKILL);
  return what == TLM_DISK_BROKEN || what == TLM_DISK_LIES ? n == at : n >= at;
}

/* What SQLite's own VFS would say; @broken: for a disk that is */
static int
get_code (int broken)
{
  return what == TLM_DISK_FULL        ? SQLITE_FULL
         : what == TLM_DISK_READ_ONLY ? SQLITE_READONLY
                                      : broken;
}

static int
get_errno (void)
{
  return what == TLM_DISK_FULL ? ENOSPC : what == TLM_DISK_READ_ONLY ? EROFS : EIO;
}

static const sqlite3_io_methods *
get_real (sqlite3_file *file)
{
  return ((const Table *) file->pMethods)->real;
}

static int
write_file (sqlite3_file *file,
            const void   *bytes,
            int           n,
            sqlite3_int64 offset)
{
  if (what >= TLM_DISK_LIES)
    {
      if (file == copy && fails (CALL_COPIES))
        return SQLITE_OK;
    }
  else if (fails (CALL_GROWS))
    return get_code (SQLITE_IOERR_WRITE);
  return get_real (file)->xWrite (file, bytes, n, offset);
}

static int
truncate_file (sqlite3_file *file,
               sqlite3_int64 size)
{
  if (fails (CALL_CHANGES))
    return get_code (SQLITE_IOERR_TRUNCATE);
  return get_real (file)->xTruncate (file, size);
}

static int
sync_file (sqlite3_file *file,
           int           flags)
{
  return fails (CALL_SYNCS) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static const sqlite3_io_methods *
replace_methods (const sqlite3_io_methods *real)
{
  int i = 0;

  while (tables[i].real != NULL && tables[i].real != real)
    g_assert_cmpint (++i, <, N_TABLES);
  if (tables[i].real == NULL)
    {
      tables[i].methods = *real;
      tables[i].methods.iVersion = MIN (real->iVersion, 2); /* never mapped: that writes unseen */
      tables[i].methods.xWrite = write_file;
      tables[i].methods.xTruncate = truncate_file;
      tables[i].methods.xSync = sync_file;
      tables[i].real = real;
    }
  return &tables[i].methods;
}

static int
open_file (sqlite3_vfs  *vfs,
           const char   *name,
           sqlite3_file *file,
           int           flags,
           int          *out_flags)
{
  static GMutex mutex;
  int           code;

  file->pMethods = NULL;
  if (fails ((flags & SQLITE_OPEN_CREATE) != 0 ? CALL_GROWS : CALL_SYNCS))
    return SQLITE_CANTOPEN;
  code = real_vfs->xOpen (real_vfs, name, file, flags, out_flags);
  g_mutex_lock (&mutex);
  if ((flags & SQLITE_OPEN_CREATE) != 0 && g_str_has_suffix (name, ".partial"))
    copy = file;
  else if (copy == file) /* another one in its place */
    copy = NULL;
  if (file->pMethods != NULL)
    file->pMethods = replace_methods (file->pMethods);
  g_mutex_unlock (&mutex);
  return code;
}

static int
delete_file (sqlite3_vfs *vfs,
             const char  *name,
             int          sync_folder)
{
  if (fails (CALL_CHANGES))
    return get_code (SQLITE_IOERR_DELETE);
  return real_vfs->xDelete (real_vfs, name, FALSE);
}

void
tlm_disk_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  disk = *real_vfs;
  disk.zName = "faulty-disk";
  disk.xOpen = open_file;
  disk.xDelete = delete_file;
  g_assert_cmpint (sqlite3_vfs_register (&disk, TRUE), ==, SQLITE_OK);
}

void
tlm_disk_begin (TlmDiskFault fault,
                guint        nth)
{
  what = fault;
  g_atomic_int_set (&n_calls, 0);
  g_atomic_int_set (&first, (gint) nth);
}

gboolean
tlm_disk_end (void)
{
  gint at = first;

  g_atomic_int_set (&first, 0);
  return g_atomic_int_get (&n_calls) >= at;
}

/* ---- In place of the C library's ---- */

int
fsync (int fd)
{
  if (!fails (CALL_SYNCS))
    return 0;
  errno = EIO;
  return -1;
}

int
rename (const char *old,
        const char *new)
{
  static int (*real) (const char *, const char *);

  if (real == NULL)
    real = (int (*) (const char *, const char *)) dlsym (RTLD_NEXT, "rename");
  if (!fails (CALL_CHANGES))
    return real (old, new);
  errno = get_errno ();
  return -1;
}
