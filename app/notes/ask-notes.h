/* SPDX-License-Identifier: Apache-2.0 */
/* A question to all notes and chats: the best passages are put before the reader as if they were one
 * note, so that their sentences compete with each other and with "none of them says". Main thread. */
#pragma once

#include "models/engine-service.h"
#include "passages.h"

G_BEGIN_DECLS

#define TLM_ASK_MAX_PASSAGES 3 /* of 3, 5, 6 and 10 the best: the reader's card */

typedef struct
{
  guint   place; /* which of the passages, and where in its text */
  TlmSpan span;
} TlmNotesPoint;

typedef struct
{
  GPtrArray *passages; /* of TlmPassage: those that were read, the best first */
  guint      place;    /* which of them holds the answer, and where in its text it stands; */
  TlmSpan    answer;   /* start == end: none of them says, or it is too unsure */
  GArray    *points;   /* of TlmNotesPoint: what they say about the matter of a broad question, in their
                        * order; empty where they are not about it */
} TlmNotesAnswer;

void tlm_notes_answer_free (TlmNotesAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmNotesAnswer, tlm_notes_answer_free)

/* FALSE: the notes do not say. */
gboolean tlm_notes_answer_says     (const TlmNotesAnswer *answer);
/* Whether one of the passages is about what is asked. */
gboolean tlm_notes_answer_is_about (const TlmNotesAnswer *answer);

/* @not_after: as for tlm_passages_find() */
void            tlm_ask_notes_async  (TlmStore *store, TlmEngineService *engine,
                                      const char *question, gint64 not_after, GCancellable *c,
                                      GAsyncReadyCallback cb, gpointer data);
/* The same of what was found before. @passages: of tlm_passages_find(), at most TLM_ASK_MAX_PASSAGES */
void            tlm_ask_passages_async (TlmStore *store, TlmEngineService *engine,
                                        const char *question, GPtrArray *passages, GCancellable *c,
                                        GAsyncReadyCallback cb, gpointer data);
/* Of both. (transfer full) (nullable) */
TlmNotesAnswer *tlm_ask_notes_finish (TlmStore *store, GAsyncResult *r, GError **error);

G_END_DECLS
