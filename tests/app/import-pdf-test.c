/* SPDX-License-Identifier: Apache-2.0 */
/* A PDF's lines become paragraphs. The documents are made here, so that a test can say what each holds. */
#include <cairo-pdf.h>
#include <string.h>
#include <sys/resource.h>

#include "core/errors.h"
#include "import-support.h"

static cairo_status_t
keep_bytes (void *to, const unsigned char *bytes, unsigned int len)
{
  g_byte_array_append (to, bytes, len);
  return CAIRO_STATUS_SUCCESS;
}

/* Poppler tells of each oddity of a damaged file, by the hundred. */
static void
drop_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

static void
show_line (cairo_t *c, const char *line, double y)
{
  g_auto (GStrv) columns = g_strsplit (line, "\t", -1);

  for (int i = 0; columns[i] != NULL; i++)
    {
      cairo_move_to (c, 50 + 330 * i, y);
      cairo_show_text (c, columns[i]);
    }
}

/* Letters of 11 points in lines 14 apart; a line that starts with "#" has letters of 20. An empty line is
 * a gap, "\f" the next page; what follows a tab stands in a column of its own. */
static GBytes *
make_pdf (const char *const *lines)
{
  GByteArray      *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (keep_bytes, bytes, 420, 595);
  cairo_t         *c = cairo_create (surface);

  cairo_select_font_face (c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  for (double y = 50; *lines != NULL; lines++, y += 14)
    if (g_str_equal (*lines, "\f"))
      {
        cairo_show_page (c);
        y = 50;
      }
    else
      {
        cairo_set_font_size (c, **lines == '#' ? 20 : 11);
        show_line (c, *lines + (**lines == '#'), y);
        y += **lines == '#' ? 14 : 0;
      }
  cairo_show_page (c);
  cairo_destroy (c);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

static const char *const pdf_lines[] = {
  "#Garden plan", "The committee met on Monday and agreed on the imple-",
  "mentation of the new garden beds. Work starts in", "April.",
  "Maria orders the soil by 3 April and repairs the", "", "17", "\f", "fence.", "",
  "• Who waters in July?", "• Price of seeds", "", "18", NULL,
};

static void
reads_pdf (void)
{
  g_autoptr (GBytes) pdf = make_pdf (pdf_lines);
  g_autoptr (GError) error = NULL;
  const char        *from = NULL;
  g_autofree char   *text = tlm_test_import ("any.name", g_bytes_get_data (pdf, NULL),
                                             g_bytes_get_size (pdf), &from, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (from, ==, "PDF");
  g_assert_cmpstr (text, ==,
                   "## Garden plan\n\nThe committee met on Monday and agreed on the implementation of "
                   "the new garden beds. Work starts in April.\n\nMaria orders the soil by 3 April "
                   "and repairs the fence.\n\n- Who waters in July?\n- Price of seeds\n");
}

static void
drops_only_page_numbers_of_a_pdf (void)
{
  static const char *const lines[] = { "12.05.2024", "", "Invoice", "", "1500.00", "\f", "12/05/2024",
                                       "", "- 3 -", "\f", "4 / 4", "", "12345", NULL };
  g_autoptr (GBytes) pdf = make_pdf (lines);
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = tlm_test_import ("a.pdf", g_bytes_get_data (pdf, NULL),
                                             g_bytes_get_size (pdf), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "12.05.2024\n\nInvoice\n\n1500.00 12/05/2024\n\n12345\n");
}

/* A sum, a year and a place in a list are none; the third page is called so. */
static void
keeps_the_numbers_of_a_pdf (void)
{
  static const char *const lines[] = { "Invoice of the roofer", "", "Tiles\t850", "", "Work\t400", "", "Total in euro", "", "1250", "\f",
                                       "2026", "", "The year of the roof.", "\f", "The end.", "", "3", NULL };
  g_autoptr (GBytes) pdf = make_pdf (lines);
  g_autofree char   *text = tlm_test_import ("a.pdf", g_bytes_get_data (pdf, NULL),
                                             g_bytes_get_size (pdf), NULL, NULL);

  g_assert_cmpstr (text, ==, "Invoice of the roofer\n\nTiles 850\n\nWork 400\n\nTotal in euro\n\n1250 2026\n\nThe year of the roof.\n\n"
                             "The end.\n");
}

static void
drops_the_page_numbers_of_other_scripts (void)
{
  static const char *const lines[] = { "One", "", "٣", "\f", "Two", "", "٤", NULL };
  g_autoptr (GBytes) pdf = make_pdf (lines);
  g_autofree char   *text = tlm_test_import ("a.pdf", g_bytes_get_data (pdf, NULL),
                                             g_bytes_get_size (pdf), NULL, NULL);

  g_assert_cmpstr (text, ==, "One Two\n");
}

/* Each page of @n is called by three million letters and its place, and shows @line. */
static char *
make_called_pdf (int n, const char *line)
{
  g_autofree char *letters = g_strnfill (3000000, 'A');
  g_autofree char *shown = g_strdup_printf ("BT /F1 12 Tf 72 700 Td (%s) Tj ET", line);
  GString         *pdf = g_string_new ("%PDF-1.4\n2 0 obj<</Type/Pages/MediaBox[0 0 612 792]/Kids[");

  for (int i = 0; i < n; i++)
    g_string_append_printf (pdf, "%d 0 R ", 10 + i);
  g_string_append_printf (pdf, "]/Count %d>>endobj\n1 0 obj<</Type/Catalog/Pages 2 0 R/PageLabels<<"
                          "/Nums[0<</S/D/P(%s)>>]>>>>endobj\n3 0 obj<</Type/Font/Subtype/Type1"
                          "/BaseFont/Helvetica>>endobj\n4 0 obj<</Length %" G_GSIZE_FORMAT ">>stream\n"
                          "%s\nendstream endobj\n", n, letters, strlen (shown), shown);
  for (int i = 0; i < n; i++)
    g_string_append_printf (pdf, "%d 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<<"
                            "/F1 3 0 R>>>>>>endobj\n", 10 + i);
  g_string_append_printf (pdf, "trailer<</Root 1 0 R/Size %d>>\n%%%%EOF\n", 10 + n);
  return g_string_free (pdf, FALSE);
}

/* Of 180 MB that the pages are called; a sanitizer holds on to what was freed. */
#ifdef __SANITIZE_ADDRESS__
#define MAX_KIB (600 << 10)
#else
#define MAX_KIB (120 << 10)
#endif

/* The first test, as no memory that an earlier one took may hide what this takes. */
static void
takes_little_memory_for_what_pages_are_called (void)
{
  static const char *const lines[] = { "Hello", "7" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *pdf = make_called_pdf (60, lines[i]);
      g_autofree char *text = NULL;
      struct rusage    before, after;

      getrusage (RUSAGE_SELF, &before);
      text = tlm_test_import ("a.pdf", pdf, strlen (pdf), NULL, NULL);
      getrusage (RUSAGE_SELF, &after);
      g_assert_nonnull (text);
      g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, MAX_KIB);
    }
}

static void
says_why_a_pdf_has_no_text (void)
{
  static const char *const blank[] = { NULL };
  g_autoptr (GBytes) pdf = make_pdf (blank);
  g_autoptr (GError) error = NULL;
  const char locked[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>"
    "endobj\n3 0 obj<</Filter/Standard/V 1/R 2/O(12345678901234567890123456789012)"
    "/U(12345678901234567890123456789012)/P -4>>endobj\n"
    "trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF\n";

  g_assert_null (tlm_test_import ("a.pdf", g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), NULL,
                                  &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (tlm_test_import ("a.pdf", locked, sizeof locked - 1, NULL, &error));
  g_assert_nonnull (strstr (error->message, "password"));
}
static void
survives_mutations (void)
{
  g_autoptr (GBytes) pdf = make_pdf (pdf_lines);

  g_log_set_handler ("Poppler", G_LOG_LEVEL_INFO, drop_message, NULL);
  tlm_test_mutate (pdf, "a.pdf", 200);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/import/takes-little-memory-for-what-pages-are-called",
                   takes_little_memory_for_what_pages_are_called);
  g_test_add_func ("/app/import/reads-pdf", reads_pdf);
  g_test_add_func ("/app/import/drops-only-page-numbers-of-a-pdf", drops_only_page_numbers_of_a_pdf);
  g_test_add_func ("/app/import/keeps-the-numbers-of-a-pdf", keeps_the_numbers_of_a_pdf);
  g_test_add_func ("/app/import/drops-the-page-numbers-of-other-scripts",
                   drops_the_page_numbers_of_other_scripts);
  g_test_add_func ("/app/import/says-why-a-pdf-has-no-text", says_why_a_pdf_has_no_text);
  g_test_add_func ("/app/import/survives-mutated-pdf", survives_mutations);
  return g_test_run ();
}
