/* SPDX-License-Identifier: Apache-2.0 */
/* PDF by Poppler. A page knows lines and where they stand, not paragraphs: a paragraph ends at a gap,
 * at a short line that ends a sentence, and where the letters change their height; taller ones than
 * most are a heading. Words parted at a line's end are mended, and the number of the page left out. */
#include "import/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/errors.h"
#include "import/poppler-calls.h"
#include "core/text-input.h"

/* More than any book; a file of few bytes may claim millions. */
#define MAX_PAGES 5000
/* Of a page's number, as get_number () finds it. */
#define MAX_DIGITS 4
/* Shares of a line's height, from how typesetters lead: lines of one paragraph lie closer than this. */
#define PARAGRAPH_GAP 0.75
#define HEADING_HEIGHT 1.25
/* A last line of a paragraph; in justified text every other reaches the margin. */
#define SHORT_LINE 0.85
/* Of a line's height: a space is about a quarter of the letters', and no pair of letters lies further apart. */
#define WORD_GAP 0.3

typedef struct
{
  char   *text;
  double  left, right, top, bottom;
} Line;

static void
line_clear (gpointer data)
{
  g_free (((Line *) data)->text);
}

typedef struct
{
  GArray *lines; /* of Line */
  char   *label; /* (nullable): a short one */
  int     place; /* from 0 */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_array_unref (page->lines);
  g_free (page->label);
  g_free (page);
}

/* ---- the lines of a page ---- */

/* The letters, and a space where Poppler has none though they lie apart, as in the columns of a bill. */
static char *
dup_words (const char *start, const char *end, const PopplerRectangle *boxes, guint n)
{
  GString *words = g_string_sized_new ((gsize) (end - start) + 1);

  for (guint i = 0; start < end; i++)
    {
      const char *next = g_utf8_next_char (start);

      g_string_append_len (words, start, next - start);
      if (next < end && i + 1 < n && *start != ' ' && *next != ' '
          && boxes[i + 1].x1 - boxes[i].x2 > WORD_GAP * (boxes[i].y2 - boxes[i].y1))
        g_string_append_c (words, ' ');
      start = next;
    }
  return g_strstrip (g_string_free (words, FALSE));
}

static void
add_line (GArray *lines, const char *start, const char *end, const PopplerRectangle *boxes, guint n)
{
  Line line = { .text = dup_words (start, end, boxes, n) };

  for (guint i = 0; i < n; i++)
    {
      gboolean first = i == 0;

      line.left = first ? boxes[i].x1 : MIN (line.left, boxes[i].x1);
      line.right = first ? boxes[i].x2 : MAX (line.right, boxes[i].x2);
      line.top = first ? boxes[i].y1 : MIN (line.top, boxes[i].y1);
      line.bottom = first ? boxes[i].y2 : MAX (line.bottom, boxes[i].y2);
    }
  if (*line.text != '\0')
    g_array_append_val (lines, line);
  else
    g_free (line.text);
}

/* The text has one rectangle a character, line ends too. */
static GArray *
read_lines (const PopplerCalls *poppler, PopplerPage *page)
{
  GArray                      *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_autofree char             *text = poppler->page_get_text (page);
  g_autofree PopplerRectangle *boxes = NULL;
  guint                        n_boxes = 0, at = 0, first = 0;
  const char                  *start = text, *p = text;

  g_array_set_clear_func (lines, line_clear);
  if (text == NULL || !g_utf8_validate (text, -1, NULL)
      || !poppler->page_get_text_layout (page, &boxes, &n_boxes))
    return lines;
  for (; *p != '\0' && at < n_boxes; p = g_utf8_next_char (p), at++)
    if (*p == '\n')
      {
        add_line (lines, start, p, boxes + first, at - first);
        start = p + 1;
        first = at + 1;
      }
  add_line (lines, start, p + strlen (p), boxes + first, at > first ? at - first : 0);
  return lines;
}

/* ---- the numbers of the pages ---- */

/* "17", "- 17 -" and "17 / 20" in any script's digits, but no date and no sum of money. Returns: -1:
 * none of them */
static int
get_number (GArray *lines, gboolean last)
{
  const char *text = lines->len > 0 ? g_array_index (lines, Line, last ? lines->len - 1 : 0).text : "";
  int         number = 0;

  if (!g_regex_match_simple ("^(\\d{1,4}|([-–—]) ?\\d{1,4} ?\\2|\\d{1,4} ?/ ?\\d{1,4})$", text, 0, 0))
    return -1;
  while (*text != '\0' && !g_unichar_isdigit (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  for (; g_unichar_isdigit (g_utf8_get_char (text)); text = g_utf8_next_char (text))
    number = 10 * number + g_unichar_digit_value (g_utf8_get_char (text));
  return number;
}

/* How far the number is from the page's place; NULL: there is none. */
static gpointer
get_offset (const Page *page, gboolean last)
{
  int number = get_number (page->lines, last);

  return number >= 0 ? GINT_TO_POINTER (number - page->place + MAX_PAGES) : NULL; /* above 0 */
}

static void
count (GHashTable *offsets, gpointer offset)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (offsets, offset));

  if (offset != NULL)
    g_hash_table_insert (offsets, offset, GINT_TO_POINTER (n + 1));
}

