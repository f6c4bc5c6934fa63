/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of files that can be read as text. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkFileFilter *tlm_documents_filter_new (void);

G_END_DECLS
