/* SPDX-License-Identifier: Apache-2.0 */
/* A label that wraps and can be selected, and whose links ask before they leave the program. */
#include "markdown-label.h"

#include "compat/compat.h"

#include <string.h>

#define LONG_BYTES 30 /* of a paragraph that is surely wider than */
#define LONG_MIN_CHARS 10

static gboolean
activate_link_cb (GtkLabel *label, const char *uri, gpointer user_data)
{
  /* Places in notes and chats, which the window shows by itself. */
  if (g_str_has_prefix (uri, "tinylm:"))
    gtk_widget_activate_action (GTK_WIDGET (label), "win.show-place", "s", uri);
  else
    tlm_present_link (GTK_WIDGET (label), uri);
  return TRUE;
}

/**
 * tlm_markdown_label_new:
 * @role: what it is to a screen reader
 *
 * Returns: (transfer floating): an empty label
 */
GtkWidget *
tlm_markdown_label_new (GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "xalign",
                                   0.0f, NULL);

  g_signal_connect (label, "activate-link", G_CALLBACK (activate_link_cb), NULL);
  return label;
}

/**
 * tlm_markdown_label_set_markup:
 * @markup: of a block
 *
 * The least width of a label is what remains when each letter has a line: 3 ms of layout for 60 words.
 * A long one has a least width of its own.
 */
void
tlm_markdown_label_set_markup (GtkLabel *label, const char *markup)
{
  gtk_label_set_width_chars (label, strlen (markup) > LONG_BYTES ? LONG_MIN_CHARS : -1);
  gtk_label_set_markup (label, markup);
}
