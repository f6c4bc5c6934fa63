/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded language model of a family that family.c lists: hyper-parameters, the tokenizer and the
 * weights, which stay in the mapped file. Immutable once loaded, so any number of sessions may share it. */
#pragma once

#include "gguf/gguf.h"
#include "text/tokenizer.h"

#pragma GCC visibility push(default)

typedef struct tl_model tl_model;

typedef struct
{
  uint32_t n_vocab, n_ctx_train, n_embd, n_layers, n_heads, n_kv_heads, head_dim, n_ff;
  float    rms_eps, rope_base;
  uint64_t n_params;
  uint64_t weight_bytes;
  uint64_t packed_bytes; /* memory of the weights that are kept in the order of use, not in the map */
  uint64_t resident_bytes; /* these and the mapped weights that have no such copy */
  char     name[128]; /* general.name or the architecture */
  char     arch[32];
} tl_model_info;

/**
 * tl_model_open:
 * @path: of a GGUF file, of several the first
 *
 * Maps it and checks every tensor's name, type and shape before anything is computed.
 * Returns: (transfer full) (nullable)
 */
tl_model *tl_model_open (const char *path, tl_error *err);

/**
 * tl_model_open_gguf:
 * @gguf: (transfer full): closed with the model, and on failure too
 *
 * As tl_model_open(), of a file that is open already or lies in memory.
 * Returns: (transfer full) (nullable)
 */
tl_model *tl_model_open_gguf (tl_gguf *gguf, tl_error *err);

/**
 * tl_model_close:
 * @m: (nullable): its sessions must be gone before
 */
void tl_model_close (tl_model *m);

/**
 * tl_model_examine:
 * @gguf: (transfer full)
 * @info: (out): what the model would take
 *
 * Checks all that tl_model_open() checks, without reading or packing a weight.
 */
bool tl_model_examine (tl_gguf *gguf, tl_model_info *info, tl_error *err);

/**
 * tl_model_get_info:
 * Returns: (transfer none): its shape and what it takes of memory
 */
const tl_model_info *tl_model_get_info (const tl_model *m);

/**
 * tl_model_get_tokenizer:
 * Returns: (transfer none) (nullable): NULL: the file has none
 */
const tl_tokenizer *tl_model_get_tokenizer (const tl_model *m);

/**
 * tl_model_get_gguf:
 * Returns: (transfer none): the file
 */
const tl_gguf *tl_model_get_gguf (const tl_model *m);

#pragma GCC visibility pop
