/* SPDX-License-Identifier: Apache-2.0 */
/* TlmSidePane: a pane at the end side of its content, beside it while both fit and over it when they
 * do not. AdwOverlaySplitView with a breakpoint from libadwaita 1.4, AdwFlap before. */
#include "compat-private.h"

#define PANE_WIDTH 320
#define COLLAPSE_AT 700 /* the pane and 380 px of editor */

struct _TlmSidePane
{
  AdwBin     parent_instance;
  GtkWidget *view; /* AdwOverlaySplitView or AdwFlap */
  GtkWidget *content;
  GtkWidget *pane;
  gboolean   opening; /* once the first layout has told what fits */
};

enum
{
  PROP_0,
  PROP_CONTENT,
  PROP_PANE,
  PROP_COLLAPSED,
  PROP_SHOW_PANE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmSidePane, tlm_side_pane, ADW_TYPE_BIN)

static void
collapsed_changed (TlmSidePane *self)
{
  if (self->opening && gtk_widget_get_width (self->content) == 0)
    tlm_side_pane_open (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}

static void
shown_changed (TlmSidePane *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_PANE]);
}

#if ADW_CHECK_VERSION(1, 4, 0)

static void
set_collapsed (TlmSidePane *self, gboolean collapsed)
{
  AdwOverlaySplitView *view = ADW_OVERLAY_SPLIT_VIEW (self->view);
  g_autoptr (GtkWidget) focus = tlm_take_focus (self->view);

  adw_overlay_split_view_set_collapsed (view, collapsed);
  if (focus != NULL
      && (adw_overlay_split_view_get_show_sidebar (view) || gtk_widget_is_ancestor (focus, self->content)))
    gtk_widget_grab_focus (focus);
}

static void
applied_cb (TlmSidePane *self)
{
  set_collapsed (self, TRUE);
}

static void
unapplied_cb (TlmSidePane *self)
{
  set_collapsed (self, FALSE);
}

static void
build (TlmSidePane *self)
{
  AdwOverlaySplitView *view = ADW_OVERLAY_SPLIT_VIEW (adw_overlay_split_view_new ());
  GtkWidget *bin = tlm_breakpoint_new (GTK_WIDGET (view), COLLAPSE_AT, G_CALLBACK (applied_cb),
                                       G_CALLBACK (unapplied_cb), self);

  self->view = GTK_WIDGET (view);
  adw_overlay_split_view_set_sidebar_position (view, GTK_PACK_END);
  adw_overlay_split_view_set_min_sidebar_width (view, PANE_WIDTH);
  adw_overlay_split_view_set_max_sidebar_width (view, 400);
  adw_overlay_split_view_set_sidebar_width_fraction (view, 0.36);
  gtk_widget_set_size_request (bin, 340, 200);
  g_signal_connect_swapped (view, "notify::collapsed", G_CALLBACK (collapsed_changed), self);
  g_signal_connect_swapped (view, "notify::show-sidebar", G_CALLBACK (shown_changed), self);
  adw_bin_set_child (ADW_BIN (self), bin);
}

static void
set_content (TlmSidePane *self, GtkWidget *widget)
{
  self->content = widget;
  adw_overlay_split_view_set_content (ADW_OVERLAY_SPLIT_VIEW (self->view), widget);
}

static void
set_pane (TlmSidePane *self, GtkWidget *widget)
{
  self->pane = widget;
  adw_overlay_split_view_set_sidebar (ADW_OVERLAY_SPLIT_VIEW (self->view), widget);
}

/**
 * tlm_side_pane_get_collapsed:
 *
 * Returns: whether the pane covers the content when it is shown
 */
gboolean
tlm_side_pane_get_collapsed (TlmSidePane *self)
{
  return adw_overlay_split_view_get_collapsed (ADW_OVERLAY_SPLIT_VIEW (self->view));
}

/**
 * tlm_side_pane_get_show_pane:
 *
 * Returns: whether the pane is shown
 */
gboolean
tlm_side_pane_get_show_pane (TlmSidePane *self)
{
  return adw_overlay_split_view_get_show_sidebar (ADW_OVERLAY_SPLIT_VIEW (self->view));
}

/**
 * tlm_side_pane_set_show_pane:
 * @show_pane: whether the pane is to be shown
 */
