/* SPDX-License-Identifier: Apache-2.0 */
/* The composer: a text that grows with its lines, Enter sends, Shift+Enter breaks the line. While an
 * answer is being made its button stops it. It never clears itself: the one who sends does. */
#include "composer.h"

struct _TlmComposer
{
  AdwBin     parent_instance;
  GtkWidget *view;
  GtkWidget *placeholder;
  GtkWidget *send_button;
  GtkWidget *stop_button;
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

/**
 * tlm_composer_dup_text:
 *
 * Returns: (transfer full): what is written
 */
char *
tlm_composer_dup_text (TlmComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static gboolean
has_words (TlmComposer *self)
{
  g_autofree char *text = tlm_composer_dup_text (self);

  return *g_strstrip (text) != '\0';
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

/**
 * tlm_composer_set_text:
 * @text: takes the place of what is written; the cursor goes to its end
 */
void
tlm_composer_set_text (TlmComposer *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
  update (self);
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
  g_autofree char *text = tlm_composer_dup_text (self);

  if (!self->busy && has_words (self))
    g_signal_emit (self, signals[SEND], 0, text);
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
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preedit_cb);
}

static void
tlm_composer_init (TlmComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}
