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

/* @made: (out): whether it was not there before */
static int
open_or_make (const char *path,
              gboolean   *made)
{
  int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, fd = g_open (path, flags | O_EXCL, 0600);

  *made = fd >= 0;
  return fd >= 0 || errno != EEXIST ? fd : g_open (path, flags, 0600);
}

gboolean
tlm_file_lock (const char *path,
               int        *fd)
{
  int      failure = 0;
  gboolean made;

  while ((*fd = open_or_make (path, &made)) >= 0)
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
  if (failure == 0 || failure == EWOULDBLOCK || failure == EACCES) /* so says SMB */
    return failure == 0;
  if (made) /* it would be taken for one that is held */
    g_unlink (path);
  return TRUE;
}

void
tlm_file_unlock (const char *path,
                 int         fd)
{
  if (fd < 0)
    return;
  if (tlm_file_is_at (fd, path)) /* not what another made since it was erased */
    g_unlink (path);
  close (fd);
}
