/* SPDX-License-Identifier: Apache-2.0 */
/* Who opens the database, and who gives its name to another file, wait for each other by locks on
 * DATABASE.lock, a byte for each purpose. SQLite's own locks do not tell of it: they are on the
 * file, and whoever waits for one on a file that loses its name gets it on one that is lost. Nor can
 * a lock of ours be on the database itself: on NFS it would be in SQLite's way. Open file
 * description locks (fcntl(2)) go with the descriptor, so that threads keep each other out too and a
 * kill leaves none. The empty file stays. An older program knows nothing of it, and is kept out only
 * where SQLite's locks do so. */
#include "db-private.h"
#include "core/errors.h"
#include "core/file-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define STEP_MS 20 /* a wait that nobody notices */

/* While everything is erased, with models of gigabytes: else what is begun is in memory only. */
#define ERASED_WAIT_MS 60000

typedef enum
{
  LOCKED,
  NO_LOCKS, /* here */
  HELD,
  ERASED, /* or being erased, with all else */
} Outcome;

/* The folder is made again when it has gone. */
static Outcome
open_lock (const char *path,
           int        *fd)
{
  int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;

  *fd = g_open (path, flags, 0600);
  if (*fd >= 0)
    return LOCKED;
  if (errno != ENOENT || !tlm_db_make_folder (path, NULL))
    return NO_LOCKS;
  *fd = g_open (path, flags, 0600);
  return *fd >= 0 ? LOCKED : errno == ENOENT ? ERASED : NO_LOCKS;
}

/* POSIX lets the system say EACCES of what another has, as SMB does. Who erases has all bytes. */
static Outcome
lock_bytes (int         fd,
            const char *path,
            TlmLock     purpose,
            gboolean    alone)
{
  struct flock lock = {
    .l_type = alone ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET,
    .l_start = purpose != TLM_LOCK_ALL ? purpose : 0, .l_len = purpose != TLM_LOCK_ALL,
  };

  if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return tlm_file_is_at (fd, path) ? LOCKED : ERASED;
  if (errno != EAGAIN && errno != EACCES)
    return NO_LOCKS;
  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_len == 0 ? ERASED
                                                                                           : HELD;
}

static Outcome
try_once (const char *path,
          TlmLock     purpose,
          gboolean    alone,
          int        *fd)
{
  Outcome outcome = open_lock (path, fd);

  if (outcome == LOCKED)
    outcome = lock_bytes (*fd, path, purpose, alone);
  if (outcome != LOCKED && *fd >= 0)
    close (*fd);
  if (outcome != LOCKED)
    *fd = -1;
  return outcome;
}

gboolean
tlm_db_lock (const char *database,
             TlmLock     purpose,
             gboolean    alone,
             guint       wait_ms,
             int        *lock,
             GError    **error)
{
  g_autofree char *path = g_strconcat (database, ".lock", NULL);
  Outcome          outcome = try_once (path, purpose, alone, lock);

  for (guint waited = 0; outcome == HELD || outcome == ERASED; waited += STEP_MS)
    {
      if (outcome == ERASED)
        wait_ms = MAX (wait_ms, ERASED_WAIT_MS);
      if (waited >= wait_ms)
        break;
      g_usleep (STEP_MS * 1000);
      outcome = try_once (path, purpose, alone, lock);
    }
  if (outcome == LOCKED || outcome == NO_LOCKS)
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("Another program holds the database. Close it and try again."));
  return FALSE;
}

void
tlm_db_unlock (int lock)
{
  if (lock >= 0)
    close (lock);
}
