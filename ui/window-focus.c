/* SPDX-License-Identifier: Apache-2.0 */
/* Where the keyboard goes: from pane to pane, into a page that was opened from a menu, and to the button of
 * what is said for a moment. */
#include "window-private.h"

#include "common/focus.h"
#include "common/item-list.h"
#include "common/page.h"

static gboolean
holds (GtkWidget *pane, GtkWidget *focus)
{
  return focus != NULL && (focus == pane || gtk_widget_is_ancestor (focus, pane));
}

/* In the order of F6. */
static guint
list_panes (TlmWindow *self, GtkWidget *panes[3])
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GtkWidget *summary = page == GTK_WIDGET (self->note_page) ? tlm_note_page_get_pane (self->note_page)
                                                            : NULL;
  guint n = 0;

  if (tlm_split_view_get_collapsed (self->split) || gtk_widget_get_mapped (GTK_WIDGET (self->sidebar)))
    panes[n++] = GTK_WIDGET (self->sidebar);
  panes[n++] = page;
  if (summary != NULL)
    panes[n++] = summary;
  return n;
}

/* The last that holds the focus: the summary stands within its page. */
static guint
find_pane (TlmWindow *self, GtkWidget *const panes[3], guint n)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  for (guint i = n; i-- > 0;)
    if (holds (panes[i], focus))
      return i;
  return n;
}

/* What it is about comes before its header bar. */
static void
enter_anew (GtkWidget *pane)
{
  g_autoptr (GtkWidget) content = NULL;

  if (TLM_IS_PAGE (pane))
    g_object_get (pane, "content", &content, NULL);
  if (content == NULL || !gtk_widget_child_focus (content, GTK_DIR_TAB_FORWARD))
    gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD);
}

/* Where the keyboard was in it last, or at its beginning. */
static void
enter_again (GtkWidget *pane)
{
  GtkWidget *last = tlm_get_kept_focus (pane);

  if (last == NULL || !gtk_widget_get_mapped (last) || !gtk_widget_grab_focus (last))
    enter_anew (pane);
}

/* GTK forgets it as soon as the keyboard is elsewhere. */
static void
focus_moved_cb (TlmWindow *self)
{
  GtkWidget *panes[3];
  guint n = gtk_widget_in_destruction (GTK_WIDGET (self)) ? 0 : list_panes (self, panes);

  for (guint i = 0; i < n; i++)
    tlm_keep_focus (panes[i]);
}

/**
 * tlm_window_watch_focus:
 *
 * Begins to remember where the keyboard is in each pane.
 */
void
tlm_window_watch_focus (TlmWindow *self)
{
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (focus_moved_cb), NULL);
}

static void
enter (GtkWidget *pane)
{
  if (TLM_IS_SIDEBAR (pane))
    tlm_sidebar_focus_list (TLM_SIDEBAR (pane));
  else if (TLM_IS_NOTE_PAGE (pane))
    tlm_note_page_focus (TLM_NOTE_PAGE (pane));
  else if (TLM_IS_CHAT_PAGE (pane))
    tlm_chat_page_focus (TLM_CHAT_PAGE (pane));
  else
    enter_again (pane);
}

static void
next_pane_cb (GtkWidget *widget, const char *action, GVariant *step)
{
  TlmWindow *self = TLM_WINDOW (widget);
  GtkWidget *panes[3];
  guint n = list_panes (self, panes), now = find_pane (self, panes, n);
  guint next = now == n ? 0 : (now + n + (guint) g_variant_get_int32 (step)) % n;

  tlm_split_view_set_show_content (self->split, !TLM_IS_SIDEBAR (panes[next]));
  enter (panes[next]);
}

/**
 * tlm_window_focus_content:
 *
 * The keyboard leaves the sidebar for the page beside it.
 *
 * Returns: whether it was in the sidebar
 */
gboolean
tlm_window_focus_content (TlmWindow *self)
{
  if (!holds (GTK_WIDGET (self->sidebar), gtk_root_get_focus (GTK_ROOT (self))))
    return FALSE;
  enter (gtk_stack_get_visible_child (self->pages));
  return TRUE;
}

static void
focus_content_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_window_focus_content (TLM_WINDOW (widget));
}

/**
 * tlm_window_is_browsed:
 *
 * Returns: whether somebody goes through the lists of the sidebar by keyboard, who stays there
 */
gboolean
tlm_window_is_browsed (TlmWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  GtkWidget *list = focus != NULL ? gtk_widget_get_ancestor (focus, TLM_TYPE_ITEM_LIST) : NULL;

  return list != NULL && tlm_item_list_get_browsed (TLM_ITEM_LIST (list));
}

static gboolean
enter_page_cb (gpointer user_data)
{
  TlmWindow *self = TLM_WINDOW (user_data);
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  self->entering = 0;
  if (page != NULL && !TLM_IS_PAGE (page))
    enter (page);
  else if (page != NULL && !holds (page, focus))
    enter_anew (page);
  return G_SOURCE_REMOVE;
}

/**
 * tlm_window_enter_page:
 *
 * The keyboard goes into the page that was just opened or left for another, once the menu that opened it has
 * closed and given it back.
 */
void
tlm_window_enter_page (TlmWindow *self)
{
  if (self->entering == 0)
    self->entering = g_idle_add_full (G_PRIORITY_LOW, enter_page_cb, self, NULL);
}

/* What a text could undo comes first: it takes the keys before the window does. */
static void
undo_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  GtkWidget *overlay = focus != NULL ? gtk_widget_get_ancestor (focus, ADW_TYPE_TOAST_OVERLAY) : NULL;

  for (; overlay != NULL && overlay != GTK_WIDGET (self->toasts);
       overlay = gtk_widget_get_ancestor (gtk_widget_get_parent (overlay), ADW_TYPE_TOAST_OVERLAY))
    if (tlm_press_toast (ADW_TOAST_OVERLAY (overlay)))
      return;
  tlm_press_toast (self->toasts);
}

/**
 * tlm_window_install_focus:
 * @widget_class: of TlmWindow
 */
void
tlm_window_install_focus (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.next-pane", "i", next_pane_cb);
  gtk_widget_class_install_action (widget_class, "win.focus-content", NULL, focus_content_cb);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F6, 0, "win.next-pane", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F6, GDK_SHIFT_MASK, "win.next-pane", "i",
                                       -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
}
