/* SPDX-License-Identifier: Apache-2.0 */
/* Mallard to Markdown: the few elements that our pages have. Another element is taken as what stands in
 * it, so nothing of a page is lost. */
#include "help.h"

#include "paths.h"

#include <libintl.h>
#include <libxml/parser.h>
#include <string.h>

#define WORD_JOINER "\342\201\240" /* U+2060: not seen, and neither space nor punctuation */

typedef struct
{
  GString *out;
  int      number; /* of the next step; 0: in no list of steps */
} Walk;

static gboolean
is (const xmlNode *node,
    const char    *name)
{
  return node->type == XML_ELEMENT_NODE && g_str_equal ((const char *) node->name, name);
}

/* @node: (nullable) */
static const xmlNode *
find_child (const xmlNode *node,
            const char    *name)
{
  const xmlNode *child = node != NULL ? node->children : NULL;

  for (; child != NULL; child = child->next)
    if (is (child, name))
      return child;
  return NULL;
}

/* (transfer full) (nullable) */
static char *
dup_attribute (const xmlNode *node,
               const char    *name)
{
  xmlChar *value = xmlGetProp (node, (const xmlChar *) name);
  char    *copy = g_strdup ((char *) value);

  xmlFree (value);
  return copy;
}

/* ---- In a paragraph ---- */

/* A run of white space is one space, as in XML; what Markdown would read is escaped. */
static void
append_text (GString    *out,
             const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isspace (*text))
      {
        if (strchr ("\\*_`[]<", *text) != NULL)
          g_string_append_c (out, '\\');
        g_string_append_c (out, *text);
      }
    else if (out->len > 0 && !g_ascii_isspace (out->str[out->len - 1]))
      g_string_append_c (out, ' ');
}

static void append_inline (GString *out, const xmlNode *node);

