/* SPDX-License-Identifier: Apache-2.0 */
/* Word's documents (ECMA-376, part 1, section 17): paragraphs with their style and list level.
 * A heading is known by its style's name, which is English in every translation of Word, unlike
 * its id. Deleted text and field codes are left out; every list is one of dashes; a footnote stands in
 * brackets where it is called. */
#include "import/import-private.h"

#include <stdlib.h>

typedef struct
{
  TlmOutline  out;
  GHashTable *levels;     /* style id -> heading level */
  GHashTable *notes;      /* "footnote 2" -> its xmlNode */
  gboolean    in_list;
  gboolean    after_cell; /* of the same row */
} Word;

static void visit_children (Word *word, xmlNode *node, int depth);

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

static void
add_note (Word    *word,
          xmlNode *note)
{
  g_autofree char *id = tlm_xml_get (note, "id");

  if (id != NULL)
    g_hash_table_insert (word->notes, g_strdup_printf ("%s %s", tlm_xml_name (note), id), note);
}

/* Hands the elements of that name to @take. (transfer full) (nullable): NULL without an error where
 * there is no such part */
static xmlDoc *
load_part (Word         *word,
           GBytes       *bytes,
           const char   *part,
           const char   *kind,
           const char   *name,
           void        (*take) (Word *word, xmlNode *node),
           GCancellable *cancellable,
           GError      **error)
{
  xmlDoc  *doc = tlm_docx_read_part (bytes, part, kind, cancellable, error);
  xmlNode *root = doc != NULL ? xmlDocGetRootElement (doc) : NULL;

  for (xmlNode *node = root != NULL ? root->children : NULL; node != NULL; node = node->next)
    if (g_str_equal (tlm_xml_name (node), name))
      take (word, node);
  return doc;
}

/* The paragraphs of a cell and of a note stay on its line. */
static gboolean
is_inline (xmlNode *node)
{
  do
    node = node->parent;
  while (node != NULL && (tlm_xml_is (node, "sdt") || tlm_xml_is (node, "sdtContent")));
  return node != NULL && (tlm_xml_is (node, "tc") || tlm_xml_is (node, "footnote")
                          || tlm_xml_is (node, "endnote"));
}

static void
begin_paragraph (Word    *word,
                 xmlNode *paragraph)
{
  xmlNode         *properties = find_child (paragraph, "pPr");
  xmlNode         *list = find_child (properties, "numPr");
  g_autofree char *style = get_value (properties, "pStyle");
  g_autofree char *depth = get_value (list, "ilvl");
  g_autofree char *numbering = get_value (list, "numId");
  gboolean         listed = list != NULL && g_strcmp0 (numbering, "0") != 0; /* 0: no more */
  int              level = 0;

  if (style != NULL)
    level = GPOINTER_TO_INT (g_hash_table_lookup (word->levels, style));
  word->out.hold = FALSE;
  if (level > 0)
    tlm_outline_heading (&word->out, level);
  else if (listed)
    {
      tlm_outline_break (&word->out, word->in_list ? 1 : 2);
      tlm_outline_item (&word->out, depth != NULL ? atoi (depth) % 9 + 1 : 1, 0);
    }
  else if (!is_inline (paragraph))
    tlm_outline_break (&word->out, 2);
  else if (word->in_list)
    tlm_outline_break (&word->out, 1);
  word->in_list = listed;
}

/* Each may stand in a control of its own, and a bookmark, say, between two. */
static gboolean
has_row_before (xmlNode *row)
{
  do
    {
      for (xmlNode *before = row; (before = xmlPreviousElementSibling (before)) != NULL;)
        if (tlm_xml_is (before, "tr") || tlm_xml_is (before, "sdt"))
          return TRUE;
      row = row->parent;
    }
  while (row != NULL && (tlm_xml_is (row, "sdt") || tlm_xml_is (row, "sdtContent")));
  return FALSE;
}

static void
visit_row (Word    *word,
           xmlNode *row,
           int      depth)
{
  gboolean outer = word->after_cell;

  tlm_outline_break (&word->out, has_row_before (row) ? 1 : 2);
  word->after_cell = FALSE;
  visit_children (word, row, depth);
  word->after_cell = outer;
}

/* Once, however often it is called. */
static void
visit_note (Word       *word,
            xmlNode    *call,
            const char *kind,
            int         depth)
{
  g_autofree char *id = tlm_xml_get (call, "id");
  g_autofree char *key = g_strdup_printf ("%s %s", kind, id);
  xmlNode         *note = g_hash_table_lookup (word->notes, key);
  gboolean         in_list = word->in_list;
  gsize            start;

  if (note == NULL)
    return;
  g_hash_table_remove (word->notes, key);
  word->out.raised = word->in_list = FALSE;
  tlm_outline_words (&word->out, " (");
  start = word->out.text->len;
  visit_children (word, note, depth);
  if (word->out.text->str[start] == ' ') /* between its number and its words */
    g_string_erase (word->out.text, (gssize) start, 1);
  word->out.space_due = FALSE;
  word->in_list = in_list;
  tlm_outline_words (&word->out, ")");
}

