/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the engine service share: reading notes (engine-service.c) and continuing
 * text (engine-generate.c). */
#pragma once

#include "engine-service.h"
#include "generation.h"
#include "kernels/pool.h"
#include "model/session.h"
#include "reader/reading-cache.h"
#include "core/worker.h"

G_BEGIN_DECLS

/* Owned by the reading thread. */
typedef struct
{
  char      *path;
  tl_reader *reader; /* NULL until first used */
  char      *sha256;
  char      *name;
  tl_reading_cache *cache; /* windows that were read before */
} TlmReading;

/* Owned by the writing thread. */
typedef struct
{
  char       *path; /* of the model that is loaded */
  char       *stamp; /* (nullable): of its file at that time */
  tl_model   *model;
  tl_session *session;
  tl_pool    *pool;
  char       *adapters; /* (nullable): as the request had them, that the session computes with */
  gboolean    compact; /* the session's cache, if the model can have such a one */
} TlmWriting;

struct _TlmEngineService
{
  GObject    parent_instance;
  TlmReading reading;
  TlmWriting writing;
  TlmWriting completer;
  TlmWorker *reading_worker; /* NULL after the shutdown */
  TlmWorker *writing_worker;
  TlmWorker *completing_worker;
  int        max_context; /* atomic, as is the next */
  int        compact_context;
  int        stopping; /* atomic: set by the shutdown, polled by running jobs */
};

/* Loads the reader when it is not loaded yet. @load_ms: (out): 0 when it was loaded before */
gboolean tlm_reading_load (TlmReading *reading, double *load_ms, GError **error);

/* @day: unset: as the note says, or else as of @written_at. @options: its cache is the reading's.
 * (transfer full) (nullable) */
TlmSummary *tlm_reading_summarize (TlmReading *reading, GBytes *note, TlmDay day,
                                   gint64 written_at, const tl_read_options *options,
                                   GError **error);

void tlm_reading_clear (TlmReading *reading);

/* A tl_cancel_func over a GTask of the service. */
bool tlm_engine_task_is_cancelled (void *task);

/* Fails @task, of a service that is shut down. (transfer full) */
void tlm_engine_refuse (GTask *task);

void tlm_writing_clear (TlmWriting *writing);

/**
 * tlm_writing_use_adapters:
 * @text: (nullable): of tlm_adapters_dup_text()
 *
 * In engine-specialist.c: exchanges the adapters of the session where they are others; no weight of
 * the model is read again. A file that is another than it was is an error, also where it is used
 * already.
 */
gboolean tlm_writing_use_adapters (TlmWriting *writing, const char *text, tl_cancel_func cancel,
                                   gpointer cancel_data, GError **error);

/**
 * tlm_writing_ask_specialist:
 * @asked: (out): FALSE when the adapters do not say how they are asked; @request is then to be
 * answered as by any model
 *
 * In engine-specialist.c: the last turn, or the prompt, in the one adapter's own form: one of its
 * labels with how sure it is, or its text.
 */
gboolean tlm_writing_ask_specialist (TlmWriting *writing, const TlmGenerateRequest *request,
                                     TlmBytesFunc on_bytes, gpointer data, tl_cancel_func cancel,
                                     gpointer cancel_data, gboolean *asked, TlmContextUse *use,
                                     GError **error);

G_END_DECLS
