/* SPDX-License-Identifier: Apache-2.0 */
/* What pdf.c calls of Poppler, whose library is loaded with the first PDF. Linked, it and what it
 * needs were half of the program's start: `tinylm-cli --version` took 50 ms of processor time, now
 * 28. */
#pragma once

#include <poppler.h>

G_BEGIN_DECLS

typedef struct
{
  __typeof__ (poppler_document_get_n_pages)    *document_get_n_pages;
  __typeof__ (poppler_document_get_page)       *document_get_page;
  __typeof__ (poppler_document_new_from_bytes) *document_new_from_bytes;
  __typeof__ (poppler_error_quark)             *error_quark;
  __typeof__ (poppler_page_get_label)          *page_get_label;
  __typeof__ (poppler_page_get_text)           *page_get_text;
  __typeof__ (poppler_page_get_text_layout)    *page_get_text_layout;
} PopplerCalls;

/* Thread-safe. Returns: (transfer none) (nullable): NULL and an error where it is missing. */
const PopplerCalls *tlm_poppler_get_calls (GError **error);

G_END_DECLS
