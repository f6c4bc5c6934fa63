/* SPDX-License-Identifier: Apache-2.0 */
/* One program alone does something: who holds the lock of a file made for that. It goes with the program,
 * however that ends. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the open @fd is still what @path leads to: it was not taken away or replaced meanwhile. */
gboolean tlm_file_is_at (int fd, const char *path);

/**
 * tlm_file_lock:
 * @path: of a file that is nothing else; made here
 * @fd: (out): for tlm_file_unlock(); -1 where no lock can be had, as on a disk that may not be written
 *   or that knows none; no file is left by it then
 *
 * Never waits. Returns: FALSE when somebody else holds it
 */
gboolean tlm_file_lock   (const char *path, int *fd);
void     tlm_file_unlock (const char *path, int fd); /* and the file is gone */

G_END_DECLS
