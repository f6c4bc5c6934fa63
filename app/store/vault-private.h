/* SPDX-License-Identifier: Apache-2.0 */
/* What the vault's files share: the key and the header on the disk. */
#pragma once

#include <sodium.h>
#include <sqlite3.h>

#include "vault.h"

G_BEGIN_DECLS

#define TLM_KEY_BYTES     crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define TLM_NONCE_BYTES   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TLM_TAG_BYTES     crypto_aead_xchacha20poly1305_ietf_ABYTES
#define TLM_SEAL_BYTES    (TLM_NONCE_BYTES + TLM_TAG_BYTES) /* what encrypting adds */
#define TLM_WRAPPED_BYTES (TLM_KEY_BYTES + TLM_SEAL_BYTES)

/* Two slots, each in a disk block of its own: a new header goes to the one not in use, so that a
 * torn write harms none. Numbers are little-endian. */
#define TLM_HEADER_SLOT_BYTES 4096
#define TLM_HEADER_BYTES      (2 * TLM_HEADER_SLOT_BYTES)

typedef struct
{
  guint8 magic[16];
  guint8 sequence[8]; /* the slot with the higher one counts */
  guint8 passes[8];
  guint8 memory_bytes[8];
  guint8 salt[crypto_pwhash_SALTBYTES];
  guint8 by_passphrase[TLM_WRAPPED_BYTES];
  guint8 by_recovery[TLM_WRAPPED_BYTES];
  guint8 checksum[32]; /* BLAKE2b of the above: tells damage from a wrong passphrase */
} TlmVaultHeader;
G_STATIC_ASSERT (sizeof (TlmVaultHeader) == 232);

struct _TlmVault
{
  guint8        *key; /* sodium_malloc: locked in memory, between guard pages */
  TlmVaultHeader header;
  sqlite3_vfs    vfs;
  sqlite3_vfs   *real;
  char           name[40];
};

/* [nonce][text][tag]; @ad binds it to its place. @sealed: n + TLM_SEAL_BYTES, not aliasing */
void     tlm_seal   (guint8 *sealed, const guint8 *text, gsize n, const guint8 *ad, gsize n_ad,
                     const guint8 *key);
gboolean tlm_unseal (guint8 *text, const guint8 *sealed, gsize n, const guint8 *ad, gsize n_ad,
                     const guint8 *key);

/* Returns: whether the file at @path begins with the header that opens @self */
gboolean tlm_vault_check_header (TlmVault *self, const char *path);

/* In vault-vfs.c. */
void tlm_vault_register   (TlmVault *self);
void tlm_vault_unregister (TlmVault *self);

/* In vault-file.c. @flags: SQLite's, which tell what the file is */
int  tlm_vault_file_size  (const sqlite3_vfs *real);
int  tlm_vault_file_open  (TlmVault *vault, const char *name, sqlite3_file *file, int flags,
                           int *out_flags);

G_END_DECLS
