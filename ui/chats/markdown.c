/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over cmark's tree: blocks in reading order, inline marks as Pango markup. The walk is a
 * loop, never a recursion, and tags and indents stop counting at a small depth, so hostile nesting
 * costs nothing. HTML is shown as the text it is. The kinds of node that GitHub added have no numbers
 * of their own; they are known by their names. */
#include "markdown.h"

#include "latex.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

#define MAX_TAGS 16         /* open inline marks; deeper ones are shown without their style */
#define MAX_INDENT 6        /* what still fits 360 px */
#define MAX_PARSED_CELLS 65536 /* of a table, with those that cmark adds to short rows: some 10 MB */
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
  GArray     *places;        /* of Place, in order; those before next_place were passed */
  guint       next_place;
  gsize       done_bytes;    /* of the text as it was typed, and their blocks: */
  guint       n_done, n_done_cells;
} Walk;

/* Behind a blank line, where a block may begin that needs nothing of what stands before. */
typedef struct
{
  gsize offset; /* into the text as it was typed */
  int   line;   /* of the text that cmark reads, from 1 */
} Place;

/**
 * tlm_block_free:
 * @block: (nullable) (transfer full): a block
 */
void
tlm_block_free (TlmBlock *block)
{
  if (block == NULL)
    return;
  g_free (block->marker);
  g_free (block->text);
  g_clear_pointer (&block->cells, g_ptr_array_unref);
  g_free (block->language);
  g_free (block);
}

/**
 * tlm_block_same_shape:
 *
 * Returns: whether the widget of one can show the other by a change of its text alone
 */
gboolean
tlm_block_same_shape (const TlmBlock *a, const TlmBlock *b)
{
  return a->kind == b->kind && a->level == b->level && a->indent == b->indent
         && a->quote == b->quote && g_strcmp0 (a->marker, b->marker) == 0
         && g_strcmp0 (a->language, b->language) == 0
         && (a->kind != TLM_BLOCK_TABLE || g_str_equal (a->text, b->text));
}

static gboolean
same_cells (const TlmBlock *a, const TlmBlock *b)
{
  if (a->cells == NULL || a->cells->len != b->cells->len)
    return a->cells == b->cells;
  for (guint i = 0; i < a->cells->len; i++)
    if (!g_str_equal (a->cells->pdata[i], b->cells->pdata[i]))
      return FALSE;
  return TRUE;
}

/**
 * tlm_block_equal:
 *
 * Returns: whether both look the same
 */
gboolean
tlm_block_equal (const TlmBlock *a, const TlmBlock *b)
{
  return tlm_block_same_shape (a, b) && g_strcmp0 (a->text, b->text) == 0 && same_cells (a, b);
}

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
  const Place *place;

  if (is_cut_off (node))
    return;
  while (walk->next_place < walk->places->len)
    {
      place = &g_array_index (walk->places, Place, walk->next_place);
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

/* FALSE when there is more than what may follow @done. */
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

static GPtrArray *
plain (const char *text)
{
  Walk walk = { .blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free) };

  add_block (&walk, TLM_BLOCK_PLAIN, g_strdup (text));
  return walk.blocks;
}

/* As cmark counts them. */
static int
count_lines (const char *text)
{
  int n = 0;

  for (const char *p = text; *p != '\0'; p++)
    n += *p == '\n' || (*p == '\r' && p[1] != '\n');
  return n;
}

/* (transfer full): what cmark reads */
static char *
read_formulas (const char *text, GArray *places)
{
  GString *out = g_string_new (NULL);
  gsize counted = 0;
  int line = 1;

  for (const char *p = text; *p != '\0';)
    {
      p = tlm_latex_read (p, out);
      line += count_lines (out->str + counted);
      counted = out->len;
      /* A line decides what it begins as soon as it has ended. */
      if (strchr (p, '\n') != NULL)
        {
          Place place = { (gsize) (p - text), line };

          g_array_append_val (places, place);
        }
    }
  return g_string_free (out, FALSE);
}

