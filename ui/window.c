/* SPDX-License-Identifier: Apache-2.0 */
/* The window: sidebar and pages in a split view, toasts over them. It knows which page is shown and
 * remembers that, its size and what was open from one run to the next. */
#include "window-private.h"

#include "licenses/license-armour.h"
#include "common/page.h"
#include "common/toasts.h"
#include "common/zoom.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (TlmWindow, tlm_window, ADW_TYPE_APPLICATION_WINDOW)

/**
 * tlm_window_toast:
 * @sentence: shown for a moment, and not again while it is
 */
void
tlm_window_toast (TlmWindow *self, const char *sentence)
{
  g_autoptr (AdwToast) toast = tlm_toast_new (sentence);

  if (self->toast != NULL
      && g_str_equal (adw_toast_get_title (self->toast), adw_toast_get_title (toast)))
    return;
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, g_steal_pointer (&toast));
}

/**
 * tlm_window_warn:
 * @sentence: (nullable): stays over the page until the window closes; NULL takes it away
 */
void
tlm_window_warn (TlmWindow *self, const char *sentence)
{
  gtk_label_set_text (self->warning_label, sentence != NULL ? sentence : "");
  gtk_revealer_set_reveal_child (self->warning, sentence != NULL);
}

/**
 * tlm_window_find:
 * @model: notes or chats
 *
 * Returns: (transfer full) (nullable): the one with that id
 */
gpointer
tlm_window_find (GListModel *model, gint64 id)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);
      gint64 item_id;

      g_object_get (item, "id", &item_id, NULL);
      if (item_id == id)
        return g_steal_pointer (&item);
    }
  return NULL;
}

static void
remember (TlmWindow *self, const char *kind, gint64 id)
{
  g_settings_set (self->settings, "last-open", "(sx)", kind, id);
}

static void
show_page (TlmWindow *self, gpointer page)
{
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (page));
  tlm_split_view_set_show_content (self->split, TRUE);
}

/**
 * tlm_window_show_note:
 * @is_new: whether it was just made
 */
void
tlm_window_show_note (TlmWindow *self, TlmNote *note, gboolean is_new)
{
  tlm_chat_page_save (self->chat_page);
  show_page (self, self->note_page);
  tlm_note_page_open (self->note_page, note, is_new);
  tlm_sidebar_select (self->sidebar, TLM_SECTION_NOTES, note);
  remember (self, "note", tlm_note_get_id (note));
}

/**
 * tlm_window_show_chat:
 * @chat: to be shown
 */
void
tlm_window_show_chat (TlmWindow *self, TlmChat *chat)
{
  tlm_note_page_save (self->note_page);
  show_page (self, self->chat_page);
  tlm_chat_page_open (self->chat_page, chat);
  if (!tlm_window_is_browsed (self))
    tlm_chat_page_focus (self->chat_page);
  tlm_sidebar_select (self->sidebar, TLM_SECTION_CHATS, chat);
  remember (self, "chat", tlm_chat_get_id (chat));
}

/**
 * tlm_window_show_start:
 *
 * Nothing is open: says what can be begun.
 */
void
tlm_window_show_start (TlmWindow *self)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (self->services));
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (self->services));
  gboolean first = g_list_model_get_n_items (notes) + g_list_model_get_n_items (chats) == 0;
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  gboolean inside = focus != NULL && gtk_widget_is_ancestor (focus, page);

  adw_status_page_set_title (self->start_page,
                             first ? _("Welcome to TinyLM") : _("Nothing Is Open"));
  adw_status_page_set_description (
    self->start_page,
    first ? _("Write or paste a note, and TinyLM shows the sentences that matter, each with its "
              "place in your text. A tiny model does this inside the program. Nothing you write "
              "leaves this computer.")
          : _("Choose a note or a chat, or begin a new one."));
  /* GTK (4.18) would keep the page for good where what it stands in goes out of sight with it. */
  if (inside)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_stack_set_visible_child_name (self->pages, "start");
  tlm_sidebar_select (self->sidebar, page == GTK_WIDGET (self->chat_page) ? TLM_SECTION_CHATS
                                                                         : TLM_SECTION_NOTES, NULL);
  tlm_split_view_set_show_content (self->split, first);
  if (inside)
    gtk_widget_child_focus (tlm_split_view_get_collapsed (self->split) && !first
                              ? GTK_WIDGET (self->sidebar) : GTK_WIDGET (self->pages),
                            GTK_DIR_TAB_FORWARD);
}

