/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a Word document lie (ECMA-376, part 2, section 9.3): each tells by relations where
 * those that belong to it are. What tells of none has the names that Word gives. */
#include "import/import-private.h"

/* The target of one relation. @name: (nullable): of the part that tells; NULL: the whole package */
static char *
find_target (GBytes       *bytes,
             const char   *name,
             const char   *kind,
             GCancellable *cancellable)
{
  g_autofree char *folder = name != NULL ? g_path_get_dirname (name) : g_strdup (".");
  g_autofree char *base = name != NULL ? g_path_get_basename (name) : g_strdup ("");
  g_autofree char *rels = g_strdup_printf ("%s/_rels/%s.rels", folder, base);
  const char      *inner = name != NULL ? rels : rels + 2;
  xmlDoc          *doc = tlm_zip_read_xml (bytes, inner, cancellable, NULL);
  xmlNode         *root = doc != NULL ? xmlDocGetRootElement (doc) : NULL;
  char            *found = NULL;

  for (xmlNode *node = root != NULL ? root->children : NULL; node && !found; node = node->next)
    {
      g_autofree char *type = tlm_xml_get (node, "Type");
      g_autofree char *target = tlm_xml_get (node, "Target");

      if (type == NULL || target == NULL || !g_str_has_suffix (type, kind))
        continue;
      if (*target == '/' || name == NULL)
        found = g_strdup (target + (*target == '/'));
      else
        found = g_strdup_printf ("%s/%s", folder, target);
    }
  xmlFreeDoc (doc);
  return found;
}

char *
tlm_docx_find_main (GBytes       *bytes,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autofree char *told = find_target (bytes, NULL, "/officeDocument", cancellable);
  const char      *name = told != NULL && g_str_has_prefix (told, "word/")
                          ? told : "word/document.xml";

  return tlm_zip_has_member (bytes, name, error) ? g_strdup (name) : NULL;
}

xmlDoc *
tlm_docx_read_part (GBytes       *bytes,
                    const char   *name,
                    const char   *kind,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autofree char *relation = g_strconcat ("/", kind, NULL);
  g_autofree char *told = find_target (bytes, name, relation, cancellable);
  g_autofree char *usual = g_strdup_printf ("word/%s.xml", kind);
  const char      *found = told != NULL ? told : usual;

  return tlm_zip_has_member (bytes, found, NULL)
         ? tlm_zip_read_xml (bytes, found, cancellable, error) : NULL;
}
