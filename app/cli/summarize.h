/* SPDX-License-Identifier: Apache-2.0 */
/* A summary of one input, for the commands that make one. */
#pragma once

#include "models/engine-service.h"
#include "models/receipt.h"

G_BEGIN_DECLS

/**
 * tlm_cli_summarize_input:
 * @name: a file, or "-" for standard input
 * @day: when set, due words are read as on this day; else as on the note's, or the file's
 * @decoded_from: (out): the encoding, when it was not UTF-8; else NULL
 *
 * Returns: (transfer full) (nullable)
 */
TlmSummary *tlm_cli_summarize_input (TlmEngineService *engine, const char *name,
                                     TlmDay day, const char **decoded_from, GError **error);

G_END_DECLS
