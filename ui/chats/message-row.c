/* SPDX-License-Identifier: Apache-2.0 */
/* A message: the person's in a bubble at the end side, the assistant's as Markdown over the full
 * width, with the line under it that says which tool answered and in how long. Versions are walked by
 * "‹ 2/3 ›". */
#include "message-row-private.h"

#include "attachment-chip.h"
#include "compat/compat.h"
#include "digest-view.h"
#include "message-bubble.h"
#include "message-failure.h"
#include "message-versions.h"
#include "message-words.h"
#include "route-popover.h"
#include "common/spoken.h"

#include <glib/gi18n.h>
#include <string.h>

/* Words that come faster are shown together: thirty times a second reads as steady, and leaves the
 * frames between to scrolling. */
#define TEXT_DELAY_MS 33

G_DEFINE_FINAL_TYPE (TlmMessageRow, tlm_message_row, GTK_TYPE_LIST_BOX_ROW)

static void
say_new_sentences (TlmMessageRow *self)
{
  const char *text = tlm_message_get_text (self->message);
  gboolean whole = tlm_message_get_state (self->message) != TLM_MESSAGE_STREAMING;
  gsize from = MIN (self->said, strlen (text)), end = tlm_spoken_get_end (text, from, whole);
  g_autofree char *words = tlm_message_row_is_user (self) ? NULL : tlm_spoken_dup (text, from, end);

  self->said = end;
  if (words != NULL && *words != '\0')
    tlm_announce (GTK_WIDGET (self), words);
}

/**
 * tlm_message_row_update_text:
 *
 * Shows the words as they are now.
 */
void
tlm_message_row_update_text (TlmMessageRow *self)
{
  if (tlm_message_row_is_user (self))
    {
      g_autofree char *body = tlm_attachments_dup_body (tlm_message_get_text (self->message));

      tlm_markdown_view_set_plain (self->view, body);
      gtk_widget_set_hexpand (self->bubble, strlen (body) > TLM_MARKDOWN_VIEW_SCREEN_BYTES);
      gtk_widget_set_visible (self->content, *body != '\0');
    }
  else
    tlm_markdown_view_set_text (self->view, tlm_message_get_text (self->message));
  say_new_sentences (self);
}

static void
show_waiting_text (TlmMessageRow *self)
{
  if (self->text_timeout != 0)
    {
      g_clear_handle_id (&self->text_timeout, g_source_remove);
      tlm_message_row_update_text (self);
    }
  say_new_sentences (self);
}

static gboolean
text_timeout_cb (gpointer user_data)
{
  TlmMessageRow *self = user_data;

  self->text_timeout = 0;
  tlm_message_row_update_text (self);
  return G_SOURCE_REMOVE;
}

static void
text_changed_cb (TlmMessageRow *self)
{
  if (tlm_message_get_state (self->message) != TLM_MESSAGE_STREAMING)
    tlm_message_row_update_text (self);
  else if (self->text_timeout == 0)
    self->text_timeout = g_timeout_add (TEXT_DELAY_MS, text_timeout_cb, self);
}

static void
update_versions (TlmMessageRow *self)
{
  guint n = tlm_message_get_n_versions (self->message);
  guint version = tlm_message_get_version (self->message);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.older", version > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.newer", version + 1 < n);
  if (n < 2 && self->versions == NULL)
    return;
  if (self->versions == NULL)
    {
      self->versions = tlm_message_versions_new ();
      gtk_box_insert_child_after (GTK_BOX (self->foot), self->versions,
                                  gtk_widget_get_prev_sibling (self->copy_button));
    }
  gtk_widget_set_visible (self->versions, n > 1);
  tlm_message_versions_set (TLM_MESSAGE_VERSIONS (self->versions), version, n);
}

/**
 * tlm_message_row_get_box:
 *
 * Returns: (transfer none): what holds the parts of the row, one below the other
 */
GtkBox *
tlm_message_row_get_box (TlmMessageRow *self)
{
  return GTK_BOX (gtk_widget_get_parent (self->content));
}

/**
 * tlm_message_row_is_user:
 *
 * Returns: whether the person wrote the message
 */
gboolean
tlm_message_row_is_user (TlmMessageRow *self)
{
  return tlm_message_get_role (self->message) == TLM_ROLE_USER;
}

static gboolean
is_handed_over (TlmMessageRow *self)
{
  return tlm_message_get_state (self->message) == TLM_MESSAGE_DONE
         && g_strcmp0 (tlm_message_get_tool (self->message), "hand-over") == 0;
}

