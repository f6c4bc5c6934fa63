/* SPDX-License-Identifier: Apache-2.0 */
/* What shall happen at a moment that may come while the machine sleeps: a timeout of GLib's counts only the
 * time in which it is awake. Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Microseconds since the machine was started, its sleep included. */
gint64 tlm_alarm_get_time (void);

/**
 * tlm_alarm_add:
 * @at: on the clock of tlm_alarm_get_time()
 * @func: called then, or once the machine is awake again; it returns G_SOURCE_REMOVE
 *
 * Returns: the source; 0 where the system gives no such clock
 */
guint  tlm_alarm_add (gint64 at, GSourceFunc func, gpointer data);

/* The same on the clock of g_get_real_time(); also whenever that clock is set. */
guint  tlm_alarm_add_real (gint64 at, GSourceFunc func, gpointer data);

G_END_DECLS
