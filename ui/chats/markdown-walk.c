/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over cmark's tree: blocks in reading order, inline marks as Pango markup. The walk is a
 * loop, never a recursion, and tags and indents stop counting at a small depth, so hostile nesting
 * costs nothing. HTML is shown as the text it is. The kinds of node that GitHub added have no numbers
 * of their own; they are known by their names. */
#include "markdown-walk.h"

#include <cmark-gfm-core-extensions.h>
#include <string.h>

#define MAX_TAGS 16         /* open inline marks; deeper ones are shown without their style */
#define MAX_INDENT 6        /* what still fits 360 px */
#define MAX_LABEL_BYTES 8192 /* of one label; a longer paragraph goes on in the next */

typedef struct
{
  GPtrArray  *blocks;
  GString    *text;          /* of the block being written, NULL between blocks */
  TlmBlock   *table;         /* that is open */
  guint       n_cells;
  gboolean    too_much;      /* for a cell */
  guint       level;
  guint       lists, quotes; /* open ones */
  char       *marker;        /* waits for the first block of its list item */
  gsize       chunk_start;
  const char *close[MAX_TAGS];
  char       *open[MAX_TAGS];
  guint       n_tags, n_deeper;
  GArray     *places;        /* of TlmMarkdownPlace, in order; those before next_place were passed */
  guint       next_place;
  gsize       done_bytes;    /* of the text as it was typed, and their blocks: */
  guint       n_done, n_done_cells;
} Walk;

static TlmBlock *
add_block (Walk *walk, TlmBlockKind kind, char *text)
{
  TlmBlock *block = g_new0 (TlmBlock, 1);

  block->kind = kind;
  block->indent = MIN (walk->lists, MAX_INDENT);
  block->quote = walk->quotes > 0;
  block->marker = g_steal_pointer (&walk->marker);
  block->text = text;
  g_ptr_array_add (walk->blocks, block);
  return block;
}

static void
begin_text (Walk *walk, guint level)
{
  walk->text = g_string_new (NULL);
  walk->level = level;
}

static void
end_text (Walk *walk)
{
  TlmBlock *block;

  if (walk->text == NULL)
    return;
  block = add_block (walk, TLM_BLOCK_TEXT, g_string_free (g_steal_pointer (&walk->text), FALSE));
  block->level = walk->level;
}

/* A paragraph that is too long for one label: every open mark is closed here and opened again in
 * the block that goes on. */
static void
split_text (Walk *walk)
{
  for (guint i = walk->n_tags; i > 0; i--)
    g_string_append (walk->text, walk->close[i - 1]);
  end_text (walk);
  begin_text (walk, walk->level);
  for (guint i = 0; i < walk->n_tags; i++)
    g_string_append (walk->text, walk->open[i]);
}

static void
append_literal (Walk *walk, const char *literal)
{
  gsize left = literal != NULL ? strlen (literal) : 0;

  if (walk->text == NULL)
    begin_text (walk, 0);
  while (left > 0)
    {
      gsize n = MIN (left, MAX_LABEL_BYTES / 2);
      g_autofree char *escaped = NULL;

      if (n < left)
        n = (gsize) (g_utf8_find_prev_char (literal, literal + n) - literal);
      if (walk->text->len + n > MAX_LABEL_BYTES && walk->table == NULL)
        split_text (walk);
      escaped = g_markup_escape_text (literal, (gssize) n);
      g_string_append (walk->text, escaped);
      literal += n;
      left -= n;
    }
}

/* @open: (transfer full); @close: static */
static void
open_tag (Walk *walk, char *open, const char *close)
{
  if (walk->text == NULL)
    begin_text (walk, 0);
  if (walk->n_tags == MAX_TAGS)
    {
      walk->n_deeper++;
      g_free (open);
      return;
    }
  walk->open[walk->n_tags] = open;
  walk->close[walk->n_tags] = close;
  walk->n_tags++;
  g_string_append (walk->text, open);
}

static void
close_tag (Walk *walk)
{
  if (walk->n_deeper > 0)
    {
      walk->n_deeper--;
      return;
    }
  if (walk->n_tags == 0)
    return;
  walk->n_tags--;
  g_string_append (walk->text, walk->close[walk->n_tags]);
  g_free (walk->open[walk->n_tags]);
}

