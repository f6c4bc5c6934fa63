/* SPDX-License-Identifier: Apache-2.0 */
/* The store of a day that ends with a kill, and what is done with it while nobody works. */
#pragma once

#include "store/db.h"
#include "store/store.h"

#define TLM_BUSY_PASSPHRASE "correct horse"

/* Opens it, with the passphrase where it is locked; fails the test otherwise. (transfer full) */
TlmStore *tlm_busy_store_open    (const char *path);
TlmDb    *tlm_busy_store_open_db (const char *path);

/* Encrypts it, or ends that. */
void      tlm_busy_store_convert (TlmDb *db, gboolean seal);

/* @kind: "--migrate" opens the database at @path; "--restore" takes back its newest backup;
 * "--seal" encrypts and decrypts it for ever. Returns: FALSE when it is none of these */
gboolean  tlm_busy_store_run     (const char *kind, const char *path);
