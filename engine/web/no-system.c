/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the system that the C library would import for files that the module never opens: here
 * they are refused, so that the module imports nothing and can reach nothing. The names and types are
 * those of wasi-libc's __wasilibc_real.c, with which it says what is imported. */
#include <stdint.h>

#define EBADF_OF_WASI 8 /* preview 1, "errno" */

int32_t __imported_wasi_snapshot_preview1_fd_close        (int32_t fd);
int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get   (int32_t fd, int32_t stat);
int32_t __imported_wasi_snapshot_preview1_fd_filestat_get (int32_t fd, int32_t stat);
int32_t __imported_wasi_snapshot_preview1_fd_pread        (int32_t fd, int32_t iovs, int32_t n_iovs,
                                                           int64_t offset, int32_t n_read);
int32_t __imported_wasi_snapshot_preview1_fd_seek         (int32_t fd, int64_t offset, int32_t whence,
                                                           int32_t position);
int32_t __imported_wasi_snapshot_preview1_fd_write        (int32_t fd, int32_t iovs, int32_t n_iovs,
                                                           int32_t n_written);

int32_t
__imported_wasi_snapshot_preview1_fd_close (int32_t fd)
{
  (void) fd;
  return EBADF_OF_WASI;
}

int32_t
__imported_wasi_snapshot_preview1_fd_fdstat_get (int32_t fd, int32_t stat)
{
  (void) fd;
  (void) stat;
  return EBADF_OF_WASI;
}

int32_t
__imported_wasi_snapshot_preview1_fd_filestat_get (int32_t fd, int32_t stat)
{
  (void) fd;
  (void) stat;
  return EBADF_OF_WASI;
}

int32_t
__imported_wasi_snapshot_preview1_fd_pread (int32_t fd, int32_t iovs, int32_t n_iovs, int64_t offset,
                                            int32_t n_read)
{
  (void) fd;
  (void) iovs;
  (void) n_iovs;
  (void) offset;
  (void) n_read;
  return EBADF_OF_WASI;
}

int32_t
__imported_wasi_snapshot_preview1_fd_seek (int32_t fd, int64_t offset, int32_t whence,
                                           int32_t position)
{
  (void) fd;
  (void) offset;
  (void) whence;
  (void) position;
  return EBADF_OF_WASI;
}

int32_t
__imported_wasi_snapshot_preview1_fd_write (int32_t fd, int32_t iovs, int32_t n_iovs,
                                            int32_t n_written)
{
  (void) fd;
  (void) iovs;
  (void) n_iovs;
  (void) n_written;
  return EBADF_OF_WASI;
}
