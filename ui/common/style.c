/* SPDX-License-Identifier: Apache-2.0 */
/* Colours for drawing, the editor's scheme and how large text is shown. The accent before libadwaita 1.6 is
 * GNOME's blue 3, the value of @accent_bg_color there. */
#include "style.h"

#include <adwaita.h>

static void
apply_scheme (GtkSourceBuffer *buffer)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();
  const char *id = dark ? "Adwaita-dark" : "Adwaita";

  gtk_source_buffer_set_style_scheme (buffer,
                                      gtk_source_style_scheme_manager_get_scheme (manager, id));
}

/**
 * tlm_style_follow_scheme:
 * @buffer: shows text in the window's light or dark colours as long as it lives
 */
void
tlm_style_follow_scheme (GtkSourceBuffer *buffer)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (apply_scheme), buffer, G_CONNECT_SWAPPED);
  apply_scheme (buffer);
}

static void
apply_contrast (AdwStyleManager *manager, GParamSpec *pspec, gpointer provider)
{
  GdkDisplay *display = adw_style_manager_get_display (manager);

  if (adw_style_manager_get_high_contrast (manager))
    gtk_style_context_add_provider_for_display (display, provider,
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  else
    gtk_style_context_remove_provider_for_display (display, provider);
}

/**
 * tlm_style_follow_contrast:
 *
 * From now on style-contrast.css is over style.css in high contrast. Libadwaita does so itself with a file
 * of another name, but calls that deprecated since 1.9; what it wants instead GTK knows since 4.20.
 */
void
tlm_style_follow_contrast (void)
{
  AdwStyleManager *manager = adw_style_manager_get_for_display (gdk_display_get_default ());
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/com/sprapp/TinyLM/style-contrast.css");
  g_object_set_data_full (G_OBJECT (manager), "tlm-contrast", g_object_ref (provider), g_object_unref);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (apply_contrast), provider, 0);
  apply_contrast (manager, NULL, provider);
}

/**
 * tlm_style_get_foreground:
 * @rgba: (out): the colour of the widget's text
 */
void
tlm_style_get_foreground (GtkWidget *widget, GdkRGBA *rgba)
{
#if GTK_CHECK_VERSION(4, 10, 0)
  gtk_widget_get_color (widget, rgba);
#else
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), rgba);
#endif
}

/**
 * tlm_style_get_accent:
 * @rgba: (out): the accent colour
 */
void
tlm_style_get_accent (GdkRGBA *rgba)
{
#if ADW_CHECK_VERSION(1, 6, 0)
  g_autoptr (GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (
    adw_style_manager_get_default ());

  *rgba = *accent;
#else
  gdk_rgba_parse (rgba, "#3584e4");
#endif
}

/**
 * tlm_style_fade:
 * @rgba: (inout): the colour of the widget's text
 * @part: of its opacity that stays; in high contrast no less than .6, as in style-contrast.css
 */
void
tlm_style_fade (GdkRGBA *rgba, float part)
{
  gboolean high = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());

  rgba->alpha *= high ? MAX (part, 0.6f) : part;
}

/**
 * tlm_style_set_text_size:
 * @points: of the note editor's text; 0 for the system's size
 * @zoom: how large notes, summaries and messages are shown, in percent
 */
void
tlm_style_set_text_size (double points, int zoom)
{
  static GtkCssProvider *provider;
  g_autofree char *css = NULL;
  char share[G_ASCII_DTOSTR_BUF_SIZE], size[G_ASCII_DTOSTR_BUF_SIZE];

  if (provider == NULL)
    {
      provider = gtk_css_provider_new ();
      gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                                  GTK_STYLE_PROVIDER (provider),
                                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
    }
  /* Not in percent: 50 % of the parent's size is 50 pixels to GTK 4.24. */
  g_ascii_formatd (share, sizeof share, "%.2f", zoom / 100.);
  g_ascii_formatd (size, sizeof size, "%.1f", points * zoom / 100);
  css = g_strdup_printf (".zoomed { font-size: %sem; } textview.note-editor { font-size: %s%s; }", share,
                         points > 0 ? size : share, points > 0 ? "pt" : "em");
#if GTK_CHECK_VERSION(4, 12, 0)
  gtk_css_provider_load_from_string (provider, css);
#else
  gtk_css_provider_load_from_data (provider, css, -1);
#endif
}
