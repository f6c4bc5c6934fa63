/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over cmark's tree: blocks in reading order, inline marks as Pango markup. The walk is a
 * loop, never a recursion, and tags and indents stop counting at a small depth, so hostile nesting
 * costs nothing. HTML is shown as the text it is. */
#include "markdown.h"

#include "latex.h"

#include <cmark.h>
#include <string.h>

#define MAX_TAGS 16         /* open inline marks; deeper ones are shown without their style */
#define MAX_INDENT 6        /* what still fits 360 px */
#define MAX_LABEL_BYTES 8192 /* of one label; a longer paragraph goes on in the next */

typedef struct
{
  GPtrArray  *blocks;
  GString    *text;          /* of the block being written, NULL between blocks */
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
  guint       n_done;
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
         && g_strcmp0 (a->language, b->language) == 0;
}

/**
 * tlm_block_equal:
 *
 * Returns: whether both look the same
 */
gboolean
tlm_block_equal (const TlmBlock *a, const TlmBlock *b)
{
  return tlm_block_same_shape (a, b) && g_strcmp0 (a->text, b->text) == 0;
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
      if (walk->text->len + n > MAX_LABEL_BYTES)
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
  int number;

  g_clear_pointer (&walk->marker, g_free);
  if (event == CMARK_EVENT_EXIT)
    return;
  if (cmark_node_get_list_type (list) != CMARK_ORDERED_LIST)
    {
      walk->marker = g_strdup ("•");
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
      break;
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

/* A block of the document itself that begins at a place: all before it is closed. */
static void
note_place (Walk *walk, cmark_node *node)
{
  const Place *place;

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
    }
}

/* FALSE when there are more blocks than @max. */
static gboolean
walk_tree (Walk *walk, cmark_node *document, guint max)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE && walk->blocks->len <= max)
    {
      cmark_node *node = cmark_iter_get_node (iter);

      if (event == CMARK_EVENT_ENTER && cmark_node_parent (node) == document)
        note_place (walk, node);
      visit (walk, node, event);
    }
  cmark_iter_free (iter);
  end_text (walk);
  g_clear_pointer (&walk->marker, g_free);
  while (walk->n_tags > 0)
    g_free (walk->open[--walk->n_tags]);
  return walk->blocks->len <= max;
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

static gboolean
read_blocks (Walk *walk, const char *text, guint max)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autofree char *readable = read_formulas (text, places);
  cmark_node *document = cmark_parse_document (readable, strlen (readable),
                                               CMARK_OPT_VALIDATE_UTF8);
  gboolean good;

  walk->places = places;
  good = walk_tree (walk, document, max);
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

static void
advance (TlmMarkdownDone *done, const char *text, const Walk *walk)
{
  gsize before = done->text != NULL ? strlen (done->text) : 0;

  if (walk->done_bytes == 0)
    return;
  g_free (done->text);
  done->text = g_strndup (text, before + walk->done_bytes);
  done->n_blocks += walk->n_done;
}

/**
 * tlm_markdown_done_clear:
 * @done: becomes what nothing has been read of
 */
void
tlm_markdown_done_clear (TlmMarkdownDone *done)
{
  g_clear_pointer (&done->text, g_free);
  done->n_blocks = 0;
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
  gboolean too_long = strlen (valid) > TLM_MARKDOWN_MAX_BYTES, one_piece = is_one_piece (valid);
  const char *rest = valid;

  if (done->text != NULL && (too_long || one_piece || !g_str_has_prefix (valid, done->text)))
    tlm_markdown_done_clear (done);
  if (done->text != NULL)
    rest += strlen (done->text);
  *n_kept = done->n_blocks;
  if (!too_long && read_blocks (&walk, rest, TLM_MARKDOWN_MAX_BLOCKS - done->n_blocks))
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
