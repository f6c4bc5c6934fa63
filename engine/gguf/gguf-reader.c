/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a GGUF file: header, keys, tensor table, data section. This is the one place where the
 * bytes are not trusted: a cursor hands out what remains and nothing more, counts are checked
 * against the least that their items need, and no product is made before it is known to fit. */
#include "gguf/gguf-private.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const uint8_t *at;
  size_t         left;
} cursor;

/* The least bytes of the file that one key or tensor takes; bounds a count before it is used. */
#define MIN_KV_BYTES (8 + 4 + 1)
#define MIN_TENSOR_BYTES (8 + 4 + 8 + 4 + 8)

static bool
take (cursor *c, void *dst, size_t n)
{
  if (c->left < n)
    return false;
  memcpy (dst, c->at, n);
  c->at += n;
  c->left -= n;
  return true;
}

static bool
take_bytes (cursor *c, uint64_t n, const uint8_t **bytes)
{
  if (c->left < n)
    return false;
  *bytes = c->at;
  c->at += n;
  c->left -= (size_t) n;
  return true;
}

static bool
take_string (cursor *c, tl_str *s)
{
  uint64_t len;
  const uint8_t *bytes;

  if (!take (c, &len, sizeof len) || !take_bytes (c, len, &bytes))
    return false;
  *s = (tl_str) { (const char *) bytes, (size_t) len };
  return true;
}

typedef struct
{
  char text[80];
} label;

/* A name from the file made fit for a message: printable ASCII, cut to a readable length. */
static label
label_of (tl_str s)
{
  label l = { "" };
  size_t n = s.len < sizeof l.text - 1 ? s.len : sizeof l.text - 1;

  for (size_t i = 0; i < n; i++)
    l.text[i] = s.data[i] >= 0x20 && s.data[i] < 0x7f ? s.data[i] : '?';
  return l;
}

static bool
error_cut (tl_error *err, tl_str where)
{
  return tl_error_set (err, TL_ERROR_FORMAT, "%s: the file ends inside it", label_of (where).text);
}

/* Each element of an array of strings is found once here, so that later access is O(1). */
static bool
read_strings (cursor *c, tl_gguf_kv *kv, tl_error *err)
{
  kv->strings = malloc ((kv->n_items > 0 ? kv->n_items : 1) * sizeof *kv->strings);
  if (kv->strings == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: out of memory", label_of (kv->key).text);
  for (size_t i = 0; i < kv->n_items; i++)
    if (!take_string (c, &kv->strings[i]))
      return error_cut (err, kv->key);
  return true;
}

static bool
check_bools (const tl_gguf_kv *kv, size_t n, tl_error *err)
{
  for (size_t i = 0; i < n; i++)
    if (kv->data[i] > 1)
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: %u is neither true nor false",
                           label_of (kv->key).text, kv->data[i]);
  return true;
}

static bool
read_array (cursor *c, tl_gguf_kv *kv, tl_error *err)
{
  uint64_t n;
  size_t size;

  if (!take (c, &kv->item_type, sizeof kv->item_type) || !take (c, &n, sizeof n))
    return error_cut (err, kv->key);
  size = kv->item_type == TL_GGUF_STRING ? 8 : tl_gguf_scalar_size (kv->item_type);
  if (size == 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: an array of type %u cannot be read",
                         label_of (kv->key).text, kv->item_type);
  if (n > c->left / size)
    return error_cut (err, kv->key);
  kv->n_items = (size_t) n;
  if (kv->item_type == TL_GGUF_STRING)
    return read_strings (c, kv, err);
  take_bytes (c, n * size, &kv->data);
  return kv->item_type != TL_GGUF_BOOL || check_bools (kv, kv->n_items, err);
}