static void
update_spinner (TlmMessageRow *self, gboolean streaming)
{
  if (streaming && self->spinner == NULL)
    {
      self->spinner = gtk_spinner_new ();
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _("An answer is being made"), -1);
      gtk_box_prepend (GTK_BOX (self->foot), self->spinner);
    }
  if (self->spinner == NULL)
    return;
  gtk_widget_set_visible (self->spinner, streaming);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), streaming);
}

/* Above the foot. */
static void
insert_part (TlmMessageRow *self, GtkWidget *part)
{
  gtk_widget_set_margin_top (part, 3);
  gtk_box_insert_child_after (tlm_message_row_get_box (self), part,
                              gtk_widget_get_prev_sibling (self->foot));
}

static void
update_failure (TlmMessageRow *self, gboolean failed)
{
  if (self->failure != NULL)
    gtk_box_remove (tlm_message_row_get_box (self), self->failure);
  self->failure = failed ? tlm_message_failure_new (self->message) : NULL;
  if (failed)
    insert_part (self, self->failure);
}

static void
update_hand_over (TlmMessageRow *self, gboolean handed_over)
{
  if (handed_over && self->hand_over_button == NULL)
    {
      self->hand_over_button = gtk_button_new_with_label (_("Take It Elsewhere…"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->hand_over_button), "message.hand-over");
      gtk_widget_set_halign (self->hand_over_button, GTK_ALIGN_START);
      insert_part (self, self->hand_over_button);
    }
  if (self->hand_over_button != NULL)
    gtk_widget_set_visible (self->hand_over_button, handed_over);
}

/* What was used and in how long, and why, also where the line under the answer has no room. */
static void
update_tooltip (TlmMessageRow *self)
{
  g_autofree char *used = tlm_message_words_dup_tool (self->message);
  const char *why = tlm_message_get_why (self->message);
  g_autofree char *all = g_strconcat (used, *used != '\0' && *why != '\0' ? "\n" : "", why, NULL);

  gtk_widget_set_tooltip_text (self->route_label, *all != '\0' ? all : NULL);
}

static void
update_state (TlmMessageRow *self)
{
  TlmMessageState state = tlm_message_get_state (self->message);
  g_autofree char *line = tlm_message_words_dup_state (self->message);
  gboolean streaming = state == TLM_MESSAGE_STREAMING;

  gtk_label_set_text (GTK_LABEL (self->route_label), line);
  update_failure (self, state == TLM_MESSAGE_FAILED);
  update_hand_over (self, is_handed_over (self));
  update_spinner (self, streaming);
  if (tlm_message_row_is_user (self))
    gtk_widget_set_visible (self->edit_button, tlm_message_row_can_edit (self));
  else
    {
      gtk_widget_set_visible (self->retry_button, !streaming);
      gtk_widget_set_visible (self->route_button, !streaming);
      update_tooltip (self);
    }
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, streaming, -1);
}

static void
state_changed_cb (TlmMessageRow *self)
{
  gboolean failed = tlm_message_get_state (self->message) == TLM_MESSAGE_FAILED;
  const char *error = tlm_message_get_error (self->message);

  update_state (self);
  if (failed && error != NULL && !tlm_message_row_is_user (self)) /* that has the same error */
    tlm_announce (GTK_WIDGET (self), error);
}

static void
update_digest (TlmMessageRow *self)
{
  gboolean there = tlm_message_get_digest (self->message) != NULL;

  adw_bin_set_child (self->digest_bin, there ? tlm_digest_view_new (self->message) : NULL);
}

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), tlm_message_get_text (self->message));
  gtk_widget_activate_action (widget, "win.toast", "s", _("The message was copied."));
}

static void
retry_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "chat.regenerate", "x",
                              tlm_message_get_id (TLM_MESSAGE_ROW (widget)->message));
}

static void
hand_over_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "chat.hand-over", "x",
                              tlm_message_get_id (TLM_MESSAGE_ROW (widget)->message));
}

static void
drop_oldest_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "chat.drop-oldest", "x",
                              tlm_message_get_id (TLM_MESSAGE_ROW (widget)->message));
}

static void
summarize_older_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "chat.summarize-older", "x",
                              tlm_message_get_id (TLM_MESSAGE_ROW (widget)->message));
}

static void
turn_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "chat.turn", "(xi)",
                              tlm_message_get_id (TLM_MESSAGE_ROW (widget)->message),
                              g_str_equal (action, "message.older") ? -1 : 1);
}

static void
set_up_foot_button (GtkWidget *button, const char *name)
{
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* (transfer none): the last of the foot */
static GtkWidget *
append_foot_button (TlmMessageRow *self, const char *icon, const char *action, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "foot-button");
  set_up_foot_button (button, name);
  gtk_box_append (GTK_BOX (self->foot), button);
  return button;
}

