/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a page. Its title and its content come as properties, from window.ui. Content that has
 * places of its own sets the title as it goes, and "up-action", which leads up from one of them. */
#include "page.h"

#include "compat/compat.h"

struct _TlmPage
{
  AdwBin          parent_instance;
  AdwHeaderBar   *header;
  GtkWidget      *back_button, *up_button;
  AdwWindowTitle *window_title;
  AdwBin         *bin;
  char           *up_action; /* (nullable): of the content */
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_CONTENT,
  PROP_UP_ACTION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmPage, tlm_page, ADW_TYPE_BIN)

/* While there is one, the way back to the sidebar waits: two arrows would be a riddle. */
static void
set_up_action (TlmPage *self, const char *action)
{
  g_free (self->up_action);
  self->up_action = g_strdup (action);
  gtk_widget_set_visible (self->up_button, action != NULL);
  gtk_widget_set_visible (gtk_widget_get_parent (self->back_button), action == NULL);
#if ADW_CHECK_VERSION(1, 4, 0)
  adw_header_bar_set_show_back_button (self->header, action == NULL);
#endif
}

static void
up_cb (TlmPage *self)
{
  gtk_widget_activate_action (adw_bin_get_child (self->bin), self->up_action, NULL);
}

static void
tlm_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TlmPage *self = TLM_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, adw_window_title_get_title (self->window_title));
      break;
    case PROP_CONTENT:
      g_value_set_object (value, adw_bin_get_child (self->bin));
      break;
    case PROP_UP_ACTION:
      g_value_set_string (value, self->up_action);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TlmPage *self = TLM_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      adw_window_title_set_title (self->window_title, g_value_get_string (value));
      break;
    case PROP_CONTENT:
      adw_bin_set_child (self->bin, g_value_get_object (value));
      tlm_wrap_rows (GTK_WIDGET (self->bin));
      break;
    case PROP_UP_ACTION:
      set_up_action (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_page_root (GtkWidget *widget)
{
  TlmPage *self = TLM_PAGE (widget);

  GTK_WIDGET_CLASS (tlm_page_parent_class)->root (widget);
  tlm_split_view_adopt_header (widget, self->header, self->back_button);
}

static void
tlm_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_PAGE);
  G_OBJECT_CLASS (tlm_page_parent_class)->dispose (object);
}

static void
tlm_page_finalize (GObject *object)
{
  g_free (TLM_PAGE (object)->up_action);
  G_OBJECT_CLASS (tlm_page_parent_class)->finalize (object);
}

static void
tlm_page_class_init (TlmPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_page_get_property;
  object_class->set_property = tlm_page_set_property;
  object_class->dispose = tlm_page_dispose;
  object_class->finalize = tlm_page_finalize;
  widget_class->root = tlm_page_root;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_UP_ACTION] = g_param_spec_string ("up-action", NULL, NULL, NULL, flags);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmPage, header);
  gtk_widget_class_bind_template_child (widget_class, TlmPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, TlmPage, up_button);
  gtk_widget_class_bind_template_callback (widget_class, up_cb);
  gtk_widget_class_bind_template_child (widget_class, TlmPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, TlmPage, bin);
}

static void
tlm_page_init (TlmPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
