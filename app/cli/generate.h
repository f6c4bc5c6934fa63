/* SPDX-License-Identifier: Apache-2.0 */
/* A generated text on standard output, for the commands that make one. */
#pragma once

#include "models/receipt.h"

G_BEGIN_DECLS

/**
 * tlm_cli_generate_text:
 * @context: @n_threads: 0 for the model's and the machine's
 * @cache: of keys and values
 * @adapters: of TlmAdapterChoice; @receipt gets their checksums
 * @receipt: (nullable): gets the request, the time and the output's checksum
 *
 * Prints the bytes as they are made.
 */
gboolean tlm_cli_generate_text (const char *model_path, const TlmGenerateRequest *request,
                                guint context, tl_type cache, GPtrArray *adapters,
                                guint n_threads, TlmReceipt *receipt, GError **error);

G_END_DECLS
