/* SPDX-License-Identifier: Apache-2.0 */
/* The vault: what makes the database unreadable to those who have only its files. A random key
 * encrypts every page, also in the write-ahead log and in journals; that key is kept in the
 * database's first pages, once encrypted by a passphrase (through Argon2id) and once by a recovery
 * code. SQLite reaches the files through a VFS of ours over its own one, so all of SQL, full-text
 * search included, works as ever while the key is in memory.
 *
 * Thread rule: a vault belongs to the thread of the database that uses it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _TlmVault TlmVault;

/* What a guess costs who guesses, and an unlock costs us. */
typedef struct
{
  guint64 passes;       /* over the memory */
  guint64 memory_bytes;
} TlmVaultCost;

/* libsodium's "moderate": 3 passes over 256 MiB. */
extern const TlmVaultCost tlm_vault_cost_moderate;

#define TLM_VAULT_MIN_CHARACTERS 8 /* of a passphrase: NIST SP 800-63B, 5.1.1.2 */

/* Returns: whether the database at @path is encrypted; FALSE when there is none */
gboolean tlm_vault_is_sealed (const char *path);

/**
 * tlm_vault_new:
 * @passphrase: in UTF-8
 * @recovery_code: (out) (transfer full): opens the vault as the passphrase does; nothing keeps it
 *
 * Returns: (transfer full) (nullable): a vault with a new key, of no database yet
 */
TlmVault *tlm_vault_new (const char *passphrase, const TlmVaultCost *cost, char **recovery_code,
                         GError **error);

/**
 * tlm_vault_open:
 * @path: of an encrypted database
 * @secret: the passphrase or the recovery code
 *
 * Takes as long as the vault's cost says, about a second.
 * Returns: (transfer full) (nullable): NULL with TLM_ERROR_PASSPHRASE when @secret is neither
 */
TlmVault *tlm_vault_open (const char *path, const char *secret, GError **error);

/* Wipes the key. */
void tlm_vault_free (TlmVault *self);

/**
 * tlm_vault_set_passphrase:
 * @path: of the database that @self opens
 * @passphrase: in UTF-8
 * @left: (out): 0, or the errno for which the old one still opens it too, though the new one does
 *
 * A kill at any moment leaves a database that the old or the new passphrase opens; afterwards the
 * old one's traces are overwritten. The recovery code stays.
 */
gboolean tlm_vault_set_passphrase (TlmVault *self, const char *path, const char *passphrase,
                                   int *left, GError **error);

/* Returns: whether the database at @path is encrypted with another key, if its header can be read */
gboolean tlm_vault_is_foreign (TlmVault *self, const char *path);

/* Returns: (transfer none): the name of the SQLite VFS through which the database is reached */
const char *tlm_vault_get_vfs (TlmVault *self);

/* In vault-recovery.c: 128 random bits in groups of letters and digits, with a checksum. */
#define TLM_RECOVERY_BYTES 16
char    *tlm_recovery_encode (const guint8 secret[TLM_RECOVERY_BYTES]);

/* Takes the code as people type it: small letters, spaces, O for 0. FALSE when it is none. */
gboolean tlm_recovery_decode (const char *code, guint8 secret[TLM_RECOVERY_BYTES]);

/* Overwrites @text before it is freed. */
void tlm_secret_free (char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmVault, tlm_vault_free)

G_END_DECLS
