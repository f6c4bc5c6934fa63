/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: the numbers of the format and the parsed form of a file. */
#pragma once

#include "base/file.h"
#include "gguf/gguf.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "GGUF is little-endian and is used here as it lies in the file"
#endif

#define TL_GGUF_MAGIC 0x46554747u /* "GGUF" */
#define TL_GGUF_VERSION 3u
#define TL_GGUF_DEFAULT_ALIGNMENT 32u
#define TL_GGUF_MAX_NAME 64 /* bytes of a tensor's name, by the specification */

typedef struct
{
  tl_str         key;
  uint32_t       type;
  uint32_t       item_type; /* of an array */
  size_t         n_items;   /* of an array */
  const uint8_t *data;      /* the scalar, or an array's first scalar; may be unaligned */
  tl_str         string;    /* of a string */
  tl_str        *strings;   /* [n_items] of an array of strings: owned */
} tl_gguf_kv;

typedef struct
{
  tl_tensor_info info;
  uint64_t       offset; /* from the start of the data section */
  char           name[TL_GGUF_MAX_NAME + 1];
} tl_gguf_tensor;

struct tl_gguf
{
  tl_map           map; /* empty when the bytes are borrowed */
  const uint8_t   *data;
  size_t           size;
  size_t           n_kvs, n_tensors;
  tl_gguf_kv      *kvs;       /* [n_kvs] sorted by key */
  tl_gguf_tensor  *tensors;   /* [n_tensors] in the order of the file */
  tl_gguf_tensor **by_name;   /* [n_tensors] sorted by name */
  tl_gguf        **parts;     /* [n_parts] the further files of a model in several */
  size_t           n_parts;
};

/* tl_gguf_open() of one file alone, and then the others that belong to it. */
tl_gguf *tl_gguf_open_one      (const char *path, tl_error *err);
bool     tl_gguf_open_rest     (tl_gguf *g, const char *path, tl_error *err);
bool     tl_gguf_index_tensors (tl_gguf *g, tl_error *err);

/* Bytes of one value; 0 for strings, arrays and what is no type. */
size_t            tl_gguf_scalar_size (uint32_t type);
const tl_gguf_kv *tl_gguf_find_kv     (const tl_gguf *gguf, const char *key);
int               tl_gguf_compare     (tl_str a, tl_str b); /* as memcmp, shorter first */
