/* SPDX-License-Identifier: Apache-2.0 */
/* The composer: a text that grows with its lines, Enter sends, Shift+Enter breaks the line. While an
 * answer is being made its button stops it. It never clears itself: the one who sends does. A text
 * too long to be laid out at once is set aside whole, and stands as a line above what is written; what is
 * attached stands there as chips. */
#include "composer.h"

#include "attachment-chip.h"
#include "chats/chats.h"
#include "compat/compat.h"
#include "markdown-view.h"
#include "notes/note-chooser.h"
#include "core/text-input.h"

#include <glib/gi18n.h>
#include <string.h>

/* A longer text is set aside: at 1.5 ms a KiB of one line, a tenth of a second to be laid out. Up to
 * TLM_MARKDOWN_VIEW_MAX_BYTES the person may put it in. */
#define ASIDE_BYTES (64 << 10)

struct _TlmComposer
{
  AdwBin     parent_instance;
  GtkWidget *view;
  GtkWidget *placeholder;
  GtkWidget *send_button;
  GtkWidget *stop_button;
  GtkWidget *aside_box; /* a line for each of the texts set aside */
  GtkWidget *chips;     /* the last of it: for what is attached */
  GtkWidget *note_button;
  GListModel *notes;
  GPtrArray *aside;     /* of char *: texts, and behind them the blocks of what is attached */
  gboolean   putting_in;
  gboolean   busy;
  gboolean   composing; /* an input method is in the middle of a character */
};

enum
{
  CHANGED,
  SEND,
  STOP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmComposer, tlm_composer, ADW_TYPE_BIN)

static char *
dup_written (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

/* @written: (transfer full): what the texts set aside come after */
static char *
join (TlmComposer *self, char *written, const char *separator)
{
  g_autoptr (GString) all = g_string_new (written);

  g_free (written);
  for (guint i = 0; i < self->aside->len; i++)
    g_string_append_printf (all, "%s%s", separator, (char *) g_ptr_array_index (self->aside, i));
  return g_string_free (g_steal_pointer (&all), FALSE);
}

/**
 * tlm_composer_dup_text:
 *
 * Returns: (transfer full): all there is, as tlm_composer_set_text() takes it
 */
char *
tlm_composer_dup_text (TlmComposer *self)
{
  return join (self, dup_written (self), TLM_DRAFT_SEPARATOR);
}

/**
 * tlm_composer_is_empty:
 *
 * Returns: whether nothing was written, and nothing set aside
 */
gboolean
tlm_composer_is_empty (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));

  return self->aside->len == 0 && gtk_text_buffer_get_char_count (buffer) == 0;
}

static gboolean
has_words (TlmComposer *self)
{
  g_autofree char *text = dup_written (self);

  return self->aside->len > 0 || *g_strstrip (text) != '\0';
}

static void
update (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));

  gtk_widget_set_visible (self->placeholder, gtk_text_buffer_get_char_count (buffer) == 0);
  gtk_widget_set_sensitive (self->send_button, has_words (self));
  gtk_widget_set_visible (self->send_button, !self->busy);
  gtk_widget_set_visible (self->stop_button, self->busy);
}

/* ---- Texts set aside ---- */

static GtkWidget *
new_button (const char *action, guint i)
{
  GtkWidget *button = gtk_button_new ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", i);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

static GtkWidget *
new_remove_button (guint i, const char *words)
{
  GtkWidget *button = new_button ("composer.remove-text", i);

  gtk_button_set_icon_name (GTK_BUTTON (button), "window-close-symbolic");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return button;
}

static GtkWidget *
new_put_in_button (guint i)
{
  GtkWidget *button = new_button ("composer.put-in", i);

  /* Translators: puts a text that was set aside into the message that is written. */
  gtk_button_set_label (GTK_BUTTON (button), _("Put In"));
  return button;
}

static GtkWidget *
new_line (TlmComposer *self, guint i)
{
  gsize bytes = strlen (g_ptr_array_index (self->aside, i));
  g_autofree char *size = g_format_size (bytes);
  /* Translators: a text too long to be shown where messages are written; then its size. */
  g_autofree char *words = g_strdup_printf (_("Pasted text, %s"), size);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), tlm_decoration_new ("edit-paste-symbolic"));
  gtk_box_append (GTK_BOX (line), label);
  if (bytes <= TLM_MARKDOWN_VIEW_MAX_BYTES)
    gtk_box_append (GTK_BOX (line), new_put_in_button (i));
  gtk_box_append (GTK_BOX (line), new_remove_button (i, _("Remove the Pasted Text")));
  return line;
}

