/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a session, shared by its bookkeeping (session.c) and the forward pass. */
#pragma once

#include "model/attention.h"
#include "model/lookup.h"
#include "model/model-private.h"
#include "model/prefix-cache.h"
#include "model/session.h"

/* Tokens that a thread computes at once in prefill: enough that a weight read from memory is used
 * many times, few enough that their activations stay in the second-level cache. */
#define TL_SESSION_CHUNK 64u

/* Rows of logits computed at once when every token's likelihood is wanted, or guessed tokens are
 * computed ahead. */
#define TL_SESSION_LOGIT_ROWS 8u

struct tl_session
{
  const tl_model *model;
  tl_linear_ctx   linear; /* kernels and pool too */
  uint32_t        n_ctx, pos;
  tl_type         cache_type;
  uint32_t        max_chunk;  /* of all threads that part it by tokens; at most n_ctx */
  bool            is_packed;  /* all matrices: a token's result depends on no other of its batch */
  uint32_t        n_batched;  /* positions from 0 on that came in batches of more than a few */
  bool            has_logits; /* of the last position */
  uint32_t        row;        /* where in logits */
  uint32_t        n_ahead;    /* positions behind pos that are computed on a guess */
  bool            guesses;    /* by the lookup */
  tl_lookup       lookup;
  tl_session_work work;
  tl_prefix_cache prefixes;
  void           *memory;     /* everything below, in one block */
  size_t          memory_size;
  tl_lora        *loras; /* [n_layers TL_TARGETS + 1], the last of the head; NULL: no adapters */
  float          *lora_memory;
  size_t          lora_bytes;
  int32_t        *ids; /* [n_ctx] the timeline */
  tl_kv_layer    *kv;  /* [n_layers] */
  float          *x;  /* [chunk, n_embd] the residual stream */
  float          *xn; /* [chunk, n_embd] normalised, or a branch's result */
  float          *q, *k, *v, *att; /* [chunk, heads x head_dim] each */
  float          *gate, *up;       /* [chunk, n_ff] */
  float          *cs;              /* [n_rotations, chunk, n_rot] cosines and sines */
  float          *inv_freq;        /* [n_rotations, n_rot / 2] */
  float          *scratch;         /* [threads, tl_attention_scratch ()] */
  float          *logits;          /* [TL_SESSION_LOGIT_ROWS, n_vocab] */

  /* The fused decode step; each thread has its own. */
  size_t  widest; /* columns of any matrix, up to a multiple of 512 */
  float  *own_xn;   /* [threads, TL_SESSION_LOGIT_ROWS, widest] */
  tl_acts own_acts; /* the same */
};

/**
 * tl_forward:
 * @ids: [n] checked ids, n <= s->max_chunk, with room in the context
 * Appends them to the cache and leaves their final states, normalised, in s->xn.
 */
void tl_forward (tl_session *s, const int32_t *ids, uint32_t n);

/* Row @row's cache heads [begin, end) and their query heads, from s->q, s->k and s->v: prepared in
 * place and, keys and values, stored. */
void tl_heads_store (const tl_session *s, uint32_t layer, uint32_t row, size_t begin, size_t end);

/* The attention of @n rows over what is stored. */
tl_attention tl_heads_attention (const tl_session *s, uint32_t layer, uint32_t n);

/* The first step of tl_forward(): s->x and s->cs of @n tokens from the position on. */
void tl_forward_embed (tl_session *s, const int32_t *ids, uint32_t n);

/* s->x of @row += what a branch left in s->xn, normalised by @post_norm if that is not NULL. */
void tl_forward_add (const tl_session *s, uint32_t row, const float *post_norm);

/* tl_forward() of the @n tokens behind the position in s->ids, and the logits of each; n is at most
 * TL_SESSION_LOGIT_ROWS. Of a model whose matrices are all packed. */
void tl_decode (tl_session *s, uint32_t n);

/* s->logits [n, n_vocab] of rows [row, row + n) of s->xn. n <= TL_SESSION_LOGIT_ROWS. */
void tl_forward_logits (tl_session *s, uint32_t row, uint32_t n);
