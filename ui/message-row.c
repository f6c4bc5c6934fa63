/* SPDX-License-Identifier: Apache-2.0 */
/* A message: the person's in a bubble at the end side, the assistant's as Markdown over the full
 * width, with the line under it that says which tool answered and in how long. A message of the
 * person can be edited in its place; versions are walked by "‹ 2/3 ›". */
#include "message-row.h"

#include "dates.h"
#include "digest-view.h"
#include "markdown-view.h"
#include "route-button.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TlmMessageRow
{
  GtkListBoxRow    parent_instance;
  GtkWidget       *content;
  GtkWidget       *bubble;
  TlmMarkdownView *view;
  GtkWidget       *editor;
  GtkTextView     *edit_view;
  GtkWidget       *error_label;
  GtkWidget       *full_box; /* what to do when the model holds no more */
  GtkWidget       *hand_over_button;
  GtkWidget       *foot;
  GtkWidget       *spinner;
  GtkWidget       *route_label;
  TlmRouteButton  *route_button;
  GtkWidget       *versions;
  GtkWidget       *older_button;
  GtkWidget       *version_label;
  GtkWidget       *newer_button;
  GtkWidget       *edit_button;
  GtkWidget       *retry_button;
  AdwBin          *digest_bin;
  TlmMessage      *message;
  guint            text_timeout; /* until words that have come are shown */
  gboolean         sent; /* what was edited */
};

/* Words that come faster are shown together: thirty times a second reads as steady, and leaves the
 * frames between to scrolling. */
#define TEXT_DELAY_MS 33

#define BUBBLE_ROOM 48 /* px beside a long message of the person */

/* What an edit in progress is kept under, on the message, while it has no row. */
#define UNSENT_EDIT "tlm-unsent-edit"

G_DEFINE_FINAL_TYPE (TlmMessageRow, tlm_message_row, GTK_TYPE_LIST_BOX_ROW)

static gboolean
is_user (TlmMessageRow *self)
{
  return tlm_message_get_role (self->message) == TLM_ROLE_USER;
}

static void
update_text (TlmMessageRow *self)
{
  const char *text = tlm_message_get_text (self->message);

  if (is_user (self))
    tlm_markdown_view_set_plain (self->view, text);
  else
    tlm_markdown_view_set_text (self->view, text);
}

static void
show_waiting_text (TlmMessageRow *self)
{
  if (self->text_timeout == 0)
    return;
  g_clear_handle_id (&self->text_timeout, g_source_remove);
  update_text (self);
}

static gboolean
text_timeout_cb (gpointer user_data)
{
  TlmMessageRow *self = user_data;

  self->text_timeout = 0;
  update_text (self);
  return G_SOURCE_REMOVE;
}

static void
text_changed_cb (TlmMessageRow *self)
{
  if (tlm_message_get_state (self->message) != TLM_MESSAGE_STREAMING)
    update_text (self);
  else if (self->text_timeout == 0)
    self->text_timeout = g_timeout_add (TEXT_DELAY_MS, text_timeout_cb, self);
}

/* "code" is the name that rules without a model go by. */
static char *
dup_tool_and_time (TlmMessage *message)
{
  const char *route = tlm_message_get_route (message);
  g_autofree char *time = tlm_dates_dup_duration (tlm_message_get_elapsed_ms (message));

  if (route == NULL || *route == '\0')
    return g_strdup ("");
  if (g_str_equal (route, "code"))
    /* Translators: which tool gave an answer, and in how long. */
    return g_strdup_printf (_("Answered by built-in rules in %s"), time);
  /* Translators: which model gave an answer, and in how long. */
  return g_strdup_printf (_("Answered by %s in %s"), route, time);
}

/* Which tool, in how long, and why. */
static char *
dup_route (TlmMessage *message)
{
  g_autofree char *route = dup_tool_and_time (message);
  const char *why = tlm_message_get_why (message);

  return *route != '\0' && *why != '\0' ? g_strdup_printf ("%s · %s", route, why)
                                        : g_steal_pointer (&route);
}

static char *
dup_progress (guint n_ahead)
{
  if (n_ahead == 0)
    return g_strdup (_("Answering…"));
  /* Translators: the model answers in other chats first. */
  return g_strdup_printf (ngettext ("Waiting for %u other answer…", "Waiting for %u other answers…",
                                    n_ahead), n_ahead);
}

