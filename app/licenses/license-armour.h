/* SPDX-License-Identifier: Apache-2.0 */
/* The text around what is signed: a line that begins it, readable lines, an empty line, base64, a
 * line that ends it. Mail and chat programs may add white space at the ends of lines and break
 * lines anew; nothing else passes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TLM_ARMOUR_LICENSE     "TINYLM LICENSE"
#define TLM_ARMOUR_REVOCATIONS "TINYLM REVOKED LICENSES"

/* A key is about 1 KB; a list of withdrawn keys, with 64 KB that are signed, at most 90 KB. */
#define TLM_ARMOUR_MAX_BYTES (128u << 10)

/* Whether @text: [len] has a line that begins a block of that @label. */
gboolean tlm_armour_is (const char *text, gsize len, const char *label);

/* Whether a block of any label is the first thing in @text: [len], which may be the beginning of a
 * longer one. What a file with this may hold besides is less than a note. */
gboolean tlm_armour_begins (const char *text, gsize len);

/**
 * tlm_armour_read:
 * @text: [len] hostile; what stands before and after the block is passed over
 * @headers: (out) (transfer full): the readable lines, each with its newline
 *
 * Returns: (transfer full) (nullable): the bytes that the base64 stands for; only its one
 * canonical form is read
 */
GBytes *tlm_armour_read (const char *text, gsize len, const char *label, char **headers,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
