/* SPDX-License-Identifier: Apache-2.0 */
/* The killer, which hears all that its child says up to the last word. */
#include "busy-day.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
read_lines (GString *text,
            GArray  *all)
{
  char *line = text->str, *end;

  for (; (end = strchr (line, '\n')) != NULL; line = end + 1)
    {
      TlmSaid said;

      g_assert_cmpint (sscanf (line, "%" G_GINT64_FORMAT " %15s %" G_GINT64_FORMAT
                               " %" G_GINT64_FORMAT, &said.time, said.what, &said.id, &said.value),
                       ==, 4);
      g_array_append_val (all, said);
    }
}

/* Until @deadline; then until the end, which comes when the child is dead. */
static void
listen_to (int      fd,
           gint64   deadline,
           GString *text)
{
  struct pollfd poller = { fd, POLLIN, 0 };
  char          bytes[4096];

  for (;;)
    {
      gint64  left = deadline - g_get_monotonic_time ();
      ssize_t n;

      if (deadline > 0 && (left <= 0 || poll (&poller, 1, (int) (left / 1000) + 1) == 0))
        return;
      n = read (fd, bytes, sizeof bytes);
      if (n <= 0)
        return;
      g_string_append_len (text, bytes, n);
    }
}

GArray *
tlm_busy_day_kill (const char *const *arguments,
                   gboolean           talks,
                   gint64             delay_us,
                   gint64            *killed)
{
  g_autoptr (GPtrArray) child = g_ptr_array_new ();
  g_autoptr (GString)   text = g_string_new (NULL);
  GArray               *all = g_array_new (FALSE, FALSE, sizeof (TlmSaid));
  int                   out, status;
  GPid                  pid;

  g_ptr_array_add (child, (gpointer) "/proc/self/exe");
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (child, (gpointer) *arguments);
  g_ptr_array_add (child, NULL);
  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) child->pdata, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out,
                                           NULL, NULL));
  if (talks)
    g_assert_cmpint (poll (&(struct pollfd){ out, POLLIN, 0 }, 1, -1), ==, 1);
  listen_to (out, g_get_monotonic_time () + delay_us, text);
  *killed = g_get_monotonic_time ();
  kill (pid, SIGKILL);
  listen_to (out, 0, text);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (out);
  read_lines (text, all);
  return all;
}
