/* SPDX-License-Identifier: Apache-2.0 */
/* TlmToolbarView: header bars over what they belong to, one below the other: AdwToolbarView from libadwaita
 * 1.4, whose header bars are one surface with the page, a box before. In a .ui file children of the type
 * "top" are the bars, all others the page. */
#include "compat.h"

struct _TlmToolbarView
{
  AdwBin     parent_instance; /* of an AdwToolbarView, or the box itself */
  GtkWidget *box;
};

static GtkBuildableIface *parent_iface;

static void tlm_toolbar_view_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TlmToolbarView, tlm_toolbar_view, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      tlm_toolbar_view_buildable_init))

#if ADW_CHECK_VERSION(1, 4, 0)

static GtkWidget *
new_view (GtkWidget *box)
{
  GtkWidget *view = adw_toolbar_view_new ();

  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), box);
  return view;
}

static void
add_top (TlmToolbarView *self, GtkWidget *bar)
{
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (adw_bin_get_child (ADW_BIN (self))), bar);
}

#else

static GtkWidget *
new_view (GtkWidget *box)
{
  return box;
}

static void
add_top (TlmToolbarView *self, GtkWidget *bar)
{
  gtk_box_append (GTK_BOX (self->box), bar);
}

#endif

static void
tlm_toolbar_view_add_child (GtkBuildable *buildable,
                            GtkBuilder   *builder,
                            GObject      *child,
                            const char   *type)
{
  TlmToolbarView *self = TLM_TOOLBAR_VIEW (buildable);

  if (!GTK_IS_WIDGET (child))
    parent_iface->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "top") == 0)
    add_top (self, GTK_WIDGET (child));
  else
    gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (child));
}

static void
tlm_toolbar_view_buildable_init (GtkBuildableIface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);
  iface->add_child = tlm_toolbar_view_add_child;
}

static void
tlm_toolbar_view_class_init (TlmToolbarViewClass *klass)
{
}

static void
tlm_toolbar_view_init (TlmToolbarView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  adw_bin_set_child (ADW_BIN (self), new_view (self->box));
}
