/* SPDX-License-Identifier: Apache-2.0 */
/* A machine that is suspended stops the program where it stands, and later it goes on as if nothing had
 * been: an answer and a training come to the same bytes. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "specialist-support.h"
#include "support.h"

#define N_TIMES    4
#define AWAY_US    150000 /* longer than anything in the program waits for a thread */
#define BETWEEN_US 50000

/* Stops and goes on. It runs still after the first time, else nothing was tried. */
static void
suspend (GSubprocess *process)
{
  for (guint i = 0; i < N_TIMES; i++)
    {
      g_subprocess_send_signal (process, SIGSTOP);
      g_usleep (AWAY_US);
      g_subprocess_send_signal (process, SIGCONT);
      g_usleep (BETWEEN_US);
      if (i == 0)
        g_assert_nonnull (g_subprocess_get_identifier (process));
    }
}

static GSubprocess *
start (const char *const *args)
{
  g_autoptr (GError) error = NULL;
  GSubprocess       *process = g_subprocess_newv (args, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  g_assert_no_error (error);
  return process;
}

/* (transfer full): all that comes after @begun, which was read already */
static char *
finish (GSubprocess *process,
        char         begun)
{
  g_autoptr (GBytes) rest = NULL;
  g_autoptr (GError) error = NULL;
  gsize              n;
  const char        *bytes;

  g_assert_true (g_subprocess_communicate (process, NULL, NULL, &rest, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  bytes = g_bytes_get_data (rest, &n);
  return g_strdup_printf ("%c%.*s", begun, (int) n, n > 0 ? bytes : "");
}

/* ---- an answer ---- */

/* (transfer full): the text, from its first letter on */
static char *
answer (gboolean suspended)
{
  const char *const       args[] = { g_getenv ("TINYLM_CLI"), "generate", "-m", "meeny",
                                     "-p", "# Meeting", "-n", "1500", "-s", "3", "-t", "2", NULL };
  g_autoptr (GSubprocess) process = start (args);
  char                    first;

  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (process), &first, 1, NULL, NULL),
                   ==, 1);
  if (suspended)
    suspend (process);
  return finish (process, first);
}

static void
answers_go_on (void)
{
  g_autofree char *whole = answer (FALSE), *suspended = answer (TRUE);

  g_assert_cmpuint (strlen (whole), >, 1000);
  g_assert_cmpstr (suspended, ==, whole);
}

/* ---- a training ---- */

/* (transfer full): the specialist's file */
static GBytes *
learn (const char *data,
       const char *out,
       gboolean    suspended)
{
  const char *const       args[] = { g_getenv ("TINYLM_CLI"), "train", "--data", data, "--base", "meeny",
                                     "--out", out, "--rank", "4", "--epochs", "3", "--threads", "2",
                                     NULL };
  g_autoptr (GSubprocess) process = start (args);
  g_autofree char        *said = NULL, *checkpoint = g_strconcat (out, ".checkpoint", NULL);
  char                   *bytes;
  gsize                   n;

  while (suspended && !g_file_test (checkpoint, G_FILE_TEST_EXISTS)
         && !g_file_test (out, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  if (suspended)
    suspend (process);
  said = finish (process, ' ');
  g_assert_true (g_file_get_contents (out, &bytes, &n, NULL));
  g_assert_cmpint (g_unlink (out), ==, 0);
  return g_bytes_new_take (bytes, n);
}

static void
trainings_go_on (Fixture      *f,
                 gconstpointer unused)
{
  g_autofree char   *text = make_requests (), *data = write_file (f, "requests.jsonl", text);
  g_autofree char   *out = g_build_filename (f->folder, "x.gguf", NULL);
  g_autoptr (GBytes) whole = NULL, suspended = NULL;

  whole = learn (data, out, FALSE);
  suspended = learn (data, out, TRUE);
  g_assert_true (g_bytes_equal (suspended, whole));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/suspend/answers-go-on", answers_go_on);
  g_test_add ("/app/suspend/trainings-go-on", Fixture, NULL, set_up, trainings_go_on, tear_down);
  return g_test_run ();
}
