/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: the random one that encrypts the pages, how passphrase and recovery code wrap it, and the
 * header that holds the wrapped key. XChaCha20-Poly1305 and Argon2id are libsodium's; a nonce of
 * 192 bits is drawn anew for each use. The VFS that uses the key is in vault-file.c. */
#include "vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/errors.h"

/* A header that asks for more than this was not written by us: 64 passes, 4 GiB. */
#define MAX_PASSES       64
#define MAX_MEMORY_BYTES (G_GUINT64_CONSTANT (4) << 30)

const TlmVaultCost tlm_vault_cost_moderate = {
  crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
  crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
};

static const guint8 magic[16] = "TinyLM vault 1\n";

static guint64
read_number (const guint8 bytes[8])
{
  guint64 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT64_FROM_LE (number);
}

static void
write_number (guint8  bytes[8],
              guint64 number)
{
  number = GUINT64_TO_LE (number);
  memcpy (bytes, &number, sizeof number);
}

void
tlm_seal (guint8       *sealed,
          const guint8 *text,
          gsize         n,
          const guint8 *ad,
          gsize         n_ad,
          const guint8 *key)
{
  randombytes_buf (sealed, TLM_NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + TLM_NONCE_BYTES, NULL, text, n, ad, n_ad,
                                              NULL, sealed, key);
}

gboolean
tlm_unseal (guint8       *text,
            const guint8 *sealed,
            gsize         n,
            const guint8 *ad,
            gsize         n_ad,
            const guint8 *key)
{
  return crypto_aead_xchacha20poly1305_ietf_decrypt (text, NULL, NULL, sealed + TLM_NONCE_BYTES,
                                                     n + TLM_TAG_BYTES, ad, n_ad, sealed, key)
         == 0;
}

static void
compute_checksum (const TlmVaultHeader *header,
                  guint8                checksum[32])
{
  crypto_generichash (checksum, 32, (const guint8 *) header,
                      G_STRUCT_OFFSET (TlmVaultHeader, checksum), NULL, 0);
}

static gboolean
header_is_whole (const TlmVaultHeader *header)
{
  guint8 checksum[32];

  compute_checksum (header, checksum);
  return memcmp (header->magic, magic, sizeof magic) == 0
         && memcmp (header->checksum, checksum, sizeof checksum) == 0
         && read_number (header->passes) >= crypto_pwhash_OPSLIMIT_MIN
         && read_number (header->passes) <= MAX_PASSES
         && read_number (header->memory_bytes) >= crypto_pwhash_MEMLIMIT_MIN
         && read_number (header->memory_bytes) <= MAX_MEMORY_BYTES;
}

/* Returns: the slot that counts; -1 for none. @header: (out) */
static int
read_header (int             fd,
             TlmVaultHeader *header)
{
  TlmVaultHeader slot;
  int            found = -1;

  for (int i = 0; i < 2; i++)
    if (pread (fd, &slot, sizeof slot, i * TLM_HEADER_SLOT_BYTES) == sizeof slot
        && header_is_whole (&slot)
        && (found < 0 || read_number (slot.sequence) > read_number (header->sequence)))
      {
        *header = slot;
        found = i;
      }
  return found;
}

static gboolean
read_header_of (const char     *path,
                TlmVaultHeader *header)
{
  int      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean read = fd >= 0 && read_header (fd, header) >= 0;

  if (fd >= 0)
    close (fd);
  return read;
}

gboolean
tlm_vault_check_header (TlmVault   *self,
                        const char *path)
{
  TlmVaultHeader header;

  return read_header_of (path, &header) && memcmp (&header, &self->header, sizeof header) == 0;
}

/* What the recovery code wraps stays the same as long as the key does. */
gboolean
tlm_vault_is_foreign (TlmVault   *self,
                      const char *path)
{
  TlmVaultHeader header;

  return read_header_of (path, &header)
         && memcmp (header.by_recovery, self->header.by_recovery, TLM_WRAPPED_BYTES) != 0;
}

