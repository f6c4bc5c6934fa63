/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the weights of a model in its file. What a family has is a table of names and shapes; each
 * tensor of the file must be one of them, because a model of which a part is left out would compute
 * nonsense without a word. */
#include "model/model-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A dimension, by what it means. */
typedef enum
{
  DIM_ONE,
  DIM_EMBD,
  DIM_Q,  /* all query heads */
  DIM_KV, /* all key heads */
  DIM_FF,
  DIM_VOCAB,
  DIM_ROT, /* pairs of rotated dimensions */
} dim;

typedef struct
{
  const char *name;
  dim         rows, cols; /* a vector has DIM_ONE row and is F32 */
  size_t      offset;     /* of a tl_matrix, or of a const float * for a vector */
  bool        optional;
} slot;

static const slot model_slots[] = {
  { "token_embd.weight", DIM_VOCAB, DIM_EMBD, offsetof (tl_model, token_embd), false },
  { "output.weight", DIM_VOCAB, DIM_EMBD, offsetof (tl_model, output), true },
  { "output_norm.weight", DIM_ONE, DIM_EMBD, offsetof (tl_model, output_norm), false },
  { "rope_freqs.weight", DIM_ONE, DIM_ROT, offsetof (tl_model, rope_factors), true },
};

static const slot layer_slots[] = {
  { "attn_norm.weight", DIM_ONE, DIM_EMBD, offsetof (tl_layer, attn_norm), false },
  { "attn_q.weight", DIM_Q, DIM_EMBD, offsetof (tl_layer, q), false },
  { "attn_k.weight", DIM_KV, DIM_EMBD, offsetof (tl_layer, k), false },
  { "attn_v.weight", DIM_KV, DIM_EMBD, offsetof (tl_layer, v), false },
  { "attn_output.weight", DIM_EMBD, DIM_Q, offsetof (tl_layer, o), false },
  { "ffn_norm.weight", DIM_ONE, DIM_EMBD, offsetof (tl_layer, ffn_norm), false },
  { "ffn_gate.weight", DIM_FF, DIM_EMBD, offsetof (tl_layer, gate), false },
  { "ffn_up.weight", DIM_FF, DIM_EMBD, offsetof (tl_layer, up), false },
  { "ffn_down.weight", DIM_EMBD, DIM_FF, offsetof (tl_layer, down), false },
};

#define N_SLOTS(slots) (sizeof (slots) / sizeof (slots)[0])

static uint64_t
dim_size (const tl_model *m, dim d)
{
  const tl_model_info *i = &m->info;

  switch (d)
    {
    case DIM_ONE:
      return 1;
    case DIM_EMBD:
      return i->n_embd;
    case DIM_Q:
      return (uint64_t) i->n_heads * i->head_dim;
    case DIM_KV:
      return (uint64_t) i->n_kv_heads * i->head_dim;
    case DIM_FF:
      return i->n_ff;
    case DIM_VOCAB:
      return i->n_vocab;
    case DIM_ROT:
      return m->n_rot / 2;
    }
  return 0;
}

/* Shapes are told as [rows, cols], as everywhere in this engine; the file has cols first. */
static bool
check_shape (const tl_tensor_info *t, uint64_t rows, uint64_t cols, tl_error *err)
{
  if (t->dims[0] == cols && t->dims[1] == rows && t->dims[2] == 1 && t->dims[3] == 1)
    return true;
  return tl_error_set (err, TL_ERROR_FORMAT,
                       "%s: expected [%llu, %llu], file has [%llu, %llu]%s", t->name,
                       (unsigned long long) rows, (unsigned long long) cols,
                       (unsigned long long) t->dims[1], (unsigned long long) t->dims[0],
                       t->n_dims > 2 ? " and more dimensions" : "");
}

