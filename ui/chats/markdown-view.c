/* SPDX-License-Identifier: Apache-2.0 */
/* One widget for each block of a Markdown text. When the text changes, blocks that are the same keep
 * their widget, and with it their selection and place; so a streamed answer only ever touches its
 * last block. */
#include "markdown-view.h"

#include "code-block.h"
#include "growing-text.h"
#include "markdown-label.h"
#include "markdown-table.h"
#include "markdown.h"
#include "common/wheel.h"

#include <glib/gi18n.h>
#include <string.h>

#define INDENT 18           /* px a list level */
#define PLAIN_HEIGHT 480    /* px of a long plain text, which scrolls by itself */
#define BEGINNING_BYTES (64 << 10) /* of a text that is too long to be shown */

struct _TlmMarkdownView
{
  AdwBin     parent_instance;
  GtkWidget *box;
  GPtrArray *blocks;  /* of TlmBlock, as shown */
  GPtrArray *widgets; /* of GtkWidget: what set_block_text writes to; owned by the box */
  TlmMarkdownDone done; /* of the text that is shown */
};

G_DEFINE_FINAL_TYPE (TlmMarkdownView, tlm_markdown_view, ADW_TYPE_BIN)

static GtkWidget *
new_label (const TlmBlock *block)
{
  static const char *const heading_classes[] = { NULL, "title-2", "title-3", "title-4", "heading" };
  GtkWidget *label = tlm_markdown_label_new (GTK_ACCESSIBLE_ROLE_LABEL);

  if (block->level > 0)
    gtk_widget_add_css_class (label, heading_classes[MIN (block->level, 4)]);
  if (block->quote)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
new_plain_view (void)
{
  GtkWidget *view = gtk_text_view_new ();

  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Text"), -1);
  return view;
}

static GtkWidget *
wrap_in_scroller (GtkWidget *view)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), PLAIN_HEIGHT);
  tlm_wheel_share (GTK_SCROLLED_WINDOW (scroller));
  return scroller;
}

static GtkWidget *
new_inner (const TlmBlock *block)
{
  switch (block->kind)
    {
    case TLM_BLOCK_TEXT:
      return new_label (block);
    case TLM_BLOCK_CODE:
      return tlm_code_block_new (block->language);
    case TLM_BLOCK_TABLE:
      return tlm_markdown_table_new (block->text);
    case TLM_BLOCK_RULE:
      return gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);
    case TLM_BLOCK_PLAIN:
      return new_plain_view ();
    }
  g_assert_not_reached ();
}

static GtkWidget *
new_marker (const char *text)
{
  GtkWidget *marker = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (marker), 1);
  gtk_widget_set_valign (marker, GTK_ALIGN_START);
  gtk_widget_set_size_request (marker, INDENT, -1);
  gtk_widget_add_css_class (marker, "dim-label");
  return marker;
}

/* Not a box: that looks for the least height by laying out its labels thirty times. */
static GtkWidget *
wrap_in_row (const TlmBlock *block, GtkWidget *content)
{
  GtkWidget *row = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (row), 6);
  if (block->quote)
    gtk_grid_attach (GTK_GRID (row), gtk_separator_new (GTK_ORIENTATION_VERTICAL), 0, 0, 1, 1);
  if (block->marker != NULL)
    gtk_grid_attach (GTK_GRID (row), new_marker (block->marker), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (row), content, 2, 0, 1, 1);
  return row;
}

/* The block's row: quote bar, list marker, content; an item's further paragraphs stand under the
 * first one's text. */
static void
append_block (TlmMarkdownView *self, const TlmBlock *block)
{
  GtkWidget *inner = new_inner (block);
  GtkWidget *row = block->kind == TLM_BLOCK_PLAIN ? wrap_in_scroller (inner) : inner;
  guint levels = block->marker != NULL && block->indent > 0 ? block->indent - 1 : block->indent;

  gtk_widget_set_hexpand (row, TRUE);
  if (block->quote || block->marker != NULL)
    row = wrap_in_row (block, row);
  gtk_widget_set_margin_start (row, (int) levels * (INDENT + 6));
  gtk_box_append (GTK_BOX (self->box), row);
  g_ptr_array_add (self->widgets, inner);
}

