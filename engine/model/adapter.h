/* SPDX-License-Identifier: Apache-2.0 */
/* LoRA adapters (Hu et al. 2021, arXiv:2106.09685): beside some of a model's matrices W a pair of
 * narrow ones, so that y = W x + scale (alpha / rank) B A x. Files are GGUF as llama.cpp writes and
 * reads them: general.type "adapter", adapter.type "lora", adapter.lora.alpha, and for each matrix
 * "<its name>.lora_a" [rank, cols] and ".lora_b" [rows, rank]. */
#pragma once

#include "model/session.h"

#pragma GCC visibility push(default)

/* The matrices of a layer that an adapter may change. */
typedef enum
{
  TL_TARGET_Q, TL_TARGET_K, TL_TARGET_V, TL_TARGET_OUT, TL_TARGET_GATE, TL_TARGET_UP,
  TL_TARGET_DOWN,
  TL_TARGETS
} tl_target;

/* Immutable, and of one model's shape; any number of sessions of that model may use it. */
typedef struct tl_adapter tl_adapter;

typedef struct
{
  uint32_t rank;       /* the largest of any matrix */
  float    alpha;      /* 0: the file has none, and B A counts as it is */
  uint32_t n_matrices; /* of the model that it changes */
  uint64_t n_params;
} tl_adapter_info;

/**
 * tl_adapter_open:
 * @path: of a GGUF file, which is read whole
 * @m: the model that it is for
 *
 * Checks that it is an adapter for a model of @m's family and shape: both halves of each pair, their
 * shapes and that all numbers are finite.
 * Returns: (transfer full) (nullable)
 */
tl_adapter *tl_adapter_open (const char *path, const tl_model *m, tl_error *err);

/**
 * tl_adapter_open_gguf:
 * @gguf: (transfer full): closed with the adapter, and on failure too
 * @m: the model that it is for
 *
 * As tl_adapter_open(). Returns: (transfer full) (nullable)
 */
tl_adapter *tl_adapter_open_gguf (tl_gguf *gguf, const tl_model *m, tl_error *err);

/**
 * tl_adapter_close:
 * @a: (nullable): sessions that use it have their own copy
 */
void tl_adapter_close (tl_adapter *a);

/**
 * tl_adapter_get_info:
 * Returns: (transfer none): its size
 */
const tl_adapter_info *tl_adapter_get_info (const tl_adapter *a);

/**
 * tl_adapter_get_gguf:
 * Returns: (transfer none): the file
 */
const tl_gguf *tl_adapter_get_gguf (const tl_adapter *a);

/**
 * tl_gguf_is_adapter:
 * Returns: whether the file says that it is an adapter, of whatever kind
 */
bool tl_gguf_is_adapter (const tl_gguf *gguf);

typedef struct
{
  const tl_adapter *adapter;
  float             scale; /* 1: as it was trained */
} tl_adapter_use;

/**
 * tl_session_set_adapters:
 * @uses: [n] of the session's model
 * @n: how many; 0 for none
 *
 * From now on the session computes with the sum of all of them. The adapters are copied, so they
 * may be closed; no weight of the model is touched or packed again. What stands on the timeline and
 * in the kept sequences was computed without them, or with others, and is forgotten. On failure
 * nothing is changed. Takes memory, so not between the tokens of a text.
 */
bool tl_session_set_adapters (tl_session *s, const tl_adapter_use *uses, size_t n, tl_error *err);

#pragma GCC visibility pop
