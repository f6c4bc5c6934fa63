/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of the formats share. Each returns UTF-8 or fails with a whole sentence. */
#pragma once

#include <libxml/tree.h>

#include "import/import.h"
#include "import/outline.h"

/* Deeper than any document that a person wrote; libxml2 has the same limit for its own parser. */
#define TLM_IMPORT_MAX_DEPTH 256

char *tlm_import_docx (GBytes *bytes, GCancellable *cancellable, GError **error);
char *tlm_import_html (const char *bytes, gsize len, GError **error);
/* One message; what is attached is only counted. */
gboolean tlm_import_is_mail (const char *bytes, gsize len);
char    *tlm_import_mail    (const char *bytes, gsize len, GError **error);

char *tlm_import_odt  (GBytes *bytes, GCancellable *cancellable, GError **error);
char *tlm_import_org  (const char *text);
#ifdef TLM_HAVE_PDF
char *tlm_import_pdf  (GBytes *bytes, GCancellable *cancellable, GError **error);
#endif

/* Returns: FALSE without an error where there is no such member */
gboolean tlm_zip_has_member (GBytes *bytes, const char *name, GError **error);

/* One member of a zip, at most TLM_TEXT_MAX_BYTES of it. Returns: (nullable): NULL without an
 * error where there is no such member. */
GByteArray *tlm_zip_read_member (GBytes *bytes, const char *name, GCancellable *cancellable,
                                 GError **error);

/* A member that is XML without a document type, so that no entity can expand or load. Returns:
 * (nullable): NULL and an error for a missing or damaged one. */
xmlDoc *tlm_zip_read_xml (GBytes *bytes, const char *name, GCancellable *cancellable,
                          GError **error);

/* @text with Windows' letters in place of bytes that are not UTF-8 and of control characters that
 * stand for them. Returns: (transfer full): UTF-8 */
char *tlm_import_mend_letters (const char *text);

/* A page's [len] @bytes by the encoding that it names, unless they are UTF-8 and shift to no other; with
 * none, or one that nobody knows, as tlm_import_mend_letters(). Returns: (transfer full): UTF-8 */
char *tlm_import_read_letters (const char *bytes, gsize len);

/* The part of a Word document that holds its text. Returns: (transfer full) (nullable): NULL without
 * an error where the archive is no such document */
char *tlm_docx_find_main (GBytes *bytes, GCancellable *cancellable, GError **error);

/* The part of that @kind, "styles" say, that belongs to the one of that @name. Returns: (transfer
 * full) (nullable): NULL without an error where there is none */
xmlDoc *tlm_docx_read_part (GBytes *bytes, const char *name, const char *kind,
                            GCancellable *cancellable, GError **error);

/* Always FALSE. */
gboolean tlm_import_fail_damaged   (GError **error);
gboolean tlm_import_fail_protected (GError **error);

const char *tlm_xml_name (const xmlNode *node); /* "" for what is not an element */
gboolean    tlm_xml_is   (const xmlNode *node, const char *name);
char       *tlm_xml_get  (xmlNode *node, const char *attribute); /* of any namespace; nullable */
