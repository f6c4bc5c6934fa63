/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a GGUF v3 file: keys and tensor headers are appended to two buffers as they come; behind them
 * save writes the padded tensor data from where it lies, and the whole replaces the file atomically. */
#include "gguf/gguf-copy.h"

#include "gguf/gguf-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  uint8_t *data;
  size_t   size, capacity;
  bool     failed; /* an allocation failed: what follows is dropped, save reports it */
} buffer;

struct tl_gguf_writer
{
  buffer   kvs, headers;
  buffer   pieces; /* of type tl_piece: each tensor's data, and what fills it up */
  uint64_t n_kvs, n_tensors;
  uint64_t offset; /* of the next tensor in the data section */
  const tl_gguf *from; /* whose keys were copied; or NULL */
};

static void
put (buffer *b, const void *data, size_t n)
{
  if (b->failed || n == 0)
    return;
  if (n > b->capacity - b->size)
    {
      size_t capacity = b->capacity * 2 > b->size + n ? b->capacity * 2 : b->size + n + 256;
      uint8_t *grown = realloc (b->data, capacity);

      if (grown == NULL)
        {
          b->failed = true;
          return;
        }
      b->data = grown;
      b->capacity = capacity;
    }
  memcpy (b->data + b->size, data, n);
  b->size += n;
}

static void
put_u32 (buffer *b, uint32_t v)
{
  put (b, &v, sizeof v);
}

static void
put_u64 (buffer *b, uint64_t v)
{
  put (b, &v, sizeof v);
}

static void
put_string (buffer *b, const char *s, size_t len)
{
  put_u64 (b, len);
  put (b, s, len);
}

static uint64_t
align (uint64_t n)
{
  return (n + TL_GGUF_DEFAULT_ALIGNMENT - 1) / TL_GGUF_DEFAULT_ALIGNMENT
         * TL_GGUF_DEFAULT_ALIGNMENT;
}

tl_gguf_writer *
tl_gguf_writer_new (void)
{
  return calloc (1, sizeof (tl_gguf_writer));
}

void
tl_gguf_writer_free (tl_gguf_writer *w)
{
  if (w == NULL)
    return;
  free (w->kvs.data);
  free (w->headers.data);
  free (w->pieces.data);
  free (w);
}

static buffer *
begin_kv (tl_gguf_writer *w, const char *key, tl_gguf_type type)
{
  w->n_kvs++;
  put_string (&w->kvs, key, strlen (key));
  put_u32 (&w->kvs, type);
  return &w->kvs;
}

static buffer *
begin_array (tl_gguf_writer *w, const char *key, tl_gguf_type type, size_t n)
{
  buffer *b = begin_kv (w, key, TL_GGUF_ARRAY);

  put_u32 (b, type);
  put_u64 (b, n);
  return b;
}

void
tl_gguf_writer_u32 (tl_gguf_writer *w, const char *key, uint32_t value)
{
  put_u32 (begin_kv (w, key, TL_GGUF_U32), value);
}

void
tl_gguf_writer_u64 (tl_gguf_writer *w, const char *key, uint64_t value)
{
  put_u64 (begin_kv (w, key, TL_GGUF_U64), value);
}

void
tl_gguf_writer_f32 (tl_gguf_writer *w, const char *key, float value)
{
  put (begin_kv (w, key, TL_GGUF_F32), &value, sizeof value);
}

void
tl_gguf_writer_bool (tl_gguf_writer *w, const char *key, bool value)
{
  uint8_t byte = value;

  put (begin_kv (w, key, TL_GGUF_BOOL), &byte, 1);
}

void
tl_gguf_writer_string (tl_gguf_writer *w, const char *key, const char *value)
{
  put_string (begin_kv (w, key, TL_GGUF_STRING), value, strlen (value));
}

void
tl_gguf_writer_strings (tl_gguf_writer *w, const char *key, const tl_str *values, size_t n)
{
  buffer *b = begin_array (w, key, TL_GGUF_STRING, n);

  for (size_t i = 0; i < n; i++)
    put_string (b, values[i].data, values[i].len);
}

void
tl_gguf_writer_i32s (tl_gguf_writer *w, const char *key, const int32_t *values, size_t n)
{
  put (begin_array (w, key, TL_GGUF_I32, n), values, n * sizeof *values);
}

void
tl_gguf_writer_f32s (tl_gguf_writer *w, const char *key, const float *values, size_t n)
{
  put (begin_array (w, key, TL_GGUF_F32, n), values, n * sizeof *values);
}

