/* SPDX-License-Identifier: Apache-2.0 */
/* Files: a read-only map of a whole file, and writing one so that a crash at any moment leaves
 * either the old content or the new. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct
{
  const uint8_t *data; /* NULL when @size is 0 */
  size_t         size;
  int            fd;   /* of the file, while it is mapped */
  int            guard; /* of base/map-guard.h */
} tl_map;

/**
 * tl_map_open:
 * @map: (out): cleared on failure
 *
 * Maps @path read-only; what somebody cuts from the file while it is mapped ends nothing
 * (base/map-guard.h). Directories, devices and empty files are errors. The caller ends it with
 * tl_map_close(), which is harmless on a cleared map.
 */
bool tl_map_open  (tl_map *map, const char *path, tl_error *err);
void tl_map_close (tl_map *map);

/* False when the file was cut short meanwhile: what is gone reads as zeros. Any thread. */
bool tl_map_is_whole (const tl_map *map);

/* Reads [@data, @data + @size), which lies in @map, from the file to @buffer: of the map itself no page
 * comes into memory. */
bool tl_map_read  (const tl_map *map, void *buffer, const void *data, size_t size);

/**
 * tl_file_replace:
 * Writes @size bytes to a temporary file beside @path, flushes it to the disk and renames it over
 * @path; then flushes the folder. On failure @path is untouched and the temporary file is gone.
 * A link is followed, and stays; what is there and no file, such as a device or a pipe, is refused.
 */
bool tl_file_replace (const char *path, const void *data, size_t size, tl_error *err);

typedef struct
{
  const void *data;
  size_t      size;
} tl_piece;

/**
 * tl_file_replace_pieces:
 * @pieces: [n] one behind the other, which need not lie together in memory for it
 * @n: how many
 * @check: (nullable): called with @data when all of them were read and written
 *
 * The same; what @check refuses is a failure too, of which it says the reason.
 */
bool tl_file_replace_pieces (const char *path, const tl_piece *pieces, size_t n,
                             bool (*check) (const void *data, tl_error *err), const void *data,
                             tl_error *err);
