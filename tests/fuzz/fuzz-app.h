/* SPDX-License-Identifier: Apache-2.0 */
/* What the targets of the services share besides. */
#pragma once

#include <gio/gio.h>

#include "fuzz.h"

/* From now on a warning of GLib's is a finding too: each is a mistake of ours. Call it first. */
void fuzz_app_init (void);

/* The text, with what is no UTF-8 replaced: what readers get behind tlm_text_decode(). @len: (out)
 * (transfer full) */
char *fuzz_utf8 (const uint8_t *data, size_t size, size_t *len);

/* A reader's answer: a text that is UTF-8, or an error with a sentence; never both, never neither.
 * Frees both. */
void fuzz_check_answer (char *text, GError *error);
