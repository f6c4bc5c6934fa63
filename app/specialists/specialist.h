/* SPDX-License-Identifier: Apache-2.0 */
/* A specialist: an adapter that a model learns from a person's examples, on this machine. Blocking
 * functions, for a thread of their own; specialist-run.h runs them beside a window. */
#pragma once

#include "specialist-judge.h"

G_BEGIN_DECLS

typedef struct
{
  const char        *model_path, *out_path;
  const TlmExamples *examples;
  guint    rank;      /* 0: chosen */
  double   alpha;     /* 0: twice the rank */
  double   dropout;
  double   lr;        /* 0: chosen by the model's width */
  unsigned targets;   /* a bit (1u << tl_target) each; 0: all */
  guint    epochs;    /* at most; 0: 12 */
  gboolean linear;    /* the rate falls in a line, not along a cosine */
  gboolean full;      /* trains the matrices themselves: writes a model. Under 10 M parameters */
  tl_type  type;      /* of a fully trained model's matrices */
  double   minutes;   /* 0: until it learns no more; else it searches too, and ends then */
  guint64  memory;    /* bytes that it may take; 0: what is free now */
  guint    n_threads; /* 0: one a processor */
  guint64  seed;
  gboolean waits;     /* for room on a full disk at the end, rather than to fail */
} TlmSpecialistOptions;

/* With strings and examples of its own. */
TlmSpecialistOptions *tlm_specialist_options_copy (const TlmSpecialistOptions *options);
void                  tlm_specialist_options_free (TlmSpecialistOptions *options);

typedef enum
{
  TLM_SPECIALIST_SEARCH, /* of rank and rate */
  TLM_SPECIALIST_TRAIN,
  TLM_SPECIALIST_JUDGE,
} TlmSpecialistStage;

/* Where it stands. */
typedef struct
{
  TlmSpecialistStage stage;
  guint   step, n_steps;
  double  loss;       /* nats a token of the outputs, of the last step; NAN before one */
  double  valid_loss; /* of examples kept back; NAN but where it was measured just now */
  double  seconds, seconds_left; /* NAN: after so few steps nobody can tell */
  guint   rank;
  double  lr;
  guint64 memory;     /* bytes, by the estimate */
  gboolean recomputes; /* each layer for its gradients, to save memory: a third more time */
  gboolean cannot_save; /* the checkpoint was refused by the disk; it is tried again */
} TlmSpecialistProgress;

/* On the training thread. */
typedef void (*TlmSpecialistFunc) (const TlmSpecialistProgress *progress, gpointer data);

/* Hexadecimal digits, and the zero. */
#define TLM_SHA256_CHARS 65

typedef struct
{
  TlmVerdict verdict;
  guint    n_train, n_valid, n_held_out;
  guint    n_cut;      /* inputs whose end had no room */
  guint    n_labels;   /* 0: free text */
  guint    rank;       /* 0: trained in full */
  guint    steps, best_step;
  gsize    n_params;
  double   lr, valid_loss, temperature, threshold, seconds;
  guint64  memory;     /* bytes, by the estimate */
  gboolean recomputed; /* each layer, to save memory */
  gboolean resumed;
  char     sha256[TLM_SHA256_CHARS]; /* of the file */
} TlmSpecialistResult;

/**
 * tlm_specialist_train:
 * @func: (nullable):
 * @cancel: (nullable): polled several times a step; the run can be gone on with by another call
 * with the same options
 *
 * Splits off a tenth of the examples to stop by and two tenths to judge by, trains, judges the file
 * as it will run and writes it with its card. Beside it lies "<out>.checkpoint", from which a run
 * that was cut off at any moment goes on, to the same bytes; it stays until the caller, who now
 * knows of the file, drops it.
 */
gboolean tlm_specialist_train (const TlmSpecialistOptions *options, TlmSpecialistFunc func,
                               gpointer data, tl_cancel_func cancel, gpointer cancel_data,
                               TlmSpecialistResult *result, GError **error);

/* One program alone works on what is to be @out_path: else TLM_ERROR_STORE_BUSY. @lock: (out): to be given
 * back; -1 where none can be had, as on a disk that may not be written */
gboolean tlm_specialist_lock   (const char *out_path, int *lock, GError **error);
void     tlm_specialist_unlock (const char *out_path, int lock);

/* A training that is to begin, or that waits, holds its name: what is not judged yet is an empty file. */
void tlm_specialist_hold (const char *out_path);

/* (transfer full): its path; and taking it away, with what was not judged yet */
char *tlm_specialist_dup_checkpoint  (const char *out_path);
void  tlm_specialist_drop_checkpoint (const char *out_path);

G_END_DECLS
