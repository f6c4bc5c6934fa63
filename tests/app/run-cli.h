/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli as a child, for the tests that look at it from outside. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  int    status;
  GBytes *out;
  char  *err;
} TlmTestRun;

/* @input: (nullable): standard input; @...: the arguments up to NULL. Fails the test when the program
 * crashed. */
void tlm_test_run_cli   (TlmTestRun *run, GBytes *input, ...) G_GNUC_NULL_TERMINATED;
void tlm_test_run_clear (TlmTestRun *run);

/* As a string. (transfer full) */
char *tlm_test_dup_bytes (GBytes *bytes);
