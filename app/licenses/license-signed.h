/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed and by whom. A body is a version byte and then statements, each of them
 *
 *   length    2 bytes, big-endian
 *   payload   [length] bytes: UTF-8 lines "name=value\n" in a fixed order
 *   signature 64 bytes: Ed25519 (RFC 8032) over the domain, with its NUL, and the payload
 *
 * and nothing after the last. The domain keeps a signature of one kind from being taken for
 * another. The bytes that were signed are verified before they are read, and never written anew. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TLM_SIGNED_VERSION 1

#define TLM_DOMAIN_CERTIFICATE "TinyLM issuing key v1"
#define TLM_DOMAIN_LICENSE     "TinyLM license v1"
#define TLM_DOMAIN_REVOCATIONS "TinyLM revoked licenses v1"

#define TLM_KEY_BYTES       32 /* an Ed25519 public key */
#define TLM_SIGNATURE_BYTES 64
#define TLM_KEY_ID_LENGTH   16 /* hexadecimal digits */

typedef struct
{
  const guint8 *payload; /* [len] borrowed from the body */
  gsize         len;
  const guint8 *signature;
} TlmStatement;

/* A root key: it signs issuing keys and lists of withdrawn keys, nothing else. */
typedef struct
{
  guint8   key[TLM_KEY_BYTES];
  gboolean is_test; /* its secret is public: what it signs is a test and allows nothing */
} TlmRoot;

/* @statements: (out): exactly [n] of them */
gboolean tlm_signed_split (GBytes *body, TlmStatement *statements, gsize n, GError **error);

/* libsodium refuses an S that is not below the group's order, and points of small order. */
gboolean tlm_statement_verify (const TlmStatement *statement, const char *domain,
                               const guint8 *key);

/* (nullable): the one of @roots: (element-type TlmRoot) that signed it */
const TlmRoot *tlm_statement_find_root (const TlmStatement *statement, const char *domain,
                                        GArray *roots);

/**
 * tlm_roots_parse:
 * @text: lines "vendor HEX" and "test HEX"; empty ones and comments with "#"
 *
 * Returns: (transfer full) (nullable) (element-type TlmRoot)
 */
GArray *tlm_roots_parse (const char *text, GError **error);

/* Those that the build chose. (transfer none). Thread-safe. */
GArray *tlm_roots_get_built_in (void);

/* (transfer full): "kid", the first half of BLAKE2b-128 of a public key in hexadecimal digits */
char *tlm_key_dup_id (const guint8 *key);

/**
 * tlm_statement_take_field:
 * @cursor: (inout): from 0; moves behind the line when that is a good one
 *
 * Reads the line "@name=value\n" at @cursor. A value is 1 to 200 bytes of UTF-8, begins and ends
 * with no space, and has no character that controls how text is shown.
 * Returns: (transfer full) (nullable): the value; NULL when this line is another
 */
char *tlm_statement_take_field (const TlmStatement *statement, gsize *cursor, const char *name);

/* Of the form 2026-11-25, and in the calendar; so dates compare as strings. */
gboolean tlm_is_date (const char *text);

G_END_DECLS
