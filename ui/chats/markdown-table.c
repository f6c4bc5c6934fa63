/* SPDX-License-Identifier: Apache-2.0 */
/* A table of a Markdown text: a grid of labels that scrolls sideways where it does not fit. A cell that
 * is the same keeps its label, so a table that grows costs its last row. */
#include "markdown-table.h"

#include "markdown-label.h"
#include "common/wheel.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_CHARS 32 /* of a line in a cell: two columns and a half of a message that is 80 wide */

struct _TlmMarkdownTable
{
  AdwBin     parent_instance;
  GtkGrid   *grid;
  char      *aligns; /* a letter a column: l, c, r or 0 */
  GPtrArray *cells;  /* of char *: what the labels show, row after row */
};

G_DEFINE_FINAL_TYPE (TlmMarkdownTable, tlm_markdown_table, ADW_TYPE_BIN)

/* A label that may wrap is laid out some ten times to be measured, and one that may not once. None is
 * narrower than it would like to be, as the table scrolls. */
static void
set_cell (GtkLabel *label, const char *markup)
{
  gboolean is_long;

  gtk_label_set_markup (label, markup);
  is_long = g_utf8_strlen (gtk_label_get_text (label), -1) > MAX_CHARS;
  gtk_label_set_wrap (label, is_long);
  gtk_label_set_width_chars (label, is_long ? MAX_CHARS : -1);
}

static GtkWidget *
new_cell (TlmMarkdownTable *self, guint i)
{
  guint n_columns = (guint) strlen (self->aligns);
  char align = self->aligns[i % n_columns];
  gboolean head = i < n_columns;
  /* GTK 4.8 hides a column's header from screen readers. */
  GtkWidget *label = tlm_markdown_label_new (GTK_ACCESSIBLE_ROLE_CELL);

  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), align == 'r' ? 1 : align == 'c' ? 0.5f : 0);
  gtk_label_set_justify (GTK_LABEL (label), align == 'r'   ? GTK_JUSTIFY_RIGHT
                                            : align == 'c' ? GTK_JUSTIFY_CENTER
                                                           : GTK_JUSTIFY_LEFT);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  if (head)
    gtk_widget_add_css_class (label, "heading");
  gtk_grid_attach (self->grid, label, (int) (i % n_columns), (int) (i / n_columns), 1, 1);
  return label;
}

static void
drop_from (TlmMarkdownTable *self, guint first)
{
  while (self->cells->len > first)
    {
      gtk_grid_remove (self->grid, gtk_widget_get_last_child (GTK_WIDGET (self->grid)));
      g_ptr_array_set_size (self->cells, (int) self->cells->len - 1);
    }
}

/**
 * tlm_markdown_table_new:
 * @aligns: a letter a column, for where its text stands: l, c, r or 0
 *
 * Returns: (transfer floating): a table without cells
 */
GtkWidget *
tlm_markdown_table_new (const char *aligns)
{
  TlmMarkdownTable *self = g_object_new (TLM_TYPE_MARKDOWN_TABLE, NULL);

  self->aligns = g_strdup (aligns);
  return GTK_WIDGET (self);
}

/**
 * tlm_markdown_table_set_cells:
 * @cells: (element-type utf8): markup, row after row, the head first
 */
void
tlm_markdown_table_set_cells (TlmMarkdownTable *self, GPtrArray *cells)
{
  GtkWidget *label = gtk_widget_get_first_child (GTK_WIDGET (self->grid));

  drop_from (self, cells->len);
  for (guint i = 0; i < cells->len; i++)
    {
      const char *markup = cells->pdata[i];

      if (i == self->cells->len)
        {
          g_ptr_array_add (self->cells, NULL);
          label = new_cell (self, i);
        }
      if (g_strcmp0 (self->cells->pdata[i], markup) != 0)
        {
          g_free (self->cells->pdata[i]);
          self->cells->pdata[i] = g_strdup (markup);
          set_cell (GTK_LABEL (label), markup);
        }
      label = gtk_widget_get_next_sibling (label);
    }
}

static void
tlm_markdown_table_finalize (GObject *object)
{
  TlmMarkdownTable *self = TLM_MARKDOWN_TABLE (object);

  g_free (self->aligns);
  g_ptr_array_unref (self->cells);
  G_OBJECT_CLASS (tlm_markdown_table_parent_class)->finalize (object);
}

static void
tlm_markdown_table_class_init (TlmMarkdownTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_markdown_table_finalize;
}

static void
tlm_markdown_table_init (TlmMarkdownTable *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->grid = g_object_new (GTK_TYPE_GRID, "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE, "halign",
                             GTK_ALIGN_START, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "markdown-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  /* Translators: rows and columns, in an answer. */
                                  _("Table"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->grid));
  tlm_wheel_share (GTK_SCROLLED_WINDOW (scroller));
  adw_bin_set_child (ADW_BIN (self), scroller);
}
