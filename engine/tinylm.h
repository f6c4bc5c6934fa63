/* SPDX-License-Identifier: Apache-2.0 */
/* libtinylm: the one header of the engine. Plain C11; no global state but the CPU mask; no printing,
 * no exit. Objects marked immutable may be shared between threads, all others have one owner. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#include "base/error.h"
#include "base/file.h"
#include "base/rng.h"
#include "gguf/gguf.h"
#include "gguf/quant.h"
#include "kernels/cpu.h"
#include "kernels/kernels.h"
#include "kernels/pool.h"
#include "model/adapter.h"
#include "model/complete.h"
#include "model/model.h"
#include "model/sampler.h"
#include "model/session.h"
#include "reader/reader.h"
#include "text/bpe-train.h"
#include "text/tokenizer.h"
#include "train/blocks.h"
#include "train/checkpoint.h"
#include "train/lm-train.h"
#include "train/lora-train.h"
#include "train/merge.h"
#include "train/optim.h"
#include "train/qat.h"
#include "train/quantize.h"

#ifdef __cplusplus
}
#endif
