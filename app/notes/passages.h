/* SPDX-License-Identifier: Apache-2.0 */
/* The places of notes and chats where a question's words stand. FTS5 gives the newest notes and
 * messages with each of the words; the best of these are cut into passages of a few lines, weighed by BM25
 * (Robertson & Zaragoza 2009) over the same word beginnings that the reader compares. */
#pragma once

#include "store/db.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  TlmHitKind kind;
  gint64     id;         /* of the note or chat */
  gint64     message_id; /* 0 in a note */
  char      *title, *text; /* the text is a slice of the note's or message's */
  double     score;
  double     cover; /* of what the question asks about, the share that it and its title hold: 0 to 1 */
} TlmPassage;

void tlm_passage_free (TlmPassage *passage);

/* Whether enough of what the question asks about stands in it. */
gboolean tlm_passage_is_about (const TlmPassage *passage);

/**
 * tlm_passages_find:
 * @question: any text
 * @not_after: only messages older than the one of this id are looked through; 0: all
 * @max: at most so many
 *
 * For the store's thread. What is in the bin, questions that were put to the notes or handed over and
 * the answers to them are left out. Returns: (transfer full) (nullable): of TlmPassage, the best first
 */
GPtrArray *tlm_passages_find (TlmDb *db, const char *question, gint64 not_after, guint max,
                              GError **error);

G_END_DECLS