static char *
dup_state_line (TlmMessageRow *self)
{
  g_autofree char *route = dup_route (self->message);

  switch (tlm_message_get_state (self->message))
    {
    case TLM_MESSAGE_STREAMING:
      return dup_progress (tlm_message_get_n_ahead (self->message));
    case TLM_MESSAGE_STOPPED:
      /* Translators: under an answer that the person has stopped; then which tool gave it. */
      return *route != '\0' ? g_strdup_printf (_("Stopped · %s"), route) : g_strdup (_("Stopped"));
    case TLM_MESSAGE_DONE:
      return g_steal_pointer (&route);
    case TLM_MESSAGE_FAILED:
      return g_strdup (""); /* nobody has answered; the error says why */
    }
  g_assert_not_reached ();
}

static void
update_versions (TlmMessageRow *self)
{
  guint n = tlm_message_get_n_versions (self->message);
  guint version = tlm_message_get_version (self->message);
  g_autofree char *label = g_strdup_printf ("%u/%u", version + 1, n);
  /* Translators: of a message that was edited, or of an answer that was made again. */
  g_autofree char *name = g_strdup_printf (_("Version %u of %u"), version + 1, n);

  gtk_widget_set_visible (self->versions, n > 1);
  gtk_label_set_text (GTK_LABEL (self->version_label), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->version_label),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.older", version > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.newer", version + 1 < n);
}

static gboolean
is_handed_over (TlmMessageRow *self)
{
  return tlm_message_get_state (self->message) == TLM_MESSAGE_DONE
         && g_strcmp0 (tlm_message_get_tool (self->message), "hand-over") == 0;
}

/* The editor lays out all of a text at once. */
static gboolean
can_edit (TlmMessageRow *self)
{
  return is_user (self)
         && strlen (tlm_message_get_text (self->message)) <= TLM_MARKDOWN_VIEW_MAX_BYTES;
}

static void
update_state (TlmMessageRow *self)
{
  TlmMessageState state = tlm_message_get_state (self->message);
  g_autofree char *line = dup_state_line (self);
  gboolean failed = state == TLM_MESSAGE_FAILED;
  gboolean streaming = state == TLM_MESSAGE_STREAMING;
  const char *error = tlm_message_get_error (self->message);

  gtk_label_set_text (GTK_LABEL (self->route_label), line);
  gtk_label_set_text (GTK_LABEL (self->error_label), failed && error != NULL ? error : "");
  gtk_widget_set_visible (self->error_label, failed);
  gtk_widget_set_visible (self->full_box, failed
                                            && tlm_message_get_context_used (self->message)
                                                 > tlm_message_get_context_held (self->message));
  gtk_widget_set_visible (self->hand_over_button, is_handed_over (self));
  gtk_widget_set_visible (self->spinner, streaming);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), streaming);
  gtk_widget_set_visible (self->retry_button, !streaming && !is_user (self));
  gtk_widget_set_visible (GTK_WIDGET (self->route_button), !streaming && !is_user (self));
  gtk_widget_set_tooltip_text (self->route_label, tlm_message_get_why (self->message));
  gtk_widget_set_visible (self->edit_button, can_edit (self));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, streaming, -1);
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
set_editing (TlmMessageRow *self, gboolean editing)
{
  gtk_widget_set_visible (self->editor, editing);
  gtk_widget_set_visible (self->content, !editing);
  gtk_widget_set_visible (self->foot, !editing);
}

static void
show_editor (TlmMessageRow *self, gboolean show)
{
  set_editing (self, show);
  gtk_widget_grab_focus (show ? GTK_WIDGET (self->edit_view) : self->edit_button);
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->edit_view),
                            tlm_message_get_text (self->message), -1);
  show_editor (self, TRUE);
}

static void
cancel_edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_editor (TLM_MESSAGE_ROW (widget), FALSE);
}

static char *
dup_edited (TlmMessageRow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->edit_view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static void
send_edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (widget);
  g_autofree char *text = dup_edited (self);

  g_object_ref (self);
  gtk_widget_activate_action (widget, "chat.edit", "(xs)", tlm_message_get_id (self->message), text);
  self->sent = gtk_widget_get_root (widget) == NULL; /* the new version stands in its place */
  g_object_unref (self);
}

static void
keep_unsent_edit (TlmMessageRow *self)
{
  if (gtk_widget_get_visible (self->editor) && !self->sent)
    g_object_set_data_full (G_OBJECT (self->message), UNSENT_EDIT, dup_edited (self), g_free);
}