/* What was open when the program was last closed, or before a page such as Privacy. */
static void
restore (TlmWindow *self)
{
  g_autoptr (GVariant) last = g_settings_get_value (self->settings, "last-open");
  g_autoptr (GObject) item = NULL;
  const char *kind;
  gint64 id;
  gboolean chat;

  g_variant_get (last, "(&sx)", &kind, &id);
  chat = g_str_equal (kind, "chat");
  item = tlm_window_find (chat ? G_LIST_MODEL (tlm_services_get_chats (self->services))
                               : G_LIST_MODEL (tlm_services_get_notes (self->services)), id);
  if (item == NULL)
    tlm_window_show_start (self);
  else if (chat)
    tlm_window_show_chat (self, TLM_CHAT (item));
  else
    tlm_window_show_note (self, TLM_NOTE (item), FALSE);
}

/* That, as it was left. */
static void
restore_view (TlmWindow *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, "last-page");

  restore (self);
  tlm_note_page_show_top (self->note_page, g_settings_get_int (self->settings, "last-top"));
  if (tlm_window_get_page (self, name) != NULL)
    tlm_window_show_page (self, name);
}

static void
remember_view (TlmWindow *self)
{
  gboolean page = TLM_IS_PAGE (gtk_stack_get_visible_child (self->pages));

  g_settings_set_string (self->settings, "last-page",
                         page ? gtk_stack_get_visible_child_name (self->pages) : "");
  g_settings_set_int (self->settings, "last-top", tlm_note_page_get_top (self->note_page));
}

/**
 * tlm_window_show_page:
 * @name: of a page in window-pages.c
 */
void
tlm_window_show_page (TlmWindow *self, const char *name)
{
  gboolean chat = gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->chat_page);

  tlm_note_page_save (self->note_page);
  tlm_chat_page_save (self->chat_page);
  tlm_window_get_page (self, name); /* makes it */
  show_page (self, gtk_stack_get_child_by_name (self->pages, name));
  tlm_window_enter_page (self);
  tlm_sidebar_select (self->sidebar, chat ? TLM_SECTION_CHATS : TLM_SECTION_NOTES, NULL);
}

/**
 * tlm_window_leave_page:
 *
 * Shows again what was open before a TlmPage was.
 *
 * Returns: whether there was one to leave
 */
gboolean
tlm_window_leave_page (TlmWindow *self)
{
  if (!TLM_IS_PAGE (gtk_stack_get_visible_child (self->pages)))
    return FALSE;
  restore (self);
  tlm_window_enter_page (self);
  return TRUE;
}

static void
ready_cb (TlmWindow *self)
{
  TlmStore *store = tlm_services_get_store (self->services);
  gboolean unused = gtk_stack_get_visible_child (self->pages) != GTK_WIDGET (self->note_page)
                    && gtk_stack_get_visible_child (self->pages) != GTK_WIDGET (self->chat_page)
                    && !TLM_IS_PAGE (gtk_stack_get_visible_child (self->pages));

  if (!tlm_services_get_ready (self->services))
    return;
  if (tlm_store_get_is_volatile (store))
    tlm_window_warn (self, tlm_store_get_volatile_reason (store));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-note", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-chat", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import-chats", TRUE);
  if (unused)
    restore_view (self);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmNote) note = tlm_notes_import_finish (TLM_NOTES (source), result, &error);

  if (note != NULL)
    {
      tlm_window_show_note (self, note, TRUE);
      tlm_note_page_show_summary (self->note_page);
    }
  else
    tlm_window_toast (self, error->message);
}

/* Whether @file is a license key or a model, and has gone to its page. @head: (nullable): its beginning */
static gboolean
take_by_head (TlmWindow *self, GFile *file, const char *head, gsize len)
{
  gboolean key = head != NULL && tlm_armour_begins (head, len);
  gboolean model = head != NULL && len >= 4 && memcmp (head, "GGUF", 4) == 0;

  if (key)
    {
      tlm_window_show_page (self, "licenses");
      tlm_licenses_page_add_file (tlm_window_get_page (self, "licenses"), file);
    }
  else if (model)
    {
      tlm_window_show_page (self, "models");
      tlm_models_page_add_file (tlm_window_get_page (self, "models"), file);
    }
  return key || model;
}

/* What could not be read is met there again, and said. */
static void
looked_at_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autofree char *head = NULL;
  gsize len = 0;

  g_file_load_partial_contents_finish (G_FILE (source), result, &head, &len, NULL, NULL);
  if (self->services != NULL /* else the window has gone */
      && !take_by_head (self, G_FILE (source), head, len))
    tlm_notes_import_async (tlm_services_get_notes (self->services), G_FILE (source), NULL, imported_cb,
                            g_object_ref (self));
}

/* On a chat it is attached to the message that is written there. */
static void
dropped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autofree char *head = NULL;
  gsize len = 0;

  g_file_load_partial_contents_finish (G_FILE (source), result, &head, &len, NULL, NULL);
  if (self->services != NULL && !take_by_head (self, G_FILE (source), head, len))
    tlm_chat_page_attach_file (self->chat_page, G_FILE (source));
}

