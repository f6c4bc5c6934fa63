/* SPDX-License-Identifier: Apache-2.0 */
#include "file-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it was taken away between its opening and its locking. */
static gboolean
is_gone (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && info.st_nlink == 0;
}

gboolean
tlm_file_lock (const char *path,
               int        *fd)
{
  for (;;)
    {
      *fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (*fd < 0)
        return TRUE;
      if (flock (*fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        break;
      if (!is_gone (*fd))
        return TRUE;
      close (*fd);
    }
  close (*fd);
  *fd = -1;
  return FALSE;
}

void
tlm_file_unlock (const char *path,
                 int         fd)
{
  if (fd < 0)
    return;
  g_unlink (path);
  close (fd);
}
