/* SPDX-License-Identifier: Apache-2.0 */
/* By name, as the portal knows no other way; what a file is, its reader finds out. */
#include "documents.h"

#include <glib/gi18n.h>

/**
 * tlm_documents_filter_new:
 *
 * Returns: (transfer full): of what can be opened as a note or attached to a message
 */
GtkFileFilter *
tlm_documents_filter_new (void)
{
  static const char *const suffixes[] = { "md",  "txt",  "org", "html", "htm",
                                          "odt", "docx", "pdf", "eml" };
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Documents"));
  gtk_file_filter_add_mime_type (filter, "text/*");
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  return filter;
}