/* The first piece is enough. */
static gboolean
read_more_cb (const char *contents, goffset size, gpointer user_data)
{
  return FALSE;
}

/**
 * tlm_window_open_file:
 * @file: chats go to the others; a license key goes to the Licenses page, a model to the Models
 *   page; anything else is read into a new note, which is then shown. The file itself is never written
 */
void
tlm_window_open_file (TlmWindow *self, GFile *file)
{
  if (tlm_window_holds_chats (file))
    tlm_window_import_chats (self, file);
  else
    g_file_load_partial_contents_async (file, NULL, read_more_cb, looked_at_cb,
                                        g_object_ref (self));
}

static gboolean
drop_cb (TlmWindow *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self->pages));
  const char *page = mapped ? gtk_stack_get_visible_child_name (self->pages) : NULL;
  gboolean chat = mapped && gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->chat_page);

  for (GSList *l = files; l != NULL; l = l->next)
    if (g_strcmp0 (page, "licenses") == 0)
      tlm_licenses_page_add_file (tlm_window_get_page (self, page), l->data);
    else if (g_strcmp0 (page, "models") == 0)
      tlm_models_page_add_file (tlm_window_get_page (self, page), l->data);
    else if (g_strcmp0 (page, "specialists") == 0)
      tlm_specialists_page_add_file (tlm_window_get_page (self, page), l->data);
    else if (chat && !tlm_window_holds_chats (l->data))
      g_file_load_partial_contents_async (l->data, NULL, read_more_cb, dropped_cb, g_object_ref (self));
    else
      tlm_window_open_file (self, l->data);
  return files != NULL;
}

/* Once it is made: that it is maximized is a property that GTK sets then. */
static void
restore_size (TlmWindow *self)
{
  int width, height;

  g_settings_get (self->settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

/**
 * tlm_window_new:
 * @services: shown as soon as they are ready
 */
GtkWidget *
tlm_window_new (GtkApplication *application, TlmServices *services)
{
  TlmWindow *self = g_object_new (TLM_TYPE_WINDOW, "application", application, NULL);

  restore_size (self);
  self->services = g_object_ref (services);
  tlm_sidebar_set_services (self->sidebar, services);
  tlm_note_page_set_services (self->note_page, services);
  tlm_chat_page_set_services (self->chat_page, services);
  tlm_window_watch_training (self);
  tlm_window_watch_others (self);
  g_signal_connect_object (services, "notify::ready", G_CALLBACK (ready_cb), self,
                           G_CONNECT_SWAPPED);
  ready_cb (self);
  return GTK_WIDGET (self);
}

static gboolean
tlm_window_close_request (GtkWindow *window)
{
  TlmWindow *self = TLM_WINDOW (window);
  int width, height;

  tlm_note_page_save (self->note_page);
  tlm_chat_page_save (self->chat_page);
  if (tlm_services_get_ready (self->services))
    remember_view (self);
  gtk_window_get_default_size (window, &width, &height);
  g_settings_set (self->settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  if (tlm_window_holds_code (self))
    return TRUE;
  return GTK_WINDOW_CLASS (tlm_window_parent_class)->close_request (window);
}

static void
tlm_window_dispose (GObject *object)
{
  TlmWindow *self = TLM_WINDOW (object);

  g_clear_weak_pointer (&self->toast);
  g_cancellable_cancel (self->importing);
  g_clear_handle_id (&self->show_import, g_source_remove);
  g_clear_handle_id (&self->entering, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_WINDOW);
  g_clear_object (&self->services);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tlm_window_parent_class)->dispose (object);
}

static void
tlm_window_class_init (TlmWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = tlm_window_close_request;
  g_type_ensure (TLM_TYPE_SPLIT_VIEW);
  g_type_ensure (TLM_TYPE_SIDEBAR);
  g_type_ensure (TLM_TYPE_NOTE_PAGE);
  g_type_ensure (TLM_TYPE_CHAT_PAGE);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/window.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, split);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, start_header);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, start_back_button);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, warning);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, warning_label);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, note_page);
  gtk_widget_class_bind_template_child (widget_class, TlmWindow, chat_page);
  tlm_window_install_actions (widget_class);
  tlm_window_install_bin (widget_class);
  tlm_window_install_chats (widget_class);
  tlm_window_install_focus (widget_class);
}

static void
tlm_window_init (TlmWindow *self)
{
  GtkDropTarget *target;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  tlm_mend_toasts (self->toasts);
  tlm_window_watch_focus (self);
  tlm_zoom_add_wheel (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-note", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-chat", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import-chats", FALSE);
  tlm_split_view_adopt_header (GTK_WIDGET (self->start_header), self->start_header,
                               self->start_back_button);
  target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