/* Under what was written. */
static void
add_chips (TlmMessageRow *self)
{
  GtkWidget *chips = tlm_attachment_chips_new_of (tlm_message_get_text (self->message));

  if (chips != NULL)
    gtk_box_insert_child_after (tlm_message_row_get_box (self), chips, self->content);
}

static void
setup_as_user (TlmMessageRow *self)
{
  add_chips (self);
  gtk_widget_add_css_class (self->bubble, "card");
  gtk_widget_add_css_class (self->bubble, "user-message");
  gtk_widget_set_layout_manager (self->content, tlm_message_bubble_layout_new ());
  self->edit_button = append_foot_button (self, "document-edit-symbolic", "message.edit",
                                          _("Edit Message"));
}

static void
create_route_popover (GtkMenuButton *button, gpointer user_data)
{
  TlmMessageRow *self = user_data;

  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, tlm_route_popover_new (self->message));
}

static GtkWidget *
new_route_button (TlmMessageRow *self)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "pan-down-symbolic");
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), create_route_popover, self, NULL);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "foot-button");
  set_up_foot_button (button, _("Why This Tool, and Others"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_HAS_POPUP, TRUE,
                                  -1);
  return button;
}

static void
setup_as_answer (TlmMessageRow *self)
{
  self->route_button = new_route_button (self);
  gtk_box_insert_child_after (GTK_BOX (self->foot), self->route_button, self->route_label);
  self->retry_button = append_foot_button (self, "view-refresh-symbolic", "message.retry",
                                           _("Answer Again"));
}

static void
set_message (TlmMessageRow *self, TlmMessage *message)
{
  const char *name;

  self->message = g_object_ref (message);
  name = tlm_message_row_is_user (self) ? _("Your message") : _("Answer");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (tlm_message_row_is_user (self))
    setup_as_user (self);
  else
    setup_as_answer (self);
  g_signal_connect_object (message, "notify::text", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (show_waiting_text), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::n-versions", G_CALLBACK (update_versions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::n-ahead", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::route", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::elapsed-ms", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::digest", G_CALLBACK (update_digest), self,
                           G_CONNECT_SWAPPED);
  self->said = strlen (tlm_message_get_text (message)); /* before it was looked at */
  tlm_message_row_update_text (self);
  update_state (self);
  update_versions (self);
  update_digest (self);
  tlm_message_row_take_unsent_edit (self);
}

/**
 * tlm_message_row_new:
 * @message: shown, and followed while it grows
 */
GtkWidget *
tlm_message_row_new (TlmMessage *message)
{
  TlmMessageRow *self = g_object_new (TLM_TYPE_MESSAGE_ROW, NULL);

  set_message (self, message);
  return GTK_WIDGET (self);
}

/**
 * tlm_message_row_get_message:
 *
 * Returns: (transfer none): the message
 */
TlmMessage *
tlm_message_row_get_message (TlmMessageRow *self)
{
  return self->message;
}

/**
 * tlm_message_row_focus_versions:
 * @step: as of tlm_message_versions_focus()
 */
void
tlm_message_row_focus_versions (TlmMessageRow *self, int step)
{
  if (self->versions != NULL)
    tlm_message_versions_focus (TLM_MESSAGE_VERSIONS (self->versions), step);
}

static void
tlm_message_row_dispose (GObject *object)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (object);

  g_clear_handle_id (&self->text_timeout, g_source_remove);
  if (self->message != NULL)
    tlm_message_row_keep_unsent_edit (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_MESSAGE_ROW);
  g_clear_object (&self->message);
  G_OBJECT_CLASS (tlm_message_row_parent_class)->dispose (object);
}

static void
tlm_message_row_class_init (TlmMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_message_row_dispose;
  g_type_ensure (TLM_TYPE_MARKDOWN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, view);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, foot);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, route_label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, digest_bin);
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "message.retry", NULL, retry_cb);
  gtk_widget_class_install_action (widget_class, "message.hand-over", NULL, hand_over_cb);
  gtk_widget_class_install_action (widget_class, "message.drop-oldest", NULL, drop_oldest_cb);
  gtk_widget_class_install_action (widget_class, "message.summarize-older", NULL, summarize_older_cb);
  gtk_widget_class_install_action (widget_class, "message.older", NULL, turn_cb);
  gtk_widget_class_install_action (widget_class, "message.newer", NULL, turn_cb);
  tlm_message_row_install_edit (widget_class);
}

static void
tlm_message_row_init (TlmMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