/* A name that ends with a point is the beginning of keys. */
static bool
is_one_of (tl_str key, const char *const *names)
{
  for (; *names != NULL; names++)
    {
      size_t len = strlen (*names);
      bool group = len > 0 && (*names)[len - 1] == '.';

      if ((len == key.len || (group && len < key.len)) && memcmp (*names, key.data, len) == 0)
        return true;
    }
  return false;
}

static void
copy_kv (tl_gguf_writer *w, const tl_gguf_kv *kv)
{
  buffer *b = &w->kvs;

  w->n_kvs++;
  put_string (b, kv->key.data, kv->key.len);
  put_u32 (b, kv->type);
  if (kv->type == TL_GGUF_STRING)
    put_string (b, kv->string.data, kv->string.len);
  else if (kv->type != TL_GGUF_ARRAY)
    put (b, kv->data, tl_gguf_scalar_size (kv->type));
  else
    {
      put_u32 (b, kv->item_type);
      put_u64 (b, kv->n_items);
      for (size_t i = 0; kv->item_type == TL_GGUF_STRING && i < kv->n_items; i++)
        put_string (b, kv->strings[i].data, kv->strings[i].len);
      if (kv->item_type != TL_GGUF_STRING)
        put (b, kv->data, kv->n_items * tl_gguf_scalar_size (kv->item_type));
    }
}

void
tl_gguf_writer_keys (tl_gguf_writer *w, const tl_gguf *from, const char *const *except)
{
  static const char *const own[] = { "general.alignment", "split.", NULL };

  w->from = from;
  for (size_t i = 0; i < from->n_kvs; i++)
    if (!is_one_of (from->kvs[i].key, own) && !is_one_of (from->kvs[i].key, except))
      copy_kv (w, &from->kvs[i]);
}

void
tl_gguf_writer_copy (tl_gguf_writer *w, const tl_gguf *from, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    {
      const tl_gguf_kv *kv = tl_gguf_find_kv (from, *keys);

      if (kv != NULL)
        copy_kv (w, kv);
    }
}

static const uint8_t zeros[TL_GGUF_DEFAULT_ALIGNMENT];

void
tl_gguf_writer_tensor (tl_gguf_writer *w, const char *name, tl_type type, uint32_t n_dims,
                       const uint64_t *dims, const void *data)
{
  size_t size = tl_type_row_bytes (type, dims[0]);
  tl_piece filling = { zeros, 0 }, piece = { data, 0 };

  assert (n_dims >= 1 && n_dims <= TL_MAX_DIMS && size > 0 && strlen (name) <= TL_GGUF_MAX_NAME);
  for (uint32_t d = 1; d < n_dims; d++)
    size *= dims[d];
  put_string (&w->headers, name, strlen (name));
  put_u32 (&w->headers, n_dims);
  put (&w->headers, dims, n_dims * sizeof *dims);
  put_u32 (&w->headers, (uint32_t) type);
  put_u64 (&w->headers, w->offset);
  piece.size = size;
  filling.size = (size_t) align (size) - size;
  put (&w->pieces, &piece, sizeof piece);
  put (&w->pieces, &filling, sizeof filling);
  w->offset = align (w->offset + size);
  w->n_tensors++;
}

/* What stands before the tensors' data. */
static void
put_head (const tl_gguf_writer *w, buffer *head)
{
  put_u32 (head, TL_GGUF_MAGIC);
  put_u32 (head, TL_GGUF_VERSION);
  put_u64 (head, w->n_tensors);
  put_u64 (head, w->n_kvs);
  put (head, w->kvs.data, w->kvs.size);
  put (head, w->headers.data, w->headers.size);
  put (head, zeros, (size_t) align (head->size) - head->size);
}

static bool
is_source_whole (const void *data, tl_error *err)
{
  const tl_gguf_writer *w = data;

  return w->from == NULL || tl_gguf_check_whole (w->from, err);
}

bool
tl_gguf_writer_save (tl_gguf_writer *w, const char *path, tl_error *err)
{
  bool failed = w->kvs.failed || w->headers.failed || w->pieces.failed;
  buffer head = { NULL, 0, 0, failed }, all = { NULL, 0, 0, failed };
  bool ok;

  put_head (w, &head);
  put (&all, &(tl_piece) { head.data, head.size }, sizeof (tl_piece));
  put (&all, w->pieces.data, w->pieces.size);
  if (head.failed || all.failed)
    ok = tl_error_set (err, TL_ERROR_MEMORY, "%s: out of memory", path);
  else
    ok = tl_file_replace_pieces (path, (const tl_piece *) (const void *) all.data,
                                 all.size / sizeof (tl_piece), is_source_whole, w, err);
  free (head.data);
  free (all.data);
  return ok;
}
