/* SPDX-License-Identifier: Apache-2.0 */
/* A table of a Markdown text: a grid of labels that scrolls sideways where it does not fit. A cell that
 * is the same keeps its label, so a table that grows costs its last row. */
#include "markdown-table.h"

#include "markdown-label.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_CHARS 32 /* of a line in a cell: two columns and a half of a message that is 80 wide */

struct _TlmMarkdownTable
{
  AdwBin     parent_instance;
  GtkWidget *scroller;
  GtkGrid   *grid;
  char      *aligns; /* a letter a column: l, c, r or 0 */
  GPtrArray *cells;  /* of char *: what the labels show, row after row */
};

G_DEFINE_FINAL_TYPE (TlmMarkdownTable, tlm_markdown_table, ADW_TYPE_BIN)

/* A label that may wrap is laid out some ten times to be measured, and one that may not once. */
static void
set_cell (GtkLabel *label, const char *markup)
{
  gtk_label_set_wrap (label, strlen (markup) > MAX_CHARS);
  tlm_markdown_label_set_markup (label, markup);
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

/* A scrolled window asks for the height that its child has where it is narrowest; here the columns have
 * the width that they would like to have. */
static void
tlm_markdown_table_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  TlmMarkdownTable *self = TLM_MARKDOWN_TABLE (widget);
  GtkWidget *grid = GTK_WIDGET (self->grid);
  int width;

  gtk_widget_measure (self->scroller, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  gtk_widget_measure (grid, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  gtk_widget_measure (grid, orientation, width, NULL, natural, NULL, NULL);
  *minimum = *natural = MAX (*minimum, *natural);
}

static void
tlm_markdown_table_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (TLM_MARKDOWN_TABLE (widget)->scroller, width, height, baseline, NULL);
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
  GTK_WIDGET_CLASS (klass)->measure = tlm_markdown_table_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = tlm_markdown_table_size_allocate;
}

static void
tlm_markdown_table_init (TlmMarkdownTable *self)
{
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);

  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  self->scroller = gtk_scrolled_window_new ();
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->grid = g_object_new (GTK_TYPE_GRID, "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE, "halign",
                             GTK_ALIGN_START, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "markdown-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  /* Translators: rows and columns, in an answer. */
                                  _("Table"), -1);
  gtk_scrollable_set_hscroll_policy (GTK_SCROLLABLE (viewport), GTK_SCROLL_NATURAL);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), GTK_WIDGET (self->grid));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_EXTERNAL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), viewport);
  adw_bin_set_child (ADW_BIN (self), self->scroller);
}
