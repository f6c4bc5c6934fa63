/* SPDX-License-Identifier: Apache-2.0 */
/* Where an export goes: a new folder, or a new archive when the name ends in .zip, .tar or .tar.gz.
 * It grows under a name of its own beside the target and takes the target's only when it is whole;
 * nothing that exists is ever replaced. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TlmExportSink TlmExportSink;

TlmExportSink *tlm_export_sink_new    (const char *target, GError **error);

/* @name: with folders, e.g. "notes/Monday.md"; @changed: in seconds since 1970 */
gboolean       tlm_export_sink_add    (TlmExportSink *self, const char *name, const char *text,
                                       gsize len, gint64 changed, GError **error);

/* Everything is on the disk, under the target's name. */
gboolean       tlm_export_sink_finish (TlmExportSink *self, GError **error);

/* Without tlm_export_sink_finish() nothing is left behind. */
void           tlm_export_sink_free   (TlmExportSink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmExportSink, tlm_export_sink_free)

G_END_DECLS