static bool
read_value (cursor *c, tl_gguf_kv *kv, tl_error *err)
{
  size_t size = tl_gguf_scalar_size (kv->type);

  if (kv->type == TL_GGUF_STRING)
    return take_string (c, &kv->string) || error_cut (err, kv->key);
  if (kv->type == TL_GGUF_ARRAY)
    return read_array (c, kv, err);
  if (size == 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %u is not a type of value",
                         label_of (kv->key).text, kv->type);
  if (!take_bytes (c, size, &kv->data))
    return error_cut (err, kv->key);
  return kv->type != TL_GGUF_BOOL || check_bools (kv, 1, err);
}

static int
compare_kvs (const void *a, const void *b)
{
  return tl_gguf_compare (((const tl_gguf_kv *) a)->key, ((const tl_gguf_kv *) b)->key);
}

static bool
read_kvs (tl_gguf *g, cursor *c, uint64_t n, tl_error *err)
{
  if (n > c->left / MIN_KV_BYTES)
    return tl_error_set (err, TL_ERROR_FORMAT, "the file is too short for its number of keys");
  g->kvs = calloc (n > 0 ? (size_t) n : 1, sizeof *g->kvs);
  if (g->kvs == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for the file's keys");
  for (; g->n_kvs < n; g->n_kvs++)
    {
      tl_gguf_kv *kv = &g->kvs[g->n_kvs];

      if (!take_string (c, &kv->key) || !take (c, &kv->type, sizeof kv->type))
        return tl_error_set (err, TL_ERROR_FORMAT, "the file ends inside its keys");
      if (!read_value (c, kv, err))
        {
          g->n_kvs++; /* what it may own already is freed with the rest */
          return false;
        }
    }
  qsort (g->kvs, g->n_kvs, sizeof *g->kvs, compare_kvs);
  for (size_t i = 1; i < g->n_kvs; i++)
    if (compare_kvs (&g->kvs[i - 1], &g->kvs[i]) == 0)
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: the key is there twice",
                           label_of (g->kvs[i].key).text);
  return true;
}

/* Bytes of the tensor; the row must be whole blocks and no product may overflow. */
static bool
measure_tensor (tl_tensor_info *t, tl_error *err)
{
  const tl_type_info *type = tl_type_get_info ((uint32_t) t->type);
  uint64_t size;

  for (uint32_t d = 0; d < t->n_dims; d++)
    if (t->dims[d] == 0)
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: dimension %u is 0", t->name, d);
  if (t->dims[0] % type->block_len != 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: rows of %llu are not whole blocks of %s",
                         t->name, (unsigned long long) t->dims[0], type->name);
  size = t->dims[0] / type->block_len;
  if (size > SIZE_MAX / type->block_bytes)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: the shape is beyond any memory", t->name);
  size *= type->block_bytes;
  for (uint32_t d = 1; d < t->n_dims; d++)
    {
      if (t->dims[d] > SIZE_MAX / size)
        return tl_error_set (err, TL_ERROR_FORMAT, "%s: the shape is beyond any memory", t->name);
      size *= t->dims[d];
    }
  t->size = (size_t) size;
  return true;
}

/* Names are printable ASCII in every model there is; so they can stand in messages as they are. */
static bool
read_tensor_name (cursor *c, tl_gguf_tensor *t, tl_error *err)
{
  tl_str name;

  if (!take_string (c, &name))
    return tl_error_set (err, TL_ERROR_FORMAT, "the file ends inside its table of tensors");
  for (size_t i = 0; i < name.len && i <= TL_GGUF_MAX_NAME; i++)
    if (i == TL_GGUF_MAX_NAME || name.data[i] < 0x20 || name.data[i] > 0x7e)
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: not a name for a tensor",
                           label_of (name).text);
  memcpy (t->name, name.data, name.len);
  t->info.name = t->name;
  return true;
}