/* A sign by its place in a font. Those of Microsoft's own fonts lie from U+F000 on. */
static void
add_sign (Word    *word,
          xmlNode *sign)
{
  static const struct { const char *font; gunichar place; const char *sign; } known[] = {
    { "Symbol", 0xa3, "≤" }, { "Symbol", 0xae, "→" }, { "Symbol", 0xb0, "°" },
    { "Symbol", 0xb1, "±" }, { "Symbol", 0xb3, "≥" }, { "Symbol", 0xb4, "×" },
    { "Symbol", 0xb7, "•" }, { "Symbol", 0xb8, "÷" }, { "Symbol", 0xb9, "≠" },
    { "Symbol", 0xbb, "≈" }, { "Wingdings", 0x6f, "☐" }, { "Wingdings", 0xa7, "▪" },
    { "Wingdings", 0xa8, "☐" }, { "Wingdings", 0xe0, "→" }, { "Wingdings", 0xfc, "✓" },
    { "Wingdings", 0xfd, "☒" }, { "Wingdings", 0xfe, "☑" },
  };
  g_autofree char *font = tlm_xml_get (sign, "font");
  g_autofree char *place = tlm_xml_get (sign, "char");
  guint64          at = place != NULL ? g_ascii_strtoull (place, NULL, 16) : 0;
  char             letter[8] = "";

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (font, known[i].font) == 0 && (at & ~G_GUINT64_CONSTANT (0xf000)) == known[i].place)
      {
        tlm_outline_words (&word->out, known[i].sign);
        return;
      }
  if (at > 0x20 && at < 0xd800) /* above are the surrogates and a font's own */
    g_unichar_to_utf8 ((gunichar) at, letter);
  tlm_outline_words (&word->out, *letter != '\0' ? letter : "▯"); /* no check box */
}

static void
visit_run (Word    *word,
           xmlNode *run,
           int      depth)
{
  g_autofree char *height = get_value (find_child (run, "rPr"), "vertAlign");

  word->out.raised = g_strcmp0 (height, "superscript") == 0;
  visit_children (word, run, depth);
  word->out.raised = FALSE;
}

/* What is not of the text but stands in it. Returns: FALSE for another element */
static gboolean
visit_mark (Word       *word,
            xmlNode    *node,
            const char *name,
            int         depth)
{
  if (g_str_equal (name, "br") || g_str_equal (name, "cr"))
    tlm_outline_break (&word->out, 1);
  else if (g_str_equal (name, "tab"))
    tlm_outline_words (&word->out, " ");
  else if (g_str_equal (name, "noBreakHyphen"))
    tlm_outline_words (&word->out, "-");
  else if (g_str_equal (name, "sym"))
    add_sign (word, node);
  else if (g_str_equal (name, "footnoteReference"))
    visit_note (word, node, "footnote", depth);
  else if (g_str_equal (name, "endnoteReference"))
    visit_note (word, node, "endnote", depth);
  else
    return FALSE;
  return TRUE;
}

static void
visit_element (Word    *word,
               xmlNode *node,
               int      depth)
{
  static const char *const unseen[] = { "pPr", "rPr", "del", "instrText", "Fallback", "moveFrom",
                                        "sdtPr", NULL };
  const char *name = tlm_xml_name (node);

  if (g_strv_contains (unseen, name) || visit_mark (word, node, name, depth))
    return;
  if (g_str_equal (name, "tr"))
    visit_row (word, node, depth);
  else if (g_str_equal (name, "r"))
    visit_run (word, node, depth);
  else
    {
      if (g_str_equal (name, "p"))
        begin_paragraph (word, node);
      else if (g_str_equal (name, "tc") && word->after_cell)
        tlm_outline_words (&word->out, " | ");
      visit_children (word, node, depth);
      word->after_cell |= g_str_equal (name, "tc");
      word->out.space_due |= g_str_equal (name, "p") && is_inline (node);
    }
}

static void
visit_children (Word    *word,
                xmlNode *node,
                int      depth)
{
  gboolean is_text = g_str_equal (tlm_xml_name (node), "t");

  if (depth > TLM_IMPORT_MAX_DEPTH)
    return;
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (child->type == XML_TEXT_NODE && is_text)
      tlm_outline_words (&word->out, (const char *) child->content);
    else if (child->type == XML_ELEMENT_NODE)
      visit_element (word, child, depth + 1);
}

/* The notes point into @notes. Styles that cannot be read only cost the headings; notes are text.
 * Returns: (transfer full) (nullable) */
static char *
read_text (Word         *word,
           GBytes       *bytes,
           const char   *part,
           xmlDoc       *notes[2],
           GCancellable *cancellable,
           GError      **error)
{
  static const char *const kinds[2][2] = { { "footnotes", "footnote" }, { "endnotes", "endnote" } };
  xmlDoc *doc;

  xmlFreeDoc (load_part (word, bytes, part, "styles", "style", add_style, cancellable, NULL));
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) local = NULL;

      notes[i] = load_part (word, bytes, part, kinds[i][0], kinds[i][1], add_note, cancellable,
                            &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  doc = tlm_zip_read_xml (bytes, part, cancellable, error);
  if (doc == NULL)
    return NULL;
  word->out.text = g_string_new (NULL);
  visit_children (word, (xmlNode *) doc, 0);
  xmlFreeDoc (doc);
  return tlm_outline_finish (&word->out);
}

char *
tlm_import_docx (GBytes       *bytes,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GError)     local = NULL;
  g_autoptr (GHashTable) levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char       *part = tlm_docx_find_main (bytes, cancellable, &local);
  Word                   word = { .levels = levels, .notes = notes };
  xmlDoc                *docs[2] = { NULL, NULL };
  char                  *text;

  if (part == NULL)
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        tlm_import_fail_damaged (error);
      return NULL;
    }
  text = read_text (&word, bytes, part, docs, cancellable, error);
  xmlFreeDoc (docs[0]);
  xmlFreeDoc (docs[1]);
  return text;
}