/* (transfer full) */
static cmark_node *
parse (const char *text)
{
  static const char *const extensions[] = { "table", "strikethrough", "tasklist" };
  cmark_parser *parser;
  cmark_node *document;

  cmark_gfm_core_extensions_ensure_registered ();
  /* One "~" is "about". */
  parser = cmark_parser_new (CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));
  cmark_parser_feed (parser, text, strlen (text));
  document = cmark_parser_finish (parser);
  cmark_parser_free (parser);
  return document;
}

static gboolean
read_blocks (Walk *walk, const char *text, const TlmMarkdownDone *done)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autofree char *readable = read_formulas (text, places);
  cmark_node *document = parse (readable);
  gboolean good;

  walk->places = places;
  good = walk_tree (walk, document, done);
  cmark_node_free (document);
  return good;
}

/* A definition changes the links of all paragraphs, also of those before it. And cmark passes over a
 * mark of the byte order at the beginning of what it reads, and nowhere else. */
static gboolean
is_one_piece (const char *text)
{
  return strstr (text, "]:") != NULL || strstr (text, "\xef\xbb\xbf") != NULL;
}

/* A table gives each of its rows all columns of its head: so few bytes could fill the memory. */
static gboolean
is_too_wide (const char *text)
{
  guint64 n_lines = 1, bars = 0, most = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      gboolean end = *p == '\n' || *p == '\r';

      n_lines += end;
      bars = end ? 0 : bars + (*p == '|');
      most = MAX (most, bars);
    }
  return most > 0 && n_lines * (most + 1) > MAX_PARSED_CELLS;
}

static void
advance (TlmMarkdownDone *done, const char *text, const Walk *walk)
{
  gsize before = done->text != NULL ? strlen (done->text) : 0;

  if (walk->done_bytes == 0)
    return;
  g_free (done->text);
  done->text = g_strndup (text, before + walk->done_bytes);
  done->n_blocks += walk->n_done;
  done->n_cells += walk->n_done_cells;
}

/**
 * tlm_markdown_done_clear:
 * @done: becomes what nothing has been read of
 */
void
tlm_markdown_done_clear (TlmMarkdownDone *done)
{
  g_clear_pointer (&done->text, g_free);
  done->n_blocks = done->n_cells = 0;
}

/**
 * tlm_markdown_parse_on:
 * @text: any bytes that end with a zero; what is not UTF-8 becomes U+FFFD
 * @done: (inout): of an earlier call, when @text goes on from its text; else all is read anew
 * @n_kept: (out): so many blocks are as they were
 *
 * The blocks are those of tlm_markdown_parse(), whatever the pieces in which the text came.
 *
 * Returns: (transfer full) (element-type TlmBlock): the blocks that follow them
 */
GPtrArray *
tlm_markdown_parse_on (const char *text, TlmMarkdownDone *done, guint *n_kept)
{
  Walk walk = { .blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free) };
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gboolean too_long = strlen (valid) > TLM_MARKDOWN_MAX_BYTES || is_too_wide (valid);
  gboolean one_piece = is_one_piece (valid);
  const char *rest = valid;

  if (done->text != NULL && (too_long || one_piece || !g_str_has_prefix (valid, done->text)))
    tlm_markdown_done_clear (done);
  if (done->text != NULL)
    rest += strlen (done->text);
  *n_kept = done->n_blocks;
  if (!too_long && read_blocks (&walk, rest, done))
    {
      if (!one_piece)
        advance (done, valid, &walk);
      return walk.blocks;
    }
  g_ptr_array_unref (walk.blocks);
  tlm_markdown_done_clear (done);
  *n_kept = 0;
  return plain (valid);
}

/**
 * tlm_markdown_parse:
 * @text: any bytes that end with a zero; what is not UTF-8 becomes U+FFFD
 *
 * Returns: (transfer full) (element-type TlmBlock): the blocks in reading order
 */
GPtrArray *
tlm_markdown_parse (const char *text)
{
  TlmMarkdownDone done = { 0 };
  guint n_kept;
  GPtrArray *blocks = tlm_markdown_parse_on (text, &done, &n_kept);

  tlm_markdown_done_clear (&done);
  return blocks;
}
