/* SPDX-License-Identifier: Apache-2.0 */
/* A fork-join pool: one caller and n - 1 helpers run the same function over disjoint parts. Waiting
 * spins briefly, then sleeps on a condition variable, so an idle pool costs nothing. */
#pragma once

#include "base/error.h"

typedef struct tl_pool tl_pool;

/* @part in [0, n_parts); all parts may run at once. */
typedef void (*tl_pool_func) (void *data, unsigned part, unsigned n_parts);

/**
 * tl_pool_new:
 * @n_threads: 0 for as many as the machine has processors that this process may use
 *
 * Returns: (transfer full) (nullable): NULL and @err when threads cannot be made.
 */
tl_pool *tl_pool_new           (unsigned n_threads, tl_error *err);
void     tl_pool_free          (tl_pool *pool); /* NULL is allowed */
unsigned tl_pool_get_n_threads (const tl_pool *pool); /* 1 for NULL */

/**
 * tl_pool_share:
 * Runs @func once for each part in [0, n_parts), each by whichever thread is free, and returns when
 * all are done; @n_parts is at most 2^20. The caller does the part of a helper that the system has not
 * let run. Where there are as many parts as threads, or fewer, each thread takes the same part every
 * time, if it can. A NULL @pool runs all parts in the caller. One caller at a time; not reentrant.
 */
void tl_pool_share (tl_pool *pool, unsigned n_parts, tl_pool_func func, void *data);
