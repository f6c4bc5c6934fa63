/* SPDX-License-Identifier: Apache-2.0 */
/* In a mount namespace; who is not root gets it with a user namespace, in which they are. */
#include "small-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static gboolean
write_text (const char *path,
            const char *text)
{
  int      fd = open (path, O_WRONLY);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);

  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
become_root (void)
{
  g_autofree char *users = g_strdup_printf ("0 %d 1", (int) geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %d 1", (int) getegid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0
         && write_text ("/proc/self/setgroups", "deny")
         && write_text ("/proc/self/uid_map", users) && write_text ("/proc/self/gid_map", groups);
}

gboolean
tlm_small_disk_prepare (void)
{
  return (unshare (CLONE_NEWNS) == 0 || become_root ())
         && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

void
tlm_small_disk_mount (const char *path,
                      gsize       bytes)
{
  g_autofree char *options = g_strdup_printf ("size=%" G_GSIZE_FORMAT ",mode=0700", bytes);

  g_assert_cmpint (mount ("none", path, "tmpfs", 0, options), ==, 0);
}

void
tlm_small_disk_unmount (const char *path)
{
  g_assert_cmpint (umount2 (path, MNT_DETACH), ==, 0);
}

void
tlm_small_disk_fill (const char *path)
{
  g_autofree char *ballast = g_build_filename (path, "ballast", NULL);
  int              fd = g_open (ballast, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  char             page[4096] = { 0 };

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, page, sizeof page) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

void
tlm_small_disk_empty (const char *path)
{
  g_autofree char *ballast = g_build_filename (path, "ballast", NULL);

  g_assert_cmpint (g_unlink (ballast), ==, 0);
}
