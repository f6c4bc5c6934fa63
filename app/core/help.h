/* SPDX-License-Identifier: Apache-2.0 */
/* The help pages, which are Mallard (projectmallard.org/1.0), read for a window that shows Markdown.
 * Pages are ours, so what is no Mallard here is a mistake of ours. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Links to other pages are "tinylm:help/ID". */
typedef struct
{
  char *title, *summary; /* what the page is called, and what it is for, in a sentence */
  char *markdown;        /* all that comes after the title */
} TlmHelpText;

/* (transfer full) (nullable): the page of that name in the language of the program's own catalogue that is in
 * use, so that it names things as the window does; NULL: there is none, or its file is damaged. Reads a file. */
GBytes      *tlm_help_load_translation (const char *page);

/* (transfer full) */
TlmHelpText *tlm_help_text_read (GBytes *mallard);
void         tlm_help_text_free (TlmHelpText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmHelpText, tlm_help_text_free)

/* Of the first page. */
typedef struct
{
  char *title;
  GStrv topics; /* ids of pages */
} TlmHelpSection;

/* (transfer full): of TlmHelpSection */
GPtrArray   *tlm_help_read_sections (GBytes *mallard);

G_END_DECLS
