/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded before the C library into a program that a test stops and lets go on, as if the machine had slept
 * meanwhile: the clocks that count its sleep are ahead by the seconds, an int64_t, that stand in the file
 * which TINYLM_TEST_SLEEP names. A moment on them that went by then comes at once, as the kernel has it come. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define N_ALARMS 64

/* In the file; volatile, since the test writes it. */
static const volatile int64_t *ahead;

static struct
{
  volatile int    set;
  struct timespec when; /* on the clock that is ahead */
  int             flags;
} alarms[N_ALARMS]; /* by their descriptors */

static int
counts_sleep (clockid_t clock)
{
  return clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME_COARSE;
}

static time_t
get_ahead (void)
{
  return ahead != NULL ? (time_t) *ahead : 0;
}

int
clock_gettime (clockid_t        clock,
               struct timespec *now)
{
  int rc = (int) syscall (SYS_clock_gettime, clock, now);

  if (rc == 0 && counts_sleep (clock))
    now->tv_sec += get_ahead ();
  return rc;
}

int
gettimeofday (struct timeval *restrict now,
              void *restrict zone)
{
  int rc = (int) syscall (SYS_gettimeofday, now, zone);

  if (rc == 0)
    now->tv_sec += get_ahead ();
  return rc;
}

time_t
time (time_t *out)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (out != NULL)
    *out = now.tv_sec;
  return now.tv_sec;
}

/* Safe in a signal's handler. */
static int
set_alarm (int               fd,
           int               flags,
           struct itimerspec when)
{
  when.it_value.tv_sec -= get_ahead ();
  if (when.it_value.tv_sec < 1)
    when.it_value.tv_sec = 1;
  return (int) syscall (SYS_timerfd_settime, fd, flags, &when, NULL);
}

int
timerfd_settime (int                      fd,
                 int                      flags,
                 const struct itimerspec *when,
                 struct itimerspec       *before)
{
  if (fd >= N_ALARMS || (flags & TFD_TIMER_ABSTIME) == 0)
    return (int) syscall (SYS_timerfd_settime, fd, flags, when, before);
  alarms[fd].when = when->it_value;
  alarms[fd].flags = flags;
  alarms[fd].set = 1;
  return set_alarm (fd, flags, *when);
}

/* Of SIGCONT. A descriptor that was closed is no alarm any more, which the kernel says. */
static void
wake_cb (int number)
{
  for (int fd = 0; number == SIGCONT && fd < N_ALARMS; fd++)
    if (alarms[fd].set)
      set_alarm (fd, alarms[fd].flags, (struct itimerspec){ .it_value = alarms[fd].when });
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char      *path = getenv ("TINYLM_TEST_SLEEP");
  struct sigaction action = { .sa_handler = wake_cb, .sa_flags = SA_RESTART };
  int              fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void            *page = fd >= 0 ? mmap (NULL, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0)
                                  : MAP_FAILED;

  if (page == MAP_FAILED)
    abort ();
  close (fd);
  ahead = page;
  sigaction (SIGCONT, &action, NULL);
}
