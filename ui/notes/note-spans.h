/* SPDX-License-Identifier: Apache-2.0 */
/* The places of a text that was read inside a text buffer that goes on being edited. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _TlmNoteSpans TlmNoteSpans;

TlmNoteSpans *tlm_note_spans_new    (GtkTextBuffer *buffer, const char *text,
                                     int offset);
void          tlm_note_spans_free   (TlmNoteSpans *self);
gboolean      tlm_note_spans_lookup (TlmNoteSpans *self, gsize start, gsize end,
                                     GtkTextIter *first, GtkTextIter *last);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmNoteSpans, tlm_note_spans_free)

G_END_DECLS
