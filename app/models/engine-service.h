/* SPDX-License-Identifier: Apache-2.0 */
/* The only door to the engine: one worker thread owns the reader, one the language model and its
 * session, so that a summary does not wait for a long answer. All functions are for the main
 * thread; results come back to it. Each task finishes exactly once; a cancelled one fails with
 * G_IO_ERROR_CANCELLED. */
#pragma once

#include <gio/gio.h>

#include "reader/explain.h"
#include "specialists/specialist-words.h"
#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_ENGINE_SERVICE (tlm_engine_service_get_type ())
G_DECLARE_FINAL_TYPE (TlmEngineService, tlm_engine_service, TLM, ENGINE_SERVICE, GObject)

/**
 * tlm_engine_service_new:
 * @reader_path: (type filename): of eeny.gguf; loaded at first use, off the main thread
 *
 * Returns: (transfer full): to be ended by tlm_engine_service_shutdown()
 */
TlmEngineService *tlm_engine_service_new (const char *reader_path);

/**
 * tlm_engine_service_shutdown:
 * At the program's end: stops what runs, fails what waits, ends the threads. Blocks a moment.
 */
void tlm_engine_service_shutdown (TlmEngineService *self);

#ifndef __GI_SCANNER__ /* not for scripts */
/* On the main thread, at most once a turn of it: so much of the note is read. */
typedef void (*TlmProgressFunc) (double fraction, gpointer user_data);

typedef struct
{
  const char     *text; /* copied; any bytes: what is not UTF-8, empty or binary is refused */
  gssize          len;  /* -1 when NUL-terminated */
  gint64          written_at; /* Unix seconds; 0: now. Front matter and first line say better. */
  TlmDay          day;        /* when set, due words are read as on this day, whatever the note says */
  TlmProgressFunc progress;   /* (nullable) */
  gpointer        progress_data;
} TlmSummarizeRequest;

/* Finished by tlm_engine_service_summarize_finish(). */
void        tlm_engine_service_summarize_full_async (TlmEngineService *self,
                                                     const TlmSummarizeRequest *request,
                                                     GCancellable *cancellable,
                                                     GAsyncReadyCallback callback,
                                                     gpointer user_data);
#endif

/**
 * tlm_engine_service_summarize_async:
 * @text: copied; what is not UTF-8, empty or binary is refused with a sentence
 * @len: in bytes; -1 when NUL-terminated
 * @cancellable: (nullable)
 * @callback: (scope async) (closure user_data): called on the main thread
 * @user_data: for @callback
 */
void tlm_engine_service_summarize_async (TlmEngineService *self, const char *text, gssize len,
                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);

/**
 * tlm_engine_service_summarize_finish:
 * @result: of the callback
 *
 * Returns: (transfer full): what was found
 */
TlmSummary *tlm_engine_service_summarize_finish (TlmEngineService *self, GAsyncResult *result,
                                                 GError **error);

/**
 * tlm_engine_service_ask_async:
 * @text: of a note
 * @question: about it, in its language
 * @cancellable: (nullable)
 * @callback: (scope async) (closure user_data): called on the main thread
 * @user_data: for @callback
 *
 * In engine-ask.c.
 */
