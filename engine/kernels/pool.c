/* SPDX-License-Identifier: Apache-2.0 */
/* The fork-join pool. Helpers wait for a run to start, the caller for it to be done, each at a
 * gate: a waiter looks for some microseconds whether the gate is open, then sleeps on a condition
 * variable; so a run costs a fraction of a microsecond while all threads run, and a busy machine or
 * an idle pool costs little. No lost wake-up: the opener opens, then looks for sleepers; a sleeper
 * announces itself, then looks at the gate; both in sequentially consistent order, so at least one
 * sees the other. What is to be done stands on a ticket: the number of the run and the parts not
 * yet taken. A part is taken by compare-and-swap on both, so a helper that wakes up late, for a run
 * that is over, takes nothing and reads nothing of it. */
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

/* Looks before sleeping, with a pause of 20 to 50 ns between them: some 100 us, longer than parts
 * of a prefill of a small model wait for each other; to sleep and be woken costs as much in a
 * virtual machine. Meeny's prefill with two threads, on the two cores of an AMD EPYC (Zen 5) with
 * six other programs, mean of 400 prefills: 20,700 tokens a second with 1,024 looks, 33,400 with
 * 4,096, and in a quiet machine 70,000 with both. */
#define N_SPINS 4096

/* Beyond any machine of today; what is larger is a mistyped number. */
#define MAX_THREADS 1024u

#define MAX_PARTS (1u << 20)

