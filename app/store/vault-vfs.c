/* SPDX-License-Identifier: Apache-2.0 */
/* The vault as a SQLite VFS: SQLite's own one, but for files, which vault-file.c opens. One VFS a
 * vault, since a VFS is how SQLite hands a key down. https://sqlite.org/vfs.html */
#include "vault-private.h"

static TlmVault *
get_vault (sqlite3_vfs *vfs)
{
  return vfs->pAppData;
}

static int
open_file (sqlite3_vfs  *vfs,
           const char   *name,
           sqlite3_file *file,
           int           flags,
           int          *out_flags)
{
  return tlm_vault_file_open (get_vault (vfs), name, file, flags, out_flags);
}

static int
delete_file (sqlite3_vfs *vfs,
             const char  *name,
             int          sync_folder)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xDelete (real, name, sync_folder);
}

static int
access_file (sqlite3_vfs *vfs,
             const char  *name,
             int          flags,
             int         *result)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xAccess (real, name, flags, result);
}

static int
make_full_path (sqlite3_vfs *vfs,
                const char  *name,
                int          size,
                char        *full)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xFullPathname (real, name, size, full);
}

static int
get_random (sqlite3_vfs *vfs,
            int          n,
            char        *bytes)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xRandomness (real, n, bytes);
}

static int
sleep_for (sqlite3_vfs *vfs,
           int          microseconds)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xSleep (real, microseconds);
}

static int
get_time (sqlite3_vfs *vfs,
          double      *julian_day)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xCurrentTime (real, julian_day);
}

static int
get_last_error (sqlite3_vfs *vfs,
                int          n,
                char        *text)
{
  sqlite3_vfs *real = get_vault (vfs)->real;

  return real->xGetLastError (real, n, text);
}

/* No extension is ever loaded, so that the xDl functions stay NULL. */
void
tlm_vault_register (TlmVault *self)
{
  self->real = sqlite3_vfs_find (NULL);
  g_snprintf (self->name, sizeof self->name, "tinylm-vault-%p", (void *) self);
  self->vfs = (sqlite3_vfs) {
    .iVersion = 1,
    .szOsFile = tlm_vault_file_size (self->real),
    .mxPathname = self->real->mxPathname,
    .zName = self->name,
    .pAppData = self,
    .xOpen = open_file,
    .xDelete = delete_file,
    .xAccess = access_file,
    .xFullPathname = make_full_path,
    .xRandomness = get_random,
    .xSleep = sleep_for,
    .xCurrentTime = get_time,
    .xGetLastError = get_last_error,
  };
  sqlite3_vfs_register (&self->vfs, FALSE);
}

void
tlm_vault_unregister (TlmVault *self)
{
  sqlite3_vfs_unregister (&self->vfs);
}

const char *
tlm_vault_get_vfs (TlmVault *self)
{
  return self->name;
}
