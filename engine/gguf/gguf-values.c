/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a GGUF file that has been read: keys and tensors by binary search, values
 * converted to the widest type of their kind. Nothing here can meet malformed data any more. */
#include "gguf/gguf-private.h"

#include <stdlib.h>
#include <string.h>

size_t
tl_gguf_scalar_size (uint32_t type)
{
  static const uint8_t sizes[] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

  return type < sizeof sizes ? sizes[type] : 0;
}

bool
tl_str_is (tl_str s, const char *text)
{
  return s.len == strlen (text) && (s.len == 0 || memcmp (s.data, text, s.len) == 0);
}

int
tl_gguf_compare (tl_str a, tl_str b)
{
  size_t n = a.len < b.len ? a.len : b.len;
  int order = n > 0 ? memcmp (a.data, b.data, n) : 0;

  if (order != 0)
    return order;
  return (a.len > b.len) - (a.len < b.len);
}

static int
compare_key (const void *key, const void *kv)
{
  return tl_gguf_compare (*(const tl_str *) key, ((const tl_gguf_kv *) kv)->key);
}

const tl_gguf_kv *
tl_gguf_find_kv (const tl_gguf *gguf, const char *key)
{
  tl_str wanted = { key, strlen (key) };

  if (gguf->n_kvs == 0)
    return NULL;
  return bsearch (&wanted, gguf->kvs, gguf->n_kvs, sizeof *gguf->kvs, compare_key);
}

static int
compare_name (const void *name, const void *tensor)
{
  return strcmp (name, (*(tl_gguf_tensor *const *) tensor)->name);
}

size_t
tl_gguf_get_n_tensors (const tl_gguf *gguf)
{
  return gguf->n_tensors;
}

const tl_tensor_info *
tl_gguf_get_tensor (const tl_gguf *gguf, size_t i)
{
  return i < gguf->n_tensors ? &gguf->tensors[i].info : NULL;
}

const tl_tensor_info *
tl_gguf_find_tensor (const tl_gguf *gguf, const char *name)
{
  tl_gguf_tensor **found;

  if (gguf->n_tensors == 0)
    return NULL;
  found = bsearch (name, gguf->by_name, gguf->n_tensors, sizeof *gguf->by_name, compare_name);
  return found != NULL ? &(*found)->info : NULL;
}

bool
tl_gguf_has (const tl_gguf *gguf, const char *key)
{
  return tl_gguf_find_kv (gguf, key) != NULL;
}

/* An integer of any width as sign and magnitude, which holds all of u64 and i64. */
static bool
load_integer (uint32_t type, const uint8_t *data, bool *negative, uint64_t *magnitude)
{
  size_t size = tl_gguf_scalar_size (type);
  bool is_signed = type == TL_GGUF_I8 || type == TL_GGUF_I16 || type == TL_GGUF_I32
                   || type == TL_GGUF_I64;
  uint64_t v = 0;

  if (!is_signed && type != TL_GGUF_U8 && type != TL_GGUF_U16 && type != TL_GGUF_U32
      && type != TL_GGUF_U64)
    return false;
  memcpy (&v, data, size);
  *negative = is_signed && v >> (8 * size - 1) != 0;
  if (*negative && size < 8)
    v |= UINT64_MAX << (8 * size);
  *magnitude = *negative ? -v : v;
  return true;
}

static bool
load_f64 (uint32_t type, const uint8_t *data, double *value)
{
  bool negative;
  uint64_t magnitude;
  float f;

  if (type == TL_GGUF_F32)
    {
      memcpy (&f, data, sizeof f);
      *value = (double) f;
      return true;
    }
  if (type == TL_GGUF_F64)
    {
      memcpy (value, data, sizeof *value);
      return true;
    }
  if (!load_integer (type, data, &negative, &magnitude))
    return false;
  *value = negative ? -(double) magnitude : (double) magnitude;
  return true;
}

bool
tl_gguf_get_u64 (const tl_gguf *gguf, const char *key, uint64_t *value)
{
  const tl_gguf_kv *kv = tl_gguf_find_kv (gguf, key);
  bool negative;
  uint64_t magnitude;

  if (kv == NULL || !load_integer (kv->type, kv->data, &negative, &magnitude) || negative)
    return false;
  *value = magnitude;
  return true;
}

bool
tl_gguf_get_f64 (const tl_gguf *gguf, const char *key, double *value)
{
  const tl_gguf_kv *kv = tl_gguf_find_kv (gguf, key);

  return kv != NULL && load_f64 (kv->type, kv->data, value);
}

bool
tl_gguf_get_bool (const tl_gguf *gguf, const char *key, bool *value)
{
  const tl_gguf_kv *kv = tl_gguf_find_kv (gguf, key);

  if (kv == NULL || kv->type != TL_GGUF_BOOL)
    return false;
  *value = kv->data[0] != 0;
  return true;
}

bool
tl_gguf_get_string (const tl_gguf *gguf, const char *key, tl_str *value)
{
  const tl_gguf_kv *kv = tl_gguf_find_kv (gguf, key);

  if (kv == NULL || kv->type != TL_GGUF_STRING)
    return false;
  *value = kv->string;
  return true;
}

static const tl_gguf_kv *
find_array (const tl_gguf *gguf, const char *key)
{
  const tl_gguf_kv *kv = tl_gguf_find_kv (gguf, key);

  return kv != NULL && kv->type == TL_GGUF_ARRAY ? kv : NULL;
}

bool
tl_gguf_get_array (const tl_gguf *gguf, const char *key, tl_gguf_type *type, size_t *n)
{
  const tl_gguf_kv *kv = find_array (gguf, key);

  if (kv == NULL)
    return false;
  *type = (tl_gguf_type) kv->item_type;
  *n = kv->n_items;
  return true;
}

tl_str
tl_gguf_array_string (const tl_gguf *gguf, const char *key, size_t i)
{
  const tl_gguf_kv *kv = find_array (gguf, key);

  if (kv == NULL || kv->item_type != TL_GGUF_STRING || i >= kv->n_items)
    return (tl_str) { NULL, 0 };
  return kv->strings[i];
}

/* The bytes of a scalar element; NULL when there is none. */
static const uint8_t *
find_scalar (const tl_gguf *gguf, const char *key, size_t i, uint32_t *type)
{
  const tl_gguf_kv *kv = find_array (gguf, key);

  if (kv == NULL || i >= kv->n_items || kv->item_type == TL_GGUF_STRING)
    return NULL;
  *type = kv->item_type;
  return kv->data + i * tl_gguf_scalar_size (kv->item_type);
}

bool
tl_gguf_array_f64 (const tl_gguf *gguf, const char *key, size_t i, double *value)
{
  uint32_t type;
  const uint8_t *data = find_scalar (gguf, key, i, &type);

  return data != NULL && load_f64 (type, data, value);
}

bool
tl_gguf_array_i64 (const tl_gguf *gguf, const char *key, size_t i, int64_t *value)
{
  uint32_t type;
  const uint8_t *data = find_scalar (gguf, key, i, &type);
  bool negative;
  uint64_t magnitude;

  if (data == NULL || !load_integer (type, data, &negative, &magnitude)
      || (!negative && magnitude > INT64_MAX))
    return false;
  *value = negative ? (int64_t) -magnitude : (int64_t) magnitude;
  return true;
}