static void
toggle_tag (Walk *walk, cmark_event_type event, const char *open, const char *close)
{
  if (event == CMARK_EVENT_ENTER)
    open_tag (walk, g_strdup (open), close);
  else
    close_tag (walk);
}

static void
visit_link (Walk *walk, cmark_node *node, cmark_event_type event)
{
  const char *url = cmark_node_get_url (node);

  if (event == CMARK_EVENT_EXIT)
    close_tag (walk);
  else if (url == NULL || *url == '\0' || strlen (url) > 2048)
    open_tag (walk, g_strdup ("<u>"), "</u>");
  else
    open_tag (walk, g_markup_printf_escaped ("<a href=\"%s\">", url), "</a>");
}

static void
visit_item (Walk *walk, cmark_node *node, cmark_event_type event)
{
  cmark_node *list = cmark_node_parent (node);
  gboolean task = g_str_equal (cmark_node_get_type_string (node), "tasklist");
  int number;

  g_clear_pointer (&walk->marker, g_free);
  if (event == CMARK_EVENT_EXIT)
    return;
  if (task || cmark_node_get_list_type (list) != CMARK_ORDERED_LIST)
    {
      walk->marker = g_strdup (!task                                               ? "•"
                               : cmark_gfm_extensions_get_tasklist_item_checked (node) ? "☑"
                                                                                       : "☐");
      return;
    }
  /* The list's start counts up, so that finding an item's number never walks back over the list. */
  number = cmark_node_get_list_start (list);
  walk->marker = g_strdup_printf ("%d.", number);
  cmark_node_set_list_start (list, number + 1);
}

static void
visit_code (Walk *walk, cmark_node *node)
{
  const char *info = cmark_node_get_fence_info (node);
  char *text = g_strdup (cmark_node_get_literal (node));
  TlmBlock *block;

  if (text != NULL && g_str_has_suffix (text, "\n"))
    text[strlen (text) - 1] = '\0';
  block = add_block (walk, TLM_BLOCK_CODE, text != NULL ? text : g_strdup (""));
  if (info != NULL && *info != '\0')
    block->language = g_strndup (info, strcspn (info, " \t{,"));
}

static void
visit_table (Walk *walk, cmark_node *node, cmark_event_type event)
{
  const char *aligns = (const char *) cmark_gfm_extensions_get_table_alignments (node);
  guint n_columns = cmark_gfm_extensions_get_table_columns (node);

  if (event == CMARK_EVENT_EXIT)
    {
      walk->table = NULL;
      return;
    }
  walk->table = add_block (walk, TLM_BLOCK_TABLE, g_strnfill (n_columns, '0'));
  walk->table->cells = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_columns; i++)
    if (aligns[i] != 0)
      walk->table->text[i] = aligns[i];
}

static void
visit_cell (Walk *walk, cmark_event_type event)
{
  if (event == CMARK_EVENT_ENTER)
    {
      begin_text (walk, 0);
      return;
    }
  walk->n_cells++;
  walk->too_much |= walk->text->len > MAX_LABEL_BYTES;
  g_ptr_array_add (walk->table->cells, g_string_free (g_steal_pointer (&walk->text), FALSE));
}

/* What GitHub added. */
static void
visit_named (Walk *walk, cmark_node *node, cmark_event_type event)
{
  const char *name = cmark_node_get_type_string (node);

  if (g_str_equal (name, "strikethrough"))
    toggle_tag (walk, event, "<s>", "</s>");
  else if (g_str_equal (name, "table"))
    visit_table (walk, node, event);
  else if (g_str_equal (name, "table_cell"))
    visit_cell (walk, event);
}

static void
visit_inline (Walk *walk, cmark_node *node, cmark_event_type event)
{
  switch ((int) cmark_node_get_type (node))
    {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_HTML_INLINE:
      append_literal (walk, cmark_node_get_literal (node));
      break;
    case CMARK_NODE_SOFTBREAK:
      append_literal (walk, " ");
      break;
    case CMARK_NODE_LINEBREAK:
      append_literal (walk, "\n");
      break;
    case CMARK_NODE_CODE:
      open_tag (walk, g_strdup ("<tt>"), "</tt>");
      append_literal (walk, cmark_node_get_literal (node));
      close_tag (walk);
      break;
    case CMARK_NODE_EMPH:
      toggle_tag (walk, event, "<i>", "</i>");
      break;
    case CMARK_NODE_STRONG:
      toggle_tag (walk, event, "<b>", "</b>");
      break;
    case CMARK_NODE_LINK:
    case CMARK_NODE_IMAGE: /* no picture is fetched: its description stands for it */
      visit_link (walk, node, event);
      break;
    default:
      visit_named (walk, node, event);
    }
}

