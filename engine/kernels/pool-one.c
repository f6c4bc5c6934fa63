/* SPDX-License-Identifier: Apache-2.0 */
/* The pool where a process has one thread: the caller does all parts. */
#include "kernels/pool.h"

#include <stdlib.h>

struct tl_pool
{
  unsigned n_threads;
};

tl_pool *
tl_pool_new (unsigned n_threads, tl_error *err)
{
  tl_pool *pool = NULL;

  if (n_threads <= 1)
    pool = malloc (sizeof *pool);
  if (pool == NULL)
    tl_error_set (err, TL_ERROR_MEMORY, "cannot start %u threads", n_threads);
  else
    pool->n_threads = 1;
  return pool;
}

void
tl_pool_free (tl_pool *pool)
{
  free (pool);
}

unsigned
tl_pool_get_n_threads (const tl_pool *pool)
{
  return pool != NULL ? pool->n_threads : 1;
}

void
tl_pool_share (tl_pool *pool, unsigned n_parts, tl_pool_func func, void *data)
{
  (void) pool;
  for (unsigned part = 0; part < n_parts; part++)
    func (data, part, n_parts);
}
