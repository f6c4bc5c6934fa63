/* SPDX-License-Identifier: Apache-2.0 */
/* What happens when a file that is mapped is cut short: reading a page that it has no more raises SIGBUS,
 * which would end the process. Instead the rest of the map turns to zeros, and the map remembers that it
 * is not whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * tl_map_guard_add:
 * @data: [size] a map of a file
 *
 * Installs, once in the process, a handler of SIGBUS that hands what is none of its maps to the handler that
 * was there before.
 * Returns: its place, or -1 when a great many are guarded already. Any thread.
 */
int  tl_map_guard_add      (const void *data, size_t size);
void tl_map_guard_remove   (int place); /* before it is unmapped; -1 is allowed */
bool tl_map_guard_is_whole (int place); /* true for -1 */
