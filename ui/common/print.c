/* SPDX-License-Identifier: Apache-2.0 */
/* Printing: one Pango layout over the whole text, cut into pages between its lines, with the page's
 * number below. Headings, as Markdown writes them, are bold. */
#include "print.h"

#include "core/text-input.h"

#include <glib/gi18n.h>
#include <string.h>

#define FONT "Sans 11"
#define MARGIN_MM 20
#define FOOT_LINES 2 /* a page's number and the space above it */

typedef struct
{
  char        *text;
  PangoLayout *layout;
  GArray      *pages; /* of int: the first line of each, and one behind the last */
} Print;

static void
print_free (gpointer data, GClosure *closure)
{
  Print *print = data;

  g_free (print->text);
  g_clear_object (&print->layout);
  g_array_unref (print->pages);
  g_free (print);
}

/* Lines such as "## What to do", but for those between the fences of code. */
static PangoAttrList *
dup_attributes (const char *text)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  gboolean code = FALSE;

  for (const char *line = text, *end; *line != '\0'; line = *end != '\0' ? end + 1 : end)
    {
      gsize n = strspn (line, "#");
      PangoAttribute *bold;

      end = strchrnul (line, '\n');
      code ^= tlm_text_begins (line, "```");
      if (code || n == 0 || n > 6 || line[n] != ' ')
        continue;
      bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
      bold->start_index = (guint) (line - text);
      bold->end_index = (guint) (end - text);
      pango_attr_list_insert (attributes, bold);
    }
  return attributes;
}

static double
line_height (PangoLayout *layout)
{
  PangoRectangle place;

  pango_layout_line_get_extents (pango_layout_get_line_readonly (layout, 0), NULL, &place);
  return pango_units_to_double (place.height);
}

static void
cut_pages (Print *print, double height)
{
  g_autoptr (PangoLayoutIter) iter = pango_layout_get_iter (print->layout);
  double top = 0;
  int line = 0;

  g_array_set_size (print->pages, 0);
  g_array_append_val (print->pages, line);
  do
    {
      PangoRectangle place;

      pango_layout_iter_get_line_extents (iter, NULL, &place);
      if (pango_units_to_double (place.y + place.height) - top > height)
        {
          g_array_append_val (print->pages, line);
          top = pango_units_to_double (place.y);
        }
      line++;
    }
  while (pango_layout_iter_next_line (iter));
  g_array_append_val (print->pages, line);
}

static void
begin_print_cb (GtkPrintOperation *operation, GtkPrintContext *context, Print *print)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT);
  PangoAttrList *attributes = dup_attributes (print->text);

  g_clear_object (&print->layout);
  print->layout = gtk_print_context_create_pango_layout (context);
  pango_layout_set_font_description (print->layout, font);
  pango_layout_set_wrap (print->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (print->layout,
                          pango_units_from_double (gtk_print_context_get_width (context)));
  pango_layout_set_text (print->layout, print->text, -1);
  pango_layout_set_attributes (print->layout, attributes);
  pango_attr_list_unref (attributes);
  cut_pages (print, gtk_print_context_get_height (context)
                      - FOOT_LINES * line_height (print->layout));
  gtk_print_operation_set_n_pages (operation, (int) print->pages->len - 1);
}

static void
draw_number (GtkPrintContext *context, int page, int n_pages)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  g_autoptr (PangoLayout) layout = gtk_print_context_create_pango_layout (context);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT);
  /* Translators: below a printed page: its number, and how many there are. */
  g_autofree char *words = g_strdup_printf (_("Page %d of %d"), page + 1, n_pages);

  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, pango_units_from_double (gtk_print_context_get_width (context)));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, words, -1);
  cairo_move_to (cr, 0, gtk_print_context_get_height (context) - line_height (layout));
  pango_cairo_show_layout (cr, layout);
}

static void
draw_page_cb (GtkPrintOperation *operation, GtkPrintContext *context, int page, Print *print)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  g_autoptr (PangoLayoutIter) iter = pango_layout_get_iter (print->layout);
  int first = g_array_index (print->pages, int, page);
  int end = g_array_index (print->pages, int, page + 1), top = 0;

  for (int line = 0; line < end; line++, pango_layout_iter_next_line (iter))
    {
      PangoRectangle place;

      if (line < first)
        continue;
      pango_layout_iter_get_line_extents (iter, NULL, &place);
      if (line == first)
        top = place.y;
      cairo_move_to (cr, pango_units_to_double (place.x),
                     pango_units_to_double (pango_layout_iter_get_baseline (iter) - top));
      pango_cairo_show_layout_line (cr, pango_layout_iter_get_line_readonly (iter));
    }
  draw_number (context, page, (int) print->pages->len - 1);
}

static GtkPageSetup *
new_page_setup (void)
{
  GtkPageSetup *setup = gtk_page_setup_new ();

  gtk_page_setup_set_top_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_bottom_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_left_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_right_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  return setup;
}

/**
 * tlm_print_new:
 * @name: of the job
 * @text: plain, or Markdown
 *
 * Returns: (transfer full): ready to be run
 */
GtkPrintOperation *
tlm_print_new (const char *name, const char *text)
{
  GtkPrintOperation *operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = new_page_setup ();
  Print *print = g_new0 (Print, 1);

  print->text = g_strdup (text);
  print->pages = g_array_new (FALSE, FALSE, sizeof (int));
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_job_name (operation, name);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (begin_print_cb), print);
  g_signal_connect_data (operation, "draw-page", G_CALLBACK (draw_page_cb), print, print_free, 0);
  return operation;
}

static void
say (GtkWidget *widget, const GError *error)
{
  if (error != NULL)
    gtk_widget_activate_action (widget, "win.toast", "s", error->message);
}

static void
done_cb (GtkPrintOperation *operation, GtkPrintOperationResult result, GtkWidget *widget)
{
  g_autoptr (GError) error = NULL;

  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  gtk_print_operation_get_error (operation, &error);
  say (widget, error);
}

/**
 * tlm_print_watch:
 * @operation: before it is run, which may end long after
 * @widget: in the window that says what went wrong
 */
void
tlm_print_watch (GtkPrintOperation *operation, GtkWidget *widget)
{
  g_signal_connect_object (operation, "done", G_CALLBACK (done_cb), widget, 0);
}

/**
 * tlm_print:
 * @widget: in the window that the dialog is over, and that says what went wrong
 *
 * Lets the person print @text.
 */
void
tlm_print (GtkWidget *widget, const char *name, const char *text)
{
  g_autoptr (GtkPrintOperation) operation = tlm_print_new (name, text);
  g_autoptr (GError) error = NULL;

  tlm_print_watch (operation, widget);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                           GTK_WINDOW (gtk_widget_get_root (widget)), &error);
  if (!gtk_print_operation_is_finished (operation)) /* without a portal to ask it never is */
    say (widget, error);
}
