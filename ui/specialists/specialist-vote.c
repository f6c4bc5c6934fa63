/* SPDX-License-Identifier: Apache-2.0 */
/* The vote. Which answer is A is drawn anew for each text. Texts to which both answered the same
 * are not asked; they count as equal. */
#include "specialist-vote.h"

#include "common/focus.h"
#include "common/page.h"

#include <glib/gi18n.h>

/* As many as a person votes on in a few minutes. */
#define MAX_TEXTS 10

struct _TlmSpecialistVote
{
  AdwBin               parent_instance;
  GtkStack            *stack;
  AdwPreferencesGroup *text_group;
  AdwStatusPage       *none_page;
  GtkLabel            *input_label, *a_label, *b_label;
  GtkWidget           *a_button;
  GPtrArray           *trials; /* (nullable): of TlmTrial, those that differ */
  guint                at;
  gboolean             a_is_specialist;
  TlmVoteTally         tally;
  GCancellable        *cancellable;
};

G_DEFINE_FINAL_TYPE (TlmSpecialistVote, tlm_specialist_vote, ADW_TYPE_BIN)

static guint done_signal;

char *
tlm_vote_tally_dup_text (const TlmVoteTally *tally)
{
  if (tally->n_specialist + tally->n_base + tally->n_same == 0)
    return NULL;
  /* Translators: how often the person preferred whose answer; also shown for a moment only. */
  return g_strdup_printf (_("Preferred: specialist %u, model alone %u, equal %u"),
                          tally->n_specialist, tally->n_base, tally->n_same);
}

static void
show_trial (TlmSpecialistVote *self)
{
  const TlmTrial *trial = self->trials->pdata[self->at];
  /* Translators: which text of how many is being voted on. */
  g_autofree char *title = g_strdup_printf (_("Text %u of %u"), self->at + 1, self->trials->len);

  self->a_is_specialist = g_random_boolean ();
  adw_preferences_group_set_title (self->text_group, title);
  gtk_label_set_text (self->input_label, trial->input);
  gtk_label_set_text (self->a_label, self->a_is_specialist ? trial->specialist : trial->base);
  gtk_label_set_text (self->b_label, self->a_is_specialist ? trial->base : trial->specialist);
  tlm_offer_focus (self->a_button, gtk_widget_get_ancestor (self->a_button, TLM_TYPE_PAGE));
}

static void
go_on (TlmSpecialistVote *self)
{
  if (++self->at < self->trials->len)
    show_trial (self);
  else
    g_signal_emit (self, done_signal, 0, &self->tally);
}

static void
a_cb (TlmSpecialistVote *self)
{
  (*(self->a_is_specialist ? &self->tally.n_specialist : &self->tally.n_base))++;
  go_on (self);
}

static void
b_cb (TlmSpecialistVote *self)
{
  (*(self->a_is_specialist ? &self->tally.n_base : &self->tally.n_specialist))++;
  go_on (self);
}

static void
same_cb (TlmSpecialistVote *self)
{
  self->tally.n_same++;
  go_on (self);
}

static void
show_none (TlmSpecialistVote *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->none_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "none");
}

/* Leaves those that differ. */
static void
sort_out (TlmSpecialistVote *self)
{
  for (guint i = self->trials->len; i-- > 0;)
    {
      const TlmTrial *trial = self->trials->pdata[i];

      if (!g_str_equal (trial->base, trial->specialist))
        continue;
      self->tally.n_same++;
      g_ptr_array_remove_index (self->trials, i);
    }
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistVote) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) trials = tlm_specialist_compare_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->trials, g_ptr_array_unref);
  self->trials = g_steal_pointer (&trials);
  if (self->trials != NULL)
    sort_out (self);
  if (self->trials == NULL)
    show_none (self, error->message);
  else if (self->trials->len == 0)
    show_none (self, _("Both gave the same answer to each text."));
  else
    {
      gtk_stack_set_visible_child_name (self->stack, "vote");
      show_trial (self);
    }
}

/**
 * tlm_specialist_vote_stop:
 *
 * What was voted so far is forgotten.
 */
void
tlm_specialist_vote_stop (TlmSpecialistVote *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->trials, g_ptr_array_unref);
}

/**
 * tlm_specialist_vote_begin:
 * @options: of the training that made the specialist
 */
void
tlm_specialist_vote_begin (TlmSpecialistVote *self, const TlmSpecialistOptions *options)
{
  tlm_specialist_vote_stop (self);
  self->at = 0;
  self->tally = (TlmVoteTally){ 0 };
  self->cancellable = g_cancellable_new ();
  gtk_stack_set_visible_child_name (self->stack, "wait");
  tlm_specialist_compare_async (options, MAX_TEXTS, self->cancellable, compared_cb,
                                g_object_ref (self));
}

static void
tlm_specialist_vote_dispose (GObject *object)
{
  tlm_specialist_vote_stop (TLM_SPECIALIST_VOTE (object));
  adw_bin_set_child (ADW_BIN (object),
                     NULL); /* bound, so the template would take it from the bin */
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_SPECIALIST_VOTE);
  G_OBJECT_CLASS (tlm_specialist_vote_parent_class)->dispose (object);
}

static void
tlm_specialist_vote_class_init (TlmSpecialistVoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_specialist_vote_dispose;
  done_signal = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialist-vote.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, text_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, none_page);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, input_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, a_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, b_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVote, a_button);
  gtk_widget_class_bind_template_callback (widget_class, a_cb);
  gtk_widget_class_bind_template_callback (widget_class, b_cb);
  gtk_widget_class_bind_template_callback (widget_class, same_cb);
}

static void
tlm_specialist_vote_init (TlmSpecialistVote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
