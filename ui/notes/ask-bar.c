/* SPDX-License-Identifier: Apache-2.0 */
/* The bar only shows. Signals: "asked" (the question) and "answer-activated", when the person wants to
 * see the answer's place again. */
#include "ask-bar.h"

#include "common/level.h"

#include <glib/gi18n.h>

struct _TlmAskBar
{
  AdwBin       parent_instance;
  GtkEditable *entry;
  GtkWidget   *answer_button;
  GtkLabel    *answer_label;
  GtkWidget   *foot;
  GtkImage    *level_icon;
  GtkLabel    *foot_label;
  char        *asked; /* (nullable): the question that an answer belongs to */
};

enum
{
  ASKED,
  ANSWER_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmAskBar, tlm_ask_bar, ADW_TYPE_BIN)

/* (transfer full) */
static char *
dup_question (TlmAskBar *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
}

static void
activate_cb (TlmAskBar *self)
{
  g_autofree char *question = dup_question (self);

  if (*question == '\0')
    return;
  g_free (self->asked);
  self->asked = g_strdup (question);
  g_signal_emit (self, signals[ASKED], 0, question);
}

/* An answer belongs to the question that stands above it. */
static void
changed_cb (TlmAskBar *self)
{
  gtk_widget_set_visible (self->answer_button, FALSE);
  gtk_widget_set_visible (self->foot, FALSE);
}

static void
answer_clicked_cb (TlmAskBar *self)
{
  g_signal_emit (self, signals[ANSWER_ACTIVATED], 0);
}

static void
show_foot (TlmAskBar *self, const char *icon, const char *words)
{
  gtk_image_set_from_icon_name (self->level_icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->level_icon), icon != NULL);
  gtk_label_set_text (self->foot_label, words);
  gtk_widget_set_visible (self->foot, TRUE);
}

/**
 * tlm_ask_bar_focus:
 *
 * Puts the keyboard where a question is written.
 */
void
tlm_ask_bar_focus (TlmAskBar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * tlm_ask_bar_clear:
 *
 * Another note: neither question nor answer.
 */
void
tlm_ask_bar_clear (TlmAskBar *self)
{
  gtk_editable_set_text (self->entry, "");
}

/**
 * tlm_ask_bar_still_asks:
 *
 * Returns: whether the question that was asked last stands there, and not another that is being written:
 *   an answer or error that comes late is shown only then
 */
gboolean
tlm_ask_bar_still_asks (TlmAskBar *self)
{
  g_autofree char *question = dup_question (self);

  return g_strcmp0 (question, self->asked) == 0;
}

/**
 * tlm_ask_bar_set_answer:
 * @sentence: as it is shown; not used when @answer is empty
 * @answer: how sure the reader is; start == end when the note does not say
 */
void
tlm_ask_bar_set_answer (TlmAskBar *self, const char *sentence, const TlmSpan *answer)
{
  gboolean none = answer->start == answer->end;

  gtk_widget_set_visible (self->answer_button, !none);
  if (none)
    {
      show_foot (self, tlm_level_icon_name (answer->confidence),
                 answer->confidence == TLM_CONFIDENCE_HIGH
                   ? _("Not in your note.")
                   : _("Not in your note, it seems. Ask in the note’s own words to be surer."));
      return;
    }
  gtk_label_set_text (self->answer_label, sentence);
  show_foot (self, tlm_level_icon_name (answer->confidence),
             tlm_level_word_for_answer (answer->confidence));
}

/**
 * tlm_ask_bar_set_error:
 * @sentence: why there is no answer
 */
void
tlm_ask_bar_set_error (TlmAskBar *self, const char *sentence)
{
  gtk_widget_set_visible (self->answer_button, FALSE);
  show_foot (self, NULL, sentence);
}

static void
tlm_ask_bar_dispose (GObject *object)
{
  g_clear_pointer (&TLM_ASK_BAR (object)->asked, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_ASK_BAR);
  G_OBJECT_CLASS (tlm_ask_bar_parent_class)->dispose (object);
}

static void
tlm_ask_bar_class_init (TlmAskBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_ask_bar_dispose;
  signals[ASKED] = g_signal_new ("asked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ANSWER_ACTIVATED] = g_signal_new ("answer-activated", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/ask-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, entry);
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, answer_button);
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, answer_label);
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, foot);
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, level_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmAskBar, foot_label);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, answer_clicked_cb);
}

static void
tlm_ask_bar_init (TlmAskBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