static bool
read_tensor (cursor *c, tl_gguf_tensor *t, tl_error *err)
{
  uint32_t type;

  if (!read_tensor_name (c, t, err))
    return false;
  if (!take (c, &t->info.n_dims, sizeof t->info.n_dims))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: the file ends inside it", t->name);
  if (t->info.n_dims < 1 || t->info.n_dims > TL_MAX_DIMS)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %u dimensions, expected 1 to %d", t->name,
                         t->info.n_dims, TL_MAX_DIMS);
  for (uint32_t d = 0; d < TL_MAX_DIMS; d++)
    t->info.dims[d] = 1;
  if (!take (c, t->info.dims, t->info.n_dims * sizeof t->info.dims[0])
      || !take (c, &type, sizeof type) || !take (c, &t->offset, sizeof t->offset))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: the file ends inside it", t->name);
  if (tl_type_get_info (type) == NULL)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: weights of type %u cannot be read",
                         t->name, type);
  t->info.type = (tl_type) type;
  return measure_tensor (&t->info, err);
}

static int
compare_tensors (const void *a, const void *b)
{
  return strcmp ((*(tl_gguf_tensor *const *) a)->name, (*(tl_gguf_tensor *const *) b)->name);
}

bool
tl_gguf_index_tensors (tl_gguf *g, tl_error *err)
{
  for (size_t i = 0; i < g->n_tensors; i++)
    g->by_name[i] = &g->tensors[i];
  qsort (g->by_name, g->n_tensors, sizeof *g->by_name, compare_tensors);
  for (size_t i = 1; i < g->n_tensors; i++)
    if (strcmp (g->by_name[i - 1]->name, g->by_name[i]->name) == 0)
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: the tensor is there twice",
                           g->by_name[i]->name);
  return true;
}

static bool
read_tensors (tl_gguf *g, cursor *c, uint64_t n, tl_error *err)
{
  if (n > c->left / MIN_TENSOR_BYTES)
    return tl_error_set (err, TL_ERROR_FORMAT, "the file is too short for its number of tensors");
  g->tensors = calloc (n > 0 ? (size_t) n : 1, sizeof *g->tensors);
  g->by_name = calloc (n > 0 ? (size_t) n : 1, sizeof *g->by_name);
  if (g->tensors == NULL || g->by_name == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for the file's table of tensors");
  g->n_tensors = (size_t) n;
  for (size_t i = 0; i < g->n_tensors; i++)
    if (!read_tensor (c, &g->tensors[i], err))
      return false;
  return tl_gguf_index_tensors (g, err);
}

static bool
read_alignment (const tl_gguf *g, uint64_t *alignment, tl_error *err)
{
  *alignment = TL_GGUF_DEFAULT_ALIGNMENT;
  if (tl_gguf_has (g, "general.alignment")
      && !tl_gguf_get_u64 (g, "general.alignment", alignment))
    return tl_error_set (err, TL_ERROR_FORMAT, "general.alignment: not a whole number");
  if (*alignment < 8 || *alignment > 1u << 30 || (*alignment & (*alignment - 1)) != 0)
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "general.alignment: %llu is not a power of two from 8 to 2^30",
                         (unsigned long long) *alignment);
  return true;
}

/* Gives each tensor its bytes. @c stands at the end of the tensor table. */
static bool
place_tensors (tl_gguf *g, const cursor *c, tl_error *err)
{
  uint64_t alignment, begin, available;

  if (!read_alignment (g, &alignment, err))
    return false;
  begin = (uint64_t) (c->at - g->data);
  begin = (begin + alignment - 1) / alignment * alignment;
  available = begin <= g->size ? g->size - begin : 0;
  for (size_t i = 0; i < g->n_tensors; i++)
    {
      tl_gguf_tensor *t = &g->tensors[i];

      if (t->offset % alignment != 0)
        return tl_error_set (err, TL_ERROR_FORMAT, "%s: its data is not aligned to %llu bytes",
                             t->name, (unsigned long long) alignment);
      if (t->offset > available || t->info.size > available - t->offset)
        return tl_error_set (err, TL_ERROR_FORMAT, "%s: its data reaches beyond the file's end",
                             t->name);
      t->info.data = g->data + begin + t->offset;
    }
  return true;
}

