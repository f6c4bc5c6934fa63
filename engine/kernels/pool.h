/* SPDX-License-Identifier: Apache-2.0 */
/* A fork-join pool: one caller and n - 1 helpers run the same function over disjoint parts. Waiting
 * spins briefly, then sleeps on a condition variable, so an idle pool costs nothing. */
#pragma once

#include "base/error.h"

#pragma GCC visibility push(default)

typedef struct tl_pool tl_pool;

/* @part in [0, n_parts); all parts may run at once. */
typedef void (*tl_pool_func) (void *data, unsigned part, unsigned n_parts);

/**
 * tl_pool_new:
 * @n_threads: 0 for as many as the machine has processors that this process may use
 *
 * Returns: (transfer full) (nullable): NULL and @err when threads cannot be made.
 */
tl_pool *tl_pool_new (unsigned n_threads, tl_error *err);

/**
 * tl_pool_free:
 * @pool: (nullable): in no use; ends its threads
 */
void tl_pool_free (tl_pool *pool);

/**
 * tl_pool_get_n_threads:
 * @pool: (nullable)
 *
 * Returns: its threads, the caller counted; 1 for NULL
 */
unsigned tl_pool_get_n_threads (const tl_pool *pool);

/**
 * tl_pool_share:
 * @n_parts: at most 2^20
 * @func: run once for each part in [0, n_parts)
 * @data: handed to @func
 *
 * Each part is done by whichever thread is free, and all are when this returns. The caller does the part
 * of a helper that the system has not let run. Where there are as many parts as threads, or fewer, each
 * thread takes the same part every time, if it can. A NULL @pool runs all parts in the caller. One caller
 * at a time; not reentrant.
 */
void tl_pool_share (tl_pool *pool, unsigned n_parts, tl_pool_func func, void *data);

#pragma GCC visibility pop
