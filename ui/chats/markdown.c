/* SPDX-License-Identifier: Apache-2.0 */
/* From a text to blocks. What grows is read on from the last place where a block began that nothing that
 * comes can change; formulas become readable text before cmark sees them. */
#include "markdown-walk.h"

#include "latex.h"

#include <cmark-gfm-core-extensions.h>
#include <string.h>

#define MAX_PARSED_CELLS 65536 /* of a table, with those that cmark adds to short rows: some 10 MB */

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

static GPtrArray *
plain (const char *text)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free);
  TlmBlock *block = g_new0 (TlmBlock, 1);

  block->kind = TLM_BLOCK_PLAIN;
  block->text = g_strdup (text);
  g_ptr_array_add (blocks, block);
  return blocks;
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
          TlmMarkdownPlace place = { (gsize) (p - text), line };

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
read_blocks (TlmMarkdownWalked *walked, const char *text, const TlmMarkdownDone *done)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (TlmMarkdownPlace));
  g_autofree char *readable = read_formulas (text, places);
  cmark_node *document = parse (readable);
  gboolean good = tlm_markdown_walk (document, places, done, walked);

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
advance (TlmMarkdownDone *done, const char *text, const TlmMarkdownWalked *walked)
{
  gsize before = done->text != NULL ? strlen (done->text) : 0;

  if (walked->done_bytes == 0)
    return;
  g_free (done->text);
  done->text = g_strndup (text, before + walked->done_bytes);
  done->n_blocks += walked->n_done;
  done->n_cells += walked->n_done_cells;
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
  TlmMarkdownWalked walked = { NULL, 0, 0, 0 };
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gboolean too_long = strlen (valid) > TLM_MARKDOWN_MAX_BYTES || is_too_wide (valid);
  gboolean one_piece = is_one_piece (valid);
  const char *rest = valid;

  if (done->text != NULL && (too_long || one_piece || !g_str_has_prefix (valid, done->text)))
    tlm_markdown_done_clear (done);
  if (done->text != NULL)
    rest += strlen (done->text);
  *n_kept = done->n_blocks;
  if (!too_long && read_blocks (&walked, rest, done))
    {
      if (!one_piece)
        advance (done, valid, &walked);
      return walked.blocks;
    }
  g_clear_pointer (&walked.blocks, g_ptr_array_unref);
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
