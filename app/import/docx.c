/* SPDX-License-Identifier: Apache-2.0 */
/* Word's documents (ECMA-376, part 1, section 17): paragraphs with their style and list level.
 * A heading is known by its style's name, which is English in every translation of Word, unlike
 * its id. Deleted text and field codes are left out; every list is one of dashes. */
#include "import/import-private.h"

#include <stdlib.h>

typedef struct
{
  TlmOutline  out;
  GHashTable *levels; /* style id -> heading level */
  gboolean    in_list;
} Word;

static xmlNode *
find_child (xmlNode    *node,
            const char *name)
{
  for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
    if (g_str_equal (tlm_xml_name (child), name))
      return child;
  return NULL;
}

static char *
get_value (xmlNode    *parent,
           const char *name)
{
  xmlNode *child = find_child (parent, name);

  return child != NULL ? tlm_xml_get (child, "val") : NULL;
}

static void
add_style (Word    *word,
           xmlNode *style)
{
  g_autofree char *id = tlm_xml_get (style, "styleId");
  g_autofree char *name = get_value (style, "name");
  int              level = 0;

  if (id == NULL || name == NULL)
    return;
  if (g_ascii_strncasecmp (name, "heading ", 8) == 0)
    level = (int) g_ascii_strtoll (name + 8, NULL, 10);
  else if (g_ascii_strcasecmp (name, "title") == 0)
    level = 1;
  if (level > 0)
    g_hash_table_insert (word->levels, g_steal_pointer (&id), GINT_TO_POINTER (level));
}

static gboolean
load_styles (Word         *word,
             GBytes       *bytes,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (GError) local = NULL;
  xmlDoc            *doc = tlm_zip_read_xml (bytes, "word/styles.xml", cancellable, &local);
  xmlNode           *root = doc != NULL ? xmlDocGetRootElement (doc) : NULL;

  /* Without styles there are no headings, but still the text. */
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (xmlNode *node = root != NULL ? root->children : NULL; node != NULL; node = node->next)
    if (g_str_equal (tlm_xml_name (node), "style"))
      add_style (word, node);
  xmlFreeDoc (doc);
  return TRUE;
}

static void
begin_paragraph (Word    *word,
                 xmlNode *paragraph)
{
  xmlNode         *properties = find_child (paragraph, "pPr");
  xmlNode         *list = find_child (properties, "numPr");
  g_autofree char *style = get_value (properties, "pStyle");
  g_autofree char *depth = get_value (list, "ilvl");
  int              level = 0;

  if (style != NULL)
    level = GPOINTER_TO_INT (g_hash_table_lookup (word->levels, style));
  word->out.hold = FALSE;
  if (level > 0)
    tlm_outline_heading (&word->out, level);
  else if (list != NULL)
    {
      tlm_outline_break (&word->out, word->in_list ? 1 : 2);
      tlm_outline_item (&word->out, depth != NULL ? atoi (depth) % 9 + 1 : 1, 0);
    }
  else if (paragraph->parent == NULL || !tlm_xml_is (paragraph->parent, "tc"))
    tlm_outline_break (&word->out, 2);
  word->in_list = list != NULL;
}

static void
visit_children (Word    *word,
                xmlNode *node,
                int      depth)
{
  static const char *const unseen[] = { "pPr", "rPr", "del", "instrText", "Fallback", "moveFrom",
                                        "sdtPr", NULL };

  if (depth > TLM_IMPORT_MAX_DEPTH)
    return;
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    {
      const char *name = tlm_xml_name (child);

      if (g_strv_contains (unseen, name))
        continue;
      if (g_str_equal (name, "p"))
        begin_paragraph (word, child);
      else if (g_str_equal (name, "tr"))
        tlm_outline_break (&word->out, xmlPreviousElementSibling (child) ? 1 : 2);
      else if (g_str_equal (name, "tc") && find_child (child->prev, "p"))
        tlm_outline_words (&word->out, " | ");
      else if (g_str_equal (name, "br") || g_str_equal (name, "cr"))
        tlm_outline_break (&word->out, 1);
      else if (g_str_equal (name, "tab"))
        tlm_outline_words (&word->out, " ");
      if (child->type == XML_TEXT_NODE && g_str_equal (tlm_xml_name (node), "t"))
        tlm_outline_words (&word->out, (const char *) child->content);
      else
        visit_children (word, child, depth + 1);
    }
}

char *
tlm_import_docx (GBytes       *bytes,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GHashTable) levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Word                   word = { .levels = levels };
  xmlDoc                *doc;

  if (!load_styles (&word, bytes, cancellable, error))
    return NULL;
  doc = tlm_zip_read_xml (bytes, "word/document.xml", cancellable, error);
  if (doc == NULL)
    return NULL;
  word.out.text = g_string_new (NULL);
  visit_children (&word, (xmlNode *) doc, 0);
  xmlFreeDoc (doc);
  return tlm_outline_finish (&word.out);
}
