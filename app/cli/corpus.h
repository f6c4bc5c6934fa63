/* SPDX-License-Identifier: Apache-2.0 */
/* Text for training language models: plain or compressed files whose documents end with a line
 * "<|endoftext|>", as one stream of token ids. */
#pragma once

#include <glib.h>

#include "tinylm.h"

G_BEGIN_DECLS

#define TLM_CORPUS_DOCUMENT_END "<|endoftext|>"

typedef struct
{
  int32_t *train, *valid; /* ids, each document begun by the tokenizer's BOS */
  gsize    n_train, n_valid;
  gsize    train_bytes, valid_bytes; /* of UTF-8 that they stand for */
} TlmCorpus;

/**
 * tlm_corpus_load:
 * @path: a text file, also .xz or .gz
 * @every: each @every-th document (by a hash of its place) is held out for validation, so that the
 * split is the same for every run on one file
 *
 * The caller ends it with tlm_corpus_clear().
 */
gboolean tlm_corpus_load  (TlmCorpus *corpus, const char *path, const tl_tokenizer *tokenizer,
                           guint every, GError **error);
void     tlm_corpus_clear (TlmCorpus *corpus);

G_END_DECLS
