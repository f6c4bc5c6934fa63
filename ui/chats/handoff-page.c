/* SPDX-License-Identifier: Apache-2.0 */
/* The text can be edited, and what looks private is found anew a moment after each change. Each find
 * has a row with a button that puts a placeholder in its place wherever the same words stand; one button
 * does so for all of a group. What is only perhaps private has a group of its own, so that one press
 * does not take the famous names out of a question. Copying is the person's act: nothing is sent. */
#include "handoff-page.h"

#include "privacy/private-details.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIND_DELAY_MS 300 /* after typing stops */
#define MAX_ROWS 100      /* more are marked in the text and replaced together */

/* Of the details that are sure, and of those that are not. */
typedef struct
{
  AdwPreferencesGroup *group;
  GtkListBox          *list;
  GtkWidget           *all_button;
  GtkTextTag          *tag;
} Finds;

struct _TlmHandoffPage
{
  AdwPreferencesPage   parent_instance;
  GtkTextView         *view;
  GtkButton           *copy_button;
  Finds                finds[2]; /* [perhaps] */
  GtkTextBuffer       *buffer; /* (transfer none): of the view */
  GArray              *details; /* of TlmPrivateDetail: as marked */
  guint                find_timeout;
};

G_DEFINE_FINAL_TYPE (TlmHandoffPage, tlm_handoff_page, ADW_TYPE_PREFERENCES_PAGE)

static char *
dup_text (TlmHandoffPage *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
}

static void
mark (TlmHandoffPage *self, const char *text)
{
  GtkTextIter start, end;
  long offset = 0;
  gsize at = 0;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  for (int perhaps = 0; perhaps < 2; perhaps++)
    gtk_text_buffer_remove_tag (self->buffer, self->finds[perhaps].tag, &start, &end);
  for (guint i = 0; i < self->details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (self->details, TlmPrivateDetail, i);

      offset += g_utf8_pointer_to_offset (text + at, text + detail->start);
      gtk_text_buffer_get_iter_at_offset (self->buffer, &start, (int) offset);
      offset += g_utf8_pointer_to_offset (text + detail->start, text + detail->end);
      gtk_text_buffer_get_iter_at_offset (self->buffer, &end, (int) offset);
      gtk_text_buffer_apply_tag (self->buffer, self->finds[detail->perhaps].tag, &start, &end);
      at = detail->end;
    }
}

/* As one step that can be undone, and the cursor stays where a person would look for it: at the end. */
static void
set_text (TlmHandoffPage *self, const char *text)
{
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (self->buffer);
}

static void find_details (TlmHandoffPage *self);

/* Those of the details that @words name, or all of a group. */
static void
replace (TlmHandoffPage *self, const char *words, gboolean perhaps)
{
  g_autofree char *text = dup_text (self), *replaced = NULL;
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));

  find_details (self); /* of the text as it stands */
  for (guint i = 0; i < self->details->len; i++)
    {
      TlmPrivateDetail detail = g_array_index (self->details, TlmPrivateDetail, i);
      gsize len = detail.end - detail.start;

      if (words != NULL ? len == strlen (words) && memcmp (text + detail.start, words, len) == 0
                        : detail.perhaps == perhaps)
        g_array_append_val (chosen, detail);
    }
  replaced = tlm_private_replace (text, chosen);
  set_text (self, replaced);
  find_details (self);
}

/* The button that had the keyboard is gone: the one in its place has it, or what is done next. */
static void
focus_row (TlmHandoffPage *self, GtkListBox *list, int i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, i);

  if (row == NULL)
    row = gtk_list_box_get_row_at_index (list, MAX (i - 1, 0));
  gtk_widget_grab_focus (row != NULL ? g_object_get_data (G_OBJECT (row), "button")
                                     : GTK_WIDGET (self->copy_button));
}

static void
replace_cb (GtkWidget *button, TlmHandoffPage *self)
{
  g_autofree char *words = g_strdup (g_object_get_data (G_OBJECT (button), "words"));
  GtkWidget *row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (row));
  int i = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

  replace (self, words, FALSE); /* and the row with the button goes */
  focus_row (self, list, i);
}

static void
replace_all_cb (TlmHandoffPage *self)
{
  replace (self, NULL, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->copy_button));
}

static void
replace_perhaps_cb (TlmHandoffPage *self)
{
  replace (self, NULL, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->copy_button));
}

