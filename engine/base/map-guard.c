/* SPDX-License-Identifier: Apache-2.0 */
/* The maps stand in a fixed table of atomics, since a signal handler may neither lock nor allocate. */
#include "base/map-guard.h"

#ifdef __wasi__ /* where a file is read, not mapped */

int
tl_map_guard_add (const void *data, size_t size)
{
  (void) data;
  (void) size;
  return -1;
}

void
tl_map_guard_remove (int place)
{
  (void) place;
}

bool
tl_map_guard_is_whole (int place)
{
  (void) place;
  return true;
}

#else

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/once.h"

#define N_PLACES 256 /* models are a few, of at most 99 files each */

typedef struct
{
  atomic_uintptr_t begin; /* 0: the place is free; 1: it is being taken */
  atomic_size_t    size;
  atomic_bool      cut;
} guarded;

static guarded places[N_PLACES];
static struct sigaction before;
static uintptr_t page_size;
static tl_once installed = TL_ONCE_INIT;

/* From the page that is gone on: a file that was cut has none of those behind it either. */
static bool
fill_with_zeros (guarded *g, uintptr_t at)
{
  uintptr_t begin = atomic_load (&g->begin), page = at / page_size * page_size;
  size_t size = atomic_load (&g->size);

  if (begin <= 1 || at < begin || at - begin >= size)
    return false;
  atomic_store (&g->cut, true);
  return mmap ((void *) page, begin + size - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
               -1, 0) != MAP_FAILED;
}

static void
pass_on (int number, siginfo_t *info, void *context)
{
  if ((before.sa_flags & SA_SIGINFO) != 0)
    before.sa_sigaction (number, info, context);
  else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
    before.sa_handler (number);
  else
    sigaction (number, &before, NULL); /* and it happens again */
}

static void
on_bus_error (int number, siginfo_t *info, void *context)
{
  int errnum = errno;
  bool filled = false;

  for (size_t i = 0; i < N_PLACES && !filled; i++)
    filled = fill_with_zeros (&places[i], (uintptr_t) info->si_addr);
  errno = errnum;
  if (!filled)
    pass_on (number, info, context);
}

static void
install (void)
{
  struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_NODEFER };

  page_size = (uintptr_t) sysconf (_SC_PAGESIZE);
  sigemptyset (&action.sa_mask);
  sigaction (SIGBUS, &action, &before);
}

int
tl_map_guard_add (const void *data, size_t size)
{
  tl_once_run (&installed, install);
  for (int i = 0; i < N_PLACES; i++)
    {
      uintptr_t nothing = 0;

      if (!atomic_compare_exchange_strong (&places[i].begin, &nothing, 1))
        continue;
      atomic_store (&places[i].size, size);
      atomic_store (&places[i].cut, false);
      atomic_store (&places[i].begin, (uintptr_t) data);
      return i;
    }
  return -1;
}

void
tl_map_guard_remove (int place)
{
  if (place >= 0)
    atomic_store (&places[place].begin, 0);
}

bool
tl_map_guard_is_whole (int place)
{
  return place < 0 || !atomic_load (&places[place].cut);
}

#endif
