/* SPDX-License-Identifier: Apache-2.0 */
/* GGUF v3: a bounds-checked reader over a mapped file, and a writer.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * A file is hostile: each length, count, product and offset is checked against the bytes that
 * remain before it is used; errors name the key or tensor. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "gguf/quant.h"

#pragma GCC visibility push(default)

#define TL_MAX_DIMS 4

typedef enum
{
  TL_GGUF_U8 = 0, TL_GGUF_I8, TL_GGUF_U16, TL_GGUF_I16, TL_GGUF_U32, TL_GGUF_I32, TL_GGUF_F32,
  TL_GGUF_BOOL, TL_GGUF_STRING, TL_GGUF_ARRAY, TL_GGUF_U64, TL_GGUF_I64, TL_GGUF_F64,
} tl_gguf_type;

typedef struct
{
  const char *data; /* borrowed from the map: not NUL-terminated, may hold anything */
  size_t      len;
} tl_str;

/**
 * tl_str_is:
 * @s: of a file
 * @text: NUL-terminated
 *
 * Returns: whether both are the same bytes. Thread-safe.
 */
bool tl_str_is (tl_str s, const char *text);

typedef struct
{
  const char *name;             /* NUL-terminated, owned by the tl_gguf */
  tl_type     type;
  uint32_t    n_dims;
  uint64_t    dims[TL_MAX_DIMS]; /* dims[0] is the row length (ggml's ne[0]); unused ones are 1 */
  const void *data;             /* in the map, aligned to 8 bytes */
  size_t      size;             /* bytes */
} tl_tensor_info;

typedef struct tl_gguf tl_gguf;

/**
 * tl_gguf_open:
 * @path: of a model cut into several files, the first one: the others are found beside it
 *
 * Returns: (transfer full) (nullable): NULL and @err on failure. Immutable, so shareable between
 * threads; all borrowed pointers live until tl_gguf_close()
 */
tl_gguf *tl_gguf_open (const char *path, tl_error *err);

/**
 * tl_gguf_open_memory:
 * @data: [size] a whole file, borrowed until tl_gguf_close(), and aligned to 8 bytes
 * @size: in bytes
 *
 * Returns: (transfer full) (nullable): as tl_gguf_open()
 */
tl_gguf *tl_gguf_open_memory (const void *data, size_t size, tl_error *err);

/**
 * tl_gguf_close:
 * @gguf: (nullable): whatever was borrowed from it goes too
 */
void tl_gguf_close (tl_gguf *gguf);

/**
 * tl_gguf_check_whole:
 * Fails when one of the files was cut short since it was opened, and what is gone was looked at: it reads
 * as zeros, so what was computed from it is worth nothing. Thread-safe.
 */
bool tl_gguf_check_whole (const tl_gguf *gguf, tl_error *err);

/**
 * tl_gguf_read:
 * @buffer: [size]
 * @data: [size] in a tensor's data
 * @size: in bytes
 *
 * Reads them from the file, so that the map's pages need not come into memory: for those who look at
 * much of it once. Thread-safe.
 * Returns: @buffer, or @data itself when there is no file or it cannot be read
 */
const void *tl_gguf_read (const tl_gguf *gguf, void *buffer, const void *data, size_t size);

/**
 * tl_gguf_get_n_tensors:
 * Returns: how many tensors the file has
 */
size_t tl_gguf_get_n_tensors (const tl_gguf *gguf);

/**
 * tl_gguf_get_tensor:
 * @i: less than tl_gguf_get_n_tensors()
 *
 * Returns: (transfer none): in the order of the file
 */
const tl_tensor_info *tl_gguf_get_tensor (const tl_gguf *gguf, size_t i);

/**
 * tl_gguf_find_tensor:
 * @name: e.g. "blk.0.attn_q.weight"
 *
 * Returns: (transfer none) (nullable): the tensor of that name
 */
const tl_tensor_info *tl_gguf_find_tensor (const tl_gguf *gguf, const char *name);

/**
 * tl_gguf_has:
 * @key: e.g. "general.name"
 *
 * Returns: whether the file has that key, of whatever kind
 */
bool tl_gguf_has (const tl_gguf *gguf, const char *key);

/**
 * tl_gguf_get_u64:
 * @key: of an integer of any width
 * @value: (out): left alone on false, so that a default can be set before
 *
 * Returns: whether the key is there, of that kind and not negative
 */
bool tl_gguf_get_u64 (const tl_gguf *gguf, const char *key, uint64_t *value);

/**
 * tl_gguf_get_f64:
 * @key: of any integer or float
 * @value: (out): left alone on false
 *
 * Returns: whether the key is there and of that kind
 */
bool tl_gguf_get_f64 (const tl_gguf *gguf, const char *key, double *value);

/**
 * tl_gguf_get_bool:
 * @key: of a boolean
 * @value: (out): left alone on false
 *
 * Returns: whether the key is there and of that kind
 */
bool tl_gguf_get_bool (const tl_gguf *gguf, const char *key, bool *value);

