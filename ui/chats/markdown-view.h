/* SPDX-License-Identifier: Apache-2.0 */
/* Shows Markdown that may still be growing. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* GTK takes up to 1.5 ms a KiB to lay out a text without breaks: of what is longer, which would take
 * more than half a second, the beginning is shown. */
#define TLM_MARKDOWN_VIEW_MAX_BYTES (256 << 10)

/* One screen: of what is longer and no Markdown, a view that scrolls is lighter. */
#define TLM_MARKDOWN_VIEW_SCREEN_BYTES 4096

#define TLM_TYPE_MARKDOWN_VIEW (tlm_markdown_view_get_type ())
G_DECLARE_FINAL_TYPE (TlmMarkdownView, tlm_markdown_view, TLM, MARKDOWN_VIEW, AdwBin)

GtkWidget *tlm_markdown_view_new      (void);
void       tlm_markdown_view_set_text (TlmMarkdownView *self, const char *text);
void       tlm_markdown_view_set_plain (TlmMarkdownView *self, const char *text);

G_END_DECLS
