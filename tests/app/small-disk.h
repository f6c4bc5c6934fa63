/* SPDX-License-Identifier: Apache-2.0 */
/* A disk of its own for a test, small enough to be filled: a tmpfs that only this process sees. */
#pragma once

#include <glib.h>

/* Once, before there is a second thread. Returns: FALSE where the system does not allow it, and the
 * test is to be skipped */
gboolean tlm_small_disk_prepare (void);

/* Mounts one of @bytes over the folder @path, and takes it away. */
void     tlm_small_disk_mount   (const char *path, gsize bytes);
void     tlm_small_disk_unmount (const char *path);

/* Nothing more goes onto it; and there is room again. */
void     tlm_small_disk_fill    (const char *path);
void     tlm_small_disk_empty   (const char *path);
