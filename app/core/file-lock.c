/* SPDX-License-Identifier: Apache-2.0 */
#include "file-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not by its number of names: NFS keeps one for what is open. */
gboolean
tlm_file_is_at (int         fd,
                const char *path)
{
  struct stat ours, now;

  return fstat (fd, &ours) == 0 && lstat (path, &now) == 0 && ours.st_dev == now.st_dev
         && ours.st_ino == now.st_ino;
}

gboolean
tlm_file_lock (const char *path,
               int        *fd)
{
  int failure = 0;

  while ((*fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0)
    {
      if (flock (*fd, LOCK_EX | LOCK_NB) != 0)
        failure = errno;
      else if (tlm_file_is_at (*fd, path))
        return TRUE;
      close (*fd);
      *fd = -1;
      if (failure != 0)
        break;
    }
  return failure != EWOULDBLOCK && failure != EACCES; /* so says SMB */
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