gboolean
tlm_vault_is_sealed (const char *path)
{
  guint8   start[sizeof magic];
  int      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean sealed = FALSE;

  for (int i = 0; fd >= 0 && i < 2; i++)
    sealed = sealed
             || (pread (fd, start, sizeof start, i * TLM_HEADER_SLOT_BYTES) == sizeof start
                 && memcmp (start, magic, sizeof start) == 0);
  if (fd >= 0)
    close (fd);
  return sealed;
}

/* The same letters may be typed as different code points: é, or e and an accent. On failure nothing that
 * was in @key stays there. */
static gboolean
derive_key (const TlmVaultHeader *header,
            const char           *passphrase,
            guint8                key[TLM_KEY_BYTES],
            GError              **error)
{
  char *normal = g_utf8_normalize (passphrase, -1, G_NORMALIZE_NFC);
  int   failed = normal == NULL;

  if (normal != NULL)
    failed = crypto_pwhash (key, TLM_KEY_BYTES, normal, strlen (normal), header->salt,
                            read_number (header->passes),
                            (gsize) read_number (header->memory_bytes),
                            crypto_pwhash_ALG_ARGON2ID13);
  tlm_secret_free (normal);
  if (failed)
    sodium_memzero (key, TLM_KEY_BYTES);
  if (failed)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("There is not enough memory to work on the passphrase: this takes %u MiB. Close "
                   "other programs and try again."),
                 (guint) (read_number (header->memory_bytes) >> 20));
  return !failed;
}

static void
derive_recovery_key (const guint8 secret[TLM_RECOVERY_BYTES],
                     guint8       key[TLM_KEY_BYTES])
{
  static const guint8 purpose[] = "TinyLM recovery key";

  crypto_generichash (key, TLM_KEY_BYTES, secret, TLM_RECOVERY_BYTES, purpose, sizeof purpose - 1);
}

static gboolean
wrap_by_passphrase (TlmVault   *self,
                    const char *passphrase,
                    GError    **error)
{
  guint8 key[TLM_KEY_BYTES];

  if (g_utf8_strlen (passphrase, -1) < TLM_VAULT_MIN_CHARACTERS)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE,
                   ngettext ("A passphrase has at least %d character; a few words that nobody "
                             "would guess are good.",
                             "A passphrase has at least %d characters; a few words that nobody "
                             "would guess are good.", TLM_VAULT_MIN_CHARACTERS),
                   TLM_VAULT_MIN_CHARACTERS);
      return FALSE;
    }
  randombytes_buf (self->header.salt, sizeof self->header.salt);
  if (!derive_key (&self->header, passphrase, key, error))
    return FALSE;
  tlm_seal (self->header.by_passphrase, self->key, TLM_KEY_BYTES, magic, sizeof magic, key);
  sodium_memzero (key, sizeof key);
  write_number (self->header.sequence, read_number (self->header.sequence) + 1);
  compute_checksum (&self->header, self->header.checksum);
  return TRUE;
}

static char *
wrap_by_recovery (TlmVault *self)
{
  guint8 secret[TLM_RECOVERY_BYTES], key[TLM_KEY_BYTES];
  char  *code;

  randombytes_buf (secret, sizeof secret);
  derive_recovery_key (secret, key);
  tlm_seal (self->header.by_recovery, self->key, TLM_KEY_BYTES, magic, sizeof magic, key);
  code = tlm_recovery_encode (secret);
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (key, sizeof key);
  return code;
}

/* A key in memory must not be written to a disk: no core dumps from here on. */
static TlmVault *
new_vault (void)
{
  const struct rlimit none = { 0, 0 };
  TlmVault           *self;

  if (sodium_init () < 0)
    g_error ("libsodium cannot start: the system gives no random numbers");
  setrlimit (RLIMIT_CORE, &none);
  self = g_new0 (TlmVault, 1);
  self->key = sodium_malloc (TLM_KEY_BYTES);
  if (self->key == NULL)
    g_error ("there is no memory for a key");
  tlm_vault_register (self);
  return self;
}

