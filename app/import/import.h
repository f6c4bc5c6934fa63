/* SPDX-License-Identifier: Apache-2.0 */
/* Any document to plain text whose structure (headings, lists, check boxes) is kept as Markdown.
 * What a file is, its content says; its name decides only between kinds of plain text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * tlm_import_read_file:
 * @file: Markdown, text, Org, HTML, ODT, DOCX, PDF or a mail; it is never written
 * @out_len: (out) (optional): of the text
 * @decoded_from: (out) (optional): a static name such as "UTF-16" or "DOCX" where offsets into the
 * text don't hold for the file, else NULL
 *
 * Blocks; not for the main thread. Nothing that a document points to is loaded.
 * Returns: (transfer full) (nullable): UTF-8
 */
char *tlm_import_read_file (GFile *file, gsize *out_len, const char **decoded_from,
                            GCancellable *cancellable, GError **error);

/* The same of standard input or another stream, to its end; Org cannot be told from plain text. */
char *tlm_import_read_stream (GInputStream *stream, gsize *out_len, const char **decoded_from,
                              GCancellable *cancellable, GError **error);

G_END_DECLS
