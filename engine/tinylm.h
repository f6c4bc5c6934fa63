/* SPDX-License-Identifier: Apache-2.0 */
/* libtinylm: language models and a reader of notes on the processor alone. Plain C11 over pthreads and
 * libm; it prints nothing and ends nothing. What is installed is this header with all those that it names
 * in one.
 *
 * Threads: a tl_gguf, tl_tokenizer, tl_model, tl_adapter and tl_reader never change once they are open, so any
 * number of threads may share one. All else has one owner at a time: a session and a sampler for each
 * text that is written, and a pool for each session that is to use several processors.
 *
 * Failures: a function with a tl_error returns false or NULL, and the error then has a sentence for the
 * person who must act. Files are hostile until they have been read; a mistake of the caller's is asserted.
 *
 * Global is only the mask of tl_cpu_set_mask(), and, from the first file that is opened on, a handler of SIGBUS: a
 * mapped file that somebody cuts short is an error of tl_gguf_check_whole(), and not the end of the process. What
 * is none of its files goes to the handler that was there before. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#include "base/error.h"
#include "base/rng.h"
#include "gguf/gguf.h"
#include "gguf/quant.h"
#include "kernels/cpu.h"
#include "kernels/pool.h"
#include "model/adapter.h"
#include "model/complete.h"
#include "model/model.h"
#include "model/sampler.h"
#include "model/session.h"
#include "reader/ask.h"
#include "reader/explain.h"
#include "reader/reader.h"
#include "text/chat-format.h"
#include "text/tokenizer.h"
#include "train/lora-train.h"
#include "train/merge.h"
#include "train/quantize.h"

#ifdef __cplusplus
}
#endif
