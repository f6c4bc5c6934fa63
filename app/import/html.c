/* SPDX-License-Identifier: Apache-2.0 */
/* HTML by libxml2's forgiving parser: what a reader sees of a page, in the order of its source. */
#include "import/import-private.h"

#include <libxml/HTMLparser.h>
#include <string.h>

typedef struct
{
  TlmOutline out;
  int        list_depth;
} Page;

static void visit (Page *page, xmlNode *node, int depth);

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

static void
visit_list (Page    *page,
            xmlNode *list,
            int      depth)
{
  int number = tlm_xml_is (list, "ol");

  tlm_outline_break (&page->out, page->list_depth > 0 ? 1 : 2);
  page->list_depth++;
  for (xmlNode *child = list->children; child != NULL; child = child->next)
    if (tlm_xml_is (child, "li"))
      {
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
  guint n_ends = page->list_depth > 0 || tlm_xml_is (node, "tr") ? 1 : 2;

  tlm_outline_break (&page->out, n_ends);
  visit_children (page, node, depth);
  tlm_outline_break (&page->out, n_ends);
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
  static const char *const blocks[] = { "p", "div", "section", "article", "main", "header",
                                        "footer", "nav", "aside", "table", "tr",
                                        "figure", "dl", "dt", "dd", "form", "address", "hr",
                                        "fieldset", "details", "summary", NULL };
  const char *name = tlm_xml_name (node);

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
  else if (tlm_xml_is (node, "br"))
    tlm_outline_break (&page->out, 1);
  else if (is_one_of (node, blocks))
    visit_block (page, node, depth);
  else
    {
      if ((tlm_xml_is (node, "td") || tlm_xml_is (node, "th")) && xmlPreviousElementSibling (node))
        tlm_outline_words (&page->out, " | ");
      visit_children (page, node, depth);
    }
}

static void
visit (Page    *page,
       xmlNode *node,
       int      depth)
{
  if (depth > TLM_IMPORT_MAX_DEPTH)
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

/* The page's own word on its encoding holds, unless the bytes are UTF-8 anyway. libxml2 passes on what
 * follows a lone "&" without looking at it. */
char *
tlm_import_html (const char *bytes,
                 gsize       len,
                 GError    **error)
{
  g_autofree char *text = NULL;
  Page             page = { 0 };
  const char      *encoding = g_utf8_validate (bytes, (gssize) len, NULL) ? "UTF-8" : NULL;
  xmlDoc          *doc = htmlReadMemory (bytes, (int) len, NULL, encoding,
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
