/* SPDX-License-Identifier: Apache-2.0 */
/* What a model's file says of itself, read without reading a weight; what it would take of memory;
 * and what this machine has. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char    *family;       /* general.architecture: "llama" */
  char    *quantisation; /* the type of most weights: "Q4_K" */
  char    *license;      /* (nullable): general.license */
  char    *about;        /* (nullable): the first paragraph of its card, or its own description */
  guint64  size;         /* of the file, the first of several, bytes */
  guint64  n_params;
  guint64  weight_memory; /* bytes that the weights take once it is loaded */
  guint64  token_memory;  /* bytes of KV cache a position */
  guint64  compact_token_memory; /* the same in blocks of bytes, where its heads are whole blocks */
  guint32  n_files;       /* that the model was cut into; mostly 1 */
  guint32  n_ctx;         /* 0: no language model of a family that can be computed */
} TlmModelFacts;

#ifndef __GI_SCANNER__ /* not for scripts */
/**
 * tlm_model_facts_read:
 *
 * Checks the whole structure of the file; blocks. A file that is damaged or of no known family is an
 * error that says why and what would work, but for eeny's, which has no context.
 *
 * Returns: (transfer full) (nullable): for tlm_model_facts_unref()
 */
TlmModelFacts *tlm_model_facts_read  (const char *path, GError **error);
TlmModelFacts *tlm_model_facts_ref   (TlmModelFacts *facts);
void           tlm_model_facts_unref (TlmModelFacts *facts);

/* Weights and KV cache, compact or not, with so much of the model's context as @n_ctx and it allow. */
guint64 tlm_model_facts_get_memory (const TlmModelFacts *facts, guint32 n_ctx, gboolean compact);

/* One line of valid UTF-8 without control characters. (transfer full) */
char *tlm_model_dup_shown (const char *text, gsize len);

/* Bytes that programs can still take (MemAvailable of Linux, or what a limit of the process
 * leaves); 0 when unknown. */
guint64 tlm_memory_get_available (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmModelFacts, tlm_model_facts_unref)
#endif

G_END_DECLS
