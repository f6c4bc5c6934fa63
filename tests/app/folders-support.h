/* SPDX-License-Identifier: Apache-2.0 */
/* A store that watches a folder: what the tests of watched folders share. */
#pragma once

#include "notes/folders.h"

typedef struct
{
  char       *folder, *database;
  GFile      *vault;
  TlmStore   *store;
  TlmNotes   *notes;
  TlmFolders *folders;
} Fixture;

void       write_file      (Fixture *f, const char *name, const char *text);
void       wait_until_idle (Fixture *f, gboolean busy);
void       look            (Fixture *f);
TlmFolder *get_folder      (Fixture *f); /* (transfer none) */
guint      count_notes     (Fixture *f);
gboolean   has_title       (Fixture *f, const char *title);

/* Fixture functions. The vault holds "One", "Two", a picture and a file that cannot be read. */
void set_up    (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);
