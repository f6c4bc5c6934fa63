/* SPDX-License-Identifier: Apache-2.0 */
/* One layer of any family that family.h describes, forward and backward beside it. What can be
 * computed again cheaply is not kept: norms, sub-norms and the product of the gate. */
#include "train/lora-train-private.h"

#include <string.h>

static float *
input_of (const tl_lora_trainer *t, uint32_t layer)
{
  return t->x + (size_t) layer * t->room * t->model->info.n_embd;
}

static void
norm (const tl_lora_trainer *t, const float *x, const float *gain, size_t n, float *y)
{
  tl_rms_norm_forward (&t->ops, t->n_rows, n, x, gain, t->model->info.rms_eps, y);
}

static void
norm_backward (const tl_lora_trainer *t, const float *x, const float *gain, size_t n,
               const float *dy, float *dx, float beta)
{
  tl_rms_norm_backward (&t->ops, t->n_rows, n, x, gain, t->model->info.rms_eps, dy, dx, beta, NULL);
}

/* @x itself, or in @normed after a sub-norm. */
static const float *
sub_normed (const tl_lora_trainer *t, const float *x, const float *gain, size_t n, float *normed)
{
  if (gain == NULL)
    return x;
  norm (t, x, gain, n, normed);
  return normed;
}

/* y = x + the branch in t->branch, after its norm if it has one; @kept is what that needs. */
static void
add_branch (tl_lora_trainer *t, const float *x, const float *post_norm, float *kept, float *y)
{
  size_t n = t->n_rows * t->model->info.n_embd;

  if (post_norm != NULL)
    {
      memcpy (kept, t->branch, n * sizeof *kept);
      norm (t, kept, post_norm, t->model->info.n_embd, t->branch);
    }
  memcpy (y, x, n * sizeof *y);
  t->ops.elementwise->add (y, t->branch, n);
}

static void
attention_forward (tl_lora_trainer *t, uint32_t layer, tl_lora_layer *l)
{
  const tl_layer *w = &t->model->layers[layer];
  size_t d = t->model->info.n_embd, q_dim = t->attention.q_dim, ld = t->attention.qkv_dim;
  const float *x = input_of (t, layer);

  norm (t, x, w->attn_norm, d, t->norm);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_Q), t->norm, t->n_rows, l->qkv, ld);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_K), t->norm, t->n_rows,
                   l->qkv + q_dim, ld);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_V), t->norm, t->n_rows,
                   l->qkv + q_dim + t->kv_dim, ld);
  tl_lora_heads (t, layer, l);
  tl_attention_forward (&t->attention, l->qkv, l->att, l->lse);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_OUT),
                   sub_normed (t, l->att, w->attn_sub_norm, q_dim, t->att_normed), t->n_rows,
                   t->branch, d);
  add_branch (t, x, w->attn_post_norm, l->attn_out, l->h);
}

void
tl_lora_layer_forward (tl_lora_trainer *t, uint32_t layer)
{
  const tl_layer *w = &t->model->layers[layer];
  tl_lora_layer *l = &t->layers[layer];
  size_t d = t->model->info.n_embd, n_ff = t->model->info.n_ff;

  attention_forward (t, layer, l);
  norm (t, l->h, w->ffn_norm, d, t->norm);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_GATE), t->norm, t->n_rows, l->gate_up,
                   2 * n_ff);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_UP), t->norm, t->n_rows,
                   l->gate_up + n_ff, 2 * n_ff);
  tl_lora_gate (t, l->gate_up);
  tl_lora_product (t, tl_lora_site_of (t, layer, TL_TARGET_DOWN),
                   sub_normed (t, t->act, w->ffn_sub_norm, n_ff, t->act_normed), t->n_rows,
                   t->branch, d);
  add_branch (t, l->h, w->ffn_post_norm, l->down, input_of (t, layer + 1));
}

/* The gradient of what came out of a branch's last matrix, from that of the sum in t->dx. */
static const float *
branch_gradient (tl_lora_trainer *t, const float *post_norm, const float *kept)
{
  if (post_norm == NULL)
    return t->dx;
  norm_backward (t, kept, post_norm, t->model->info.n_embd, t->dx, t->branch, 0.0f);
  return t->branch;
}

static void
ffn_backward (tl_lora_trainer *t, uint32_t layer, tl_lora_layer *l)
{
  const tl_layer *w = &t->model->layers[layer];
  size_t d = t->model->info.n_embd, n_ff = t->model->info.n_ff;
  const float *dbranch = branch_gradient (t, w->ffn_post_norm, l->down);

  tl_lora_gate (t, l->gate_up);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_DOWN),
                            sub_normed (t, t->act, w->ffn_sub_norm, n_ff, t->act_normed), t->n_rows,
                            dbranch, d, t->dact, 0.0f);
  if (w->ffn_sub_norm != NULL)
    norm_backward (t, t->act, w->ffn_sub_norm, n_ff, t->dact, t->dact, 0.0f);
  tl_lora_gate_backward (t, l->gate_up);
  norm (t, l->h, w->ffn_norm, d, t->norm);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_GATE), t->norm, t->n_rows,
                            l->gate_up, 2 * n_ff, t->dnorm, 0.0f);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_UP), t->norm, t->n_rows,
                            l->gate_up + n_ff, 2 * n_ff, t->dnorm, 1.0f);
  norm_backward (t, l->h, w->ffn_norm, d, t->dnorm, t->dx, 1.0f);
}

static void
attention_backward (tl_lora_trainer *t, uint32_t layer, tl_lora_layer *l)
{
  const tl_layer *w = &t->model->layers[layer];
  size_t d = t->model->info.n_embd, q_dim = t->attention.q_dim, ld = t->attention.qkv_dim;
  const float *dbranch = branch_gradient (t, w->attn_post_norm, l->attn_out);
  const float *x = input_of (t, layer);

  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_OUT),
                            sub_normed (t, l->att, w->attn_sub_norm, q_dim, t->att_normed),
                            t->n_rows, dbranch, d, t->datt, 0.0f);
  if (w->attn_sub_norm != NULL)
    norm_backward (t, l->att, w->attn_sub_norm, q_dim, t->datt, t->datt, 0.0f);
  tl_attention_backward (&t->attention, l->qkv, l->att, l->lse, t->datt, t->dqkv);
  tl_lora_heads_backward (t, layer, l);
  norm (t, x, w->attn_norm, d, t->norm);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_Q), t->norm, t->n_rows, t->dqkv,
                            ld, t->dnorm, 0.0f);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_K), t->norm, t->n_rows,
                            t->dqkv + q_dim, ld, t->dnorm, 1.0f);
  tl_lora_product_backward (t, tl_lora_site_of (t, layer, TL_TARGET_V), t->norm, t->n_rows,
                            t->dqkv + q_dim + t->kv_dim, ld, t->dnorm, 1.0f);
  norm_backward (t, x, w->attn_norm, d, t->dnorm, t->dx, 1.0f);
}

void
tl_lora_layer_backward (tl_lora_trainer *t, uint32_t layer)
{
  tl_lora_layer *l = &t->layers[layer];

  /* Of the last layer everything is still there. */
  if (t->config.recompute && layer + 1 < t->model->info.n_layers)
    tl_lora_layer_forward (t, layer);
  ffn_backward (t, layer, l);
  attention_backward (t, layer, l);
}
