/* SPDX-License-Identifier: Apache-2.0 */
/* A chip keeps its text, so that a press shows it whatever has become of the message since. The dialog shows
 * the text as the tools read it: plain, whatever kind of file it came from. */
#include "attachment-chip.h"

#include "compat/compat.h"
#include "markdown-view.h"

#include <glib/gi18n.h>

#define NAME_CHARS 22 /* two chips stand beside each other in 360 px */

/* ---- The text ---- */

static void
show_text_cb (GtkWidget *button)
{
  const char *name = g_object_get_data (G_OBJECT (button), "tlm-name");
  GtkWidget *page = adw_preferences_page_new (), *group = adw_preferences_group_new ();
  GtkWidget *view = tlm_markdown_view_new ();

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), name);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
                                         _("This is the text that was read and that goes with the "
                                           "message."));
  tlm_markdown_view_set_plain (TLM_MARKDOWN_VIEW (view),
                               g_object_get_data (G_OBJECT (button), "tlm-text"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), view);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  tlm_present_preferences (button, page);
}

/* ---- The chip ---- */

static GtkWidget *
new_content (const TlmAttachment *attachment, const char *size)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (attachment->name), *size_label = gtk_label_new (size);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), NAME_CHARS);
  gtk_widget_add_css_class (size_label, "dim-label");
  gtk_widget_add_css_class (size_label, "caption");
  gtk_box_append (GTK_BOX (box), tlm_decoration_new (attachment->note ? "tlm-note-symbolic"
                                                                      : "text-x-generic-symbolic"));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), size_label);
  return box;
}

static GtkWidget *
new_open_button (const char *message, const TlmAttachment *attachment)
{
  gsize bytes = attachment->end - attachment->start;
  GtkWidget *button = gtk_button_new ();
  g_autofree char *size = g_format_size (bytes);
  /* Translators: what is attached to a message: its name and its size. */
  g_autofree char *label = g_strdup_printf (_("Attached: %s, %s"), attachment->name, size);

  gtk_button_set_child (GTK_BUTTON (button), new_content (attachment, size));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, attachment->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (button), "tlm-name", g_strdup (attachment->name), g_free);
  g_object_set_data_full (G_OBJECT (button), "tlm-text",
                          g_strndup (message + attachment->start, bytes), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (show_text_cb), NULL);
  return button;
}

/* @remove_button: (nullable) (transfer floating) */
static GtkWidget *
new_chip (const char *message, const TlmAttachment *attachment, GtkWidget *remove_button)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (chip, "attachment");
  gtk_box_append (GTK_BOX (chip), new_open_button (message, attachment));
  if (remove_button != NULL)
    gtk_box_append (GTK_BOX (chip), remove_button);
  return chip;
}

/**
 * tlm_attachment_chips_new:
 *
 * Returns: (transfer floating): rows of chips, of which there is none yet
 */
GtkWidget *
tlm_attachment_chips_new (void)
{
  GtkWidget *chips = g_object_new (GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE,
                                   "column-spacing", 6, "row-spacing", 6, "max-children-per-line", 4,
                                   NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (chips), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Attachments"), -1);
  return chips;
}

/**
 * tlm_attachment_chips_add:
 * @message: that @attachment was read from
 * @remove_button: (transfer floating): at the end of the chip
 */
void
tlm_attachment_chips_add (GtkWidget           *chips,
                          const char          *message,
                          const TlmAttachment *attachment,
                          GtkWidget           *remove_button)
{
  GtkWidget *chip = new_chip (message, attachment, remove_button);
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_widget_set_halign (chip, GTK_ALIGN_START);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), chip);
  gtk_widget_set_focusable (child, FALSE); /* its buttons are */
  gtk_flow_box_append (GTK_FLOW_BOX (chips), child);
}

/**
 * tlm_attachment_chips_new_of:
 *
 * Returns: (transfer floating) (nullable): all that is attached to @message, under it at the end side; NULL
 * for nothing
 */
GtkWidget *
tlm_attachment_chips_new_of (const char *message)
{
  g_autoptr (GArray) attachments = tlm_attachments_read (message, NULL);
  GtkWidget *chips = attachments->len > 0 ? gtk_box_new (GTK_ORIENTATION_VERTICAL, 3) : NULL;

  for (guint i = 0; i < attachments->len; i++)
    {
      GtkWidget *chip = new_chip (message, &g_array_index (attachments, TlmAttachment, i), NULL);

      gtk_widget_set_halign (chip, GTK_ALIGN_END);
      gtk_box_append (GTK_BOX (chips), chip);
    }
  return chips;
}
