/* SPDX-License-Identifier: Apache-2.0 */
/* What is done once in a process, whichever thread comes first. WASI has one thread, and no pthreads. */
#pragma once

#ifdef __wasi__
#include <stdbool.h>

typedef bool tl_once; /* done */

#define TL_ONCE_INIT false

static inline void
tl_once_run (tl_once *once, void (*func) (void))
{
  if (!*once)
    func ();
  *once = true;
}

#else
#include <pthread.h>

typedef pthread_once_t tl_once;

#define TL_ONCE_INIT PTHREAD_ONCE_INIT

static inline void
tl_once_run (tl_once *once, void (*func) (void))
{
  pthread_once (once, func);
}

#endif
