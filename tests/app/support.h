/* SPDX-License-Identifier: Apache-2.0 */
/* What the app tests share: a folder of their own, waiting for a result, and an open store. */
#pragma once

#include <gio/gio.h>

#include "models/engine-service.h"
#include "store/store.h"
#include "core/worker.h"

/* (transfer full): a new folder, removed with all in it by tlm_test_remove_folder() */
char *tlm_test_make_folder   (void);
void  tlm_test_remove_folder (char *folder);

/* The file at @path was written @hours ago. */
void tlm_test_make_older (const char *path, int hours);

/* A GAsyncReadyCallback whose data is a GAsyncResult * that was NULL. */
void tlm_test_keep (GObject *source, GAsyncResult *result, gpointer data);

/* Runs the main context until *@result is there. */
void tlm_test_await (GAsyncResult **result);

/* Runs what is ready, so that objects of finished tasks are gone. */
void tlm_test_settle (void);

/* Drops the test's reference; fails when @object is not gone in ten seconds. A thread that ran one
 * of its tasks may hold a reference for a moment after the task's callback has run. */
void tlm_test_finalize (gpointer object);

/* Opens @path, or a database in memory for NULL; fails the test otherwise. (transfer full) */
TlmStore *tlm_test_open_store (const char *path);

/* Runs @func on the store's thread with @data as the task's data; for what no public call does. */
void tlm_test_run_in_store (TlmStore *store, TlmWorkerFunc func, gpointer data);

/* Runs SQL on the store's thread; fails the test when SQLite does. */
void tlm_test_exec (TlmStore *store, const char *sql);

/* The database at @path, as a start and an end of the program have it. */
void tlm_test_open_and_close (const char *path);

/* The first column of the first row of the file @path, read by a connection of its own. */
char *tlm_test_query (const char *path, const char *sql);

/* (transfer full) (nullable): a file of the test data; without it the test is skipped */
char *tlm_test_find_data (const char *name);

/* (transfer full) (nullable): the built-in reader, when it is there; else the test is skipped */
char *tlm_test_find_reader (void);
