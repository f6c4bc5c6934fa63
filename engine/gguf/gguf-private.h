/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader and the writer of GGUF share: the numbers of the format. */
#pragma once

#include "gguf/gguf.h"

#define TL_GGUF_MAGIC 0x46554747u /* "GGUF", little-endian */
#define TL_GGUF_VERSION 3u
#define TL_GGUF_DEFAULT_ALIGNMENT 32u

/* Bytes of one value; 0 for strings, arrays and what is no type. */
static inline size_t
tl_gguf_scalar_size (uint32_t type)
{
  static const uint8_t sizes[] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

  return type < sizeof sizes ? sizes[type] : 0;
}
