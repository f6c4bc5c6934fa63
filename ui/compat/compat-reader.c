/* SPDX-License-Identifier: Apache-2.0 */
/* What a screen reader meets in GTK 4.8 that is mended for the whole program, in the classes themselves.
 *
 * Who asks for the attributes of a text with a coloured tag ends the program: GTK reads "foreground" as a
 * GdkRGBA, and it can only be written. So tags say that they have no colour; they are drawn by what they
 * hold. And what has no name is called by its type: a button with an image is called by its tooltip
 * alone; pages of stacks, images, and the button of a drop-down have an empty one. Newer GTK (4.18) lets the
 * words on a button be its name, whatever other it was given: that goes before them. And it says nothing of the
 * words of a menu, which name its items. */
#include "compat.h"

static void (*get_property) (GObject *tag, guint id, GValue *value, GParamSpec *spec);
static void (*page_constructed) (GObject *page);

enum { IMAGES, LABELS, BUTTONS, TOGGLES, N_KINDS };

/* As they were. */
static void (*roots[N_KINDS]) (GtkWidget *widget);

static void
get_without_colour (GObject *tag, guint id, GValue *value, GParamSpec *spec)
{
  if (g_str_equal (spec->name, "foreground-set"))
    g_value_set_boolean (value, FALSE);
  else
    get_property (tag, id, value, spec);
}

static void
say_nothing (gpointer object)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
}

static void
construct_page (GObject *page)
{
  page_constructed (page);
  say_nothing (page);
}

static gboolean
has_name (GtkWidget *widget)
{
  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

static void
root_nameless (GtkWidget *widget, int kind)
{
  roots[kind] (widget);
  if (!has_name (widget))
    say_nothing (widget);
}

/* GTK lets the image be what names the button, before its tooltip. */
static void
root_image (GtkWidget *widget)
{
  GtkWidget *button = gtk_widget_get_ancestor (widget, GTK_TYPE_BUTTON);

  if (button == NULL)
    {
      root_nameless (widget, IMAGES);
      return;
    }
  roots[IMAGES] (widget);
  if (button == gtk_widget_get_parent (widget) && gtk_widget_get_tooltip_text (button) != NULL)
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static void
root_label (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  roots[LABELS] (widget);
  if (!g_str_equal (G_OBJECT_TYPE_NAME (parent), "GtkModelButton")
      || gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) != GTK_ACCESSIBLE_ROLE_PRESENTATION)
    return;
  g_object_set (widget, "accessible-role", GTK_ACCESSIBLE_ROLE_LABEL, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (GTK_LABEL (widget)), -1);
}

static void
root_button (GtkWidget *widget)
{
  roots[BUTTONS] (widget);
#if GTK_CHECK_VERSION(4, 10, 0)
  if (has_name (widget))
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
#endif
}

/* Others are called by the words in them. */
static void
root_toggle (GtkWidget *widget)
{
  if (GTK_IS_DROP_DOWN (gtk_widget_get_parent (widget)))
    root_nameless (widget, TOGGLES);
  else
    roots[TOGGLES] (widget);
}

static void
mend_root (int kind, GType type, void (*root) (GtkWidget *widget))
{
  GtkWidgetClass *klass = g_type_class_ref (type);

  roots[kind] = klass->root;
  klass->root = root;
}

/**
 * tlm_mend_for_readers:
 *
 * Before the first window is made; once is enough.
 */
void
tlm_mend_for_readers (void)
{
  GObjectClass *tags = g_type_class_ref (GTK_TYPE_TEXT_TAG); /* kept, as types are */
  GObjectClass *pages = g_type_class_ref (GTK_TYPE_STACK_PAGE);

  if (tags->get_property == get_without_colour)
    return;
  get_property = tags->get_property;
  tags->get_property = get_without_colour;
  page_constructed = pages->constructed;
  pages->constructed = construct_page;
  mend_root (IMAGES, GTK_TYPE_IMAGE, root_image);
  mend_root (LABELS, GTK_TYPE_LABEL, root_label);
  mend_root (BUTTONS, GTK_TYPE_BUTTON, root_button); /* before what is derived from it */
  mend_root (TOGGLES, GTK_TYPE_TOGGLE_BUTTON, root_toggle);
}
