/* SPDX-License-Identifier: Apache-2.0 */
/* The lock: the program takes network sockets from itself, for good, before it does anything else.
 * Children inherit it; no thread, library or bug of ours can lift it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int filter_error;   /* an errno that says why the system-call filter is not set; 0: it is */
  int landlock_error; /* the same for Landlock, the extra; EOPNOTSUPP: the kernel has no part for
                       * networks in it */
} TlmLock;

/**
 * tlm_lock_set:
 *
 * To be called first thing in main(), before there is a second thread. From then on
 * - socket() and socketpair() make AF_UNIX sockets and fail with EAFNOSUPPORT for all others;
 * - io_uring, which could make sockets behind the filter's back, is not there (ENOSYS);
 * - calls by the numbers of another architecture, x32 included, are not there either;
 * - no program that is run gains rights (no_new_privs);
 * - where the kernel's Landlock knows networks (ABI 4, Linux 6.7), TCP sockets that
 *   another process might hand over can neither bind nor connect.
 * D-Bus, Wayland, X11 and AT-SPI use AF_UNIX and go on working. What fails is kept for
 * tlm_lock_get() and stops nothing: the Privacy page says so.
 */
void tlm_lock_set (void);

/**
 * tlm_lock_get:
 *
 * Returns: (nullable): how tlm_lock_set() fared; NULL when it was never called
 */
const TlmLock *tlm_lock_get (void);

G_END_DECLS
