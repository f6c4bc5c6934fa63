/* SPDX-License-Identifier: Apache-2.0 */
/* Two programs must not go on with the same training: each would write over the other's checkpoint.
 * Who trains holds the lock of a file beside it, which goes with the program, however that ends. */
#include "specialist-private.h"

#include "core/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
dup_path (const char *out_path)
{
  return g_strconcat (out_path, ".lock", NULL);
}

/* Whether it was taken away between its opening and its locking. */
static gboolean
is_gone (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && info.st_nlink == 0;
}

gboolean
tlm_specialist_lock (const char *out_path,
                     int        *lock,
                     GError    **error)
{
  g_autofree char *path = dup_path (out_path);

  for (;;)
    {
      *lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (*lock < 0)
        return TRUE;
      if (flock (*lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        break;
      if (!is_gone (*lock))
        return TRUE;
      close (*lock);
    }
  close (*lock);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("Another program goes on with this training. Wait until it is done, or "
                         "stop it there."));
  return FALSE;
}

void
tlm_specialist_unlock (const char *out_path,
                       int         lock)
{
  g_autofree char *path = dup_path (out_path);

  if (lock < 0)
    return;
  g_unlink (path);
  close (lock);
}
