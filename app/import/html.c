/* SPDX-License-Identifier: Apache-2.0 */
/* HTML by libxml2's forgiving parser: what a reader sees of a page, in the order of its source. */
#include "import/import-private.h"

#include <libxml/HTMLparser.h>
#include <string.h>

typedef struct
{
  TlmOutline out;
  int        list_depth;
  gboolean   in_line; /* in a row of a table that is one line */
} Page;

static void visit (Page *page, xmlNode *node, int depth);

/* What stands on lines of its own. */
static const char *const blocks[] = {
  "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "table", "figure",
  "figcaption", "dl", "dt", "dd", "form", "address", "hr", "fieldset", "legend", "details", "summary",
  "center", "caption", "li", NULL
};

static gboolean
is_one_of (const xmlNode     *node,
           const char *const *names)
{
  for (; *names != NULL; names++)
    if (tlm_xml_is (node, *names))
      return TRUE;
  return FALSE;
}

static void
visit_children (Page    *page,
                xmlNode *node,
                int      depth)
{
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    visit (page, child, depth + 1);
}

static int
get_number (xmlNode    *node,
            const char *attribute,
            int         otherwise)
{
  g_autofree char *value = tlm_xml_get (node, attribute);
  gint64           number = value != NULL ? g_ascii_strtoll (value, NULL, 10) : 0;

  return number > 0 && number < G_MAXINT / 2 ? (int) number : otherwise;
}

/* @style's rules, whose blanks and capitals say nothing, are mended in place. */
static gboolean
hides (char *style)
{
  char *to = style;

  for (const char *p = style; *p != '\0'; p++)
    if (!g_ascii_isspace (*p))
      *to++ = g_ascii_tolower (*p);
  *to = '\0';
  return strstr (style, "display:none") != NULL;
}

static gboolean
is_hidden (xmlNode *node)
{
  gboolean         element = node->type == XML_ELEMENT_NODE;
  g_autofree char *style = element ? tlm_xml_get (node, "style") : NULL;

  return element && (xmlHasProp (node, BAD_CAST "hidden") != NULL
                     || (style != NULL && hides (style)));
}

static void
visit_list (Page    *page,
            xmlNode *list,
            int      depth)
{
  int number = tlm_xml_is (list, "ol") ? get_number (list, "start", 1) : 0;

  tlm_outline_break (&page->out, page->list_depth > 0 ? 1 : 2);
  page->list_depth++;
  for (xmlNode *child = list->children; child != NULL; child = child->next)
    if (tlm_xml_is (child, "li") && !is_hidden (child))
      {
        number = number > 0 ? get_number (child, "value", number) : 0;
        tlm_outline_item (&page->out, page->list_depth, number);
        number += number > 0;
        visit_children (page, child, depth + 1);
      }
    else
      visit (page, child, depth + 1);
  page->list_depth--;
  page->out.hold = FALSE;
  tlm_outline_break (&page->out, page->list_depth > 0 ? 1 : 2);
}

static void
visit_input (Page    *page,
             xmlNode *node)
{
  g_autofree char *type = tlm_xml_get (node, "type");
  g_autofree char *checked = tlm_xml_get (node, "checked");

  if (g_strcmp0 (type, "checkbox") == 0)
    tlm_outline_words (&page->out, checked != NULL || xmlHasProp (node, BAD_CAST "checked")
                                   ? "☑ " : "☐ ");
}

static void
visit_block (Page    *page,
             xmlNode *node,
             int      depth)
{
  guint n_ends = page->list_depth > 0 ? 1 : 2;

  if (page->in_line)
    {
      page->out.space_due = TRUE;
      visit_children (page, node, depth);
      page->out.space_due = TRUE;
      return;
    }
  tlm_outline_break (&page->out, n_ends);
  visit_children (page, node, depth);
  tlm_outline_break (&page->out, n_ends);
}

static xmlNode *
get_next_seen (xmlNode *node,
               xmlNode *top)
{
  if (node->children != NULL && node->type == XML_ELEMENT_NODE && !is_hidden (node))
    return node->children;
  while (node != top && node->next == NULL)
    node = node->parent;
  return node != top ? node->next : NULL;
}

typedef struct
{
  xmlNode *node;    /* NULL before the first cell */
  int      n_lines; /* that say something */
  gsize    n_letters;
  gboolean ended;   /* what comes next stands on a line of its own */
} Cell;

/* An address has four lines; what is longer, and more than one, is paragraphs. */
static gboolean
is_large (const Cell *cell)
{
  return cell->n_lines > 4 || (cell->n_lines > 1 && cell->n_letters > 250);
}

static void
count_text (Cell          *cell,
            const xmlNode *text)
{
  cell->n_lines += cell->n_lines == 0 || cell->ended;
  for (const char *p = (const char *) text->content; *p != '\0'; p = g_utf8_next_char (p))
    cell->n_letters += !g_ascii_isspace (*p);
  cell->ended = FALSE;
}

/* A row of data is a line: two cells or more that say something, in a few words and paragraphs
 * alone. In others, as pages and mails that are laid out by a table have them, what is a block
 * stays one. */
