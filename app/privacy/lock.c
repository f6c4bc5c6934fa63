/* SPDX-License-Identifier: Apache-2.0 */
/* The system-call filter (seccomp, by libseccomp) and the Landlock ruleset (by its raw calls: the C
 * library has none). Nothing is allocated through GLib here, and no thread is started. */
#include "lock.h"

#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From include/uapi/linux/landlock.h; Debian 12's copy is older than the part for networks. */
#define CREATE_RULESET_VERSION 1u
#define ACCESS_NET_BIND_TCP    (UINT64_C (1) << 0)
#define ACCESS_NET_CONNECT_TCP (UINT64_C (1) << 1)
#define ABI_WITH_NET           4 /* Linux 6.7 */

typedef struct
{
  uint64_t handled_access_fs;
  uint64_t handled_access_net;
} Ruleset;

static TlmLock  lock;
static gboolean was_called;

/* The comparison sees all 64 bits of the argument, the kernel only the lower 32: a number that
 * differs in the upper ones is refused too. Where sockets are also made by socketcall() (i386),
 * whose arguments no filter can read, libseccomp refuses that whole. */
static int
add_rules (scmp_filter_ctx filter)
{
  static const int uring[] = { SCMP_SYS (io_uring_setup), SCMP_SYS (io_uring_enter),
                               SCMP_SYS (io_uring_register) };
  const struct scmp_arg_cmp not_unix = SCMP_A0 (SCMP_CMP_NE, AF_UNIX);
  const uint32_t            refuse = SCMP_ACT_ERRNO (EAFNOSUPPORT);
  int                       rc = seccomp_rule_add (filter, refuse, SCMP_SYS (socket), 1, not_unix);

  if (rc == 0)
    rc = seccomp_rule_add (filter, refuse, SCMP_SYS (socketpair), 1, not_unix);
  for (gsize i = 0; rc == 0 && i < G_N_ELEMENTS (uring); i++)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), uring[i], 0);
  return rc;
}

/* Returns: 0 or an errno. Threads that a preloaded library may have begun are bound too. */
static int
set_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int             rc;

  if (filter == NULL)
    return ENOMEM;
  rc = seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO (ENOSYS));
  if (rc == 0)
    rc = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (rc == 0)
    rc = add_rules (filter);
  if (rc == 0)
    rc = seccomp_load (filter); /* sets no_new_privs first */
  seccomp_release (filter);
  return -rc;
}

/* Returns: 0 or an errno. A ruleset that handles bind and connect and allows no port. */
static int
set_landlock (void)
{
  const Ruleset ruleset = { 0, ACCESS_NET_BIND_TCP | ACCESS_NET_CONNECT_TCP };
  long          abi = syscall (SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
  int           fd, error = 0;

  if (abi < ABI_WITH_NET)
    return EOPNOTSUPP;
  fd = (int) syscall (SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
  if (fd < 0)
    return errno;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall (SYS_landlock_restrict_self, fd, 0) != 0)
    error = errno;
  close (fd);
  return error;
}

void
tlm_lock_set (void)
{
  was_called = TRUE;
  lock.landlock_error = set_landlock ();
  lock.filter_error = set_filter ();
}

const TlmLock *
tlm_lock_get (void)
{
  return was_called ? &lock : NULL;
}