static void
add_chip (TlmComposer *self, const char *block, const TlmAttachment *attachment, guint i)
{
  /* Translators: a button; %s is the name of a file or note. */
  g_autofree char *words = g_strdup_printf (_("Remove “%s”"), attachment->name);

  tlm_attachment_chips_add (self->chips, block, attachment, new_remove_button (i, words));
}

static void
add_row (TlmComposer *self, guint i)
{
  const char *text = g_ptr_array_index (self->aside, i);
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);

  if (attachments->len > 0)
    add_chip (self, text, &g_array_index (attachments, TlmAttachment, 0), i);
  else
    gtk_box_append (GTK_BOX (self->aside_box), new_line (self, i));
}

static void
update_aside (TlmComposer *self)
{
  GtkWidget *line;

  while ((line = gtk_widget_get_first_child (self->aside_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->aside_box), line);
  self->chips = tlm_attachment_chips_new ();
  for (guint i = 0; i < self->aside->len; i++)
    add_row (self, i);
  gtk_box_append (GTK_BOX (self->aside_box), self->chips);
  gtk_widget_set_visible (self->chips, gtk_widget_get_first_child (self->chips) != NULL);
  gtk_widget_set_visible (self->aside_box, self->aside->len > 0);
  update (self);
}

static void
refuse (TlmComposer *self, gsize bytes)
{
  g_autofree char *size = g_format_size (bytes), *limit = g_format_size (TLM_TEXT_MAX_BYTES);
  /* Translators: both are sizes, as "70 MB". */
  g_autofree char *words = g_strdup_printf (_("A message takes up to %s, and this would make it %s. "
                                              "It was not put in; nothing else has changed."),
                                            limit, size);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

static gboolean
is_block (const char *text)
{
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);

  return attachments->len > 0;
}

static guint
count_texts (TlmComposer *self)
{
  guint n = 0;

  while (n < self->aside->len && !is_block (g_ptr_array_index (self->aside, n)))
    n++;
  return n;
}

/* @text: (transfer full) */
static void
set_aside (TlmComposer *self, char *text)
{
  g_autofree char *before = tlm_composer_dup_text (self);
  gsize bytes = strlen (before) + strlen (text);

  if (bytes > TLM_TEXT_MAX_BYTES)
    {
      refuse (self, bytes);
      g_free (text);
      return;
    }
  g_strdelimit (text, TLM_DRAFT_SEPARATOR, ' ');
  g_ptr_array_insert (self->aside, is_block (text) ? -1 : (int) count_texts (self), text);
  update_aside (self);
}

/* Whichever way a text comes: pasted, dropped, or as the draft. */
static void
insert_text_cb (TlmComposer   *self,
                GtkTextIter   *place,
                const char    *text,
                int            bytes,
                GtkTextBuffer *buffer)
{
  if (self->putting_in || bytes <= ASIDE_BYTES)
    return;
  g_signal_stop_emission_by_name (buffer, "insert-text");
  set_aside (self, g_strndup (text, (gsize) bytes));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* @parameter: which; (transfer full) (nullable) */
static char *
take_aside (TlmComposer *self, GVariant *parameter)
{
  guint i = g_variant_get_uint32 (parameter);
  char *text = i < self->aside->len ? g_ptr_array_steal_index (self->aside, i) : NULL;

  update_aside (self);
  gtk_widget_grab_focus (self->view);
  return text;
}

static void
remove_text_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmComposer *self = TLM_COMPOSER (widget);

  g_free (take_aside (self, parameter));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
put_in_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmComposer *self = TLM_COMPOSER (widget);
  g_autofree char *text = take_aside (self, parameter);

  if (text == NULL)
    return;
  self->putting_in = TRUE;
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
  self->putting_in = FALSE;
}

/* A message that could not be sent comes back with what is attached to it. */
static void
set_written (TlmComposer *self, const char *text)
{
  gsize body;
  g_autoptr (GArray) attachments = tlm_attachments_read (text, &body);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, (int) body);
  for (guint i = 0; i < attachments->len; i++)
    {
      const TlmAttachment *attachment = &g_array_index (attachments, TlmAttachment, i);
      g_autofree char *inner = g_strndup (text + attachment->start, attachment->end - attachment->start);

      set_aside (self, tlm_attachment_dup_block (attachment->note, attachment->name, inner));
    }
}