static gboolean
is_line (xmlNode *row)
{
  static const char *const large[] = { "table", "ul", "ol", "dl", "pre", "blockquote", "hr", "h1",
                                       "h2", "h3", "h4", "h5", "h6", NULL };
  Cell cell = { 0 };
  int  n_cells = 0;

  for (xmlNode *node = row->children; node != NULL; node = get_next_seen (node, row))
    if (is_one_of (node, large) || is_large (&cell))
      return FALSE;
    else if (tlm_xml_is (node, "td") || tlm_xml_is (node, "th"))
      cell = (Cell) { .node = node };
    else if (is_one_of (node, blocks) || tlm_xml_is (node, "br"))
      cell.ended = TRUE;
    else if (node->type == XML_TEXT_NODE && !xmlIsBlankNode (node))
      {
        n_cells += cell.node != NULL && cell.n_lines == 0;
        count_text (&cell, node);
      }
  return n_cells > 1 && !is_large (&cell);
}

static void
visit_row (Page    *page,
           xmlNode *row,
           int      depth)
{
  gboolean line = is_line (row);

  tlm_outline_break (&page->out, 1);
  page->in_line = line;
  visit_children (page, row, depth);
  page->in_line = FALSE;
  tlm_outline_break (&page->out, 1);
}

/* What a mail's writer answers to: each line gets Markdown's mark of a quote. */
static void
visit_quote (Page    *page,
             xmlNode *node,
             int      depth)
{
  GString         *text = page->out.text;
  gsize            start;
  g_autofree char *quoted = NULL;
  g_auto (GStrv)   lines = NULL;

  tlm_outline_break (&page->out, 2);
  start = text->len;
  visit_children (page, node, depth);
  lines = g_strsplit (g_strchomp (text->str + start), "\n", -1);
  quoted = g_strjoinv ("\n> ", lines);
  g_string_truncate (text, start);
  if (*quoted != '\0')
    g_string_append_printf (text, "> %s", quoted);
  tlm_outline_break (&page->out, 2);
}

static void
visit_element (Page    *page,
               xmlNode *node,
               int      depth)
{
  static const char *const unseen[] = { "script", "style", "head", "template", "noscript", "svg",
                                        "iframe", "object", NULL };
  const char *name = tlm_xml_name (node);
  gboolean    raised = page->out.raised;

  if (is_one_of (node, unseen))
    return;
  if (strlen (name) == 2 && (name[0] | 0x20) == 'h' && name[1] >= '1' && name[1] <= '6')
    {
      tlm_outline_heading (&page->out, name[1] - '0');
      visit_children (page, node, depth);
      page->out.hold = FALSE;
      tlm_outline_break (&page->out, 2);
    }
  else if (tlm_xml_is (node, "ul") || tlm_xml_is (node, "ol"))
    visit_list (page, node, depth);
  else if (tlm_xml_is (node, "input"))
    visit_input (page, node);
  else if (tlm_xml_is (node, "blockquote"))
    visit_quote (page, node, depth);
  else if (tlm_xml_is (node, "br") && page->in_line)
    page->out.space_due = TRUE;
  else if (tlm_xml_is (node, "br"))
    tlm_outline_break (&page->out, 1);
  else if (tlm_xml_is (node, "tr"))
    visit_row (page, node, depth);
  else if (is_one_of (node, blocks))
    visit_block (page, node, depth);
  else
    {
      if ((tlm_xml_is (node, "td") || tlm_xml_is (node, "th")) && xmlPreviousElementSibling (node))
        tlm_outline_words (&page->out, " | ");
      page->out.raised = raised || tlm_xml_is (node, "sup");
      visit_children (page, node, depth);
      page->out.raised = raised && page->out.raised; /* until a word stands there */
    }
}

static void
visit (Page    *page,
       xmlNode *node,
       int      depth)
{
  if (depth > TLM_IMPORT_MAX_DEPTH || is_hidden (node))
    return;
  if (node->type == XML_ELEMENT_NODE && tlm_xml_is (node, "pre"))
    {
      xmlChar *text = xmlNodeGetContent (node);

      tlm_outline_break (&page->out, 2);
      if (text != NULL)
        tlm_outline_exact (&page->out, (const char *) text);
      tlm_outline_break (&page->out, 2);
      xmlFree (text);
    }
  else if (node->type == XML_ELEMENT_NODE)
    visit_element (page, node, depth);
  else if (node->type == XML_TEXT_NODE)
    tlm_outline_words (&page->out, (const char *) node->content);
}

/* The page's own word on its encoding holds, unless the bytes are UTF-8 anyway; libxml2 would give up at
 * a letter that the encoding does not have. It passes on what follows a lone "&" without looking. */
char *
tlm_import_html (const char *bytes,
                 gsize       len,
                 GError    **error)
{
  g_autofree char *read = tlm_import_read_letters (bytes, len), *text = NULL;
  Page             page = { 0 };
  xmlDoc          *doc = htmlReadMemory (read, (int) strlen (read), NULL, "UTF-8",
                                         HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR
                                         | HTML_PARSE_NOWARNING);

  if (doc == NULL)
    {
      tlm_import_fail_damaged (error);
      return NULL;
    }
  page.out.text = g_string_new (NULL);
  for (xmlNode *node = doc->children; node != NULL; node = node->next)
    visit (&page, node, 0);
  xmlFreeDoc (doc);
  text = tlm_outline_finish (&page.out);
  return tlm_import_mend_letters (text);
}
