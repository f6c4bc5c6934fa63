/* SPDX-License-Identifier: Apache-2.0 */
/* The few widgets that libadwaita and GTK replaced on the way from 1.2 / 4.8 to today, behind names
 * of our own. Nothing outside ui/compat-*.c uses a type that a newer release deprecates. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_SPLIT_VIEW (tlm_split_view_get_type ())
G_DECLARE_FINAL_TYPE (TlmSplitView, tlm_split_view, TLM, SPLIT_VIEW, AdwBin)

gboolean tlm_split_view_get_collapsed    (TlmSplitView *self);
void     tlm_split_view_set_show_content (TlmSplitView *self, gboolean show_content);
void     tlm_split_view_toggle_sidebar   (TlmSplitView *self);
void     tlm_split_view_adopt_header     (GtkWidget *page, AdwHeaderBar *header,
                                          GtkWidget *back_button);

#define TLM_TYPE_SIDE_PANE (tlm_side_pane_get_type ())
G_DECLARE_FINAL_TYPE (TlmSidePane, tlm_side_pane, TLM, SIDE_PANE, AdwBin)

gboolean tlm_side_pane_get_collapsed (TlmSidePane *self);
gboolean tlm_side_pane_get_show_pane (TlmSidePane *self);
void     tlm_side_pane_open          (TlmSidePane *self);
void     tlm_side_pane_set_show_pane (TlmSidePane *self, gboolean show_pane);

/* Header bars over a page. */
#define TLM_TYPE_TOOLBAR_VIEW (tlm_toolbar_view_get_type ())
G_DECLARE_FINAL_TYPE (TlmToolbarView, tlm_toolbar_view, TLM, TOOLBAR_VIEW, AdwBin)

/* Children in a line, or in several where the text is large or the window narrow. */
#define TLM_TYPE_WRAP_LAYOUT (tlm_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (TlmWrapLayout, tlm_wrap_layout, TLM, WRAP_LAYOUT, GtkLayoutManager)

void tlm_wrap_rows (GtkWidget *top);

/* At the end of the row, in sight when it is folded. */
void tlm_expander_row_add_end (AdwExpanderRow *row, GtkWidget *widget);

/* A screen reader says @text when it has said what it is at. */
void tlm_announce (GtkWidget *widget, const char *text);
void tlm_describe (GtkWidget *widget, const char *words);

/* What a toast is closed with has a name then, and the keyboard goes back from it. */
void tlm_mend_toasts (AdwToastOverlay *overlay);

/* Presses the button of the toast that is shown, such as Undo. Returns: whether there is one */
gboolean tlm_press_toast (AdwToastOverlay *overlay);

/* A screen reader can ask for the attributes of coloured text then, and hears no names of types. */
void tlm_mend_for_readers (void);

GtkWidget *tlm_decoration_new (const char *icon_name);
void       tlm_name_list_row (GtkWidget *child, const char *name);

typedef void (*TlmFileFunc) (GFile *file, gpointer user_data);

void tlm_present_about       (GtkWidget *parent);
void tlm_present_preferences (GtkWidget *parent, GtkWidget *page);
void tlm_preferences_add_toast (GtkWidget *page, AdwToast *toast);
/* Closes them and activates @action of the window below. */
void tlm_leave_preferences   (GtkWidget *page, const char *action);
void tlm_present_shortcuts   (GtkWidget *window);
/* When the person agrees, which is to be thought over: @func (@object). */
void tlm_present_question    (GtkWidget *parent, const char *heading, const char *body,
                              const char *agree, GCallback func, gpointer object);
void tlm_present_link        (GtkWidget *parent, const char *uri);
void tlm_present_open_file   (GtkWidget *parent, const char *title, GtkFileFilter *filter,
                              TlmFileFunc func, gpointer user_data);
/* As it, for several files: one after the other. */
void tlm_present_open_files  (GtkWidget *parent, const char *title, GtkFileFilter *filter,
                              TlmFileFunc func, gpointer user_data);
void tlm_present_open_folder (GtkWidget *parent, const char *title, TlmFileFunc func,
                              gpointer user_data);
void tlm_present_save_file   (GtkWidget *parent, const char *title, const char *name,
                              TlmFileFunc func, gpointer user_data);

G_END_DECLS
