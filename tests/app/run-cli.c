/* SPDX-License-Identifier: Apache-2.0 */
/* The program stands where the environment variable TINYLM_CLI says. */
#include "run-cli.h"

void
tlm_test_run_clear (TlmTestRun *run)
{
  g_bytes_unref (run->out);
  g_free (run->err);
}

char *
tlm_test_dup_bytes (GBytes *bytes)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  return g_strndup (len > 0 ? data : "", len);
}

void
tlm_test_run_cli (TlmTestRun *run,
                  GBytes     *input,
                  ...)
{
  g_autoptr (GPtrArray)   args = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes)      err = NULL;
  g_autoptr (GError)      error = NULL;
  va_list                 more;

  g_ptr_array_add (args, (gpointer) g_getenv ("TINYLM_CLI"));
  va_start (more, input);
  do
    g_ptr_array_add (args, va_arg (more, char *));
  while (args->pdata[args->len - 1] != NULL);
  va_end (more);
  process = g_subprocess_newv ((const char *const *) args->pdata,
                               (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE
                                              : G_SUBPROCESS_FLAGS_NONE)
                               | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, input, NULL, &run->out, &err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process)); /* it did not crash */
  run->status = g_subprocess_get_exit_status (process);
  run->err = tlm_test_dup_bytes (err);
}
