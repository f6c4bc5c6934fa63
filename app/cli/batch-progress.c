/* SPDX-License-Identifier: Apache-2.0 */
/* Time left is in proportion to the bytes of the input. */
#include "cli/batch-progress.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERVAL (G_USEC_PER_SEC / 5)
#define WIDTH 20 /* of the bar */

void
tlm_batch_progress_skip (TlmBatchProgress *self, guint64 end)
{
  self->skipped = end;
  self->n_skipped = self->n_records;
  self->start = g_get_monotonic_time ();
}

void
tlm_batch_progress_begin (TlmBatchProgress *self, int in, int out)
{
  struct stat info;
  off_t       at = lseek (in, 0, SEEK_CUR);

  self->shown = isatty (STDERR_FILENO) && !isatty (out);
  if (fstat (in, &info) == 0 && S_ISREG (info.st_mode) && at >= 0 && info.st_size > at)
    self->size = (guint64) (info.st_size - at);
  self->start = g_get_monotonic_time ();
}

/* Of a batch that began @seconds ago. */
static void
show_part (const TlmBatchProgress *self, guint64 end, double seconds)
{
  double part = MIN ((double) end / (double) self->size, 1.0);
  double speed = (double) (end - self->skipped) / seconds;
  guint  left = (guint) MIN ((double) (self->size - MIN (end, self->size)) / speed, 359999.0);
  int    n = (int) (part * WIDTH);

  fprintf (stderr, "[%.*s%.*s] %3.0f %%  ", n, "####################", WIDTH - n,
           "--------------------", part * 100);
  /* Translators: hours, minutes and seconds */
  fprintf (stderr, _("%u:%02u:%02u left"), left / 3600, left / 60 % 60, left % 60);
  fputs ("  ", stderr);
}

static void
show (const TlmBatchProgress *self, guint64 end)
{
  double           seconds = (double) MAX (g_get_monotonic_time () - self->start, 1) / G_USEC_PER_SEC;
  g_autofree char *records
    = g_strdup_printf (ngettext ("%zu record", "%zu records", self->n_records), self->n_records);

  fputs ("\r", stderr);
  if (self->size > 0 && end > self->skipped)
    show_part (self, end, seconds);
  fprintf (stderr, "%s  ", records);
  /* Translators: records a second. */
  fprintf (stderr, _("%.1f/s"), (double) (self->n_records - self->n_skipped) / seconds);
  if (self->n_failed > 0)
    {
      fputs ("  ", stderr);
      /* Translators: how many records got no answer. */
      fprintf (stderr, _("failed: %zu"), self->n_failed);
    }
  fputs ("\033[K", stderr);
  fflush (stderr);
}

void
tlm_batch_progress_count (TlmBatchProgress *self, gboolean good, guint64 end)
{
  gint64 now;

  self->n_records++;
  self->n_failed += !good;
  now = self->shown ? g_get_monotonic_time () : 0;
  if (!self->shown || now < self->next)
    return;
  self->next = now + INTERVAL;
  show (self, end);
}

void
tlm_batch_progress_end (TlmBatchProgress *self)
{
  if (self->shown)
    fputs ("\r\033[K", stderr);
}
