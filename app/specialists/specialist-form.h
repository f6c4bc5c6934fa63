/* SPDX-License-Identifier: Apache-2.0 */
/* How a specialist is asked, and what it knows of itself: the words behind an input, its labels,
 * how sure it has to be. It stands in the adapter's own file, beside what llama.cpp reads. */
#pragma once

#include <glib.h>

#include "models/engine-service.h"
#include "gguf/gguf.h"
#include "model/adapter.h"
#include "specialist-words.h"

G_BEGIN_DECLS

typedef struct
{
  char      *suffix;      /* what stands between an input and its output, */
  gboolean   chat;        /* unless it is asked as the model's chat format says */
  char      *system;      /* (nullable): then: what all conversations that it learned began with */
  GPtrArray *labels;      /* of strings: the only outputs there are; empty: any text */
  GPtrArray *words;       /* of strings: what outputs have beside words of the input; NULL: any */
  double     temperature; /* that the labels' probabilities are right with */
  double     threshold;   /* of the likeliest label, below which a person is to be asked */
  gboolean   spread;      /* whether those held out were spread over all its examples */
} TlmForm;

TlmForm *tlm_form_new  (void);
void     tlm_form_free (TlmForm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmForm, tlm_form_free)

/* NULL: @gguf was not made by this program, or by a later version. */
TlmForm *tlm_form_read  (const tl_gguf *gguf);
void     tlm_form_write (const TlmForm *self, tl_gguf_writer *w);

/* @input with the words behind it. (transfer full) */
char *tlm_form_make_prompt (const TlmForm *self, const char *input);

/* The conversation that a form with chat asks: behind the form's system turn, unless @request has
 * one, its turns or its prompt. (transfer container): borrows from both */
TlmTurn *tlm_form_make_turns (const TlmForm *self, const TlmGenerateRequest *request, guint *n);

/**
 * tlm_form_encode:
 * @turns: (nullable): of an example that is a conversation; else @input is asked
 * @output: (nullable): NULL for the prompt alone
 * @max: tokens that there is room for: of a longer conversation the oldest turns are left out, of a
 * longer input the end
 * @n_prompt: (out): tokens before the output's
 * @cut: (out) (optional): whether something was left out
 *
 * Returns: (transfer full) (nullable): free with free(); NULL when the output alone has no room
 */
int32_t *tlm_form_encode (const TlmForm *self, const tl_model *model, const char *input,
                          char *const *turns, const char *output, gsize max, gsize *n,
                          gsize *n_prompt, gboolean *cut, tl_error *err);

/* What stands behind a prompt: the output, and the token that ends it. (transfer full)
 * (nullable) */
int32_t *tlm_form_encode_output (const TlmForm *self, const tl_model *model, const char *output,
                                 gsize *n, tl_error *err);

/**
 * tlm_form_classify:
 * @turns: as of tlm_form_encode()
 * @temperature: of the scores; the form's own after calibration
 * @cancel: (nullable): polled while the input is computed, and before each label
 * @p: (out): [labels] probabilities, which sum to 1
 * @cut: (out) (optional): whether something of the input had no room
 *
 * The labels' likelihoods behind the input, each with the end of the text.
 */
gboolean tlm_form_classify (const TlmForm *self, tl_session *session, const tl_model *model,
                            const char *input, char *const *turns, double temperature,
                            tl_cancel_func cancel, void *cancel_data, double *p, gboolean *cut,
                            tl_error *err);

/* The index of the likeliest of them, of which there is one at least. @p: [labels] */
guint tlm_labels_find_likeliest (const GPtrArray *labels, const double *p);

/* Has @request, whose prompt is an input, ask for its output outside a conversation, with the tokens
 * of tlm_form_encode(): its suffix is borrowed from @self, its filter is the caller's, and NULL where
 * nothing holds the output. */
void tlm_form_fill_request (const TlmForm *self, const tl_tokenizer *tokenizer,
                            TlmGenerateRequest *request);

/* (transfer full) (nullable): the input of @prompt, when tlm_form_make_prompt() made it */
char *tlm_form_dup_input (const TlmForm *self, const char *prompt);

/* The likeliest text of at most @max_tokens, held to the form's words if it has some. @cancel:
 * (nullable): polled while the input is computed, and before each token. @cut: (out) (optional): as of
 * tlm_form_classify(). (transfer full) (nullable) */
char *tlm_form_write_output (const TlmForm *self, tl_session *session, const tl_model *model,
                             const char *input, char *const *turns, guint max_tokens,
                             tl_cancel_func cancel, void *cancel_data, gboolean *cut,
                             tl_error *err);

G_END_DECLS
