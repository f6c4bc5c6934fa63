/* SPDX-License-Identifier: Apache-2.0 */
/* The list is data/private/names.txt: a name a line, in small letters, or with a capital where it is a
 * word in small letters ("Mia"). Those that begin many a sentence ("Will", "Mark") it leaves out. */
#include "private-names.h"

#include "app-resources.h"

#include <gio/gio.h>
#include <string.h>

/* In small letters each; the value says whether it is a name in small letters too. */
static void
add_names (GHashTable *names, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    g_hash_table_insert (names, g_utf8_strdown (lines[i], -1),
                         GINT_TO_POINTER (g_unichar_islower (g_utf8_get_char (lines[i]))));
}

static GHashTable *
get_names (void)
{
  static GHashTable *shared;

  if (g_once_init_enter (&shared))
    {
      GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr (GBytes) text = g_resource_lookup_data (tlm_app_get_resource (),
                                                        "/com/sprapp/TinyLM/private/names.txt",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

      if (text != NULL) /* GResource ends each with a NUL byte */
        add_names (names, g_bytes_get_data (text, NULL));
      g_once_init_leave (&shared, names);
    }
  return shared;
}

gboolean
tlm_private_is_small_name (const char *match, gsize len)
{
  g_autofree char *word = g_strndup (match, len);

  return GPOINTER_TO_INT (g_hash_table_lookup (get_names (), word));
}

/* "Anna", "ANNA" and both halves of "Anna-Lena", but not "anna". */
gboolean
tlm_private_is_first_name (const char *match, gsize len)
{
  gsize            end = strcspn (match, " -");
  g_autofree char *small = g_utf8_strdown (match, (gssize) MIN (end, len));

  return g_unichar_isupper (g_utf8_get_char (match)) && g_hash_table_contains (get_names (), small);
}
