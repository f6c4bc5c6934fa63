/* SPDX-License-Identifier: Apache-2.0 */
/* Notes and messages by what they share with a text in a script without spaces. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

/* In a hash table by its id; less is better, as with closeness (). */
typedef struct
{
  gint64 id; /* first: the key */
  double score;
} TlmRanked;

GHashTable *tlm_ranked_new (void); /* (transfer full) */
void        tlm_ranked_add (GHashTable *ranked, gint64 id, double score); /* to what it has */

/**
 * tlm_signs_rank:
 * @text: valid UTF-8
 * @before: an id; only rows before it
 * @ranked: (inout): to which rows that share grams with @text are added. Those in the bin, and
 * such as were just deleted, are among them. What many rows share, it knows of the newest alone
 *
 * Returns: FALSE: @error
 */
gboolean tlm_signs_rank (TlmDb *db, TlmWords words, const char *text, gint64 before,
                         GHashTable *ranked, GError **error);

G_END_DECLS