/* All of the text, or its beginning and a line that says so. */
static void
set_plain_text (GtkTextBuffer *buffer, const char *text)
{
  gsize bytes = strlen (text);
  g_autofree char *size = g_format_size (bytes), *more = NULL;
  const char *end = g_utf8_find_prev_char (text, text + MIN (bytes, BEGINNING_BYTES));
  GtkTextIter last;

  if (bytes <= TLM_MARKDOWN_VIEW_MAX_BYTES)
    {
      tlm_growing_text_set (buffer, text, -1);
      return;
    }
  gtk_text_buffer_set_text (buffer, text, (int) (end - text));
  /* Translators: after the beginning of a very long text; then its size. */
  more = g_strdup_printf (_("… This is the beginning of a text of %s. All of it is kept."), size);
  gtk_text_buffer_get_end_iter (buffer, &last);
  gtk_text_buffer_insert (buffer, &last, "\n\n", -1);
  gtk_text_buffer_insert (buffer, &last, more, -1);
}

static void
set_block_text (GtkWidget *inner, const TlmBlock *block)
{
  switch (block->kind)
    {
    case TLM_BLOCK_TEXT:
      tlm_markdown_label_set_markup (GTK_LABEL (inner), block->text);
      break;
    case TLM_BLOCK_CODE:
      tlm_code_block_set_text (TLM_CODE_BLOCK (inner), block->text);
      break;
    case TLM_BLOCK_TABLE:
      tlm_markdown_table_set_cells (TLM_MARKDOWN_TABLE (inner), block->cells);
      break;
    case TLM_BLOCK_PLAIN:
      set_plain_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (inner)), block->text);
      break;
    case TLM_BLOCK_RULE:
      break;
    }
}

static void
drop_from (TlmMarkdownView *self, guint first)
{
  while (self->widgets->len > first)
    {
      gtk_box_remove (GTK_BOX (self->box), gtk_widget_get_last_child (self->box));
      g_ptr_array_set_size (self->widgets, (int) self->widgets->len - 1);
    }
}

/* @blocks: (transfer full): those that follow the first @n_before, which stay as they are */
static void
show_blocks (TlmMarkdownView *self, GPtrArray *blocks, guint n_before)
{
  guint kept = 0;

  while (kept < blocks->len && n_before + kept < self->blocks->len
         && tlm_block_same_shape (g_ptr_array_index (blocks, kept),
                                  g_ptr_array_index (self->blocks, n_before + kept)))
    kept++;
  drop_from (self, n_before + kept);
  for (guint i = 0; i < blocks->len; i++)
    {
      const TlmBlock *block = g_ptr_array_index (blocks, i);

      if (i >= kept)
        append_block (self, block);
      else if (tlm_block_equal (block, g_ptr_array_index (self->blocks, n_before + i)))
        continue;
      set_block_text (g_ptr_array_index (self->widgets, n_before + i), block);
    }
  g_ptr_array_set_size (self->blocks, (int) n_before);
  g_ptr_array_extend_and_steal (self->blocks, blocks);
}

/**
 * tlm_markdown_view_new:
 *
 * Returns: (transfer floating): an empty view
 */
GtkWidget *
tlm_markdown_view_new (void)
{
  return g_object_new (TLM_TYPE_MARKDOWN_VIEW, NULL);
}

/**
 * tlm_markdown_view_set_text:
 * @text: Markdown; any bytes
 */
void
tlm_markdown_view_set_text (TlmMarkdownView *self, const char *text)
{
  guint n_kept;
  GPtrArray *blocks = tlm_markdown_parse_on (text, &self->done, &n_kept);

  show_blocks (self, blocks, n_kept);
}

/**
 * tlm_markdown_view_set_plain:
 * @text: shown as it is; any bytes
 */
void
tlm_markdown_view_set_plain (TlmMarkdownView *self, const char *text)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  TlmBlock *block = g_new0 (TlmBlock, 1);
  gboolean is_long = strlen (valid) > TLM_MARKDOWN_VIEW_SCREEN_BYTES;

  block->kind = is_long ? TLM_BLOCK_PLAIN : TLM_BLOCK_TEXT;
  block->text = is_long ? g_strdup (valid) : g_markup_escape_text (valid, -1);
  g_ptr_array_add (blocks, block);
  tlm_markdown_done_clear (&self->done);
  show_blocks (self, blocks, 0);
}

static void
tlm_markdown_view_dispose (GObject *object)
{
  TlmMarkdownView *self = TLM_MARKDOWN_VIEW (object);

  tlm_markdown_done_clear (&self->done);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_clear_pointer (&self->widgets, g_ptr_array_unref);
  G_OBJECT_CLASS (tlm_markdown_view_parent_class)->dispose (object);
}

static void
tlm_markdown_view_class_init (TlmMarkdownViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tlm_markdown_view_dispose;
}

static void
tlm_markdown_view_init (TlmMarkdownView *self)
{
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free);
  self->widgets = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  adw_bin_set_child (ADW_BIN (self), self->box);
}
