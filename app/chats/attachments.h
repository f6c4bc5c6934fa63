/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached to a message of a chat: notes and files, as the text that was read from them. They stand
 * at the end of the message, each as a fenced block of Markdown whose first line says what it is:
 *
 *     Who pays for the roof?
 *
 *     ~~~ attached file: offer.docx
 *     The roof costs …
 *     ~~~
 *
 * So a message with what it brings is one text: for the store and its search, for a language model, for an
 * export that any program reads, and for the import of it. Plain functions; any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TLM_ATTACHMENTS_MAX 20 /* in a message: as many rows as a person looks through */

typedef struct
{
  gboolean note; /* else a file */
  char    *name;
  gsize    start, end; /* its text, in the message */
} TlmAttachment;

/**
 * tlm_attachments_read:
 * @message: UTF-8
 * @body: (out) (optional): the bytes of the message before them
 *
 * Returns: (transfer full): of TlmAttachment, in their order; empty for none
 */
GArray *tlm_attachments_read (const char *message, gsize *body);

/* What the person wrote. (transfer full) */
char *tlm_attachments_dup_body (const char *message);

/* What is attached, with a line between two texts; NULL for none. (transfer full) (nullable) */
char *tlm_attachments_dup_texts (const char *message);

/* @body with what is attached to @message. (transfer full) */
char *tlm_attachments_move (const char *message, const char *body);

/**
 * tlm_attachment_dup_block:
 * @note: FALSE for a file
 * @name: of any letters; it stands on one line
 * @text: must hold a letter or digit
 *
 * Returns: (transfer full): what tlm_attachments_read() finds at the end of a message
 */
char *tlm_attachment_dup_block (gboolean note, const char *name, const char *text);

/**
 * tlm_attachment_load_async:
 * @file: of any kind that can be opened as a note; it is never written
 *
 * For the main thread; reads on another. Binary, empty, too large and unreadable files are errors, whose
 * sentence names the file and says what would work.
 */
void  tlm_attachment_load_async  (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
/* (transfer full) (nullable): the block */
char *tlm_attachment_load_finish (GFile *file, GAsyncResult *result, GError **error);

G_END_DECLS