/**
 * tlm_composer_attach:
 * @block: of tlm_attachment_dup_block(); where there is no room for it the person is told
 */
void
tlm_composer_attach (TlmComposer *self, const char *block)
{
  guint n = self->aside->len - count_texts (self);
  g_autofree char *words = NULL;

  if (n < TLM_ATTACHMENTS_MAX)
    {
      set_aside (self, g_strdup (block));
      g_signal_emit (self, signals[CHANGED], 0);
      gtk_widget_grab_focus (self->view);
      return;
    }
  words = g_strdup_printf (ngettext ("A message takes up to %d attachment. Send this one first, or put the "
                                     "rest into the next.",
                                     "A message takes up to %d attachments. Send these first, or put the "
                                     "rest into the next.", TLM_ATTACHMENTS_MAX), TLM_ATTACHMENTS_MAX);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

/**
 * tlm_composer_insert:
 * @text: goes where the cursor is
 */
void
tlm_composer_insert (TlmComposer *self, const char *text)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
  gtk_widget_grab_focus (self->view);
}

/* Made at the first press: there may be many notes. */
static void
create_chooser_cb (GtkMenuButton *button, gpointer user_data)
{
  TlmComposer *self = user_data;

  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, tlm_note_chooser_new (self->notes));
}

/**
 * tlm_composer_set_notes:
 * @notes: of TlmNote: those that may be attached
 */
void
tlm_composer_set_notes (TlmComposer *self, GListModel *notes)
{
  g_set_object (&self->notes, notes);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->note_button), create_chooser_cb, self,
                                         NULL);
}

/**
 * tlm_composer_set_text:
 * @text: takes the place of all there is; the cursor goes to its end
 */
void
tlm_composer_set_text (TlmComposer *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, TLM_DRAFT_SEPARATOR, -1);

  g_ptr_array_set_size (self->aside, 0);
  set_written (self, parts[0] != NULL ? parts[0] : "");
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    set_aside (self, g_strdup (parts[i]));
  update_aside (self);
}

/**
 * tlm_composer_set_busy:
 * @busy: whether there is an answer to stop
 */
void
tlm_composer_set_busy (TlmComposer *self, gboolean busy)
{
  self->busy = busy;
  update (self);
}

/**
 * tlm_composer_focus:
 *
 * Puts the cursor into the text.
 */
void
tlm_composer_focus (TlmComposer *self)
{
  gtk_widget_grab_focus (self->view);
}

static void
changed_cb (TlmComposer *self)
{
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
send_cb (TlmComposer *self)
{
  g_autofree char *text = join (self, dup_written (self), "\n\n");

  if (!self->busy && has_words (self))
    g_signal_emit (self, signals[SEND], 0, text + strspn (text, "\n"));
}

static void
stop_cb (TlmComposer *self)
{
  g_signal_emit (self, signals[STOP], 0);
}

static gboolean
key_pressed_cb (TlmComposer          *self,
                guint                 keyval,
                guint                 keycode,
                GdkModifierType       state,
                GtkEventControllerKey *key)
{
  gboolean enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter
                   || keyval == GDK_KEY_ISO_Enter;

  if (!enter || self->composing || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  send_cb (self);
  return GDK_EVENT_STOP;
}

static void
preedit_cb (TlmComposer *self, const char *preedit)
{
  self->composing = *preedit != '\0';
}

static void
tlm_composer_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_COMPOSER);
  g_clear_pointer (&TLM_COMPOSER (object)->aside, g_ptr_array_unref);
  g_clear_object (&TLM_COMPOSER (object)->notes);
  G_OBJECT_CLASS (tlm_composer_parent_class)->dispose (object);
}

static void
tlm_composer_class_init (TlmComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_composer_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, view);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, stop_button);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, aside_box);
  gtk_widget_class_bind_template_child (widget_class, TlmComposer, note_button);
  gtk_widget_class_install_action (widget_class, "composer.put-in", "u", put_in_cb);
  gtk_widget_class_install_action (widget_class, "composer.remove-text", "u", remove_text_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preedit_cb);
}

static void
tlm_composer_init (TlmComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->aside = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "insert-text",
                           G_CALLBACK (insert_text_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}