static void
take_unsent_edit (TlmMessageRow *self)
{
  g_autofree char *text = g_object_steal_data (G_OBJECT (self->message), UNSENT_EDIT);

  if (text == NULL)
    return;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->edit_view), text, -1);
  set_editing (self, TRUE);
}

/* ---- The bubble: as wide as its text, at the end side, with room at the start side. To align it
 * would make GTK look for its width by laying out the text a dozen times, which takes 10 ms. ---- */

static GtkSizeRequestMode
get_bubble_mode (GtkWidget *content)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
get_bubble_width (GtkWidget *bubble, int width)
{
  int min, natural;

  gtk_widget_measure (bubble, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
  return MAX (min, MIN (natural, width - BUBBLE_ROOM));
}

static void
measure_bubble (GtkWidget *content, GtkOrientation orientation, int for_size, int *min,
                int *natural, int *min_baseline, int *natural_baseline)
{
  GtkWidget *bubble = gtk_widget_get_first_child (content);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = get_bubble_width (bubble, for_size);
  gtk_widget_measure (bubble, orientation, orientation == GTK_ORIENTATION_VERTICAL ? for_size : -1,
                      min, natural, NULL, NULL);
}

static void
allocate_bubble (GtkWidget *content, int width, int height, int baseline)
{
  GtkWidget *bubble = gtk_widget_get_first_child (content);
  int own = get_bubble_width (bubble, width);
  gboolean rtl = gtk_widget_get_direction (content) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (bubble, &(GtkAllocation){ rtl ? 0 : width - own, 0, own, height }, -1);
}

static void
setup_as_user (TlmMessageRow *self)
{
  gtk_widget_add_css_class (self->bubble, "card");
  gtk_widget_add_css_class (self->bubble, "user-message");
  gtk_widget_set_layout_manager (self->content,
                                 gtk_custom_layout_new (get_bubble_mode, measure_bubble,
                                                        allocate_bubble));
}

static void
set_message (TlmMessageRow *self, TlmMessage *message)
{
  const char *name;

  self->message = g_object_ref (message);
  tlm_route_button_set_message (self->route_button, message);
  name = is_user (self) ? _("Your message") : _("Answer");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (is_user (self))
    setup_as_user (self);
  g_signal_connect_object (message, "notify::text", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (show_waiting_text), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (update_state), self,
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
  update_text (self);
  update_state (self);
  update_versions (self);
  update_digest (self);
  take_unsent_edit (self);
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
 * @step: -1 for the button that leads to an earlier version, 1 to a later one; there the other one
 *   is meant when that is the end
 */
void
tlm_message_row_focus_versions (TlmMessageRow *self, int step)
{
  GtkWidget *wanted = step < 0 ? self->older_button : self->newer_button;

  if (!gtk_widget_is_sensitive (wanted))
    wanted = step < 0 ? self->newer_button : self->older_button;
  gtk_widget_grab_focus (wanted);
}

static void
tlm_message_row_dispose (GObject *object)
{
  TlmMessageRow *self = TLM_MESSAGE_ROW (object);

  g_clear_handle_id (&self->text_timeout, g_source_remove);
  if (self->message != NULL)
    keep_unsent_edit (self);
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
  g_type_ensure (TLM_TYPE_ROUTE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/message-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, view);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, editor);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, edit_view);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, error_label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, full_box);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, hand_over_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, foot);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, route_label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, route_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, versions);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, older_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, version_label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, newer_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, edit_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageRow, digest_bin);
  gtk_widget_class_install_action (widget_class, "message.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "message.retry", NULL, retry_cb);
  gtk_widget_class_install_action (widget_class, "message.hand-over", NULL, hand_over_cb);
  gtk_widget_class_install_action (widget_class, "message.drop-oldest", NULL, drop_oldest_cb);
  gtk_widget_class_install_action (widget_class, "message.summarize-older", NULL, summarize_older_cb);
  gtk_widget_class_install_action (widget_class, "message.older", NULL, turn_cb);
  gtk_widget_class_install_action (widget_class, "message.newer", NULL, turn_cb);
  gtk_widget_class_install_action (widget_class, "message.edit", NULL, edit_cb);
  gtk_widget_class_install_action (widget_class, "message.cancel-edit", NULL, cancel_edit_cb);
  gtk_widget_class_install_action (widget_class, "message.send-edit", NULL, send_edit_cb);
}

static void
tlm_message_row_init (TlmMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
