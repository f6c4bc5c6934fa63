/* SPDX-License-Identifier: Apache-2.0 */
#include "at-sync.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

void (*at_sync) (int fd);

/* In place of the C library's. */
int
fdatasync (int fd)
{
  void (*func) (int fd) = at_sync;

  at_sync = NULL;
  if (func != NULL)
    func (fd);
  return (int) syscall (SYS_fdatasync, fd);
}