TlmVault *
tlm_vault_new (const char         *passphrase,
               const TlmVaultCost *cost,
               char              **recovery_code,
               GError            **error)
{
  g_autoptr (TlmVault) self = new_vault ();
  char                *code;

  randombytes_buf (self->key, TLM_KEY_BYTES);
  memcpy (self->header.magic, magic, sizeof magic);
  write_number (self->header.passes, cost->passes);
  write_number (self->header.memory_bytes, cost->memory_bytes);
  code = wrap_by_recovery (self);
  if (!wrap_by_passphrase (self, passphrase, error))
    {
      tlm_secret_free (code);
      return NULL;
    }
  *recovery_code = code;
  return g_steal_pointer (&self);
}

static gboolean
unwrap (TlmVault   *self,
        const char *secret,
        GError    **error)
{
  guint8   code[TLM_RECOVERY_BYTES], key[TLM_KEY_BYTES];
  gboolean open = FALSE;

  if (tlm_recovery_decode (secret, code))
    {
      derive_recovery_key (code, key);
      open = tlm_unseal (self->key, self->header.by_recovery, TLM_KEY_BYTES, magic, sizeof magic,
                         key);
      sodium_memzero (code, sizeof code);
    }
  if (!open && g_utf8_validate (secret, -1, NULL)) /* as each passphrase is */
    {
      if (!derive_key (&self->header, secret, key, error))
        return FALSE;
      open = tlm_unseal (self->key, self->header.by_passphrase, TLM_KEY_BYTES, magic,
                         sizeof magic, key);
    }
  sodium_memzero (key, sizeof key);
  if (!open)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_PASSPHRASE,
                         _("This is neither the passphrase nor the recovery code. Nothing was "
                           "changed; try again."));
  return open;
}

TlmVault *
tlm_vault_open (const char *path,
                const char *secret,
                GError    **error)
{
  g_autoptr (TlmVault) self = new_vault ();

  if (!read_header_of (path, &self->header))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_DAMAGED,
                           _("The beginning of the encrypted database is damaged, so no passphrase "
                             "can open it. It was left as it is; restore it from a backup."));
      return NULL;
    }
  return unwrap (self, secret, error) ? g_steal_pointer (&self) : NULL;
}

void
tlm_vault_free (TlmVault *self)
{
  tlm_vault_unregister (self);
  sodium_free (self->key); /* wipes it */
  g_free (self);
}

static gboolean
write_slot (int         fd,
            int         slot,
            const void *data)
{
  const ssize_t n = sizeof (TlmVaultHeader);
  ssize_t       written = pwrite (fd, data, (size_t) n, slot * TLM_HEADER_SLOT_BYTES);

  if (written >= 0 && written < n)
    errno = EIO;
  return written == n && fdatasync (fd) == 0;
}

/* First the new header beside the old one, then nothing in the old one's place. Where that fails, both
 * may be there: what is read then counts. Returns: whether that is @header. @failure: (out): errno */
static gboolean
replace_header (int                   fd,
                const TlmVaultHeader *header,
                int                  *failure)
{
  static const TlmVaultHeader nothing;
  TlmVaultHeader              now;
  int                         slot = read_header (fd, &now);

  *failure = 0;
  if (slot >= 0 && write_slot (fd, 1 - slot, header) && write_slot (fd, slot, &nothing))
    return TRUE;
  *failure = slot >= 0 ? errno : EIO;
  return read_header (fd, &now) >= 0 && memcmp (&now, header, sizeof now) == 0;
}

gboolean
tlm_vault_set_passphrase (TlmVault   *self,
                          const char *path,
                          const char *passphrase,
                          int        *left,
                          GError    **error)
{
  TlmVaultHeader old = self->header;
  gboolean       changed;
  int            fd;

  if (!wrap_by_passphrase (self, passphrase, error))
    {
      self->header = old;
      return FALSE;
    }
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  *left = errno;
  changed = fd >= 0 && replace_header (fd, &self->header, left);
  if (fd >= 0)
    close (fd);
  if (changed)
    return TRUE;
  self->header = old;
  g_set_error (error, TLM_ERROR, TLM_ERROR_STORE,
               _("The new passphrase could not be saved (%s). Use the old one."),
               g_strerror (*left));
  return FALSE;
}
