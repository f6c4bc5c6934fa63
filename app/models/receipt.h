/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt: everything that a result depends on, so that it can be made again to the byte, and the
 * result's checksum, so that one can tell. It holds the prompt of a generated text in full; of a
 * note only the checksum. As a file it is one JSON object. */
#pragma once

#include "adapters.h"
#include "engine-service.h"
#include "gguf/quant.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_RECEIPT_GENERATE,
  TLM_RECEIPT_SUMMARIZE,
} TlmReceiptKind;

typedef struct
{
  TlmReceiptKind     kind;
  char              *version;      /* of the program */
  char              *cpu;          /* the kernels' path */
  char              *model_path;
  char              *model_sha256;
  char              *made_at;      /* ISO 8601, UTC */
  double             ms;
  char              *prompt;       /* bytes; of a generated text, as are the following three */
  TlmGenerateRequest request;      /* its strings are not used */
  guint              context;      /* as asked for: 0 for the model's own */
  tl_type            cache;        /* of keys and values */
  GPtrArray         *adapters;     /* of TlmAdapterChoice; empty for a summary */
  guint              n_threads;    /* on which the result does not depend */
  char              *input_sha256; /* of a note as it was read; NULL for a generated text */
  char              *day;          /* "2026-05-03": as on which the note's due words were read */
  char              *output_sha256;
  gsize              output_bytes;
} TlmReceipt;

/* Version, processor path, time and the model's checksum are those of now. (transfer full) */
TlmReceipt *tlm_receipt_new  (TlmReceiptKind kind, const char *model_path, GError **error);
void        tlm_receipt_free (TlmReceipt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmReceipt, tlm_receipt_free)

/* @self gets the note's checksum and day, the time and the checksum of tlm_summary_dup_result(). */
void        tlm_receipt_take_summary (TlmReceipt *self, TlmSummary *summary);

/* Replaces @path, or the file that it leads to, which is for its owner only; a pipe or a device is written
 * into. */
gboolean tlm_receipt_save (const TlmReceipt *self, const char *path, GError **error);

/**
 * tlm_receipt_load:
 *
 * A file that is no whole receipt, or of a kind that this version does not know, is refused with a
 * sentence that names the member.
 * Returns: (transfer full) (nullable)
 */
TlmReceipt *tlm_receipt_load (const char *path, GError **error);

/**
 * tlm_receipt_explain:
 * @again: what was made now, by @self
 *
 * Returns: (transfer full) (nullable): NULL when both are the same bytes; else a sentence on what
 * is different between then and now
 */
char *tlm_receipt_explain (const TlmReceipt *self, const TlmReceipt *again);

G_END_DECLS
