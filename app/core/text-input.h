/* SPDX-License-Identifier: Apache-2.0 */
/* Is this text, and can it be read? Everything that comes from a person or a file passes here.
 * Text is taken as UTF-8; another encoding only where a byte order mark says so, never by
 * guessing. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TLM_TEXT_MAX_BYTES (64u << 20)
#define TLM_TEXT_BOM "\xef\xbb\xbf"

/* Whether @text begins with @words. It looks no further, where g_str_has_prefix () of newer GLib first measures
 * the whole text: ask this way at each place of a long one. */
gboolean tlm_text_begins (const char *text, const char *words);

/* FALSE and a sentence for bytes that are too many, binary, or not UTF-8 (with the line). Empty
 * text is fine here. */
gboolean tlm_text_check_utf8 (const char *bytes, gsize len, GError **error);

/* As above, and there must be a letter or digit. */
gboolean tlm_text_check_content (const char *bytes, gsize len, GError **error);

/* Whether @text, valid UTF-8, shows nothing: white space and control and format characters only. */
gboolean tlm_text_is_blank (const char *text);

/**
 * tlm_text_decode:
 * @bytes: (array length=len): of a file
 * @out_len: (out) (optional): of the text
 * @decoded_from: (out) (optional): "UTF-16" when a mark said so, else NULL: only then do offsets
 * into the text not hold for the file
 *
 * Returns: (transfer full) (nullable): the text as UTF-8, with a final NUL; a UTF-8 mark stays in
 * place
 */
char *tlm_text_decode (const char *bytes, gsize len, gsize *out_len, const char **decoded_from,
                       GError **error);

/* The bytes of a file, or of a stream to its end, as they are. Blocks; errors as below.
 * Returns: (transfer full) */
GBytes *tlm_text_load_file   (GFile *file, GCancellable *cancellable, GError **error);
GBytes *tlm_text_load_stream (GInputStream *stream, GCancellable *cancellable, GError **error);

/* Blocks; not for the main thread. Folders, devices and files above TLM_TEXT_MAX_BYTES are
 * errors. */
char *tlm_text_read_file (GFile *file, gsize *out_len, const char **decoded_from,
                          GCancellable *cancellable, GError **error);

/* Standard input or another stream, to its end. */
char *tlm_text_read_stream (GInputStream *stream, gsize *out_len, const char **decoded_from,
                            GCancellable *cancellable, GError **error);

G_END_DECLS