/**
 * tl_gguf_get_string:
 * @key: of a string
 * @value: (out): borrowed; left alone on false
 *
 * Returns: whether the key is there and of that kind
 */
bool tl_gguf_get_string (const tl_gguf *gguf, const char *key, tl_str *value);

/**
 * tl_gguf_get_array:
 * @key: of an array
 * @type: (out): of its elements
 * @n: (out): how many
 *
 * Returns: whether the key is there and of that kind
 */
bool tl_gguf_get_array (const tl_gguf *gguf, const char *key, tl_gguf_type *type, size_t *n);

/**
 * tl_gguf_array_string:
 * @key: of an array of strings
 * @i: of the element
 *
 * O(1). Returns: borrowed; {NULL, 0} when there is no such element
 */
tl_str tl_gguf_array_string (const tl_gguf *gguf, const char *key, size_t i);

/**
 * tl_gguf_array_f64:
 * @key: of an array of numbers
 * @i: of the element
 * @value: (out): left alone on false
 *
 * O(1). Returns: whether there is such an element
 */
bool tl_gguf_array_f64 (const tl_gguf *gguf, const char *key, size_t i, double *value);

/**
 * tl_gguf_array_i64:
 * @key: of an array of integers
 * @i: of the element
 * @value: (out): left alone on false
 *
 * O(1). Returns: whether there is such an element
 */
bool tl_gguf_array_i64 (const tl_gguf *gguf, const char *key, size_t i, int64_t *value);

/* Collects keys and tensors, then writes the whole file at once, atomically. All data is copied except
 * tensor data, which is borrowed until tl_gguf_writer_save(). An allocation that fails is remembered and
 * reported by save. */
typedef struct tl_gguf_writer tl_gguf_writer;

/**
 * tl_gguf_writer_new:
 * Returns: (transfer full) (nullable): NULL when there is no memory
 */
tl_gguf_writer *tl_gguf_writer_new (void);

/**
 * tl_gguf_writer_free:
 * @w: (nullable): what was not saved is lost
 */
void tl_gguf_writer_free (tl_gguf_writer *w);

/**
 * tl_gguf_writer_u32:
 * @key: not there yet
 * @value: of the key
 */
void tl_gguf_writer_u32 (tl_gguf_writer *w, const char *key, uint32_t value);

/**
 * tl_gguf_writer_u64:
 * @key: not there yet
 * @value: of the key
 */
void tl_gguf_writer_u64 (tl_gguf_writer *w, const char *key, uint64_t value);

/**
 * tl_gguf_writer_f32:
 * @key: not there yet
 * @value: of the key
 */
void tl_gguf_writer_f32 (tl_gguf_writer *w, const char *key, float value);

/**
 * tl_gguf_writer_bool:
 * @key: not there yet
 * @value: of the key
 */
void tl_gguf_writer_bool (tl_gguf_writer *w, const char *key, bool value);

/**
 * tl_gguf_writer_string:
 * @key: not there yet
 * @value: of the key
 */
void tl_gguf_writer_string (tl_gguf_writer *w, const char *key, const char *value);

/**
 * tl_gguf_writer_strings:
 * @key: not there yet
 * @values: [n] of the array
 * @n: how many
 */
void tl_gguf_writer_strings (tl_gguf_writer *w, const char *key, const tl_str *values, size_t n);

/**
 * tl_gguf_writer_i32s:
 * @key: not there yet
 * @values: [n] of the array
 * @n: how many
 */
void tl_gguf_writer_i32s (tl_gguf_writer *w, const char *key, const int32_t *values, size_t n);

/**
 * tl_gguf_writer_f32s:
 * @key: not there yet
 * @values: [n] of the array
 * @n: how many
 */
void tl_gguf_writer_f32s (tl_gguf_writer *w, const char *key, const float *values, size_t n);

/**
 * tl_gguf_writer_keys:
 * @from: whose keys are copied, but not its tensors; stays open until tl_gguf_writer_save(), which fails
 * when @from turns out to be cut (tl_gguf_check_whole()), since tensors are copied from it mostly
 * @except: a list that ends with NULL, where "a.b." stands for all that begin so; general.alignment and
 * what says that @from is several files ("split."), which are not true of the new one, are left out in any
 * case
 */
void tl_gguf_writer_keys (tl_gguf_writer *w, const tl_gguf *from, const char *const *except);

/**
 * tl_gguf_writer_tensor:
 * @name: not there yet
 * @type: of @data
 * @n_dims: 1 to TL_MAX_DIMS
 * @dims: [n_dims], the row length first
 * @data: borrowed until tl_gguf_writer_save()
 */
void tl_gguf_writer_tensor (tl_gguf_writer *w, const char *name, tl_type type, uint32_t n_dims,
                            const uint64_t *dims, const void *data);

/**
 * tl_gguf_writer_save:
 * @path: untouched on failure
 *
 * Fails also when memory was short for something that was collected.
 */
bool tl_gguf_writer_save (tl_gguf_writer *w, const char *path, tl_error *err);

#pragma GCC visibility pop
