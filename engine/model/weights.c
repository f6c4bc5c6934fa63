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
  DIM_QKV,
  DIM_HEAD,
  DIM_FF,
  DIM_GATE_UP,
  DIM_VOCAB,
  DIM_ROT, /* pairs of rotated dimensions */
} dim;

typedef struct
{
  const char *name;
  dim         rows, cols; /* a vector has DIM_ONE row and is F32 */
  size_t      offset;     /* of a tl_matrix, of a const float * for a vector, or of a float for one
                             number, which has DIM_ONE both ways */
  unsigned    part;       /* of tl_part that it belongs to; 0: all families have it */
  bool        optional;
} slot;

static const slot model_slots[] = {
  { "token_embd.weight", DIM_VOCAB, DIM_EMBD, offsetof (tl_model, token_embd), 0, false },
  { "output.weight", DIM_VOCAB, DIM_EMBD, offsetof (tl_model, output), 0, true },
  { "output_norm.weight", DIM_ONE, DIM_EMBD, offsetof (tl_model, output_norm), 0, false },
  { "rope_freqs.weight", DIM_ONE, DIM_ROT, offsetof (tl_model, rotations[0].factors),
    TL_PART_ROPE_FREQS, true },
  { "rope_factors_short.weight", DIM_ONE, DIM_ROT, offsetof (tl_model, rotations[0].factors),
    TL_PART_LONG_ROPE, true },
  { "rope_factors_long.weight", DIM_ONE, DIM_ROT, offsetof (tl_model, long_factors),
    TL_PART_LONG_ROPE, true },
};

#define AT(member) offsetof (tl_layer, member)

static const slot layer_slots[] = {
  { "attn_norm.weight", DIM_ONE, DIM_EMBD, AT (attn_norm), 0, false },
  { "attn_q.weight", DIM_Q, DIM_EMBD, AT (q), TL_PART_SPLIT, false },
  { "attn_k.weight", DIM_KV, DIM_EMBD, AT (k), TL_PART_SPLIT, false },
  { "attn_v.weight", DIM_KV, DIM_EMBD, AT (v), TL_PART_SPLIT, false },
  { "attn_qkv.weight", DIM_QKV, DIM_EMBD, AT (q), TL_PART_FUSED, false },
  { "attn_q.bias", DIM_ONE, DIM_Q, AT (q_bias), TL_PART_QKV_BIAS, false },
  { "attn_k.bias", DIM_ONE, DIM_KV, AT (k_bias), TL_PART_QKV_BIAS, false },
  { "attn_v.bias", DIM_ONE, DIM_KV, AT (v_bias), TL_PART_QKV_BIAS, false },
  { "attn_q_norm.weight", DIM_ONE, DIM_HEAD, AT (q_norm), TL_PART_HEAD_NORMS, false },
  { "attn_k_norm.weight", DIM_ONE, DIM_HEAD, AT (k_norm), TL_PART_HEAD_NORMS, false },
  { "attn_sub_norm.weight", DIM_ONE, DIM_Q, AT (attn_sub_norm), TL_PART_SUB_NORMS, false },
  { "attn_output.weight", DIM_EMBD, DIM_Q, AT (o), 0, false },
  { "post_attention_norm.weight", DIM_ONE, DIM_EMBD, AT (attn_post_norm), TL_PART_POST_NORMS,
    false },
  { "ffn_norm.weight", DIM_ONE, DIM_EMBD, AT (ffn_norm), 0, false },
  { "ffn_gate.weight", DIM_FF, DIM_EMBD, AT (gate), TL_PART_SPLIT, false },
  { "ffn_up.weight", DIM_FF, DIM_EMBD, AT (up), TL_PART_SPLIT, false },
  { "ffn_up.weight", DIM_GATE_UP, DIM_EMBD, AT (up), TL_PART_FUSED, false },
  { "ffn_sub_norm.weight", DIM_ONE, DIM_FF, AT (ffn_sub_norm), TL_PART_SUB_NORMS, false },
  { "ffn_down.weight", DIM_EMBD, DIM_FF, AT (down), 0, false },
  { "post_ffw_norm.weight", DIM_ONE, DIM_EMBD, AT (ffn_post_norm), TL_PART_POST_NORMS, false },
  { "attn_q.scale", DIM_ONE, DIM_ONE, AT (q.scale), TL_PART_SCALES, true },
  { "attn_k.scale", DIM_ONE, DIM_ONE, AT (k.scale), TL_PART_SCALES, true },
  { "attn_v.scale", DIM_ONE, DIM_ONE, AT (v.scale), TL_PART_SCALES, true },
  { "attn_output.scale", DIM_ONE, DIM_ONE, AT (o.scale), TL_PART_SCALES, true },
  { "ffn_gate.scale", DIM_ONE, DIM_ONE, AT (gate.scale), TL_PART_SCALES, true },
  { "ffn_up.scale", DIM_ONE, DIM_ONE, AT (up.scale), TL_PART_SCALES, true },
  { "ffn_down.scale", DIM_ONE, DIM_ONE, AT (down.scale), TL_PART_SCALES, true },
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
    case DIM_QKV:
      return ((uint64_t) i->n_heads + 2 * (uint64_t) i->n_kv_heads) * i->head_dim;
    case DIM_HEAD:
      return i->head_dim;
    case DIM_FF:
      return i->n_ff;
    case DIM_GATE_UP:
      return 2 * (uint64_t) i->n_ff;
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

/* Whether a model of this family has that tensor. */
static bool
has_slot (const tl_model *m, const slot *s)
{
  return s->part == 0 || (m->family->parts & s->part);
}

static bool
bind_slot (const tl_model *m, void *owner, const slot *s, const char *name, size_t *n_bound,
           tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (m->gguf, name);
  void *place = (char *) owner + s->offset;

  if (!has_slot (m, s))
    return true;
  if (t == NULL)
    return s->optional || tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", name);
  ++*n_bound;
  if (!check_shape (t, dim_size (m, s->rows), dim_size (m, s->cols), err))
    return false;
  if (s->rows != DIM_ONE)
    {
      *(tl_matrix *) place = (tl_matrix) { t->data, t->type, (size_t) t->dims[1],
                                           (size_t) t->dims[0],
                                           tl_type_row_bytes (t->type, (size_t) t->dims[0]), 1.0f,
                                           1.0f, NULL };
      return true;
    }
  if (t->type != TL_TYPE_F32)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: a vector of %s, expected F32", name,
                         tl_type_get_info ((uint32_t) t->type)->name);
  if (s->cols == DIM_ONE)
    *(float *) place = *(const float *) t->data;
  else
    *(const float **) place = t->data;
  return true;
}

