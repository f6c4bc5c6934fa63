/* SPDX-License-Identifier: Apache-2.0 */
/* What `tinylm-cli batch` can be asked for: the answer to one record, as JSON. The same record gives
 * the same bytes on one CPU path, whatever was answered before, in whatever language and at whatever
 * time: nothing is taken from the clock, and the answers speak English. */
#pragma once

#include "models/adapters.h"
#include "chats/router.h"

G_BEGIN_DECLS

/* What is asked of all records. Borrowed, and outlives the batch. */
typedef struct
{
  const char        *skill;
  const char        *model;     /* (nullable): the skill's own */
  char             **adapters;  /* (nullable): as tlm_adapters_parse() takes them */
  TlmDay             day;       /* on which notes without a day were written, if it is set */
  TlmGenerateRequest generate;  /* how, of the skill "generate" */
  gboolean           chat;      /* its texts are messages */
} TlmBatchOptions;

/* Shared by the threads, and not changed by them. */
typedef struct TlmBatch TlmBatch;

/* One thread's. */
typedef struct TlmBatchHand TlmBatchHand;

/* Opens what the skill needs. (transfer full) (nullable) */
TlmBatch *tlm_batch_new  (const TlmBatchOptions *options, GError **error);
void      tlm_batch_free (TlmBatch *self);

/* "summarize, title, ..." (transfer full) */
char *tlm_batch_dup_skills (void);

/* Borrows @batch. (transfer full) (nullable) */
TlmBatchHand *tlm_batch_hand_new  (const TlmBatch *batch, GError **error);
void          tlm_batch_hand_free (TlmBatchHand *hand);

/**
 * tlm_batch_hand_begin:
 * @line: (nullable): [len] any bytes and a final NUL; NULL for one that is too long to be kept
 * @error: (out): why this is no record
 *
 * Takes a record up. Returns: (transfer full): the beginning of its answer, the same for any @line
 * with this "id": {"id": ..., "skill": "..."
 */
GString *tlm_batch_hand_begin (TlmBatchHand *hand, const char *line, gsize len, GError **error);

/* Goes on from that, and closes the object and its line. @begun: (nullable): the error above. Returns: FALSE for an
 * error record: {"id", "skill", "error": {"code", "message"}} */
gboolean tlm_batch_hand_answer (TlmBatchHand *hand, GString *out, const GError *begun);

/* ---- of other commands: the members of their JSON, into an open object ---- */

void     tlm_cli_append_handoff (GString *out, const char *text, const GArray *details,
                                 const char *replaced);
void     tlm_cli_append_routed  (GString *out, const TlmRouted *routed, const tl_request *request);
void     tlm_cli_append_labels  (GString *out, const GPtrArray *labels, const double *p,
                                 double threshold, gboolean cut);
/* (transfer full) (nullable): NULL and @error when they know no labels */
TlmForm *tlm_cli_read_labels    (GPtrArray *adapters, const tl_model *model, GError **error);

G_END_DECLS