static GtkWidget *
make_row (TlmHandoffPage *self, const TlmPrivateDetail *detail, char *words)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_with_label (_("Replace"));
  g_autofree char *name = g_strdup_printf (_("Replace “%s”"), words);
  /* Isolated: the groups of a telephone number keep their order where one writes from right to left. */
  g_autofree char *line = g_strdelimit (g_strdup_printf ("\u2068%s\u2069", words), "\r\n", ' ');

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), line);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), tlm_private_get_placeholder (detail->kind));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "words", words, g_free);
  g_object_set_data (G_OBJECT (row), "button", button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (replace_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
clear_rows (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static const char *
describe (guint n_sure, guint n_perhaps)
{
  if (n_sure > 0)
    return _("Found by rules, which miss things: read the text yourself too.");
  return n_perhaps > 0
           ? _("Rules are sure of nothing here. They miss things: read the text yourself too.")
           : _("Rules found nothing private. They miss things: read the text yourself too.");
}

/* The same words have one row. */
static void
list_details (TlmHandoffPage *self, const char *text)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n[2] = { 0, 0 };

  clear_rows (self->finds[0].list);
  clear_rows (self->finds[1].list);
  for (guint i = 0; i < self->details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (self->details, TlmPrivateDetail, i);
      char *words = g_strndup (text + detail->start, detail->end - detail->start);

      n[detail->perhaps]++;
      if (g_hash_table_size (seen) < MAX_ROWS && g_hash_table_add (seen, words))
        gtk_list_box_append (self->finds[detail->perhaps].list, make_row (self, detail, words));
      else
        g_free (words);
    }
  gtk_widget_set_visible (self->finds[0].all_button, n[0] > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->finds[0].list), n[0] > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->finds[1].group), n[1] > 0);
  adw_preferences_group_set_description (self->finds[0].group, describe (n[0], n[1]));
}

static void
find_details (TlmHandoffPage *self)
{
  g_autofree char *text = dup_text (self);

  g_clear_handle_id (&self->find_timeout, g_source_remove);
  g_clear_pointer (&self->details, g_array_unref);
  self->details = tlm_private_find (text, strlen (text));
  mark (self, text);
  list_details (self, text);
}

static gboolean
find_timeout_cb (gpointer user_data)
{
  TlmHandoffPage *self = user_data;

  self->find_timeout = 0;
  find_details (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TlmHandoffPage *self)
{
  gtk_button_set_label (self->copy_button, _("_Copy"));
  g_clear_handle_id (&self->find_timeout, g_source_remove);
  self->find_timeout = g_timeout_add (FIND_DELAY_MS, find_timeout_cb, self);
}

static void
copy_cb (TlmHandoffPage *self)
{
  g_autofree char *text = dup_text (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_button_set_label (self->copy_button, _("Copied"));
}

/**
 * tlm_handoff_page_new:
 * @text: what the person asked
 *
 * Returns: (transfer floating): the page, for tlm_present_preferences()
 */
GtkWidget *
tlm_handoff_page_new (const char *text)
{
  TlmHandoffPage *self = g_object_new (TLM_TYPE_HANDOFF_PAGE, NULL);

  gtk_text_buffer_set_text (self->buffer, text, -1);
  find_details (self);
  return GTK_WIDGET (self);
}

static void
tlm_handoff_page_dispose (GObject *object)
{
  TlmHandoffPage *self = TLM_HANDOFF_PAGE (object);

  g_clear_handle_id (&self->find_timeout, g_source_remove);
  g_clear_pointer (&self->details, g_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_HANDOFF_PAGE);
  G_OBJECT_CLASS (tlm_handoff_page_parent_class)->dispose (object);
}

static void
bind_finds (GtkWidgetClass *klass, int perhaps, const char *group, const char *list, const char *all)
{
  gssize at = G_STRUCT_OFFSET (TlmHandoffPage, finds) + perhaps * (gssize) sizeof (Finds);

  gtk_widget_class_bind_template_child_full (klass, group, FALSE, at + G_STRUCT_OFFSET (Finds, group));
  gtk_widget_class_bind_template_child_full (klass, list, FALSE, at + G_STRUCT_OFFSET (Finds, list));
  gtk_widget_class_bind_template_child_full (klass, all, FALSE, at + G_STRUCT_OFFSET (Finds, all_button));
}

static void
tlm_handoff_page_class_init (TlmHandoffPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_handoff_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/handoff-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmHandoffPage, view);
  bind_finds (widget_class, 0, "details_group", "list", "all_button");
  bind_finds (widget_class, 1, "perhaps_group", "perhaps_list", "perhaps_button");
  gtk_widget_class_bind_template_child (widget_class, TlmHandoffPage, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_perhaps_cb);
}

static void
tlm_handoff_page_init (TlmHandoffPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_text_view_get_buffer (self->view);
  /* Legible on light and dark: it tints what lies behind the letters. */
  self->finds[0].tag = gtk_text_buffer_create_tag (self->buffer, NULL, "background", "rgba(229,165,10,0.35)",
                                                   "underline", PANGO_UNDERLINE_SINGLE, NULL);
  self->finds[1].tag = gtk_text_buffer_create_tag (self->buffer, NULL, "background", "rgba(229,165,10,0.2)",
                                                   NULL);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}