static void
visit (Walk *walk, cmark_node *node, cmark_event_type event)
{
  gboolean enter = event == CMARK_EVENT_ENTER;

  switch ((int) cmark_node_get_type (node))
    {
    case CMARK_NODE_LIST:
      walk->lists += enter ? 1u : (guint) -1;
      break;
    case CMARK_NODE_BLOCK_QUOTE:
      walk->quotes += enter ? 1u : (guint) -1;
      break;
    case CMARK_NODE_ITEM:
      visit_item (walk, node, event);
      break;
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_HEADING:
      if (enter)
        begin_text (walk, (guint) cmark_node_get_heading_level (node));
      else
        end_text (walk);
      break;
    case CMARK_NODE_CODE_BLOCK:
      visit_code (walk, node);
      break;
    case CMARK_NODE_HTML_BLOCK:
      append_literal (walk, cmark_node_get_literal (node));
      end_text (walk);
      break;
    case CMARK_NODE_THEMATIC_BREAK:
      add_block (walk, TLM_BLOCK_RULE, NULL);
      break;
    default:
      visit_inline (walk, node, event);
    }
}

/* A table under a paragraph's lines, which is of the paragraph again when its second line goes on. */
static gboolean
is_cut_off (cmark_node *node)
{
  cmark_node *before = cmark_node_previous (node);

  return g_str_equal (cmark_node_get_type_string (node), "table") && before != NULL
         && cmark_node_get_type (before) == CMARK_NODE_PARAGRAPH;
}

/* A block of the document itself that begins at a place: all before it is closed. */
static void
note_place (Walk *walk, cmark_node *node)
{
  const TlmMarkdownPlace *place;

  if (is_cut_off (node))
    return;
  while (walk->next_place < walk->places->len)
    {
      place = &g_array_index (walk->places, TlmMarkdownPlace, walk->next_place);
      if (place->line > cmark_node_get_start_line (node))
        return;
      walk->next_place++;
      if (place->line < cmark_node_get_start_line (node))
        continue;
      walk->done_bytes = place->offset;
      walk->n_done = walk->blocks->len;
      walk->n_done_cells = walk->n_cells;
    }
}

static gboolean
is_bounded (const Walk *walk, const TlmMarkdownDone *done)
{
  return walk->blocks->len + done->n_blocks <= TLM_MARKDOWN_MAX_BLOCKS
         && walk->n_cells + done->n_cells <= TLM_MARKDOWN_MAX_CELLS && !walk->too_much;
}

static gboolean
walk_tree (Walk *walk, cmark_node *document, const TlmMarkdownDone *done)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE && is_bounded (walk, done))
    {
      cmark_node *node = cmark_iter_get_node (iter);

      if (event == CMARK_EVENT_ENTER && cmark_node_parent (node) == document)
        note_place (walk, node);
      visit (walk, node, event);
    }
  cmark_iter_free (iter);
  walk->table = NULL;
  end_text (walk);
  g_clear_pointer (&walk->marker, g_free);
  while (walk->n_tags > 0)
    g_free (walk->open[--walk->n_tags]);
  return is_bounded (walk, done);
}

/**
 * tlm_markdown_walk:
 * @document: that cmark has read
 * @places: (element-type TlmMarkdownPlace): in order
 * @done: what stands before
 * @walked: (out): its blocks are the caller's, also when it fails
 *
 * Returns: FALSE when there is more than what may follow @done
 */
gboolean
tlm_markdown_walk (cmark_node *document, GArray *places, const TlmMarkdownDone *done,
                   TlmMarkdownWalked *walked)
{
  Walk walk = { .blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free),
                .places = places };
  gboolean good = walk_tree (&walk, document, done);

  *walked = (TlmMarkdownWalked) { walk.blocks, walk.done_bytes, walk.n_done, walk.n_done_cells };
  return good;
}