static bool
bind_slot (const tl_model *m, void *owner, const slot *s, const char *name, size_t *n_bound,
           tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (m->gguf, name);
  void *place = (char *) owner + s->offset;

  if (t == NULL)
    return s->optional || tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", name);
  ++*n_bound;
  if (!check_shape (t, dim_size (m, s->rows), dim_size (m, s->cols), err))
    return false;
  if (s->rows != DIM_ONE)
    {
      *(tl_matrix *) place = (tl_matrix) { t->data, t->type, (size_t) t->dims[1],
                                           (size_t) t->dims[0],
                                           tl_type_row_bytes (t->type, (size_t) t->dims[0]) };
      return true;
    }
  if (t->type != TL_TYPE_F32)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: a vector of %s, expected F32", name,
                         tl_type_get_info ((uint32_t) t->type)->name);
  *(const float **) place = t->data;
  return true;
}

/* "blk.<layer>.<name>" for each slot of each layer. */
static bool
bind_layers (tl_model *m, size_t *n_bound, tl_error *err)
{
  m->layers = calloc (m->info.n_layers, sizeof *m->layers);
  if (m->layers == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %u layers", m->info.n_layers);
  for (uint32_t layer = 0; layer < m->info.n_layers; layer++)
    for (size_t i = 0; i < N_SLOTS (layer_slots); i++)
      {
        char name[64];

        snprintf (name, sizeof name, "blk.%u.%s", layer, layer_slots[i].name);
        if (!bind_slot (m, &m->layers[layer], &layer_slots[i], name, n_bound, err))
          return false;
      }
  return true;
}

static bool
is_slot_of_layer (const tl_model *m, const char *tensor)
{
  unsigned layer;
  int at = 0;

  if (sscanf (tensor, "blk.%9u.%n", &layer, &at) != 1 || at == 0 || layer >= m->info.n_layers)
    return false;
  for (size_t i = 0; i < N_SLOTS (layer_slots); i++)
    {
      char name[64];

      snprintf (name, sizeof name, "blk.%u.%s", layer, layer_slots[i].name);
      if (strcmp (name, tensor) == 0)
        return true;
    }
  return false;
}

static bool
is_slot_of_model (const char *tensor)
{
  for (size_t i = 0; i < N_SLOTS (model_slots); i++)
    if (strcmp (model_slots[i].name, tensor) == 0)
      return true;
  return false;
}

static bool
report_stranger (const tl_model *m, tl_error *err)
{
  for (size_t i = 0; i < tl_gguf_get_n_tensors (m->gguf); i++)
    {
      const char *name = tl_gguf_get_tensor (m->gguf, i)->name;

      if (!is_slot_of_model (name) && !is_slot_of_layer (m, name))
        return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                             "%s: this tensor is no part of a \"%s\" model that can be computed",
                             name, m->info.arch);
    }
  return tl_error_set (err, TL_ERROR_FORMAT, "the file has tensors that belong nowhere");
}

/* The vocabulary's size is the embedding's; the head must agree. */
static bool
read_vocab (tl_model *m, tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (m->gguf, model_slots[0].name);

  if (t == NULL)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", model_slots[0].name);
  if (t->dims[1] > INT32_MAX)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: more rows than token ids can number",
                         t->name);
  m->info.n_vocab = (uint32_t) t->dims[1];
  return true;
}

bool
tl_model_bind_weights (tl_model *m, tl_error *err)
{
  size_t n_tensors = tl_gguf_get_n_tensors (m->gguf), n_bound = 0;

  if (!read_vocab (m, err))
    return false;
  for (size_t i = 0; i < N_SLOTS (model_slots); i++)
    if (!bind_slot (m, m, &model_slots[i], model_slots[i].name, &n_bound, err))
      return false;
  if (!bind_layers (m, &n_bound, err))
    return false;
  if (n_bound != n_tensors)
    return report_stranger (m, err);
  if (m->output.data == NULL)
    m->output = m->token_embd;
  for (size_t i = 0; i < n_tensors; i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (m->gguf, i);

      m->info.n_params += t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
      m->info.weight_bytes += t->size;
    }
  return true;
}