/* On how many pages a number is that far from the page's place. */
static GHashTable *
count_offsets (GPtrArray *pages)
{
  GHashTable *offsets = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < pages->len; i++)
    {
      gpointer top = get_offset (pages->pdata[i], FALSE);
      gpointer bottom = get_offset (pages->pdata[i], TRUE);

      count (offsets, top);
      count (offsets, bottom != top ? bottom : NULL);
    }
  return offsets;
}

/* Only what goes on from page to page, or is what the page is called: others are sums and years. */
static void
drop_page_number (Page *page, gboolean last, GHashTable *offsets)
{
  gpointer         offset = get_offset (page, last);
  g_autofree char *number = g_strdup_printf ("%d", get_number (page->lines, last));

  if (offset != NULL && (GPOINTER_TO_INT (g_hash_table_lookup (offsets, offset)) > 1
                         || g_strcmp0 (number, page->label) == 0))
    g_array_remove_index (page->lines, last ? page->lines->len - 1 : 0);
}

/* ---- paragraphs ---- */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
get_height (const Line *line)
{
  return line->bottom - line->top;
}

/* The height of most lines, and the width of the widest. */
static double
measure (GArray *lines, double *widest)
{
  g_autoptr (GArray) heights = g_array_new (FALSE, FALSE, sizeof (double));

  *widest = 0;
  for (guint i = 0; i < lines->len; i++)
    {
      const Line *line = &g_array_index (lines, Line, i);
      double      height = get_height (line);

      g_array_append_val (heights, height);
      *widest = MAX (*widest, line->right - line->left);
    }
  g_array_sort (heights, compare_doubles);
  return heights->len > 0 ? g_array_index (heights, double, heights->len / 2) : 0;
}

static gboolean
ends_sentence (const char *text)
{
  return *text != '\0' && strchr (".!?:", text[strlen (text) - 1]) != NULL;
}

/* "- ", "• ", "3. ", "b) ": the length of what marks an item, 0 for none. */
static gsize
get_bullet (const char *text)
{
  static const char *const signs[] = { "•", "◦", "▪", "‣", "–", "-", "*" };

  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_has_prefix (text, signs[i]) && text[strlen (signs[i])] == ' ')
      return strlen (signs[i]) + 1;
  return 0;
}

static gboolean
is_item (const char *text)
{
  gsize digits = strspn (text, "0123456789");

  return get_bullet (text) > 0
         || (digits > 0 && digits < 4 && strchr (".)", text[digits]) != NULL
             && text[digits] != '\0' && text[digits + 1] == ' ');
}

static gboolean
begins_paragraph (const Line *line, const Line *before, double body, double widest)
{
  double gap = line->top - before->bottom;

  if (is_item (line->text) || ABS (get_height (line) - get_height (before)) > 0.15 * body
      || gap > PARAGRAPH_GAP * body)
    return TRUE;
  /* Shorter than others, or another column or page: only where a sentence ends. */
  return ends_sentence (before->text)
         && (gap < -body || before->right - before->left < SHORT_LINE * widest);
}

/* "imple-" and "mented": a hyphen before a small letter is taken for the typesetter's. */
static gboolean
is_parted (const char *before, const char *line)
{
  gsize len = strlen (before);

  return g_unichar_islower (g_utf8_get_char (line)) && len > 1
         && ((before[len - 1] == '-' && g_ascii_isalpha (before[len - 2]))
             || g_str_has_suffix (before, "\302\255") || g_str_has_suffix (before, "‐"));
}

static void
join (GString *out, const char *text)
{
  const char *last;

  if (!is_parted (out->str, text))
    {
      g_string_append_printf (out, " %s", text);
      return;
    }
  last = g_utf8_find_prev_char (out->str, out->str + out->len);
  g_string_truncate (out, (gsize) (last - out->str));
  g_string_append (out, text);
}

static void
begin (GString *out, const Line *line, double body, gboolean in_list)
{
  gsize bullet = get_bullet (line->text);

  if (out->len > 0)
    g_string_append (out, in_list && is_item (line->text) ? "\n" : "\n\n");
  if (get_height (line) > HEADING_HEIGHT * body)
    g_string_append (out, "## ");
  g_string_append_printf (out, "%s%s", bullet > 0 ? "- " : "", line->text + bullet);
}

