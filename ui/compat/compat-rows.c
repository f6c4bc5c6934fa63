/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of lists: what libadwaita 1.4 named anew, and what GTK 4.8 leaves
 * unsaid. */
#include "compat.h"

#include <glib/gi18n.h>

void
tlm_expander_row_add_end (AdwExpanderRow *row, GtkWidget *widget)
{
#if ADW_CHECK_VERSION(1, 4, 0)
  adw_expander_row_add_suffix (row, widget);
#else
  adw_expander_row_add_action (row, widget);
#endif
}

/**
 * tlm_name_list_row:
 * @child: of a list item, while it shows something
 * @name: what a screen reader calls the row that the list makes around it, which has the keyboard
 */
void
tlm_name_list_row (GtkWidget *child, const char *name)
{
  GtkWidget *row = gtk_widget_get_parent (child);

  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

#define MOST_CHARS 60 /* in a line of a toast */

/* (transfer none): the sentence of a toast, and not what a button says */
static GtkWidget *
find_sentence (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL && !GTK_IS_BUTTON (widget);
       child = gtk_widget_get_next_sibling (child))
    found = find_sentence (child);
  return found;
}

static int
natural_width (GtkWidget *widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* The overlay asks a toast for its height without a width: its lines have to have one of their own.
 * @width: of the overlay */
static void
let_sentence_wrap (GtkWidget *toast, GtkWidget *sentence, int width)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (sentence), NULL,
                                                         NULL);
  int letter = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                    pango_font_metrics_get_approximate_digit_width (metrics)); /* as GtkLabel has it */
  int room = width - (natural_width (toast) - natural_width (sentence));

  pango_font_metrics_unref (metrics);
  g_object_set (sentence, "ellipsize", PANGO_ELLIPSIZE_NONE, "wrap", TRUE, "max-width-chars",
                CLAMP (room * PANGO_SCALE / MAX (letter, 1), 1, MOST_CHARS), NULL);
}

static void
name_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close"),
                                    -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && !GTK_IS_BUTTON (widget); child = gtk_widget_get_next_sibling (child))
    name_button (child);
}

/* Before its first frame the window has but the width that it is to have. */
static int
get_room (GtkWidget *overlay)
{
  GtkRoot *root = gtk_widget_get_root (overlay);
  int width = gtk_widget_get_width (overlay), height;

  if (width == 0 && GTK_IS_WINDOW (root))
    gtk_window_get_default_size (GTK_WINDOW (root), &width, &height);
  return width;
}

static void
mend_toast (GtkWidget *toast, int width)
{
  GtkWidget *sentence = find_sentence (toast);

  name_button (toast);
  if (sentence != NULL)
    let_sentence_wrap (toast, sentence, width);
}

/* What had the keyboard last beside the toast. */
static void
focus_moved_cb (GtkRoot *root, GParamSpec *pspec, GtkWidget *toast)
{
  GtkWidget *focus = gtk_root_get_focus (root);

  if (focus != NULL && !gtk_widget_is_ancestor (focus, toast))
    g_object_set_data_full (G_OBJECT (toast), "tlm-focus", g_object_ref (focus), g_object_unref);
}

/* GTK 4.8 would give the keyboard to the window's first button, 4.24 to nothing. */
static void
toast_goes_cb (AdwToastOverlay *overlay, GParamSpec *pspec, GtkWidget *toast)
{
  GtkRoot *root = gtk_widget_get_root (toast);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *before = g_object_get_data (G_OBJECT (toast), "tlm-focus");

  if (root == NULL || (focus != NULL && !gtk_widget_is_ancestor (focus, toast)))
    return;
  if (before == NULL || !gtk_widget_get_mapped (before) || !gtk_widget_grab_focus (before))
    gtk_widget_child_focus (adw_toast_overlay_get_child (overlay), GTK_DIR_TAB_FORWARD);
}

/* The keyboard goes back to where it was when the toast, which is dismissed, can have it no more. */
static void
follow_focus (AdwToastOverlay *overlay, GtkWidget *toast)
{
  GtkRoot *root = gtk_widget_get_root (toast);

  if (root == NULL)
    return;
  focus_moved_cb (root, NULL, toast);
  g_signal_connect_object (root, "notify::focus-widget", G_CALLBACK (focus_moved_cb), toast, 0);
  g_signal_connect_object (toast, "notify::can-focus", G_CALLBACK (toast_goes_cb), overlay,
                           G_CONNECT_SWAPPED);
}

/* Toasts stand in the overlay beside what it lies over. */
static void
toasts_changed_cb (GListModel *children, guint position, guint n_removed, guint n_added,
                   AdwToastOverlay *overlay)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      if (child == adw_toast_overlay_get_child (overlay))
        continue;
      mend_toast (child, get_room (GTK_WIDGET (overlay)));
      follow_focus (overlay, child);
    }
}

/**
 * tlm_mend_toasts:
 *
 * libadwaita 1.2 gives the button that closes a toast no name, and cuts off a sentence that is wider than
 * the window. None gives the keyboard back when a toast goes that had it.
 */
void
tlm_mend_toasts (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect_object (children, "items-changed", G_CALLBACK (toasts_changed_cb), overlay, 0);
  g_object_set_data_full (G_OBJECT (overlay), "tlm-toasts", children, g_object_unref);
}

/* (nullable): what a toast offers; what closes it has an icon */
static GtkWidget *
find_offer (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_icon_name (GTK_BUTTON (widget)) == NULL && gtk_widget_get_mapped (widget)
             ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_offer (child);
  return found;
}

gboolean
tlm_press_toast (AdwToastOverlay *overlay)
{
  GtkWidget *offer = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (overlay));
       child != NULL && offer == NULL; child = gtk_widget_get_next_sibling (child))
    if (child != adw_toast_overlay_get_child (overlay))
      offer = find_offer (child);
  return offer != NULL && gtk_widget_activate (offer);
}

/**
 * tlm_decoration_new:
 *
 * Returns: (transfer floating): an icon that says nothing to a screen reader
 */
GtkWidget *
tlm_decoration_new (const char *icon_name)
{
  return g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role",
                       GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

#define DESCRIPTION "tlm-description"

/**
 * tlm_describe:
 * @words: what a screen reader says of @widget besides its name
 */
void
tlm_describe (GtkWidget *widget, const char *words)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  words, -1);
  g_object_set_data_full (G_OBJECT (widget), DESCRIPTION, g_strdup (words), g_free);
}

/**
 * tlm_announce:
 * @widget: that it is about; nothing is said of one that is not shown
 * @text: a sentence or so
 *
 * The window says it, which a screen reader knows of in any case. Before GTK 4.14 a change of the description
 * is the only thing that a screen reader is told of, and Orca says it only of what has the keyboard; that has
 * its own description again at once.
 */
void
tlm_announce (GtkWidget *widget, const char *text)
{
  GtkRoot *root = gtk_widget_get_mapped (widget) ? gtk_widget_get_root (widget) : NULL;
#if GTK_CHECK_VERSION(4, 14, 0)
  if (root != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (root), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#else
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  const char *own;

  if (focus == NULL)
    return;
  own = g_object_get_data (G_OBJECT (focus), DESCRIPTION);
  if (own == NULL)
    own = gtk_widget_get_tooltip_text (focus); /* which GTK takes for the description */
  gtk_accessible_update_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  if (own != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    own, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (focus), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
#endif
}
