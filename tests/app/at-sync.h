/* SPDX-License-Identifier: Apache-2.0 */
/* Something that happens as the database, or a file beside it, is written through to the disk. */
#pragma once

/* At the first of the coming calls of fdatasync(), and then no more. */
extern void (*at_sync) (int fd);