/* A paragraph may go on from one page to the next: @last is the last line so far. */
static void
append_page (GString *out, GArray *lines, Line *last, gboolean *in_list)
{
  double widest, body = measure (lines, &widest);

  for (guint i = 0; i < lines->len; i++)
    {
      Line *line = &g_array_index (lines, Line, i);

      if (last->text != NULL && !begins_paragraph (line, last, body, widest))
        join (out, line->text);
      else
        {
          begin (out, line, body, *in_list);
          *in_list = is_item (line->text);
        }
      g_free (last->text);
      *last = *line;
      line->text = NULL;
    }
}

/* ---- the document ---- */

static PopplerDocument *
open_document (const PopplerCalls *poppler, GBytes *bytes, GError **error)
{
  g_autoptr (GError) local = NULL;
  PopplerDocument   *document = poppler->document_new_from_bytes (bytes, NULL, &local);

  if (document != NULL)
    return document;
  if (g_error_matches (local, poppler->error_quark (), POPPLER_ERROR_ENCRYPTED))
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                         _("This PDF is protected by a password. Save a copy without one and open "
                           "that."));
  else
    tlm_import_fail_damaged (error);
  return NULL;
}

static gboolean
check_pages (int n_pages, GError **error)
{
  if (n_pages > MAX_PAGES)
    g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
                 ngettext ("This PDF has more than %d page, which is more than this program "
                           "reads. Split it into smaller files.",
                           "This PDF has more than %d pages, which is more than this program "
                           "reads. Split it into smaller files.", MAX_PAGES), MAX_PAGES);
  return n_pages <= MAX_PAGES;
}

/* Of what a page is called, only what may be the number on it: others can be as long as the file. */
static char *
read_label (const PopplerCalls *poppler, PopplerPage *from, GArray *lines)
{
  gboolean         numbered = get_number (lines, FALSE) >= 0 || get_number (lines, TRUE) >= 0;
  g_autofree char *label = numbered ? poppler->page_get_label (from) : NULL;

  return label != NULL && strlen (label) <= MAX_DIGITS ? g_steal_pointer (&label) : NULL;
}

/* Returns: the bytes of its text */
static gsize
read_page (const PopplerCalls *poppler, PopplerDocument *document, int i, GPtrArray *pages)
{
  PopplerPage *from = poppler->document_get_page (document, i);
  Page        *page;
  gsize        n = 0;

  if (from == NULL)
    return 0;
  page = g_new0 (Page, 1);
  page->lines = read_lines (poppler, from);
  page->place = i;
  page->label = read_label (poppler, from, page->lines);
  g_object_unref (from);
  g_ptr_array_add (pages, page);
  for (guint k = 0; k < page->lines->len; k++)
    n += strlen (g_array_index (page->lines, Line, k).text) + 1;
  return n;
}

static gboolean
read_pages (const PopplerCalls *poppler, PopplerDocument *document, GPtrArray *pages,
            GCancellable *cancellable, GError **error)
{
  int   n_pages = poppler->document_get_n_pages (document);
  gsize n = 0;

  if (!check_pages (n_pages, error))
    return FALSE;
  for (int i = 0; i < n_pages; i++)
    {
      n += read_page (poppler, document, i, pages);
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || (n > TLM_TEXT_MAX_BYTES && !tlm_text_check_utf8 ("", n, error)))
        return FALSE;
    }
  return TRUE;
}

static void
append_pages (GString *out, GPtrArray *pages)
{
  g_autoptr (GHashTable) offsets = count_offsets (pages);
  Line                   last = { 0 };
  gboolean               in_list = FALSE;

  for (guint i = 0; i < pages->len; i++)
    {
      Page *page = pages->pdata[i];

      drop_page_number (page, TRUE, offsets);
      drop_page_number (page, FALSE, offsets);
      append_page (out, page->lines, &last, &in_list);
    }
  g_free (last.text);
}

char *
tlm_import_pdf (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  const PopplerCalls *poppler = tlm_poppler_get_calls (error);
  PopplerDocument    *document = poppler != NULL ? open_document (poppler, bytes, error) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean            good;
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (page_free);

  if (document == NULL)
    return NULL;
  good = read_pages (poppler, document, pages, cancellable, error);
  g_object_unref (document);
  if (good)
    append_pages (out, pages);
  if (good && out->len == 0)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_EMPTY,
                         _("This PDF holds no text, only pictures of pages perhaps. Have its text "
                           "recognized by another program first."));
  if (!good || out->len == 0)
    return NULL;
  g_string_append_c (out, '\n');
  return g_string_free (g_steal_pointer (&out), FALSE);
}
