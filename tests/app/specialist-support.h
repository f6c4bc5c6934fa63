/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of specialists share: a folder, and requests of two kinds to learn from. */
#pragma once

#include <gio/gio.h>

#include "run-cli.h"

typedef struct
{
  char *folder, *model; /* the built-in one */
} Fixture;

void set_up    (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);

/* (transfer full): the path of @name in the folder, which holds @text */
char *write_file    (Fixture *f, const char *name, const char *text);

/* Sixty short ones, as lines of JSON. (transfer full) */
char *make_requests (void);

/* With the built-in model, to the end. */
void train (TlmTestRun *run, const char *data, const char *out);