/* Its element children, with @between in between. */
static void
append_sequence (GString       *out,
                 const xmlNode *node,
                 const char    *between)
{
  const char *before = "";

  for (const xmlNode *child = node->children; child != NULL; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      {
        g_string_append (out, before);
        append_inline (out, child);
        before = between;
      }
}

static void
append_children (GString       *out,
                 const xmlNode *node)
{
  for (const xmlNode *child = node->children; child != NULL; child = child->next)
    append_inline (out, child);
}

/* A mark between punctuation and a letter ends nothing in Markdown, and in Chinese and Japanese no space
 * parts them. */
static void
append_between (GString       *out,
                const xmlNode *node,
                const char    *mark)
{
  g_string_append (out, mark);
  append_children (out, node);
  if (g_unichar_ispunct (g_utf8_get_char (g_utf8_prev_char (out->str + out->len))))
    g_string_append (out, WORD_JOINER);
  g_string_append (out, mark);
}

static void
append_code (GString       *out,
             const xmlNode *node)
{
  xmlChar *text = xmlNodeGetContent (node);

  g_string_append_printf (out, "`%s`", (char *) text);
  xmlFree (text);
}

static void
append_link (GString       *out,
             const xmlNode *node)
{
  g_autofree char *page = dup_attribute (node, "xref");

  g_string_append_c (out, '[');
  append_children (out, node);
  g_string_append_printf (out, "](tinylm:help/%s)", page);
}

static void
append_inline (GString       *out,
               const xmlNode *node)
{
  if (node->type == XML_TEXT_NODE)
    append_text (out, (const char *) node->content);
  else if (is (node, "gui"))
    append_between (out, node, "**");
  else if (is (node, "em"))
    append_between (out, node, "*");
  else if (is (node, "code") || is (node, "key"))
    append_code (out, node);
  else if (is (node, "keyseq"))
    append_sequence (out, node, "+");
  else if (is (node, "guiseq"))
    append_sequence (out, node, " › ");
  else if (is (node, "link"))
    append_link (out, node);
  else if (node->type == XML_ELEMENT_NODE)
    append_children (out, node);
}

/* ---- Blocks ---- */

static void append_block (Walk *walk, const xmlNode *node);

static void
append_blocks (Walk          *walk,
               const xmlNode *node)
{
  for (const xmlNode *child = node->children; child != NULL; child = child->next)
    append_block (walk, child);
}

static void
append_list (Walk          *walk,
             const xmlNode *node,
             gboolean       steps)
{
  walk->number = steps ? 1 : 0;
  append_blocks (walk, node);
  g_string_append_c (walk->out, '\n');
}

/* Our items have one paragraph. */
static void
append_item (Walk          *walk,
             const xmlNode *node)
{
  if (walk->number > 0)
    g_string_append_printf (walk->out, "%d. ", walk->number++);
  else
    g_string_append (walk->out, "- ");
  append_inline (walk->out, find_child (node, "p"));
  g_string_append_c (walk->out, '\n');
}

static void
append_screen (GString       *out,
               const xmlNode *node)
{
  xmlChar *text = xmlNodeGetContent (node);

  g_string_append_printf (out, "```\n%s\n```\n\n", (char *) text);
  xmlFree (text);
}

static void
append_paragraph (GString       *out,
                  const char    *mark,
                  const xmlNode *node)
{
  g_string_append (out, mark);
  append_inline (out, node);
  g_string_append (out, "\n\n");
}

/* The title of the page itself is not among them. */
static void
append_block (Walk          *walk,
              const xmlNode *node)
{
  if (is (node, "p"))
    append_paragraph (walk->out, "", node);
  else if (is (node, "note"))
    append_paragraph (walk->out, "> ", find_child (node, "p"));
  else if (is (node, "screen"))
    append_screen (walk->out, node);
  else if (is (node, "list") || is (node, "steps"))
    append_list (walk, node, is (node, "steps"));
  else if (is (node, "item"))
    append_item (walk, node);
  else if (is (node, "section"))
    {
      append_paragraph (walk->out, "## ", find_child (node, "title"));
      append_blocks (walk, node);
    }
}

/* ---- Pages ---- */

/* (nullable): no XML */
static xmlDoc *
parse (GBytes *mallard)
{
  gsize       len;
  const char *text = g_bytes_get_data (mallard, &len);

  return xmlReadMemory (text, (int) len, NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

/* (transfer full) (nullable): as "de"; NULL: the program speaks English */
static char *
dup_language (void)
{
  static const char  key[] = "\nLanguage: ";
  static const char *nothing = ""; /* is translated by the head of a catalogue */
  const char        *line = strstr (dgettext (GETTEXT_PACKAGE, nothing), key);

  return line != NULL ? g_strndup (line + strlen (key), strcspn (line + strlen (key), "\n")) : NULL;
}

GBytes *
tlm_help_load_translation (const char *page)
{
  g_autofree char   *language = dup_language ();
  g_autofree char   *path = language != NULL ? tlm_paths_dup_help (language, page) : NULL;
  g_autoptr (GBytes) mallard = NULL;
  char              *text;
  gsize              len;
  xmlDoc            *doc;

  if (path == NULL || !g_file_get_contents (path, &text, &len, NULL))
    return NULL;
  mallard = g_bytes_new_take (text, len);
  doc = parse (mallard);
  xmlFreeDoc (doc);
  return doc != NULL ? g_steal_pointer (&mallard) : NULL;
}

/* (transfer full): "" without a node */
static char *
dup_words (const xmlNode *node)
{
  GString *words = g_string_new (NULL);
  xmlChar *text = node != NULL ? xmlNodeGetContent (node) : NULL;

  for (const char *c = (char *) text; c != NULL && *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (words, *c);
    else if (words->len > 0 && words->str[words->len - 1] != ' ')
      g_string_append_c (words, ' ');
  xmlFree (text);
  return g_string_free (words, FALSE);
}

TlmHelpText *
tlm_help_text_read (GBytes *mallard)
{
  xmlDoc        *doc = parse (mallard);
  const xmlNode *page = xmlDocGetRootElement (doc);
  TlmHelpText   *self = g_new0 (TlmHelpText, 1);
  Walk           walk = { g_string_new (NULL), 0 };

  g_assert (doc != NULL);
  self->title = dup_words (find_child (page, "title"));
  self->summary = dup_words (find_child (find_child (page, "info"), "desc"));
  append_blocks (&walk, page);
  self->markdown = g_string_free (walk.out, FALSE);
  xmlFreeDoc (doc);
  return self;
}

void
tlm_help_text_free (TlmHelpText *self)
{
  g_free (self->title);
  g_free (self->summary);
  g_free (self->markdown);
  g_free (self);
}

static void
section_free (gpointer data)
{
  TlmHelpSection *self = data;

  g_free (self->title);
  g_strfreev (self->topics);
  g_free (self);
}

static TlmHelpSection *
read_section (const xmlNode *node)
{
  g_autoptr (GStrvBuilder) topics = g_strv_builder_new ();
  TlmHelpSection          *self = g_new0 (TlmHelpSection, 1);
  const xmlNode           *info = find_child (node, "info");

  for (const xmlNode *n = info->children; n != NULL; n = n->next)
    if (is (n, "link"))
      {
        g_autofree char *topic = dup_attribute (n, "xref");

        g_strv_builder_add (topics, topic);
      }
  self->title = dup_words (find_child (node, "title"));
  self->topics = g_strv_builder_end (topics);
  return self;
}

GPtrArray *
tlm_help_read_sections (GBytes *mallard)
{
  GPtrArray *sections = g_ptr_array_new_with_free_func (section_free);
  xmlDoc    *doc = parse (mallard);

  g_assert (doc != NULL);
  for (const xmlNode *n = xmlDocGetRootElement (doc)->children; n != NULL; n = n->next)
    if (is (n, "section"))
      g_ptr_array_add (sections, read_section (n));
  xmlFreeDoc (doc);
  return sections;
}
