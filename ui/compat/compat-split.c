/* SPDX-License-Identifier: Apache-2.0 */
/* Two adaptive containers. TlmSplitView is the window's sidebar and content: AdwNavigationSplitView
 * with a breakpoint from libadwaita 1.4, AdwLeaflet before. Widths are those at which the sidebar
 * (270 px) and a page no longer fit beside each other; a page must fit a window of 360 px, the
 * narrowest phone, with its borders. */
#include "compat-private.h"

#define SIDEBAR_WIDTH 270
#define PAGE_WIDTH 340
#define COLLAPSE_AT 640

struct _TlmSplitView
{
  AdwBin     parent_instance;
  GtkWidget *view;    /* AdwNavigationSplitView or AdwLeaflet */
  GtkWidget *sidebar;
  GtkWidget *content;
};

enum
{
  PROP_0,
  PROP_SIDEBAR,
  PROP_CONTENT,
  PROP_ALONE,
  PROP_BACK_VISIBLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmSplitView, tlm_split_view, ADW_TYPE_BIN)

static void
collapsed_changed (TlmSplitView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ALONE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACK_VISIBLE]);
}

#if ADW_CHECK_VERSION(1, 4, 0)

static void
set_collapsed (TlmSplitView *self, gboolean collapsed)
{
  AdwNavigationSplitView *view = ADW_NAVIGATION_SPLIT_VIEW (self->view);
  g_autoptr (GtkWidget) focus = tlm_take_focus (self->view);
  GtkWidget *seen = adw_navigation_split_view_get_show_content (view) ? self->content : self->sidebar;

  adw_navigation_split_view_set_collapsed (view, collapsed);
  if (focus != NULL && (!collapsed || gtk_widget_is_ancestor (focus, seen)))
    gtk_widget_grab_focus (focus);
}

/* Neither Escape nor a back button leads from the content to a sidebar that is hidden. */
static void
set_can_go_back (TlmSplitView *self, gboolean can_go_back)
{
  AdwNavigationPage *content
    = adw_navigation_split_view_get_content (ADW_NAVIGATION_SPLIT_VIEW (self->view));

  if (content != NULL)
    adw_navigation_page_set_can_pop (content, can_go_back);
}

static void
applied_cb (TlmSplitView *self)
{
  set_can_go_back (self, TRUE);
  set_collapsed (self, TRUE);
}

static void
unapplied_cb (TlmSplitView *self)
{
  set_collapsed (self, FALSE);
}

static gboolean
is_narrow (TlmSplitView *self)
{
  return adw_breakpoint_bin_get_current_breakpoint (
           ADW_BREAKPOINT_BIN (adw_bin_get_child (ADW_BIN (self)))) != NULL;
}

static void
build (TlmSplitView *self)
{
  GtkWidget *bin;

  self->view = adw_navigation_split_view_new ();
  adw_navigation_split_view_set_min_sidebar_width (ADW_NAVIGATION_SPLIT_VIEW (self->view),
                                                   SIDEBAR_WIDTH);
  bin = tlm_breakpoint_new (self->view, COLLAPSE_AT, G_CALLBACK (applied_cb),
                            G_CALLBACK (unapplied_cb), self);
  gtk_widget_set_size_request (bin, PAGE_WIDTH, 294);
  g_signal_connect_swapped (self->view, "notify::collapsed", G_CALLBACK (collapsed_changed), self);
  adw_bin_set_child (ADW_BIN (self), bin);
}

static void
set_sidebar (TlmSplitView *self, GtkWidget *widget)
{
  self->sidebar = widget;
  adw_navigation_split_view_set_sidebar (ADW_NAVIGATION_SPLIT_VIEW (self->view),
                                         adw_navigation_page_new (widget, "TinyLM"));
}

static void
set_content (TlmSplitView *self, GtkWidget *widget)
{
  self->content = widget;
  adw_navigation_split_view_set_content (ADW_NAVIGATION_SPLIT_VIEW (self->view),
                                         adw_navigation_page_new (widget, "TinyLM"));
}

/* Also where the sidebar is hidden: the view is collapsed for it. */
static gboolean
is_alone (TlmSplitView *self)
{
  return adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (self->view));
}

/**
 * tlm_split_view_get_collapsed:
 *
 * Returns: whether only one of sidebar and content fits
 */
gboolean
tlm_split_view_get_collapsed (TlmSplitView *self)
{
  return is_narrow (self) && is_alone (self);
}

/* The header bar inside an AdwNavigationPage brings its own back button. */
static gboolean
get_back_visible (TlmSplitView *self)
{
  return FALSE;
}

/**
 * tlm_split_view_set_show_content:
 * @show_content: TRUE for the content, FALSE for the sidebar
 *
 * Says which of the two is seen while collapsed; without effect otherwise.
 */
void
tlm_split_view_set_show_content (TlmSplitView *self, gboolean show_content)
{
  if (show_content || is_narrow (self) || !is_alone (self))
    adw_navigation_split_view_set_show_content (ADW_NAVIGATION_SPLIT_VIEW (self->view), show_content);
}

/**
 * tlm_split_view_toggle_sidebar:
 *
 * Hides or shows the sidebar; while collapsed, walks between sidebar and content.
 */
