/* SPDX-License-Identifier: Apache-2.0 */
/* The fork-join pool. Everything waits at a gate: a word that changes when the gate opens. A waiter
 * looks at the word for some microseconds, then sleeps on a condition variable; so a barrier costs a
 * fraction of a microsecond while all threads run, and a busy machine or an idle pool costs little.
 * No lost wake-up: the opener changes the word, then looks for sleepers; a sleeper announces itself,
 * then looks at the word; both in sequentially consistent order, so at least one sees the other.
 * What is to be done stands on a ticket: the number of the run and the parts not yet taken. A part is
 * taken by compare-and-swap on both, so a helper that wakes up late, for a run that is over, takes
 * nothing and reads nothing of it. */
#include "kernels/pool.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Looks before sleeping, with a pause of 25 to 50 ns between them: some 10 us, more than equal parts
 * wait for each other. Under a load of fourteen other threads on the two cores of an AMD EPYC (Zen 5)
 * a barrier of two took 19 us with 64 looks, 28 us with 256, 64 us with 1024; looks with sched_yield()
 * between them, which gives up the whole time slice, made it a millisecond. Idle it is 0.25 us. */
#define N_SPINS 256

/* Beyond any machine of today; what is larger is a mistyped number. */
#define MAX_THREADS 1024u

#define MAX_PARTS (1u << 20)

typedef struct
{
  atomic_uint     word;
  atomic_uint     n_sleepers;
  pthread_mutex_t lock;
  pthread_cond_t  opened;
} gate;

typedef struct
{
  tl_pool  *pool;
  pthread_t thread;
  unsigned  part;
} helper;

/* A ticket: the run in the upper half, in the lower half the parts not yet taken, or one of these. */
#define TICKET_ALL_TOGETHER UINT32_MAX       /* every thread has its own part: tl_pool_run() */
#define TICKET_STOP         (UINT32_MAX - 1) /* helpers end */

/* Each gate has cache lines of its own: its word is read in a loop by every other core. */
struct tl_pool
{
  _Alignas (128) gate start;   /* opens once a run; its word is the number of the run */
  _Alignas (128) gate done;    /* opens when the last part of a run is finished */
  _Alignas (128) gate barrier; /* opens when the last part arrives */
  _Alignas (128) _Atomic uint64_t ticket;
  _Alignas (128) atomic_uint n_unfinished; /* parts of this run */
  _Alignas (128) atomic_uint n_arrived;    /* parts at the barrier */

  /* Written by the caller while no part is taken, read by who has taken one. */
  _Alignas (128) tl_pool_func func;
  void    *data;
  unsigned n_parts;

  unsigned n_threads, n_spins;
  unsigned n_gates, n_helpers; /* how far tl_pool_new() came */
  helper   helpers[];
};

static inline void
pause_cpu (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile ("yield");
#endif
}

static bool
gate_init (gate *g)
{
  atomic_init (&g->word, 0);
  atomic_init (&g->n_sleepers, 0);
  if (pthread_mutex_init (&g->lock, NULL) != 0)
    return false;
  if (pthread_cond_init (&g->opened, NULL) != 0)
    {
      pthread_mutex_destroy (&g->lock);
      return false;
    }
  return true;
}

static void
gate_clear (gate *g)
{
  pthread_cond_destroy (&g->opened);
  pthread_mutex_destroy (&g->lock);
}

static void
gate_open (gate *g)
{
  atomic_fetch_add (&g->word, 1);
  if (atomic_load (&g->n_sleepers) == 0)
    return;
  pthread_mutex_lock (&g->lock);
  pthread_cond_broadcast (&g->opened);
  pthread_mutex_unlock (&g->lock);
}

static void
gate_sleep (gate *g, unsigned old)
{
  pthread_mutex_lock (&g->lock);
  atomic_fetch_add (&g->n_sleepers, 1);
  while (atomic_load (&g->word) == old)
    pthread_cond_wait (&g->opened, &g->lock);
  atomic_fetch_sub (&g->n_sleepers, 1);
  pthread_mutex_unlock (&g->lock);
}

/* Returns once the word is no longer @old. */
static void
gate_wait (gate *g, unsigned old, unsigned n_spins)
{
  for (unsigned i = 0; i < n_spins; i++)
    {
      if (atomic_load_explicit (&g->word, memory_order_acquire) != old)
        return;
      pause_cpu ();
    }
  gate_sleep (g, old);
}

static void
finish_part (tl_pool *pool)
{
  if (atomic_fetch_sub (&pool->n_unfinished, 1) == 1)
    gate_open (&pool->done);
}

/* Takes parts of @run until none is left. */
static void
work_on_shares (tl_pool *pool, uint32_t run)
{
  uint64_t ticket = atomic_load (&pool->ticket);

  while (ticket >> 32 == run && (uint32_t) ticket > 0)
    {
      if (!atomic_compare_exchange_weak (&pool->ticket, &ticket, ticket - 1))
        continue;
      pool->func (pool->data, pool->n_parts - (uint32_t) ticket, pool->n_parts);
      finish_part (pool);
      ticket = atomic_load (&pool->ticket);
    }
}

/* Does what the ticket says, if it is still that of @run; false when the pool ends. */
static bool
work (tl_pool *pool, uint32_t run, unsigned part)
{
  uint64_t ticket = atomic_load (&pool->ticket);

  if (ticket >> 32 != run)
    return true;
  switch ((uint32_t) ticket)
    {
    case TICKET_STOP:
      return false;
    case TICKET_ALL_TOGETHER:
      pool->func (pool->data, part, pool->n_parts);
      finish_part (pool);
      return true;
    default:
      work_on_shares (pool, run);
      return true;
    }
}

