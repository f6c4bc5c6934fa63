/* SPDX-License-Identifier: Apache-2.0 */
/* The help pages of data/help: the English ones are built in, translations are files. A viewer of the desktop could not show them: what this
 * program starts has no network either, and such viewers are web browsers, which do not work then. */
#include "help-page.h"

#include "core/help.h"
#include "chats/markdown-view.h"
#include "common/page.h"

#include <glib/gi18n.h>

#define FOLDER "/com/sprapp/TinyLM/help/C/"

struct _TlmHelpPage
{
  AdwBin              parent_instance;
  GtkStack           *stack;
  AdwPreferencesPage *topics;
  GtkScrolledWindow  *scroller;
  GtkLabel           *summary_label;
  TlmMarkdownView    *view;
  gboolean            listed;
};

G_DEFINE_FINAL_TYPE (TlmHelpPage, tlm_help_page, ADW_TYPE_BIN)

/* (nullable): there may be no such page */
static GBytes *
load (const char *id)
{
  g_autofree char *path = g_strconcat (FOLDER, id, ".page", NULL);
  g_autoptr (GBytes) english = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GBytes *translated = english != NULL ? tlm_help_load_translation (id) : NULL;

  return translated != NULL ? translated : g_steal_pointer (&english);
}

gboolean
tlm_help_page_has (const char *id)
{
  g_autoptr (GBytes) mallard = load (id);
  g_autoptr (TlmHelpText) text = mallard != NULL ? tlm_help_text_read (mallard) : NULL;

  return text != NULL;
}

/* @title: (nullable): of a topic; NULL: the list */
static void
show_place (TlmHelpPage *self, const char *title)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), TLM_TYPE_PAGE);

  gtk_stack_set_visible_child_name (self->stack, title != NULL ? "topic" : "topics");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "help.up", title != NULL);
  if (page != NULL)
    g_object_set (page, "title", title != NULL ? title : _("Help"), "up-action",
                  title != NULL ? "help.up" : NULL, NULL);
}

static void
show_cb (GtkWidget *widget, const char *action, GVariant *id)
{
  TlmHelpPage *self = TLM_HELP_PAGE (widget);
  g_autoptr (GBytes) mallard = load (g_variant_get_string (id, NULL));
  g_autoptr (TlmHelpText) text = mallard != NULL ? tlm_help_text_read (mallard) : NULL;

  if (text == NULL)
    return;
  show_place (self, text->title);
  gtk_widget_grab_focus (GTK_WIDGET (self->scroller)); /* not the link that goes, nor selected text */
  gtk_label_set_label (self->summary_label, text->summary);
  tlm_markdown_view_set_text (self->view, text->markdown);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static void
up_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmHelpPage *self = TLM_HELP_PAGE (widget);

  show_place (self, NULL);
  gtk_widget_child_focus (GTK_WIDGET (self->topics), GTK_DIR_TAB_FORWARD);
}

/* ---- The list ---- */

static GtkWidget *
new_row (const char *id, const TlmHelpText *text)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", text->title, "subtitle", text->summary,
                                 "use-markup", FALSE, "activatable", TRUE, "action-name", "help.show",
                                 NULL);
  GtkWidget *arrow = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", id);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  return row;
}

static GtkWidget *
new_group (const TlmHelpSection *section)
{
  GtkWidget *group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", section->title, NULL);

  for (int i = 0; section->topics[i] != NULL; i++)
    {
      g_autoptr (GBytes) mallard = load (section->topics[i]);
      g_autoptr (TlmHelpText) text = mallard != NULL ? tlm_help_text_read (mallard) : NULL;

      if (text != NULL) /* a translation may be of another release */
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (section->topics[i], text));
    }
  return group;
}

static void
list_topics (TlmHelpPage *self)
{
  g_autoptr (GBytes) index = load ("index");
  g_autoptr (GPtrArray) sections = tlm_help_read_sections (index);

  for (guint i = 0; i < sections->len; i++)
    adw_preferences_page_add (self->topics, ADW_PREFERENCES_GROUP (new_group (sections->pdata[i])));
}

/* Pages that nobody looks at cost nothing. */
static void
tlm_help_page_map (GtkWidget *widget)
{
  TlmHelpPage *self = TLM_HELP_PAGE (widget);

  if (!self->listed)
    list_topics (self);
  self->listed = TRUE;
  GTK_WIDGET_CLASS (tlm_help_page_parent_class)->map (widget);
}

static void
tlm_help_page_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* bound, so the template would take it from the bin */
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_HELP_PAGE);
  G_OBJECT_CLASS (tlm_help_page_parent_class)->dispose (object);
}

static void
tlm_help_page_class_init (TlmHelpPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_help_page_dispose;
  widget_class->map = tlm_help_page_map;
  g_type_ensure (TLM_TYPE_MARKDOWN_VIEW);
  gtk_widget_class_install_action (widget_class, "help.show", "s", show_cb);
  gtk_widget_class_install_action (widget_class, "help.up", NULL, up_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "help.up", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/help-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmHelpPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmHelpPage, topics);
  gtk_widget_class_bind_template_child (widget_class, TlmHelpPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TlmHelpPage, summary_label);
  gtk_widget_class_bind_template_child (widget_class, TlmHelpPage, view);
}

static void
tlm_help_page_init (TlmHelpPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "help.up", FALSE);
}
