/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a session, shared by its bookkeeping (session.c) and the forward pass. */
#pragma once

#include "model/attention.h"
#include "model/model-private.h"
#include "model/session.h"

/* Tokens computed at once in prefill: enough that a weight read from memory is used many times,
 * few enough that their activations stay in the second-level cache. */
#define TL_SESSION_CHUNK 64u

/* Rows of logits computed at once when every token's likelihood is wanted. */
#define TL_SESSION_LOGIT_ROWS 8u

struct tl_session
{
  const tl_model *model;
  tl_linear_ctx   linear; /* kernels and pool too */
  uint32_t        n_ctx, pos;
  tl_type         cache_type;
  uint32_t        max_chunk;  /* TL_SESSION_CHUNK, or less for a shorter context */
  bool            has_logits; /* row 0 of logits belongs to the last position */
  void           *memory;     /* everything below, in one block */
  size_t          memory_size;
  tl_kv_layer    *kv; /* [n_layers] */
  float          *x;  /* [chunk, n_embd] the residual stream */
  float          *xn; /* [chunk, n_embd] normalised, or a branch's result */
  float          *q, *k, *v, *att; /* [chunk, heads x head_dim] each */
  float          *gate, *up;       /* [chunk, n_ff] */
  float          *cs;              /* [chunk, n_rot] cosines and sines */
  float          *inv_freq;        /* [n_rot / 2] */
  float          *scores;          /* [threads, TL_MAX_QUERIES, slots] */
  float          *logits;          /* [TL_SESSION_LOGIT_ROWS, n_vocab] */

  /* The fused decode step; each thread has its own. */
  bool    fused;
  size_t  widest; /* columns of any matrix, up to a multiple of 512 */
  float  *own_xn;   /* [threads, widest] */
  tl_acts own_acts; /* [threads, widest] */
};

/**
 * tl_forward:
 * @ids: [n] checked ids, n <= TL_SESSION_CHUNK, with room in the context
 * Appends them to the cache and leaves their final states, normalised, in s->xn.
 */
void tl_forward (tl_session *s, const int32_t *ids, uint32_t n);

/* The first step of tl_forward(): s->x and s->cs of @n tokens from the position on. */
void tl_forward_embed (tl_session *s, const int32_t *ids, uint32_t n);

/* Whether tl_decode() can be used: all matrices are packed, and those that share their activations
 * take them in the same groups. */
bool tl_decode_is_possible (const tl_model *m);

/* tl_forward() of one token and its logits, in one dispatch to the pool. */
void tl_decode (tl_session *s, int32_t id);

/* s->logits [n, n_vocab] of rows [row, row + n) of s->xn. n <= TL_SESSION_LOGIT_ROWS. */
void tl_forward_logits (tl_session *s, uint32_t row, uint32_t n);