static void *
helper_main (void *data)
{
  helper *self = data;
  tl_pool *pool = self->pool;
  unsigned run = 0;

  do
    {
      gate_wait (&pool->start, run, pool->n_spins);
      run = atomic_load (&pool->start.word);
    }
  while (work (pool, run, self->part));
  return NULL;
}

static unsigned
count_processors (void)
{
#if defined(__linux__)
  cpu_set_t set;

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    return (unsigned) CPU_COUNT (&set);
#endif
  long n = sysconf (_SC_NPROCESSORS_ONLN);

  return n > 0 ? (unsigned) n : 1;
}

static void
list_gates (tl_pool *pool, gate *gates[3])
{
  gates[0] = &pool->start;
  gates[1] = &pool->done;
  gates[2] = &pool->barrier;
}

static bool
init_gates (tl_pool *pool)
{
  gate *gates[3];

  list_gates (pool, gates);
  for (; pool->n_gates < 3; pool->n_gates++)
    {
      if (!gate_init (gates[pool->n_gates]))
        return false;
    }
  return true;
}

/* The process's signals stay with the threads that it made itself. */
static bool
start_helpers (tl_pool *pool)
{
  sigset_t all, before;
  bool ok = true;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  while (ok && pool->n_helpers < pool->n_threads - 1)
    {
      helper *h = &pool->helpers[pool->n_helpers];

      h->pool = pool;
      h->part = pool->n_helpers + 1;
      ok = pthread_create (&h->thread, NULL, helper_main, h) == 0;
      if (ok)
        pool->n_helpers++;
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return ok;
}

tl_pool *
tl_pool_new (unsigned n_threads, tl_error *err)
{
  unsigned n_processors = count_processors ();
  tl_pool *pool;
  size_t size;

  if (n_threads == 0)
    n_threads = n_processors;
  if (n_threads > MAX_THREADS)
    {
      tl_error_set (err, TL_ERROR_ARGUMENT, "%u threads: at most %u are possible", n_threads,
                    MAX_THREADS);
      return NULL;
    }
  size = sizeof *pool + (n_threads - 1) * sizeof (helper);
  size = (size + 127) & ~(size_t) 127;
  pool = aligned_alloc (128, size);
  if (pool == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "no memory for a pool of %u threads", n_threads);
      return NULL;
    }
  memset (pool, 0, size);
  pool->n_threads = n_threads;
  /* With more threads than processors a spin only keeps the awaited thread from running. */
  pool->n_spins = n_threads <= n_processors ? N_SPINS : 0;
  if (!init_gates (pool) || !start_helpers (pool))
    {
      tl_error_set (err, TL_ERROR_MEMORY, "cannot start %u threads", n_threads);
      tl_pool_free (pool);
      return NULL;
    }
  return pool;
}

/* Returns the word that the `done` gate has until the run is over. */
static unsigned
prepare_run (tl_pool *pool, unsigned n_parts, tl_pool_func func, void *data)
{
  pool->func = func;
  pool->data = data;
  pool->n_parts = n_parts;
  atomic_store_explicit (&pool->n_unfinished, n_parts, memory_order_relaxed);
  return atomic_load_explicit (&pool->done.word, memory_order_relaxed);
}

/* Returns the number of the run. */
static uint32_t
start_run (tl_pool *pool, uint32_t what)
{
  uint32_t run = atomic_load_explicit (&pool->start.word, memory_order_relaxed) + 1;

  atomic_store (&pool->ticket, (uint64_t) run << 32 | what);
  gate_open (&pool->start);
  return run;
}

void
tl_pool_free (tl_pool *pool)
{
  gate *gates[3];

  if (pool == NULL)
    return;
  list_gates (pool, gates);
  if (pool->n_helpers > 0)
    start_run (pool, TICKET_STOP);
  for (unsigned i = 0; i < pool->n_helpers; i++)
    pthread_join (pool->helpers[i].thread, NULL);
  for (unsigned i = 0; i < pool->n_gates; i++)
    gate_clear (gates[i]);
  free (pool);
}

unsigned
tl_pool_get_n_threads (const tl_pool *pool)
{
  return pool != NULL ? pool->n_threads : 1;
}

void
tl_pool_run (tl_pool *pool, tl_pool_func func, void *data)
{
  unsigned done;

  if (pool == NULL || pool->n_threads == 1)
    {
      func (data, 0, 1);
      return;
    }
  done = prepare_run (pool, pool->n_threads, func, data);
  start_run (pool, TICKET_ALL_TOGETHER);
  func (data, 0, pool->n_threads);
  finish_part (pool);
  gate_wait (&pool->done, done, pool->n_spins);
}

void
tl_pool_share (tl_pool *pool, unsigned n_parts, tl_pool_func func, void *data)
{
  unsigned done;

  assert (n_parts <= MAX_PARTS);
  if (pool == NULL || pool->n_threads == 1 || n_parts < 2)
    {
      for (unsigned part = 0; part < n_parts; part++)
        func (data, part, n_parts);
      return;
    }
  done = prepare_run (pool, n_parts, func, data);
  work_on_shares (pool, start_run (pool, n_parts));
  gate_wait (&pool->done, done, pool->n_spins);
}

void
tl_pool_barrier (tl_pool *pool)
{
  unsigned round;

  if (pool == NULL || pool->n_threads == 1)
    return;
  round = atomic_load_explicit (&pool->barrier.word, memory_order_acquire);
  if (atomic_fetch_add (&pool->n_arrived, 1) + 1 < pool->n_threads)
    {
      gate_wait (&pool->barrier, round, pool->n_spins);
      return;
    }
  atomic_store_explicit (&pool->n_arrived, 0, memory_order_relaxed);
  gate_open (&pool->barrier);
}
