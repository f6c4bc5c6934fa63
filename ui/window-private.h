/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the window share: window.c (the widget, which page is shown), window-actions.c
 * (what the person can do), window-chats.c (chats as a whole), window-bin.c (the bin and the way back
 * from it) and window-pages.c (pages such as Privacy). */
#pragma once

#include "settings/bin-page.h"
#include "chats/chat-page.h"
#include "compat/compat.h"
#include "settings/help-page.h"
#include "settings/licenses-page.h"
#include "settings/models-page.h"
#include "notes/note-page.h"
#include "settings/privacy-page.h"
#include "sidebar.h"
#include "specialists/specialists-page.h"
#include "notes/todo-page.h"
#include "window.h"

G_BEGIN_DECLS

struct _TlmWindow
{
  AdwApplicationWindow parent_instance;
  AdwToastOverlay     *toasts;
  AdwToast            *toast; /* weak: the last that said something */
  TlmSplitView        *split;
  TlmSidebar          *sidebar;
  GtkStack            *pages;
  AdwHeaderBar        *start_header;
  GtkWidget           *start_back_button;
  AdwStatusPage       *start_page;
  GtkRevealer         *warning;
  GtkLabel            *warning_label;
  TlmNotePage         *note_page;
  TlmChatPage         *chat_page;

  TlmServices         *services;
  GSettings           *settings;
  GCancellable        *importing; /* chats; NULL: none */
  double               import_fraction;
  guint                show_import; /* a timeout */
  guint                entering;    /* an idle */
};

void tlm_window_show_note       (TlmWindow *self, TlmNote *note, gboolean is_new);
void tlm_window_show_chat       (TlmWindow *self, TlmChat *chat);
void tlm_window_show_start      (TlmWindow *self);
void tlm_window_show_page       (TlmWindow *self, const char *name);
void tlm_window_install_actions (GtkWidgetClass *widget_class);
void tlm_window_install_bin     (GtkWidgetClass *widget_class);
void tlm_window_install_chats   (GtkWidgetClass *widget_class);

void     tlm_window_import_chats (TlmWindow *self, GFile *file);
gboolean tlm_window_holds_chats  (GFile *file);

/* Whether there was a page such as Privacy to leave */
gboolean tlm_window_leave_page  (TlmWindow *self);

/* (transfer full) (nullable) */
gpointer tlm_window_find        (GListModel *model, gint64 id);

/* In window-pages.c. (transfer none): the content of a page such as Privacy, made when it is first wanted */
gpointer tlm_window_get_page       (TlmWindow *self, const char *name);
/* What becomes of a training is said whatever page is shown. */
void     tlm_window_watch_training (TlmWindow *self);
/* In window-bin.c. */
void     tlm_window_watch_others   (TlmWindow *self);

/* In window-focus.c. */
void     tlm_window_install_focus (GtkWidgetClass *widget_class);
void     tlm_window_watch_focus   (TlmWindow *self);
gboolean tlm_window_focus_content (TlmWindow *self);
void     tlm_window_enter_page    (TlmWindow *self);
gboolean tlm_window_is_browsed    (TlmWindow *self);

/* In window-places.c. */
gboolean tlm_window_show_message (TlmWindow *self, gint64 chat_id, gint64 message_id);
/* In window-places.c: of "win.show-place". */
void tlm_window_show_place      (GtkWidget *widget, const char *action, GVariant *uri);

G_END_DECLS