static tl_matrix
rows_of (const tl_matrix *m, size_t begin, uint64_t n)
{
  tl_matrix part = *m;

  part.data = (const char *) m->data + begin * m->row_bytes;
  part.rows = (size_t) n;
  return part;
}

/* Rows of one tensor as the matrices that they are. */
static void
split_fused (const tl_model *m, tl_layer *l)
{
  tl_matrix qkv = l->q, gate_up = l->up;
  size_t n_q = dim_size (m, DIM_Q), n_kv = dim_size (m, DIM_KV), n_ff = m->info.n_ff;

  l->q = rows_of (&qkv, 0, n_q);
  l->k = rows_of (&qkv, n_q, n_kv);
  l->v = rows_of (&qkv, n_q + n_kv, n_kv);
  l->gate = rows_of (&gate_up, 0, n_ff);
  l->up = rows_of (&gate_up, n_ff, n_ff);
}

static void
finish_layer (const tl_model *m, uint32_t layer)
{
  tl_layer *l = &m->layers[layer];

  if (m->family->parts & TL_PART_FUSED)
    split_fused (m, l);
  l->o.scale *= m->branch_scale;
  l->down.scale *= m->branch_scale;
  l->o.lora_scale = l->down.lora_scale = m->branch_scale;
  /* What llama.cpp scales after it added the adapters: of the feed-forward alone. */
  l->gate.lora_scale = l->gate.scale;
  l->up.lora_scale = l->up.scale;
  l->is_windowed = m->window > 0 && (layer + 1) % m->family->window_period != 0;
}

/* "blk.<layer>.<name>" for each slot of each layer. */
static bool
bind_layers (tl_model *m, size_t *n_bound, tl_error *err)
{
  m->layers = calloc (m->info.n_layers, sizeof *m->layers);
  if (m->layers == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "out of memory for %u layers", m->info.n_layers);
  for (uint32_t layer = 0; layer < m->info.n_layers; layer++)
    {
      for (size_t i = 0; i < N_SLOTS (layer_slots); i++)
        {
          char name[64];

          snprintf (name, sizeof name, "blk.%u.%s", layer, layer_slots[i].name);
          if (!bind_slot (m, &m->layers[layer], &layer_slots[i], name, n_bound, err))
            return false;
        }
      finish_layer (m, layer);
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
      if (has_slot (m, &layer_slots[i]) && strcmp (name, tensor) == 0)
        return true;
    }
  return false;
}

static bool
is_slot_of_model (const tl_model *m, const char *tensor)
{
  for (size_t i = 0; i < N_SLOTS (model_slots); i++)
    if (has_slot (m, &model_slots[i]) && strcmp (model_slots[i].name, tensor) == 0)
      return true;
  return false;
}

static bool
report_stranger (const tl_model *m, tl_error *err)
{
  for (size_t i = 0; i < tl_gguf_get_n_tensors (m->gguf); i++)
    {
      const char *name = tl_gguf_get_tensor (m->gguf, i)->name;

      if (!is_slot_of_model (m, name) && !is_slot_of_layer (m, name))
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
  m->output.scale = m->output.lora_scale = m->logit_scale;
  for (size_t i = 0; i < n_tensors; i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (m->gguf, i);

      m->info.n_params += t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
      m->info.weight_bytes += t->size;
    }
  return true;
}
