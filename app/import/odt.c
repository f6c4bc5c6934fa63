/* SPDX-License-Identifier: Apache-2.0 */
/* OpenDocument text (OASIS ODF 1.3, part 3): headings, lists, tables and paragraphs of content.xml.
 * Comments and deleted text are left out; a footnote stands in brackets where it is called. */
#include "import/import-private.h"

#include <string.h>

typedef struct
{
  TlmOutline  out;
  int         list_depth;
  GHashTable *raised; /* names of styles whose letters stand above the line */
} Text;

static void
visit_children (Text    *text,
                xmlNode *node,
                int      depth);

static int
get_number (xmlNode    *node,
            const char *attribute,
            int         otherwise)
{
  g_autofree char *value = tlm_xml_get (node, attribute);

  return value != NULL ? (int) CLAMP (g_ascii_strtoll (value, NULL, 10), 1, 100) : otherwise;
}

/* The paragraphs of a cell and of a footnote stay on its line. */
static gboolean
is_inline (xmlNode *node)
{
  return node->parent != NULL
         && (tlm_xml_is (node->parent, "table-cell") || tlm_xml_is (node->parent, "note-body"));
}

static void
visit_block (Text    *text,
             xmlNode *node,
             int      depth)
{
  guint n_ends = text->list_depth > 0 || tlm_xml_is (node, "table-row") ? 1 : 2;

  if (is_inline (node))
    {
      visit_children (text, node, depth);
      text->out.space_due = TRUE;
      return;
    }
  tlm_outline_break (&text->out, n_ends);
  visit_children (text, node, depth);
  tlm_outline_break (&text->out, n_ends);
}

static void
visit_list (Text    *text,
            xmlNode *node,
            int      depth)
{
  tlm_outline_break (&text->out, text->list_depth > 0 ? 1 : 2);
  text->list_depth++;
  visit_children (text, node, depth);
  text->list_depth--;
  text->out.hold = FALSE;
  tlm_outline_break (&text->out, text->list_depth > 0 ? 1 : 2);
}

static void
visit_note (Text    *text,
            xmlNode *node,
            int      depth)
{
  text->out.raised = FALSE;
  tlm_outline_words (&text->out, " (");
  visit_children (text, node, depth);
  text->out.space_due = FALSE;
  tlm_outline_words (&text->out, ")");
}

static void
visit_span (Text    *text,
            xmlNode *node,
            int      depth)
{
  g_autofree char *style = tlm_xml_get (node, "style-name");
  gboolean         raised = text->out.raised;

  text->out.raised = raised || (style != NULL && g_hash_table_contains (text->raised, style));
  visit_children (text, node, depth);
  text->out.raised = raised && text->out.raised; /* until a word stands there */
}

/* What is told beside the text: comments, how an index is made, what a picture shows. */
static gboolean
is_unseen (const xmlNode *node,
           const char    *name)
{
  static const char *const unseen[] = { "annotation", "tracked-changes", "note-citation", NULL };

  return g_strv_contains (unseen, name) || g_str_has_suffix (name, "-source")
         || (node->ns != NULL && g_strcmp0 ((const char *) node->ns->prefix, "svg") == 0);
}

static void
visit_element (Text    *text,
               xmlNode *node,
               int      depth)
{
  const char *name = tlm_xml_name (node);

  if (is_unseen (node, name))
    return;
  if (g_str_equal (name, "h"))
    {
      tlm_outline_heading (&text->out, get_number (node, "outline-level", 1));
      visit_children (text, node, depth);
      text->out.hold = FALSE;
      tlm_outline_break (&text->out, 2);
    }
  else if (g_str_equal (name, "p") || g_str_equal (name, "table")
           || g_str_equal (name, "table-row"))
    visit_block (text, node, depth);
  else if (g_str_equal (name, "list"))
    visit_list (text, node, depth);
  else if (g_str_equal (name, "note-body"))
    visit_note (text, node, depth);
  else if (g_str_equal (name, "line-break"))
    tlm_outline_break (&text->out, 1);
  else if (g_str_equal (name, "s") || g_str_equal (name, "tab"))
    tlm_outline_words (&text->out, " ");
  else if (g_str_equal (name, "span"))
    visit_span (text, node, depth);
  else
    {
      if (g_str_equal (name, "list-item"))
        tlm_outline_item (&text->out, text->list_depth, 0);
      else if (g_str_equal (name, "table-cell") && xmlPreviousElementSibling (node))
        tlm_outline_words (&text->out, " | ");
      visit_children (text, node, depth);
    }
}

static void
visit_children (Text    *text,
                xmlNode *node,
                int      depth)
{
  if (depth > TLM_IMPORT_MAX_DEPTH)
    return;
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (child->type == XML_TEXT_NODE)
      tlm_outline_words (&text->out, (const char *) child->content);
    else if (child->type == XML_ELEMENT_NODE)
      visit_element (text, child, depth + 1);
}

static xmlNode *
find_child (xmlNode    *node,
            const char *name)
{
  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (tlm_xml_is (child, name))
      return child;
  return NULL;
}

/* The format has a lock of its own, which the archive knows nothing of. */
static gboolean
is_protected (GBytes       *bytes,
              GCancellable *cancellable)
{
  g_autoptr (GByteArray) manifest = tlm_zip_read_member (bytes, "META-INF/manifest.xml",
                                                         cancellable, NULL);

  return manifest != NULL && manifest->len > 0
         && g_strstr_len ((char *) manifest->data, manifest->len, "encryption-data") != NULL;
}

/* "super 58%" or "33% 58%": how high, and of what size. */
static void
add_style (Text    *text,
           xmlNode *style)
{
  xmlNode         *letters = find_child (style, "text-properties");
  g_autofree char *position = letters != NULL ? tlm_xml_get (letters, "text-position") : NULL;
  char            *name = position != NULL ? tlm_xml_get (style, "name") : NULL;

  if (name != NULL && (g_str_has_prefix (position, "super") || g_ascii_strtod (position, NULL) > 0))
    g_hash_table_add (text->raised, name);
  else
    g_free (name);
}

char *
tlm_import_odt (GBytes       *bytes,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (GHashTable) raised = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Text                   text = { .raised = raised };
  xmlDoc                *doc;
  xmlNode               *root, *styles, *body;

  if (is_protected (bytes, cancellable))
    {
      tlm_import_fail_protected (error);
      return NULL;
    }
  doc = tlm_zip_read_xml (bytes, "content.xml", cancellable, error);
  if (doc == NULL)
    return NULL;
  root = xmlDocGetRootElement (doc);
  styles = find_child (root, "automatic-styles");
  body = find_child (root, "body"); /* beside styles and fonts, which hold no text of the person */
  for (xmlNode *style = styles != NULL ? styles->children : NULL; style; style = style->next)
    add_style (&text, style);
  text.out.text = g_string_new (NULL);
  if (body != NULL)
    visit_children (&text, body, 0);
  xmlFreeDoc (doc);
  return tlm_outline_finish (&text.out);
}
