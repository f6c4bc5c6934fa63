/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an adapter's file. All of it is checked against the model before anything is computed: a
 * tensor that belongs to no matrix, half a pair, a shape that does not fit or a number that is none
 * is refused by name. How adapters are used is in lora.c. */
#include "model/adapter-private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/targets.h"

#define HEAD "output.weight"

/* Where a pair belongs in the model. */
typedef struct
{
  char   name[56];  /* of the matrix in the file, e.g. "blk.0.attn_q.weight" */
  size_t first, n;  /* of the pairs: several where the file's matrix is several of the model's */
  size_t rows, cols;
} place;

bool
tl_gguf_is_adapter (const tl_gguf *gguf)
{
  tl_str type = { "", 0 };

  return tl_gguf_get_string (gguf, "general.type", &type) && tl_str_is (type, "adapter");
}

/* What a person may see of a file's text: printable ASCII, cut. */
typedef struct
{
  char text[33];
} shown;

static shown
show (tl_str s)
{
  shown out = { "" };

  for (size_t i = 0; i < s.len && i + 1 < sizeof out.text; i++)
    out.text[i] = s.data[i] > ' ' && s.data[i] < 0x7f ? s.data[i] : '?';
  return out;
}

static bool
check_kind (const tl_adapter *a, const tl_model *m, tl_error *err)
{
  tl_str type = { "", 0 }, arch = { "", 0 };

  if (!tl_gguf_is_adapter (a->gguf))
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "this file is no adapter: its general.type is not \"adapter\"");
  tl_gguf_get_string (a->gguf, "adapter.type", &type);
  if (!tl_str_is (type, "lora"))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "adapter.type: only \"lora\" can be computed, not \"%s\"",
                         show (type).text);
  if (tl_gguf_has (a->gguf, "adapter.alora.invocation_tokens"))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "adapter.alora.invocation_tokens: adapters that begin in the middle of a "
                         "text cannot be computed");
  tl_gguf_get_string (a->gguf, "general.architecture", &arch);
  return tl_str_is (arch, m->info.arch)
         || tl_error_set (err, TL_ERROR_ARGUMENT,
                          "this adapter was made for a model of the family \"%s\", this one is of "
                          "\"%s\"", show (arch).text, m->info.arch);
}

static bool
read_alpha (tl_adapter *a, tl_error *err)
{
  double alpha = 0.0;

  if (tl_gguf_has (a->gguf, "adapter.lora.alpha")
      && (!tl_gguf_get_f64 (a->gguf, "adapter.lora.alpha", &alpha) || !(fabs (alpha) <= 1e6)))
    return tl_error_set (err, TL_ERROR_FORMAT, "adapter.lora.alpha: not a number up to a million");
  a->info.alpha = (float) alpha;
  return true;
}

/* Fills @p for the @i-th matrix of @m's layers, or the head as the last. Returns: false past it. */
static bool
place_at (const tl_model *m, size_t i, place *p)
{
  size_t n_tensors = 0, layer;
  const tl_target_tensor *t;

  while (tl_target_tensor_at (n_tensors) != NULL)
    n_tensors++;
  layer = i / n_tensors;
  if (layer >= m->info.n_layers)
    {
      *p = (place) { HEAD, (size_t) m->info.n_layers * TL_TARGETS, 1, m->output.rows,
                     m->output.cols };
      return i == m->info.n_layers * n_tensors;
    }
  t = tl_target_tensor_at (i % n_tensors);
  snprintf (p->name, sizeof p->name, "blk.%zu.%s", layer, t->name);
  p->first = layer * TL_TARGETS + t->first;
  p->n = t->part == 0 || (m->family->parts & t->part) ? t->n : 0;
  p->rows = 0;
  for (size_t j = 0; j < p->n; j++)
    p->rows += tl_model_get_target (m, (uint32_t) layer, (tl_target) (t->first + j))->rows;
  p->cols = tl_model_get_target (m, (uint32_t) layer, t->first)->cols;
  return true;
}

/* "<matrix>.lora_<half>", or NULL. */
static const tl_tensor_info *
find_half (const tl_adapter *a, const place *p, char half)
{
  char name[80];

  snprintf (name, sizeof name, "%s.lora_%c", p->name, half);
  return tl_gguf_find_tensor (a->gguf, name);
}

static bool
check_half (const tl_tensor_info *t, size_t rows, size_t cols, tl_error *err)
{
  if (t->dims[0] != cols || t->dims[1] != rows || t->dims[2] != 1 || t->dims[3] != 1)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: expected [%zu, %zu], file has [%llu, %llu]",
                         t->name, rows, cols, (unsigned long long) t->dims[1],
                         (unsigned long long) t->dims[0]);
  return true;
}

