/* SPDX-License-Identifier: Apache-2.0 */
/* The zip archives that ODT and DOCX are. Sizes are never believed: reading stops at the limit, so
 * that a bomb costs no more than a large note. */
#include "import/import-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "core/errors.h"
#include "core/text-input.h"

/* A large office document holds some hundred pictures; this is far above that. */
#define MAX_MEMBERS 10000

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

gboolean
tlm_import_fail_damaged (GError **error)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                       _("The document is damaged. Open it in the program that made it, save it "
                         "again, and try once more."));
  return FALSE;
}

gboolean
tlm_import_fail_protected (GError **error)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                       _("The document is protected by a password. Save it without one and "
                         "try again."));
  return FALSE;
}

static gboolean
read_data (Archive      *archive,
           GByteArray   *into,
           GCancellable *cancellable,
           GError      **error)
{
  guint8  chunk[1 << 14];
  gssize  n;

  while ((n = archive_read_data (archive, chunk, sizeof chunk)) > 0)
    {
      g_byte_array_append (into, chunk, (guint) n);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (into->len > TLM_TEXT_MAX_BYTES)
        {
          g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
                       _("The document unpacks to more than %u MB, which is more than this "
                         "program reads. Split it into smaller files."), TLM_TEXT_MAX_BYTES >> 20);
          return FALSE;
        }
    }
  return n == 0 || tlm_import_fail_damaged (error);
}

static gboolean
find_member (Archive    *archive,
             const char *name,
             GError    **error)
{
  struct archive_entry *entry;

  for (int i = 0; i < MAX_MEMBERS; i++)
    {
      int status = archive_read_next_header (archive, &entry);

      if (status == ARCHIVE_EOF)
        return FALSE;
      if (status < ARCHIVE_WARN)
        return tlm_import_fail_damaged (error);
      if (g_strcmp0 (archive_entry_pathname (entry), name) != 0)
        continue;
      return !archive_entry_is_encrypted (entry) || tlm_import_fail_protected (error);
    }
  return tlm_import_fail_damaged (error);
}

static Archive *
open_archive (GBytes  *bytes,
              GError **error)
{
  g_autoptr (Archive) archive = archive_read_new ();
  gsize               len;
  const void         *data = g_bytes_get_data (bytes, &len);

  archive_read_support_format_zip (archive);
  if (archive_read_open_memory (archive, data, len) == ARCHIVE_OK)
    return g_steal_pointer (&archive);
  tlm_import_fail_damaged (error);
  return NULL;
}

gboolean
tlm_zip_has_member (GBytes      *bytes,
                    const char  *name,
                    GError     **error)
{
  g_autoptr (Archive) archive = open_archive (bytes, error);

  return archive != NULL && find_member (archive, name, error);
}

GByteArray *
tlm_zip_read_member (GBytes       *bytes,
                     const char   *name,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (Archive)    archive = open_archive (bytes, error);
  g_autoptr (GByteArray) into = g_byte_array_new ();

  if (archive == NULL || !find_member (archive, name, error)
      || !read_data (archive, into, cancellable, error))
    return NULL;
  return g_steal_pointer (&into);
}

xmlDoc *
tlm_zip_read_xml (GBytes       *bytes,
                  const char   *name,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (GError)     local = NULL;
  g_autoptr (GByteArray) xml = tlm_zip_read_member (bytes, name, cancellable, &local);
  xmlDoc                *doc = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  /* Neither format may have a document type, the one place where entities are declared. */
  if (xml != NULL && xml->len > 0 && !g_strstr_len ((char *) xml->data, xml->len, "<!DOCTYPE"))
    doc = xmlReadMemory ((char *) xml->data, (int) xml->len, NULL, NULL,
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (doc != NULL && doc->intSubset == NULL)
    return doc;
  xmlFreeDoc (doc);
  tlm_import_fail_damaged (error);
  return NULL;
}

const char *
tlm_xml_name (const xmlNode *node)
{
  return node->type == XML_ELEMENT_NODE ? (const char *) node->name : "";
}

gboolean
tlm_xml_is (const xmlNode *node,
            const char    *name)
{
  return g_ascii_strcasecmp (tlm_xml_name (node), name) == 0;
}

char *
tlm_xml_get (xmlNode    *node,
             const char *attribute)
{
  xmlChar *value = NULL;
  char    *copy;

  for (xmlAttr *a = node->properties; a != NULL && value == NULL; a = a->next)
    if (g_str_equal ((const char *) a->name, attribute))
      value = xmlNodeListGetString (node->doc, a->children, 1);
  copy = g_strdup ((const char *) value);
  xmlFree (value);
  return copy;
}
