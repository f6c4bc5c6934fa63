/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program and tells what it cost: time by the clock, processor time of all its threads, and
 * its largest resident memory. `time` and Python's wait4() cannot tell the last one for a small
 * program: Linux counts the memory of the process that becomes the program too, so that process has
 * to be as small as this one.
 * Usage: measure-child FILE COMMAND... writes one JSON object to FILE; the status is COMMAND's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double
seconds (struct timeval t)
{
  return (double) t.tv_sec + 1e-6 * (double) t.tv_usec;
}

static int
report (const char *path, double wall, const struct rusage *usage)
{
  FILE *out = fopen (path, "w");

  if (out == NULL
      || fprintf (out, "{\"wall_s\": %.6f, \"user_s\": %.6f, ", wall, seconds (usage->ru_utime)) < 0
      || fprintf (out, "\"system_s\": %.6f, \"peak_kib\": %ld}\n", seconds (usage->ru_stime),
                  usage->ru_maxrss) < 0
      || fclose (out) != 0)
    {
      fprintf (stderr, "measure-child: %s: %s\n", path, strerror (errno));
      return 127;
    }
  return 0;
}

int
main (int argc, char **argv)
{
  struct rusage usage;
  double start = now ();
  int    status = 0;
  pid_t  pid;

  if (argc < 3)
    {
      fprintf (stderr, "Usage: measure-child FILE COMMAND...\n");
      return 127;
    }
  if ((pid = fork ()) == 0)
    {
      execvp (argv[2], argv + 2);
      fprintf (stderr, "measure-child: %s: %s\n", argv[2], strerror (errno));
      _exit (127);
    }
  if (pid < 0 || wait4 (pid, &status, 0, &usage) != pid)
    {
      fprintf (stderr, "measure-child: %s: %s\n", argv[2], strerror (errno));
      return 127;
    }
  if (report (argv[1], now () - start, &usage) != 0)
    return 127;
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}
