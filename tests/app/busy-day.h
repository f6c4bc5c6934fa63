/* SPDX-License-Identifier: Apache-2.0 */
/* A program without a window that does all at once what a person does in a busy hour, until it is
 * killed. It says on standard output what it begins and what has been acknowledged to it, a line
 * each: when (us of the monotonic clock), what, of which row, and a number. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 time;
  char   what[16];
  gint64 id, value;
} TlmSaid;

/* Of the child: @kind is the first argument. Returns: FALSE when it is none of ours */
gboolean tlm_busy_day_run (int argc, char **argv);

/**
 * tlm_busy_day_kill:
 * @arguments: (array zero-terminated): of the child: its kind first, then what that takes
 * @talks: it is killed @delay_us after its first word; FALSE: after its beginning
 * @killed: (out): when, in us of the monotonic clock
 *
 * Runs the child and kills it. Fails the test when it ended by itself.
 * Returns: (transfer full): of TlmSaid
 */
GArray  *tlm_busy_day_kill (const char *const *arguments, gboolean talks, gint64 delay_us,
                            gint64 *killed);

G_END_DECLS