static bool
read_header (cursor *c, uint64_t *n_tensors, uint64_t *n_kvs, tl_error *err)
{
  uint32_t magic, version;

  if (!take (c, &magic, sizeof magic) || magic != TL_GGUF_MAGIC)
    return tl_error_set (err, TL_ERROR_FORMAT, "not a GGUF file");
  if (!take (c, &version, sizeof version))
    return tl_error_set (err, TL_ERROR_FORMAT, "the file ends inside its header");
  if ((version & 0xffff) == 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "a big-endian GGUF file");
  /* Version 2 has the layout of 3. Version 1 had 32-bit lengths and is extinct. */
  if (version != TL_GGUF_VERSION && version != 2)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "GGUF version %u; 2 and 3 can be read",
                         version);
  if (!take (c, n_tensors, sizeof *n_tensors) || !take (c, n_kvs, sizeof *n_kvs))
    return tl_error_set (err, TL_ERROR_FORMAT, "the file ends inside its header");
  return true;
}

static bool
read_all (tl_gguf *g, tl_error *err)
{
  cursor c = { g->data, g->size };
  uint64_t n_tensors = 0, n_kvs = 0;

  return read_header (&c, &n_tensors, &n_kvs, err)
         && read_kvs (g, &c, n_kvs, err)
         && read_tensors (g, &c, n_tensors, err)
         && place_tensors (g, &c, err);
}

tl_gguf *
tl_gguf_open_memory (const void *data, size_t size, tl_error *err)
{
  tl_gguf *g;

  if (data == NULL || (uintptr_t) data % 8 != 0)
    {
      tl_error_set (err, TL_ERROR_ARGUMENT, "a GGUF file in memory must be aligned to 8 bytes");
      return NULL;
    }
  g = calloc (1, sizeof *g);
  if (g == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "out of memory");
      return NULL;
    }
  g->data = data;
  g->size = size;
  if (!read_all (g, err))
    {
      tl_gguf_close (g);
      return NULL;
    }
  return g;
}

tl_gguf *
tl_gguf_open_one (const char *path, tl_error *err)
{
  tl_map map;
  tl_gguf *g;

  if (!tl_map_open (&map, path, err))
    return NULL;
  g = tl_gguf_open_memory (map.data, map.size, err);
  if (g == NULL)
    tl_map_close (&map);
  else
    g->map = map;
  return g;
}

tl_gguf *
tl_gguf_open (const char *path, tl_error *err)
{
  tl_gguf *g = tl_gguf_open_one (path, err);

  if (g == NULL || tl_gguf_open_rest (g, path, err))
    return g;
  tl_gguf_close (g);
  return NULL;
}

static bool
holds (const tl_gguf *g, const void *data)
{
  uintptr_t at = (uintptr_t) data, begin = (uintptr_t) g->data;

  return at >= begin && at - begin < g->size;
}

const void *
tl_gguf_read (const tl_gguf *g, void *buffer, const void *data, size_t size)
{
  for (size_t i = 0; i < g->n_parts && !holds (g, data); i++)
    if (holds (g->parts[i], data))
      g = g->parts[i];
  return g->map.data != NULL && tl_map_read (&g->map, buffer, data, size) ? buffer : data;
}

bool
tl_gguf_check_whole (const tl_gguf *g, tl_error *err)
{
  bool whole = tl_map_is_whole (&g->map);

  for (size_t i = 0; i < g->n_parts; i++)
    whole = whole && tl_map_is_whole (&g->parts[i]->map);
  return whole || tl_error_set (err, TL_ERROR_IO, "the file was cut short while it was in use");
}

void
tl_gguf_close (tl_gguf *g)
{
  if (g == NULL)
    return;
  for (size_t i = 0; i < g->n_kvs; i++)
    free (g->kvs[i].strings);
  free (g->kvs);
  free (g->tensors);
  free (g->by_name);
  for (size_t i = 0; i < g->n_parts; i++)
    tl_gguf_close (g->parts[i]);
  free (g->parts);
  tl_map_close (&g->map);
  free (g);
}
