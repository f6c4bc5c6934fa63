/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the lock that main() set is in force, as the kernel tells it. */
#include "privacy-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECCOMP_FILTERED 2 /* proc_pid_status(5) */

/* The number behind "\n@key:" in @status; -1 without one. */
static int
status_value (const char *status, const char *key)
{
  g_autofree char *start = g_strdup_printf ("\n%s:", key);
  const char      *place = strstr (status, start);

  return place != NULL ? atoi (place + strlen (start)) : -1;
}

static char *
dup_missing (const TlmLock *lock)
{
  if (lock == NULL)
    return g_strdup (_("TinyLM has not set its system-call filter."));
  if (lock->filter_error != 0)
    return g_strdup_printf (_("TinyLM could not set its system-call filter: %s. Only the sandbox, "
                              "if there is one, keeps it from the network."),
                            g_strerror (lock->filter_error));
  return g_strdup (_("TinyLM set its system-call filter, but the kernel does not tell of it."));
}

void
tlm_privacy_probe_filter (GPtrArray *findings, const TlmLock *lock, const char *status)
{
  g_autofree char *text = NULL;
  int              seccomp, no_new_privs;
  gboolean         holds;

  if (!g_file_get_contents (status, &text, NULL, NULL))
    text = g_strdup ("");
  seccomp = status_value (text, "Seccomp");
  no_new_privs = status_value (text, "NoNewPrivs");
  holds = lock != NULL && lock->filter_error == 0 && seccomp == SECCOMP_FILTERED
          && no_new_privs == 1;
  tlm_findings_add (findings, TLM_FINDINGS_LOCK, holds ? TLM_FINDING_HOLDS : TLM_FINDING_BROKEN,
                    "filter", g_strdup (_("System-Call Filter")),
                    holds ? g_strdup (_("In force since the program began, and cannot be lifted: "
                                        "Seccomp is 2, NoNewPrivs is 1."))
                          : dup_missing (lock));
}

/* Refused by the filter (ENOSYS) or by the system's own setting (EPERM). */
void
tlm_privacy_probe_io_uring (GPtrArray *findings)
{
  long     fd = syscall (SYS_io_uring_setup, 0, NULL);
  gboolean refused = fd < 0 && (errno == ENOSYS || errno == EPERM);

  if (fd >= 0)
    close ((int) fd);
  tlm_findings_add (findings, TLM_FINDINGS_LOCK,
                    refused ? TLM_FINDING_HOLDS : TLM_FINDING_BROKEN, "io-uring",
                    g_strdup (_("io_uring, a Way Around the Filter")),
                    g_strdup (refused ? _("The kernel refuses it.")
                                      : _("The kernel would let this program use it.")));
}

void
tlm_privacy_probe_landlock (GPtrArray *findings, const TlmLock *lock)
{
  int      error = lock != NULL ? lock->landlock_error : EOPNOTSUPP;
  char    *text;

  if (error == 0)
    text = g_strdup (_("Refuses to connect or offer TCP even if another program handed over a "
                       "socket."));
  else if (error == EOPNOTSUPP)
    text = g_strdup (_("Not there for networks on this kernel. It is an extra; the filter does "
                       "without it."));
  else
    text = g_strdup_printf (_("Could not be set: %s. It is an extra; the filter does without it."),
                            g_strerror (error));
  tlm_findings_add (findings, TLM_FINDINGS_LOCK,
                    error == 0 ? TLM_FINDING_HOLDS : TLM_FINDING_FACT, "landlock",
                    g_strdup (_("Landlock")), text);
}