/* @n_found: += the file's tensors that belong to @p */
static bool
check_pair (const tl_adapter *a, const place *p, size_t *n_found, uint64_t *n_floats, tl_error *err)
{
  const tl_tensor_info *ta = find_half (a, p, 'a'), *tb = find_half (a, p, 'b');
  size_t rank;

  if (p->n == 0 || (ta == NULL && tb == NULL))
    return true;
  if (ta == NULL || tb == NULL)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s.lora_%c: missing, the other half is there",
                         p->name, ta == NULL ? 'a' : 'b');
  rank = (size_t) ta->dims[1];
  if (rank == 0 || rank > p->cols || tb->dims[0] != rank)
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "%s: a rank of %zu, and %llu in the other half, expected 1 to %zu in both",
                         ta->name, rank, (unsigned long long) tb->dims[0], p->cols);
  *n_found += 2;
  *n_floats += (uint64_t) rank * (p->cols + p->rows);
  return check_half (ta, rank, p->cols, err) && check_half (tb, p->rows, rank, err);
}

/* A file must hold nothing else: what is left out would change the results without a word. */
static bool
check_tensors (const tl_adapter *a, const tl_model *m, uint64_t *n_floats, tl_error *err)
{
  size_t n = tl_gguf_get_n_tensors (a->gguf), n_found = 0;
  place p;

  for (size_t i = 0; place_at (m, i, &p); i++)
    if (!check_pair (a, &p, &n_found, n_floats, err))
      return false;
  if (n_found == 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "this adapter changes no matrix of the model");
  return n_found == n
         || tl_error_set (err, TL_ERROR_UNSUPPORTED,
                          "of the adapter's %zu tensors only %zu belong to matrices that can be "
                          "changed here (attention, feed-forward and output.weight)", n, n_found);
}

/* Returns: (nullable): @dst; NULL when a number is none */
static const float *
widen (const tl_tensor_info *t, float *dst, tl_error *err)
{
  size_t n = (size_t) (t->dims[0] * t->dims[1]);

  tl_type_get_info ((uint32_t) t->type)->dequantize (dst, t->data, n);
  for (size_t i = 0; i < n; i++)
    if (!isfinite (dst[i]))
      {
        tl_error_set (err, TL_ERROR_FORMAT, "%s: number %zu is not finite", t->name, i);
        return NULL;
      }
  return dst;
}

/* Returns: (nullable): where the next pair goes */
static float *
read_pair (tl_adapter *a, const tl_model *m, const place *p, float *at, tl_error *err)
{
  const tl_tensor_info *ta = find_half (a, p, 'a'), *tb = find_half (a, p, 'b');
  uint32_t rank = (uint32_t) ta->dims[1];
  const float *wa = widen (ta, at, err), *wb = NULL;

  if (wa != NULL)
    wb = widen (tb, at + rank * p->cols, err);
  if (wb == NULL)
    return NULL;
  a->info.rank = rank > a->info.rank ? rank : a->info.rank;
  a->info.n_matrices += (uint32_t) p->n;
  a->info.n_params += (uint64_t) rank * (p->rows + p->cols);
  for (size_t i = 0; i < p->n; i++)
    {
      size_t target = p->first + i;

      a->pairs[target] = (tl_low_rank) {
        rank, a->info.alpha != 0.0f ? a->info.alpha / (float) rank : 1.0f, wa, wb };
      if (p->n > 1)
        wb += rank * tl_model_get_target (m, (uint32_t) (target / TL_TARGETS),
                                          (tl_target) (target % TL_TARGETS))->rows;
    }
  return at + rank * (p->cols + p->rows);
}

static bool
read_all (tl_adapter *a, const tl_model *m, tl_error *err)
{
  uint64_t n_floats = 0;
  float *at = NULL;
  place p;

  if (!check_kind (a, m, err) || !read_alpha (a, err) || !check_tensors (a, m, &n_floats, err))
    return false;
  a->model = m;
  a->pairs = calloc ((size_t) m->info.n_layers * TL_TARGETS + 1, sizeof *a->pairs);
  if (n_floats <= PTRDIFF_MAX / sizeof *a->memory)
    a->memory = at = malloc ((size_t) n_floats * sizeof *a->memory);
  if (a->pairs == NULL || a->memory == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for an adapter of %llu numbers",
                         (unsigned long long) n_floats);
  for (size_t i = 0; place_at (m, i, &p); i++)
    if (p.n > 0 && find_half (a, &p, 'a') != NULL
        && (at = read_pair (a, m, &p, at, err)) == NULL)
      return false;
  return true;
}

tl_adapter *
tl_adapter_open_gguf (tl_gguf *gguf, const tl_model *m, tl_error *err)
{
  tl_adapter *a = calloc (1, sizeof *a);

  if (a == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "out of memory");
      tl_gguf_close (gguf);
      return NULL;
    }
  a->gguf = gguf;
  if (read_all (a, m, err) && tl_gguf_check_whole (gguf, err))
    return a;
  tl_adapter_close (a);
  return NULL;
}

tl_adapter *
tl_adapter_open (const char *path, const tl_model *m, tl_error *err)
{
  tl_gguf *gguf = tl_gguf_open (path, err);

  return gguf != NULL ? tl_adapter_open_gguf (gguf, m, err) : NULL;
}

void
tl_adapter_close (tl_adapter *a)
{
  if (a == NULL)
    return;
  tl_gguf_close (a->gguf);
  free (a->pairs);
  free (a->memory);
  free (a);
}

const tl_adapter_info *
tl_adapter_get_info (const tl_adapter *a)
{
  return &a->info;
}

const tl_gguf *
tl_adapter_get_gguf (const tl_adapter *a)
{
  return a->gguf;
}
