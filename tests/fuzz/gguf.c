/* SPDX-License-Identifier: Apache-2.0 */
/* GGUF as such: keys of all kinds through every getter, tensors, the conversion of each type. */
#include "fuzz.h"

#include "gguf/gguf-private.h"

static volatile unsigned sink;

static void
touch_key (const tl_gguf *g, const tl_gguf_kv *kv)
{
  char *key = fuzz_text ((const uint8_t *) kv->key.data, kv->key.len);
  tl_gguf_type type;
  tl_str s = { NULL, 0 };
  uint64_t u;
  int64_t i64;
  double f;
  bool b;
  size_t n = 0;

  tl_gguf_has (g, key);
  tl_gguf_get_u64 (g, key, &u);
  tl_gguf_get_f64 (g, key, &f);
  tl_gguf_get_bool (g, key, &b);
  if (tl_gguf_get_string (g, key, &s) && s.len > 0)
    sink += (unsigned) s.data[0] + (unsigned) s.data[s.len - 1];
  tl_gguf_get_array (g, key, &type, &n);
  for (size_t i = 0; i <= n; i += 1 + i / 2)
    {
      tl_gguf_array_f64 (g, key, i, &f);
      tl_gguf_array_i64 (g, key, i, &i64);
      s = tl_gguf_array_string (g, key, i);
      if (s.len > 0)
        sink += (unsigned) s.data[0] + (unsigned) s.data[s.len - 1];
    }
  free (key);
}

static void
touch_tensor (const tl_gguf *g, const tl_tensor_info *t)
{
  const tl_type_info *type = tl_type_get_info ((uint32_t) t->type);
  const uint8_t *bytes = t->data;
  float weights[TL_QK];
  tl_levels levels;

  FUZZ_CHECK (type != NULL && tl_gguf_find_tensor (g, t->name) == t);
  for (size_t i = 0; i < t->size; i += 61)
    sink += bytes[i];
  if (t->size < type->block_bytes)
    return;
  sink += bytes[t->size - 1];
  type->dequantize (weights, bytes + t->size - type->block_bytes, type->block_len);
  if (type->split != NULL)
    type->split (&levels, bytes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const except[] = { "general.name", NULL };
  uint8_t *copy = fuzz_copy (data, size);
  tl_error err = { 0 };
  tl_gguf *g = tl_gguf_open_memory (copy, size, &err);

  FUZZ_CHECK (g != NULL || !fuzz_is_seed);
  FUZZ_CHECK (g != NULL || (err.code != TL_OK && err.message[0] != '\0'));
  FUZZ_CHECK (fuzz_is_utf8 (err.message, strlen (err.message)));
  if (g != NULL)
    {
      tl_gguf_writer *w = tl_gguf_writer_new ();

      for (size_t i = 0; i < g->n_kvs; i++)
        touch_key (g, &g->kvs[i]);
      for (size_t i = 0; i < tl_gguf_get_n_tensors (g); i++)
        touch_tensor (g, tl_gguf_get_tensor (g, i));
      tl_gguf_writer_keys (w, g, except);
      tl_gguf_writer_free (w);
    }
  tl_gguf_close (g);
  free (copy);
  return 0;
}