/* In engine-ask.c. */
void tlm_engine_service_ask_async (TlmEngineService *self, const char *text, const char *question,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * tlm_engine_service_ask_finish:
 * @result: of the callback
 * @answer: (out caller-allocates): the sentence that answers; start == end when the note does not say
 */
gboolean tlm_engine_service_ask_finish (TlmEngineService *self, GAsyncResult *result,
                                        TlmSpan *answer, GError **error);

#ifndef __GI_SCANNER__ /* not for scripts */
/* @parts: (element-type tl_ask_part): those that @text, which has no front matter, is put together of */
void     tlm_engine_service_ask_parts_async (TlmEngineService *self, const char *text,
                                             const char *question, GArray *parts, float none_prior,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean tlm_engine_service_ask_parts_finish (TlmEngineService *self, GAsyncResult *result,
                                              TlmSpan *answer, GArray **points, GError **error);

/* Why a sentence was chosen or not; counts and places as in the note. */
typedef tl_explanation TlmWhy;

void    tlm_engine_service_explain_async  (TlmEngineService *self, const char *text, gsize place,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
TlmWhy *tlm_engine_service_explain_finish (TlmEngineService *self, GAsyncResult *result,
                                           GError **error);

/**
 * tlm_engine_service_replay_async:
 *
 * In engine-replay.c: opens the model's file anew, reads the note of @summary again with nothing kept
 * from before, and compares the results to the byte.
 */
void     tlm_engine_service_replay_async  (TlmEngineService *self, TlmSummary *summary,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
/* @why: (out) (transfer full): a sentence on what differs; NULL when all bytes are the same */
gboolean tlm_engine_service_replay_finish (TlmEngineService *self, GAsyncResult *result,
                                           char **why, GError **error);

#endif

typedef enum { TLM_TURN_SYSTEM, TLM_TURN_USER, TLM_TURN_ASSISTANT } TlmTurnRole;

/* What one side said; a system turn only comes first. */
typedef struct
{
  TlmTurnRole role;
  char       *text;
} TlmTurn;

typedef struct
{
  const char    *model_path; /* a GGUF of a language model; kept loaded until another is asked for */
  const char    *prompt;     /* "" starts from BOS */
  const char    *suffix;     /* (nullable): of a specialist: behind it, as tokens of its own */
  const TlmTurn *turns;      /* [n_turns] a conversation to answer, in place of the prompt: */
  guint          n_turns;    /* its last turn is the person's */
  const char    *chat_format; /* (nullable): one of tlm_conversation_list_formats(), for a model
                                 whose file does not say in a way that is known */
  gboolean    whole;      /* fail with TLM_ERROR_TOO_LARGE rather than leave out the oldest turns */
  guint       max_tokens;
  float       temperature, top_p, min_p, repeat_penalty;
  guint       top_k;
  guint64     seed;
  TlmWordFilter *filter; /* (nullable): whose tokens alone are written */
  const char *adapters; /* (nullable): of tlm_adapters_dup_text(): beside the model's weights */
  gboolean    lookup; /* guess from the text so far: the same tokens, sooner where they repeat it */
} TlmGenerateRequest;

#ifndef __GI_SCANNER__ /* not for scripts */
/* @text: whole UTF-8 characters, on the main thread; everything that was there since the last
 * call */
typedef void (*TlmTextFunc) (const char *text, gpointer user_data);
#endif

/* Beyond this a KV cache is larger than small machines like. */
#define TLM_DEFAULT_CONTEXT 4096

/**
 * tlm_engine_service_set_context:
 * @n_tokens: that a model of generate_async() sees at most; at first TLM_DEFAULT_CONTEXT
 * @compact: keeps their keys and values in blocks of bytes, half the memory, where the model's heads
 * are whole blocks
 *
 * Counts from the next generation on.
 */
void tlm_engine_service_set_context (TlmEngineService *self, guint n_tokens, gboolean compact);

/**
 * tlm_generate_request_init:
 * @request: gets sensible defaults
 */
void tlm_generate_request_init (TlmGenerateRequest *request);

#ifndef __GI_SCANNER__
void tlm_engine_service_generate_async (TlmEngineService *self, const TlmGenerateRequest *request,
                                        TlmTextFunc on_text, gpointer on_text_data,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
#endif

/**
 * tlm_engine_service_write_async:
 * @request: copied
 * @cancellable: (nullable)
 * @callback: (scope async) (closure user_data): called on the main thread
 * @user_data: for @callback
 *
 * For scripts, whose functions cannot be kept to hear the text as it comes. Ended by
 * tlm_engine_service_generate_finish().
 */
void tlm_engine_service_write_async (TlmEngineService *self, const TlmGenerateRequest *request,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * tlm_engine_service_generate_finish:
 * @result: of the callback
 *
 * Returns: (transfer full): the whole text, also (with the error set beside it) what there was when it was
 * cancelled or failed
 */
char *tlm_engine_service_generate_finish (TlmEngineService *self, GAsyncResult *result,
                                          GError **error);

#ifndef __GI_SCANNER__ /* not for scripts */
/* What a conversation takes of the model's context, in tokens. */
typedef struct
{
  guint n_used;     /* with the answer; 0: not known */
  guint n_held;     /* when less, there was no room for the whole conversation, which was asked for */
  guint n_left_out; /* of the oldest turns, which had no room or for which the model has no format */
} TlmContextUse;

void  tlm_engine_service_generate_get_context (GAsyncResult *result, TlmContextUse *use);

#endif

/**
 * tlm_engine_service_complete_async:
 * @text: the text so far
 * @cancellable: (nullable)
 * @callback: (scope async) (closure user_data): called on the main thread
 * @user_data: for @callback
 */
void tlm_engine_service_complete_async (TlmEngineService *self, const char *text,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);

/**
 * tlm_engine_service_complete_finish:
 * @result: of the callback
 *
 * Returns: (transfer full) (nullable): the rest of the word
 */
char *tlm_engine_service_complete_finish (TlmEngineService *self, GAsyncResult *result,
                                          GError **error);

G_END_DECLS
