/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of Linux that can be read once a moment has come (timerfd_create(2)). */
#include "alarm.h"

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  int         fd;
  GSourceFunc func;
  gpointer    data;
} Alarm;

static void
alarm_free (gpointer data)
{
  Alarm *alarm = data;

  close (alarm->fd);
  g_free (alarm);
}

static gboolean
ready_cb (int          fd,
          GIOCondition condition,
          gpointer     data)
{
  Alarm *alarm = data;

  alarm->func (alarm->data);
  return G_SOURCE_REMOVE;
}

static guint
add (clockid_t   clock,
     int         flags,
     gint64      at,
     GSourceFunc func,
     gpointer    data)
{
  struct itimerspec when = { .it_value.tv_sec = at / G_USEC_PER_SEC,
                             .it_value.tv_nsec = at % G_USEC_PER_SEC * 1000 };
  Alarm            *alarm = g_new (Alarm, 1);

  *alarm = (Alarm){ timerfd_create (clock, TFD_CLOEXEC | TFD_NONBLOCK), func, data };
  if (alarm->fd >= 0 && timerfd_settime (alarm->fd, TFD_TIMER_ABSTIME | flags, &when, NULL) == 0)
    return g_unix_fd_add_full (G_PRIORITY_DEFAULT, alarm->fd, G_IO_IN, ready_cb, alarm, alarm_free);
  if (alarm->fd >= 0)
    close (alarm->fd);
  g_free (alarm);
  return 0;
}

gint64
tlm_alarm_get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

guint
tlm_alarm_add (gint64      at,
               GSourceFunc func,
               gpointer    data)
{
  return add (CLOCK_BOOTTIME, 0, at, func, data);
}

guint
tlm_alarm_add_real (gint64      at,
                    GSourceFunc func,
                    gpointer    data)
{
  return add (CLOCK_REALTIME, TFD_TIMER_CANCEL_ON_SET, at, func, data);
}
