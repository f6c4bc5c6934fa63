/* SPDX-License-Identifier: Apache-2.0 */
/* The tokenizer as loaded; shared by tokenizer.c (loading), encode.c and decoder.c. */
#pragma once

#include "text/bpe.h"
#include "text/pretokenize.h"
#include "text/specials.h"
#include "text/spm.h"
#include "text/tokenizer.h"

struct tl_tokenizer
{
  tl_vocab_kind kind;
  tl_vocab      vocab;
  tl_specials   specials;
  uint8_t      *ends; /* [n_tokens] whether the token ends a turn */
  int32_t       bos, eos, unknown; /* -1 for none */
  bool          add_bos;

  /* byte-level */
  const tl_pretokenizer *pretokenizer;
  tl_merges              merges;

  /* SentencePiece */
  bool add_space_prefix;
  bool words_are_separate;
  bool marks_strip; /* white space behind a special token is no part of the text (Phi-3) */
};
