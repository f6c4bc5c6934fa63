/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the encrypted database share: one with a note and a draft that hold a secret word. */
#pragma once

#include "store/db.h"

#define PASSPHRASE "correct horse battery"
#define SECRET     "zanzibarquokka" /* one word, so that search finds it too */

/* As cheap as libsodium allows, so that tests are quick. */
extern const TlmVaultCost cheap;

typedef struct
{
  char  *folder, *path, *code;
  TlmDb *db;
} Fixture;

void   set_up    (Fixture *f, gconstpointer data);
void   tear_down (Fixture *f, gconstpointer data);
void   open_db   (Fixture *f);
void   run       (Fixture *f, const char *sql);
gint64 count     (Fixture *f, const char *sql); /* what a query for one number gives */

/* Encrypts with PASSPHRASE and keeps the recovery code in @f; opens anew with either. */
void   seal      (Fixture *f);
void   unlock    (Fixture *f, const char *secret);

/* What the file's header says of what a guess costs. */
void   assert_cost (Fixture *f, guint64 passes, guint64 memory_bytes);

/* Returns: how many files of the folder hold @text */
guint  grep      (Fixture *f, const char *text);
