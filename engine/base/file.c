/* SPDX-License-Identifier: Apache-2.0 */
/* Files by the POSIX calls: a read-only map, and replacement by write, flush and rename. */
#include "base/file.h"

#include "base/map-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef __wasi__
#include <sys/file.h>
#endif

static bool
map_descriptor (tl_map *map, int fd, const char *path, tl_error *err)
{
  struct stat st;
  void *data;

  if (fstat (fd, &st) != 0)
    return tl_error_set_errno (err, errno, "%s", path);
  if (!S_ISREG (st.st_mode))
    return tl_error_set (err, TL_ERROR_IO, "%s: not a regular file", path);
  if (st.st_size == 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: the file is empty", path);
  if ((uintmax_t) st.st_size > SIZE_MAX)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: too large for this machine", path);
  data = mmap (NULL, (size_t) st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    return tl_error_set_errno (err, errno, "%s: cannot be mapped", path);
  map->data = data;
  map->size = (size_t) st.st_size;
  map->fd = fd;
  map->guard = tl_map_guard_add (data, map->size);
  return true;
}

bool
tl_map_open (tl_map *map, const char *path, tl_error *err)
{
  int fd;
  bool ok;

  *map = (tl_map) { NULL, 0, -1, -1 };
  /* O_NONBLOCK: opening a named pipe must not wait for somebody to write into it. */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return tl_error_set_errno (err, errno, "%s", path);
  ok = map_descriptor (map, fd, path, err);
  if (!ok)
    close (fd);
  return ok;
}

void
tl_map_close (tl_map *map)
{
  if (map->data != NULL)
    {
      tl_map_guard_remove (map->guard);
      munmap ((void *) (uintptr_t) map->data, map->size);
      close (map->fd);
    }
  *map = (tl_map) { NULL, 0, -1, -1 };
}

/* Behind the new end of a file its last page reads as zeros without a signal. */
bool
tl_map_is_whole (const tl_map *map)
{
  struct stat st;

  if (map->data == NULL)
    return true;
  return tl_map_guard_is_whole (map->guard)
         && (fstat (map->fd, &st) != 0 || (uintmax_t) st.st_size >= map->size);
}

bool
tl_map_read (const tl_map *map, void *buffer, const void *data, size_t size)
{
  off_t at = (const uint8_t *) data - map->data;
  size_t done = 0;

  while (done < size)
    {
      ssize_t n = pread (map->fd, (uint8_t *) buffer + done, size - done, at + (off_t) done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      done += (size_t) n;
    }
  return true;
}

/* What is written at once. */
#define PART_BYTES ((size_t) 1 << 18)

static int
write_all (int fd, const uint8_t *data, size_t size)
{
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno;
      data += n;
      size -= (size_t) n;
    }
  return 0;
}

/* By way of @part, [PART_BYTES]: what was cut from a mapped file reads as zeros there, where the
 * system's call would fail (base/map-guard.h). */
static int
write_pieces (int fd, const tl_piece *pieces, size_t n, uint8_t *part)
{
  size_t filled = 0;
  int errnum = 0;

  for (size_t i = 0; i < n && errnum == 0; i++)
    for (size_t at = 0; at < pieces[i].size && errnum == 0;)
      {
        size_t left = pieces[i].size - at, room = PART_BYTES - filled;
        size_t taken = left < room ? left : room;

        memcpy (part + filled, (const uint8_t *) pieces[i].data + at, taken);
        at += taken;
        filled += taken;
        if (filled < PART_BYTES)
          continue;
        errnum = write_all (fd, part, filled);
        filled = 0;
      }
  return errnum != 0 ? errnum : write_all (fd, part, filled);
}

/* A new file gets what the umask leaves of 0666; one that is replaced keeps its mode. */
static int
write_and_flush (int fd, const char *path, const tl_piece *pieces, size_t n)
{
  uint8_t *part;
  int errnum;

#ifndef __wasi__ /* which has no modes */
  struct stat st;

  if (stat (path, &st) == 0 && fchmod (fd, st.st_mode & 07777) != 0)
    return errno;
#else
  (void) path;
#endif
  part = malloc (PART_BYTES);
  if (part == NULL)
    return ENOMEM;
  errnum = write_pieces (fd, pieces, n, part);
  free (part);
  if (errnum == 0 && fsync (fd) != 0)
    errnum = errno;
  return errnum;
}

/* Without this the rename itself may be lost with the power. Some file systems cannot flush a
 * folder and say so; there is nothing better to do then. */
static void
flush_folder_of (char *path)
{
  char *slash = strrchr (path, '/');
  int fd;

  if (slash != NULL)
    slash[slash == path ? 1 : 0] = '\0';
  fd = open (slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/* The lock says that somebody writes the file, to whoever clears away what was left by a kill. FALSE
 * when that was done before the lock was there. A file system without locks is no reason to fail. */
static bool
lock_temporary (int fd)
{
#ifndef __wasi__
  struct stat st;

  return flock (fd, LOCK_EX | LOCK_NB) != 0 ? errno != EWOULDBLOCK
                                            : fstat (fd, &st) != 0 || st.st_nlink > 0;
#else
  (void) fd;
  return true;
#endif
}

/* Opens a file of a name not used yet beside @path. Two writers never share one. */
static int
open_temporary (const char *path, char *temporary, size_t size)
{
  for (unsigned attempt = 0; attempt < 1000; attempt++)
    {
      int fd;

      snprintf (temporary, size, "%s.%ld-%u.tmp", path, (long) getpid (), attempt);
      fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd >= 0 ? lock_temporary (fd) : errno != EEXIST)
        return fd;
      if (fd >= 0)
        close (fd);
    }
  errno = EEXIST;
  return -1;
}

/* Malloc'd: the file that @path leads to, so that a link stays one; or @path, where nothing is yet. NULL
 * with @err for what a rename would put a file in place of: a device, a pipe. */
static char *
find_target (const char *path, tl_error *err)
{
  char *target = NULL;

#ifndef __wasi__ /* where files are all there is */
  struct stat st;

  if (stat (path, &st) == 0 && !S_ISREG (st.st_mode) && !S_ISDIR (st.st_mode))
    {
      tl_error_set (err, TL_ERROR_IO, "%s: not a regular file", path);
      return NULL;
    }
  target = realpath (path, NULL);
#endif
  if (target == NULL)
    target = strdup (path);
  if (target == NULL)
    tl_error_set (err, TL_ERROR_MEMORY, "%s: out of memory", path);
  return target;
}

static bool
replace (const char *path, const tl_piece *pieces, size_t n,
         bool (*check) (const void *data, tl_error *err), const void *data, tl_error *err)
{
  size_t name_size = strlen (path) + 40; /* room for the process id, the attempt and ".tmp" */
  char *temporary = malloc (name_size);
  int fd, errnum;
  bool good;

  if (temporary == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: out of memory", path);
  fd = open_temporary (path, temporary, name_size);
  if (fd < 0)
    {
      errnum = errno;
      free (temporary);
      return tl_error_set_errno (err, errnum, "%s: cannot be written", path);
    }
  errnum = write_and_flush (fd, path, pieces, n);
  good = errnum == 0 && (check == NULL || check (data, err));
  if (good && rename (temporary, path) != 0)
    errnum = errno;
  close (fd); /* with its lock; what could fail has been flushed */
  good = good && errnum == 0;
  if (good)
    flush_folder_of (temporary);
  else
    unlink (temporary);
  free (temporary);
  if (errnum != 0)
    tl_error_set_errno (err, errnum, "%s: cannot be written", path);
  return good;
}

bool
tl_file_replace_pieces (const char *path, const tl_piece *pieces, size_t n,
                        bool (*check) (const void *data, tl_error *err), const void *data,
                        tl_error *err)
{
  char *target = find_target (path, err);
  bool good = target != NULL && replace (target, pieces, n, check, data, err);

  free (target);
  return good;
}

bool
tl_file_replace (const char *path, const void *data, size_t size, tl_error *err)
{
  const tl_piece whole = { data, size };

  return tl_file_replace_pieces (path, &whole, 1, NULL, NULL, err);
}
