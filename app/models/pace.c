/* SPDX-License-Identifier: Apache-2.0 */
/* A step that takes far longer than its like was interrupted. The first ones read files and warm
 * caches, so they tell little. */
#include "pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_KNOWN  5 /* before that nothing is held to be too long */
#define N_ENOUGH 10

/* A machine with much else to do was seen to take eight times as long for a step. */
#define LONG     20.0
#define LONG_US  (2 * G_USEC_PER_SEC)

static int
compare (const void *a,
         const void *b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static guint
count (const TlmPace *self)
{
  return MIN (self->n, TLM_PACE_STEPS);
}

static double
get_median (const TlmPace *self)
{
  double sorted[TLM_PACE_STEPS];
  guint  n = count (self);

  memcpy (sorted, self->steps, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  return sorted[n / 2];
}

void
tlm_pace_begin (TlmPace *self,
                gint64   now)
{
  self->last = now;
  self->n = 0;
}

void
tlm_pace_step (TlmPace *self,
               double   work,
               gint64   now)
{
  double us = (double) (now - self->last), usual;

  self->last = now;
  if (self->n >= N_KNOWN && us > LONG_US)
    {
      usual = get_median (self) * work;
      if (us > LONG * usual)
        {
          self->stopped += (gint64) (us - usual);
          return;
        }
    }
  self->steps[self->n++ % TLM_PACE_STEPS] = us / work;
}

gint64
tlm_pace_get_time (const TlmPace *self,
                   gint64         now)
{
  return now - self->stopped;
}

double
tlm_pace_get_left (const TlmPace *self,
                   double         work)
{
  double sum = 0, longest;
  guint  n = 0;

  if (self->n < N_ENOUGH)
    return NAN;
  longest = LONG * get_median (self);
  for (guint i = 0; i < count (self); i++)
    if (self->steps[i] <= longest)
      {
        sum += self->steps[i];
        n++;
      }
  return sum / n * work / G_USEC_PER_SEC;
}
