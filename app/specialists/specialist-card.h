/* SPDX-License-Identifier: Apache-2.0 */
/* What the file of an adapter, or of a model that was trained in full, says of itself: what it
 * learned from and how, and what came of it. */
#pragma once

#include "specialist.h"

G_BEGIN_DECLS

typedef struct
{
  char      *name, *base_name, *base_sha256; /* "" where the file does not say */
  char      *sha256;                         /* of the file */
  guint64    size;                           /* bytes */
  gboolean   full;         /* a model, no adapter */
  gboolean   trained_here; /* else there is no more than the name, and nothing was judged */
  GPtrArray *labels;       /* of strings; none: free text */
  double     alpha, dropout;
  guint64    seed;
  TlmSpecialistResult result; /* without what is known only while it is trained */
} TlmSpecialistCard;

/* Blocks. (transfer full) (nullable) */
TlmSpecialistCard *tlm_specialist_card_read (const char *path, GError **error);
void               tlm_specialist_card_free (TlmSpecialistCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmSpecialistCard, tlm_specialist_card_free)

/* The same on a thread of its own. */
void               tlm_specialist_card_read_async  (const char *path, GCancellable *c,
                                                    GAsyncReadyCallback cb, gpointer data);
TlmSpecialistCard *tlm_specialist_card_read_finish (GAsyncResult *r, GError **error);

G_END_DECLS