void
tlm_split_view_toggle_sidebar (TlmSplitView *self)
{
  AdwNavigationSplitView *view = ADW_NAVIGATION_SPLIT_VIEW (self->view);
  gboolean hide = !adw_navigation_split_view_get_collapsed (view);

  if (is_narrow (self))
    adw_navigation_split_view_set_show_content (view,
                                                !adw_navigation_split_view_get_show_content (view));
  else
    {
      adw_navigation_split_view_set_show_content (view, TRUE);
      set_can_go_back (self, !hide);
      set_collapsed (self, hide);
    }
}

#else

/* A hidden sidebar would leave no way back on a narrow window. */
static void
folded_changed (TlmSplitView *self)
{
  if (self->sidebar != NULL && tlm_split_view_get_collapsed (self))
    gtk_widget_set_visible (self->sidebar, TRUE);
  collapsed_changed (self);
}

static void
build (TlmSplitView *self)
{
  self->view = adw_leaflet_new ();
  adw_leaflet_set_can_navigate_back (ADW_LEAFLET (self->view), TRUE);
  g_signal_connect_swapped (self->view, "notify::folded", G_CALLBACK (folded_changed), self);
  adw_bin_set_child (ADW_BIN (self), self->view);
}

static void
set_sidebar (TlmSplitView *self, GtkWidget *widget)
{
  AdwLeafletPage *page;

  self->sidebar = widget;
  gtk_widget_set_size_request (widget, SIDEBAR_WIDTH, -1);
  adw_leaflet_prepend (ADW_LEAFLET (self->view), widget);
  page = adw_leaflet_insert_child_after (ADW_LEAFLET (self->view),
                                         gtk_separator_new (GTK_ORIENTATION_VERTICAL), widget);
  adw_leaflet_page_set_navigatable (page, FALSE);
}

static void
set_content (TlmSplitView *self, GtkWidget *widget)
{
  self->content = widget;
  gtk_widget_set_size_request (widget, PAGE_WIDTH, -1);
  gtk_widget_set_hexpand (widget, TRUE);
  adw_leaflet_append (ADW_LEAFLET (self->view), widget);
}

/**
 * tlm_split_view_get_collapsed:
 *
 * Returns: whether only one of sidebar and content fits
 */
gboolean
tlm_split_view_get_collapsed (TlmSplitView *self)
{
  return adw_leaflet_get_folded (ADW_LEAFLET (self->view));
}

static gboolean
is_alone (TlmSplitView *self)
{
  return tlm_split_view_get_collapsed (self);
}

static gboolean
get_back_visible (TlmSplitView *self)
{
  return tlm_split_view_get_collapsed (self);
}

/**
 * tlm_split_view_set_show_content:
 * @show_content: TRUE for the content, FALSE for the sidebar
 *
 * Says which of the two is seen while collapsed; without effect otherwise.
 */
void
tlm_split_view_set_show_content (TlmSplitView *self, gboolean show_content)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  adw_leaflet_set_visible_child (ADW_LEAFLET (self->view),
                                 show_content ? self->content : self->sidebar);
  /* The leaflet takes the keyboard along, also where both are seen. */
  if (focus != NULL && !tlm_split_view_get_collapsed (self) && gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (focus);
}

/**
 * tlm_split_view_toggle_sidebar:
 *
 * Hides or shows the sidebar; while collapsed, walks between sidebar and content.
 */
void
tlm_split_view_toggle_sidebar (TlmSplitView *self)
{
  GtkWidget *seen = adw_leaflet_get_visible_child (ADW_LEAFLET (self->view));

  if (tlm_split_view_get_collapsed (self))
    tlm_split_view_set_show_content (self, seen == self->sidebar);
  else
    {
      tlm_split_view_set_show_content (self, TRUE);
      gtk_widget_set_visible (self->sidebar, !gtk_widget_get_visible (self->sidebar));
    }
}

#endif

/**
 * tlm_split_view_adopt_header:
 * @page: a page of the content, in its place in the window
 * @header: the page's header bar: the window's start buttons stand in it while the sidebar's is hidden
 * @back_button: leads to the sidebar where nothing else does
 */
void
tlm_split_view_adopt_header (GtkWidget *page, AdwHeaderBar *header, GtkWidget *back_button)
{
  GtkWidget *self = gtk_widget_get_ancestor (page, TLM_TYPE_SPLIT_VIEW);

  if (self == NULL)
    return;
  g_object_bind_property (self, "alone", header, "show-start-title-buttons",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (self, "back-visible", back_button, "visible", G_BINDING_SYNC_CREATE);
}

static void
tlm_split_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TlmSplitView *self = TLM_SPLIT_VIEW (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      g_value_set_object (value, self->sidebar);
      break;
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;
    case PROP_ALONE:
      g_value_set_boolean (value, is_alone (self));
      break;
    case PROP_BACK_VISIBLE:
      g_value_set_boolean (value, get_back_visible (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_split_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TlmSplitView *self = TLM_SPLIT_VIEW (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      set_sidebar (self, g_value_get_object (value));
      break;
    case PROP_CONTENT:
      set_content (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_split_view_class_init (TlmSplitViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_split_view_get_property;
  object_class->set_property = tlm_split_view_set_property;
  properties[PROP_SIDEBAR] = g_param_spec_object ("sidebar", NULL, NULL, GTK_TYPE_WIDGET, rw);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, rw);
  properties[PROP_ALONE] = g_param_spec_boolean ("alone", NULL, NULL, FALSE, ro);
  properties[PROP_BACK_VISIBLE] = g_param_spec_boolean ("back-visible", NULL, NULL, FALSE, ro);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_split_view_init (TlmSplitView *self)
{
  build (self);
}
