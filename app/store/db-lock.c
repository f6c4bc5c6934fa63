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

/* It was erased with all else where it is not at @path any more. Returns: -1 with errno, which is EAGAIN
 * where another has it; POSIX lets the system say EACCES for that, which SMB does */
static int
try_once (const char *path,
          TlmLock     purpose,
          gboolean    alone)
{
  struct flock lock = {
    .l_type = alone ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = purpose, .l_len = 1
  };
  int          failure, fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return -1;
  failure = fcntl (fd, F_OFD_SETLK, &lock) != 0 ? errno : tlm_file_is_at (fd, path) ? 0 : EAGAIN;
  if (failure == 0)
    return fd;
  close (fd);
  errno = failure == EACCES ? EAGAIN : failure;
  return -1;
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

  while ((*lock = try_once (path, purpose, alone)) < 0 && errno == EAGAIN && wait_ms >= STEP_MS)
    {
      g_usleep (STEP_MS * 1000);
      wait_ms -= STEP_MS;
    }
  if (*lock >= 0 || errno != EAGAIN)
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