void
tlm_side_pane_set_show_pane (TlmSidePane *self, gboolean show_pane)
{
  adw_overlay_split_view_set_show_sidebar (ADW_OVERLAY_SPLIT_VIEW (self->view), show_pane);
}

#else

static void
build (TlmSidePane *self)
{
  AdwFlap *flap = ADW_FLAP (adw_flap_new ());

  self->view = GTK_WIDGET (flap);
  adw_flap_set_flap_position (flap, GTK_PACK_END);
  adw_flap_set_separator (flap, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  g_signal_connect_swapped (flap, "notify::folded", G_CALLBACK (collapsed_changed), self);
  g_signal_connect_swapped (flap, "notify::reveal-flap", G_CALLBACK (shown_changed), self);
  adw_bin_set_child (ADW_BIN (self), self->view);
}

static void
set_content (TlmSidePane *self, GtkWidget *widget)
{
  self->content = widget;
  gtk_widget_set_size_request (widget, 340, -1);
  adw_flap_set_content (ADW_FLAP (self->view), widget);
}

static void
set_pane (TlmSidePane *self, GtkWidget *widget)
{
  GtkWidget *clamp = adw_clamp_new ();

  /* The flap takes its child's natural width, which for text is a whole line. */
  self->pane = widget;
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), PANE_WIDTH);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), PANE_WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), widget);
  gtk_widget_set_size_request (clamp, PANE_WIDTH, -1);
  gtk_widget_set_hexpand (clamp, FALSE);
  gtk_widget_add_css_class (clamp, "background");
  adw_flap_set_flap (ADW_FLAP (self->view), clamp);
}

/**
 * tlm_side_pane_get_collapsed:
 *
 * Returns: whether the pane covers the content when it is shown
 */
gboolean
tlm_side_pane_get_collapsed (TlmSidePane *self)
{
  return adw_flap_get_folded (ADW_FLAP (self->view));
}

/**
 * tlm_side_pane_get_show_pane:
 *
 * Returns: whether the pane is shown
 */
gboolean
tlm_side_pane_get_show_pane (TlmSidePane *self)
{
  return adw_flap_get_reveal_flap (ADW_FLAP (self->view));
}

/**
 * tlm_side_pane_set_show_pane:
 * @show_pane: whether the pane is to be shown
 */
void
tlm_side_pane_set_show_pane (TlmSidePane *self, gboolean show_pane)
{
  adw_flap_set_reveal_flap (ADW_FLAP (self->view), show_pane);
}

#endif

/**
 * tlm_side_pane_open:
 *
 * Shows the pane, and gives it the keyboard where it covers the content.
 */
void
tlm_side_pane_open (TlmSidePane *self)
{
  self->opening = gtk_widget_get_width (self->content) == 0;
  tlm_side_pane_set_show_pane (self, TRUE);
  if (tlm_side_pane_get_collapsed (self))
    gtk_widget_child_focus (self->pane, GTK_DIR_TAB_FORWARD);
}

static void
tlm_side_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TlmSidePane *self = TLM_SIDE_PANE (object);

  switch (id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;
    case PROP_PANE:
      g_value_set_object (value, self->pane);
      break;
    case PROP_COLLAPSED:
      g_value_set_boolean (value, tlm_side_pane_get_collapsed (self));
      break;
    case PROP_SHOW_PANE:
      g_value_set_boolean (value, tlm_side_pane_get_show_pane (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_side_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TlmSidePane *self = TLM_SIDE_PANE (object);

  switch (id)
    {
    case PROP_CONTENT:
      set_content (self, g_value_get_object (value));
      break;
    case PROP_PANE:
      set_pane (self, g_value_get_object (value));
      break;
    case PROP_SHOW_PANE:
      tlm_side_pane_set_show_pane (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_side_pane_class_init (TlmSidePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_side_pane_get_property;
  object_class->set_property = tlm_side_pane_set_property;
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, rw);
  properties[PROP_PANE] = g_param_spec_object ("pane", NULL, NULL, GTK_TYPE_WIDGET, rw);
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, ro);
  properties[PROP_SHOW_PANE] = g_param_spec_boolean ("show-pane", NULL, NULL, FALSE, rw);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_side_pane_init (TlmSidePane *self)
{
  build (self);
}