typedef struct
{
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

/* A ticket: the run in the upper half; in the lower half the parts not yet taken, a bit each with
 * this flag, or their number when they are many; or that helpers end. */
#define TICKET_BITS (1u << 31)
#define TICKET_STOP (1u << 30)
#define MAX_BITS    30u

/* What is read in a loop, or written by all, has cache lines of its own. */
struct tl_pool
{
  /* The caller writes these before the ticket; who has taken a part reads them. */
  _Alignas (128) _Atomic uint64_t ticket;
  tl_pool_func func;
  void        *data;
  unsigned     n_parts;

  _Alignas (128) atomic_uint n_unfinished; /* parts of this run */
  _Alignas (128) gate start; /* opens with a new ticket */
  _Alignas (128) gate done;  /* opens when no part is unfinished */

  unsigned n_threads, n_spins;
  unsigned n_helpers; /* how far tl_pool_new() came */
  int      processor; /* of the caller when last looked, from which helpers keep away */
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

/* Whoever has opened the gate calls this then. */
static void
gate_wake (gate *g)
{
  if (atomic_load (&g->n_sleepers) == 0)
    return;
  pthread_mutex_lock (&g->lock);
  pthread_cond_broadcast (&g->opened);
  pthread_mutex_unlock (&g->lock);
}

/* Whether a gate is open; @run is the last one that a helper knows. */
typedef bool (*gate_test) (tl_pool *pool, uint32_t run);

static bool
has_started (tl_pool *pool, uint32_t run)
{
  return atomic_load (&pool->ticket) >> 32 != run;
}

static bool
is_done (tl_pool *pool, uint32_t run)
{
  (void) run;
  return atomic_load (&pool->n_unfinished) == 0;
}

static void
gate_sleep (gate *g, gate_test is_open, tl_pool *pool, uint32_t run)
{
  pthread_mutex_lock (&g->lock);
  atomic_fetch_add (&g->n_sleepers, 1);
  while (!is_open (pool, run))
    pthread_cond_wait (&g->opened, &g->lock);
  atomic_fetch_sub (&g->n_sleepers, 1);
  pthread_mutex_unlock (&g->lock);
}

static inline void
gate_wait (gate *g, gate_test is_open, tl_pool *pool, uint32_t run)
{
  for (unsigned i = 0; i < pool->n_spins; i++)
    {
      if (is_open (pool, run))
        return;
      pause_cpu ();
    }
  gate_sleep (g, is_open, pool, run);
}

/* Takes one of the parts left, at least one: the thread's own, which it had the last time and may
 * still have in its cache, or else any. Returns: the ticket after that. */
static uint64_t
take_part (uint64_t ticket, unsigned own, unsigned *part)
{
  uint32_t left = (uint32_t) ticket & ~TICKET_BITS;

  if (!(ticket & TICKET_BITS))
    {
      *part = left - 1;
      return ticket - 1;
    }
  *part = own < MAX_BITS && left >> own & 1 ? own : (unsigned) __builtin_ctz (left);
  return ticket & ~((uint64_t) 1 << *part);
}

/* Takes parts of @run until none is left. */
static void
work (tl_pool *pool, uint32_t run, unsigned own)
{
  uint64_t ticket = atomic_load (&pool->ticket);
  unsigned part;

  while (ticket >> 32 == run && ((uint32_t) ticket & ~TICKET_BITS) > 0)
    {
      if (!atomic_compare_exchange_weak (&pool->ticket, &ticket, take_part (ticket, own, &part)))
        continue;
      pool->func (pool->data, part, pool->n_parts);
      if (atomic_fetch_sub (&pool->n_unfinished, 1) == 1)
        gate_wake (&pool->done);
      ticket = atomic_load (&pool->ticket);
    }
}

static void *
helper_main (void *data)
{
  const helper *self = data;
  tl_pool *pool = self->pool;
  uint64_t ticket = 0;

  for (;;)
    {
      gate_wait (&pool->start, has_started, pool, ticket >> 32);
      ticket = atomic_load (&pool->ticket);
      if ((uint32_t) ticket == TICKET_STOP)
        return NULL;
      work (pool, ticket >> 32, self->part);
    }
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

static bool
init_gates (tl_pool *pool)
{
  if (!gate_init (&pool->start))
    return false;
  if (gate_init (&pool->done))
    return true;
  gate_clear (&pool->start);
  return false;
}

/* The process's signals stay with the threads that it made itself. A helper that blocked SIGBUS would
 * end the process at a map of a file that was cut (base/map-guard.h). */
static bool
start_helpers (tl_pool *pool)
{
  sigset_t all, before;
  bool ok = true;

  sigfillset (&all);
  sigdelset (&all, SIGBUS);
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
  pool->processor = -1;
  if (!init_gates (pool))
    {
      free (pool);
      pool = NULL;
    }
  else if (!start_helpers (pool))
    {
      tl_pool_free (pool);
      pool = NULL;
    }
  if (pool == NULL)
    tl_error_set (err, TL_ERROR_MEMORY, "cannot start %u threads", n_threads);
  return pool;
}

/* The scheduler wakes a thread where its waker runs, if no processor is idle, and leaves it there:
 * on a busy machine two threads then took turns on one processor, and meeny's prefill with two was
 * four times slower than with one. So helpers may run wherever the caller may, but where it does.
 * */
static void
keep_away (tl_pool *pool)
{
#if defined(__linux__)
  cpu_set_t set;
  int processor = sched_getcpu ();

  if (processor == pool->processor || pool->n_spins == 0)
    return;
  pool->processor = processor;
  if (sched_getaffinity (0, sizeof set, &set) != 0)
    return;
  CPU_CLR (processor, &set);
  for (unsigned i = 0; i < pool->n_helpers; i++)
    pthread_setaffinity_np (pool->helpers[i].thread, sizeof set, &set);
#else
  (void) pool;
#endif
}

static uint32_t
start_run (tl_pool *pool, uint32_t what)
{
  uint32_t run = (uint32_t) (atomic_load_explicit (&pool->ticket, memory_order_relaxed) >> 32) + 1;

  atomic_store (&pool->ticket, (uint64_t) run << 32 | what);
  gate_wake (&pool->start);
  return run;
}

void
tl_pool_free (tl_pool *pool)
{
  if (pool == NULL)
    return;
  if (pool->n_helpers > 0)
    start_run (pool, TICKET_STOP);
  for (unsigned i = 0; i < pool->n_helpers; i++)
    pthread_join (pool->helpers[i].thread, NULL);
  gate_clear (&pool->start);
  gate_clear (&pool->done);
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
  uint32_t run;

  assert (n_parts <= MAX_PARTS);
  if (pool == NULL || pool->n_threads == 1 || n_parts < 2)
    {
      for (unsigned part = 0; part < n_parts; part++)
        func (data, part, n_parts);
      return;
    }
  keep_away (pool);
  pool->func = func;
  pool->data = data;
  pool->n_parts = n_parts;
  atomic_store_explicit (&pool->n_unfinished, n_parts, memory_order_relaxed);
  if (n_parts > MAX_BITS)
    run = start_run (pool, n_parts);
  else
    run = start_run (pool, TICKET_BITS | ((1u << n_parts) - 1));
  work (pool, run, 0);
  gate_wait (&pool->done, is_done, pool, 0);
}
