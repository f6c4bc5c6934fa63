/* SPDX-License-Identifier: Apache-2.0 */
/* Reaching for the network, as a program that wanted to would. Each attempt is a real system call. */
#include "privacy-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The families by which a program reaches other machines or learns of them. */
static const struct
{
  int         family;
  const char *name;
} families[] = {
  { AF_INET, "IPv4" },
  { AF_INET6, "IPv6" },
  { AF_NETLINK, "Netlink" },
  { AF_PACKET, "packet" },
};

static void
append_name (GString *names, const char *name)
{
  g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
}

void
tlm_privacy_probe_sockets (GPtrArray *findings)
{
  g_autoptr (GString) given = g_string_new (NULL), refused = g_string_new (NULL);
  int                 error = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      int fd = socket (families[i].family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

      append_name (fd >= 0 ? given : refused, families[i].name);
      if (fd >= 0)
        close (fd);
      else
        error = errno;
    }
  if (given->len > 0)
    tlm_findings_add (findings, TLM_FINDINGS_NETWORK, TLM_FINDING_BROKEN, "socket",
                      g_strdup (_("Network Sockets")),
                      g_strdup_printf (_("The kernel gave this program network sockets: %s."),
                                       given->str));
  else
    tlm_findings_add (findings, TLM_FINDINGS_NETWORK, TLM_FINDING_HOLDS, "socket",
                      g_strdup (_("Network Sockets")),
                      /* Translators: ways to connect, such as “TCP, UDP”; then what the kernel
                       * answers. */
                      g_strdup_printf (_("The kernel refuses them all (%s): %s."), refused->str,
                                       g_strerror (error)));
}

/* 192.0.2.1 is an address for documentation that nobody has (RFC 5737), port 9 discards. Connecting
 * by UDP asks the kernel for a way there and sends nothing, even where there is one. */
static int
connect_outwards (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9) };
  int                fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;

  inet_pton (AF_INET, "192.0.2.1", &address.sin_addr);
  if (fd < 0)
    return errno;
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    error = errno;
  close (fd);
  return error;
}

void
tlm_privacy_probe_connect (GPtrArray *findings)
{
  int error = connect_outwards ();

  tlm_findings_add (findings, TLM_FINDINGS_NETWORK,
                    error != 0 ? TLM_FINDING_HOLDS : TLM_FINDING_BROKEN, "connect",
                    g_strdup (_("Connecting to an Address Outside")),
                    error != 0 ? g_strdup_printf (_("Tried with 192.0.2.1, and failed: %s."),
                                                  g_strerror (error))
                               : g_strdup (_("Tried with 192.0.2.1, and there is a way to it.")));
}

static void
count_socket (int fd, guint *n_local, guint *n_other)
{
  int       domain;
  socklen_t size = sizeof domain;

  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0)
    return; /* no socket, or closed since */
  if (domain == AF_UNIX)
    (*n_local)++;
  else
    (*n_other)++;
}

/* A socket could have been open before the lock was set, or handed over by another program. */
void
tlm_privacy_probe_open_files (GPtrArray *findings)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint            n_local = 0, n_other = 0;
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    count_socket ((int) g_ascii_strtoll (name, NULL, 10), &n_local, &n_other);
  tlm_findings_add (
    findings, TLM_FINDINGS_NETWORK, n_other > 0 ? TLM_FINDING_BROKEN : TLM_FINDING_HOLDS,
    "open-sockets", g_strdup (_("Open Sockets")),
    n_other > 0
      ? g_strdup_printf (ngettext ("%u socket that is open is not local.",
                                   "%u sockets that are open are not local.", n_other), n_other)
      : g_strdup_printf (ngettext ("%u is open, to a program on this computer (AF_UNIX).",
                                   "%u are open, all to programs on this computer (AF_UNIX).",
                                   n_local), n_local));
}

/* The names in front of the colons of @text, which looks as /proc/net/dev does. */
static char *
dup_interface_names (const char *text)
{
  GString      *names = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (int i = 0; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      append_name (names, g_strstrip (lines[i]));
    }
  return g_string_free (names, FALSE);
}

void
tlm_privacy_probe_interfaces (GPtrArray *findings, const char *net_dev)
{
  g_autofree char *text = NULL, *names = NULL;
  gboolean         only_loopback;

  if (!g_file_get_contents (net_dev, &text, NULL, NULL))
    return;
  names = dup_interface_names (text);
  only_loopback = *names == '\0' || g_str_equal (names, "lo");
  tlm_findings_add (
    findings, TLM_FINDINGS_NETWORK, only_loopback ? TLM_FINDING_HOLDS : TLM_FINDING_FACT,
    "interfaces", g_strdup (_("Network Interfaces")),
    only_loopback ? g_strdup (_("None leads out of this computer."))
                  : g_strdup_printf (_("This computer has %s; without a network socket they are "
                                       "out of reach."), names));
}
