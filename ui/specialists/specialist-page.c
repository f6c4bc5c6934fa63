/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a specialist. One that did not win has no switch but a button that says that it is
 * used all the same: the person overrules knowingly. A model of its own has neither: it is chosen
 * as models are. */
#include "specialist-page.h"

#include "common/focus.h"
#include "common/level.h"
#include "specialists/specialist-trial.h"
#include "specialist-verdict.h"
#include "core/words.h"

#include <glib/gi18n.h>
#include <math.h>

/* How likely a label must be for each of the three levels, where it is sure at all. */
#define STRONG 0.9

struct _TlmSpecialistPage
{
  AdwBin                parent_instance;
  TlmSpecialistVerdict *verdict;
  AdwActionRow         *use_row, *vote_row, *answer_row, *base_row, *answers_row, *data_row,
                       *recipe_row, *file_row, *export_row, *remove_row;
  GtkSwitch            *use_switch;
  GtkWidget            *anyway_button, *models_button, *vote_button, *try_group, *merge_row,
                       *merge_button;
  GtkEditable          *try_row, *name_row;
  GtkImage             *answer_icon;
  char                 *path, *base_path, *name; /* as they were given last */
  gboolean              full;
  GCancellable         *reading, *trying;
};

enum { USE, RENAME, VOTE, EXPORT, MERGE, REMOVE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmSpecialistPage, tlm_specialist_page, ADW_TYPE_BIN)

/* ---- what a person does ---- */

static gboolean
use_cb (TlmSpecialistPage *self, gboolean on)
{
  g_signal_emit (self, signals[USE], 0, on);
  return FALSE;
}

static void
anyway_cb (TlmSpecialistPage *self)
{
  g_signal_emit (self, signals[USE], 0, TRUE);
}

/* The next time that it is shown, the field says how it is called, also where the name was not taken. */
static void
rename_cb (TlmSpecialistPage *self)
{
  g_clear_pointer (&self->name, g_free);
  g_signal_emit (self, signals[RENAME], 0, gtk_editable_get_text (self->name_row));
}

static void
vote_cb (TlmSpecialistPage *self)
{
  g_signal_emit (self, signals[VOTE], 0);
}

static void
export_cb (TlmSpecialistPage *self)
{
  g_signal_emit (self, signals[EXPORT], 0);
}

static void
merge_cb (TlmSpecialistPage *self)
{
  g_signal_emit (self, signals[MERGE], 0);
}

static void
remove_cb (TlmSpecialistPage *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

/* ---- trying ---- */

static void
show_answer (TlmSpecialistPage *self, const char *answer, const char *subtitle, const char *icon)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->answer_row), answer);
  adw_action_row_set_subtitle (self->answer_row, subtitle);
  gtk_image_set_from_icon_name (self->answer_icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->answer_row), TRUE);
}

/* "shipping 91 %, sales 6 %, refund 2 %" */
static char *
dup_chances (const TlmTrial *trial)
{
  g_autoptr (GPtrArray) chances = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MIN (trial->n_chances, 3); i++)
    /* Translators: part of a list: a label and how probable it is, as in "shipping 91 %". */
    g_ptr_array_add (chances, g_strdup_printf (_("%s %d %%"), trial->chances[i].label,
                                               (int) lround (100 * trial->chances[i].p)));
  g_ptr_array_add (chances, NULL);
  return tlm_words_join ((const char *const *) chances->pdata);
}

static const char *
get_cut (const TlmTrial *trial)
{
  return trial->cut ? _("There was no room for the whole text.") : "";
}

static void
show_label (TlmSpecialistPage *self, const TlmTrial *trial)
{
  TlmConfidence level = trial->ask                      ? TLM_CONFIDENCE_LOW
                        : trial->chances[0].p >= STRONG ? TLM_CONFIDENCE_HIGH
                                                        : TLM_CONFIDENCE_MEDIUM;
  g_autofree char *chances = dup_chances (trial), *all = NULL;
  g_autofree char *text = trial->ask
                            ? g_strdup_printf (_("Not sure: ask a person. %s"), chances)
                            /* Translators: how sure the specialist is, then the likeliest labels. */
                            : g_strdup_printf (_("%s. %s"), tlm_level_word_for_answer (level),
                                               chances);

  all = tlm_words_follow (text, get_cut (trial));
  show_answer (self, trial->specialist, all, tlm_level_icon_name (level));
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmTrial) trial = tlm_specialist_try_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->trying);
  gtk_widget_set_sensitive (self->try_group, TRUE);
  tlm_return_focus (self->try_group, self->try_group);
  if (trial == NULL)
    show_answer (self, error->message, "", "dialog-error-symbolic");
  else if (trial->n_chances > 0)
    show_label (self, trial);
  else
    /* Translators: stands for an answer that is empty. */
    show_answer (self, *trial->specialist != '\0' ? trial->specialist : _("(nothing)"),
                 get_cut (trial), NULL);
}

/* What is still under way is no longer wanted. */
static void
stop (GCancellable **cancellable)
{
  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

static gboolean
can_try (TlmSpecialistPage *self)
{
  return self->full || self->base_path != NULL;
}

static void
try_cb (TlmSpecialistPage *self)
{
  const char *text = gtk_editable_get_text (self->try_row);

  if (*text == '\0' || !can_try (self))
    return;
  show_answer (self, _("Answering…"), "", NULL);
  tlm_grey_out (self->try_group);
  self->trying = g_cancellable_new ();
  if (self->full)
    tlm_specialist_try_async (self->path, NULL, text, self->trying, tried_cb, g_object_ref (self));
  else
    tlm_specialist_try_async (self->base_path, self->path, text, self->trying, tried_cb,
                              g_object_ref (self));
}

/* ---- the card ---- */

static void
show_text (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
}

static void
show_recipe (TlmSpecialistPage *self, const TlmSpecialistCard *card)
{
  const TlmSpecialistResult *r = &card->result;
  g_autofree char *data = NULL, *recipe = NULL;

  if (card->trained_here)
    {
      /* Translators: of examples: how many it learned from, how many told when to stop, how many
       * judged it. */
      data = g_strdup_printf (_("Learned from %u, stopped by %u, judged by %u"), r->n_train,
                              r->n_valid, r->n_held_out);
      recipe = card->full ? g_strdup_printf (
          _("The whole model, learning rate %g, seed %u. It ended at step %u; the best was step "
             "%u"),
          r->lr, (guint) card->seed, r->steps, r->best_step)
                          : g_strdup_printf (
          _("Rank %u, alpha %g, learning rate %g, dropout %g, seed %u. It ended at step %u; "
             "the best was step %u"),
          r->rank, card->alpha, r->lr, card->dropout, (guint) card->seed, r->steps, r->best_step);
    }
  show_text (self->data_row, data);
  show_text (self->recipe_row, recipe);
}

/* "shipping, sales, refund" */
static char *
dup_labels (GPtrArray *labels)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < labels->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) labels->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
show_card (TlmSpecialistPage *self, const TlmSpecialistCard *card)
{
  g_autofree char *shown = g_filename_display_name (self->path), *size = g_format_size (card->size);
  g_autofree char *file = g_strdup_printf ("%s, %s\nSHA-256 %s", shown, size, card->sha256);
  g_autofree char *base = NULL, *labels = NULL;

  if (*card->base_sha256 != '\0')
    base = g_strdup_printf (self->base_path != NULL ? "%s\nSHA-256 %s"
                                                    /* Translators: the name of a model, and its
                                                     * hash. */
                                                    : _("%s, which is not installed\nSHA-256 %s"),
                            card->base_name, card->base_sha256);
  if (card->labels->len > 0)
    labels = dup_labels (card->labels);
  show_text (self->base_row, base);
  show_text (self->answers_row, labels != NULL ? labels
                                : card->trained_here ? _("Free text") : NULL);
  show_text (self->file_row, file);
  show_recipe (self, card);
}

static const char *
get_use (gboolean full, gboolean won, gboolean on)
{
  if (full)
    return won ? _("It is one of the models, and can be chosen to answer in chats")
               : _("It did not win. It is one of the models all the same");
  return won ? _("It can be chosen to answer in chats")
         : on ? _("You use it although it did not win")
              : _("It did not win, so it is off. You may know better");
}

/* One that won has the switch; for another the words come first, and then the button. */
static void
show_use (TlmSpecialistPage *self, const TlmSpecialistCard *card)
{
  gboolean won = card->result.verdict.kind == TLM_VERDICT_WINS;
  gboolean on = gtk_switch_get_active (self->use_switch);

  gtk_widget_set_visible (GTK_WIDGET (self->use_switch), !card->full && (won || on));
  gtk_widget_set_visible (self->anyway_button, !card->full && !won && !on);
  gtk_widget_set_visible (self->models_button, card->full);
  adw_action_row_set_subtitle (self->use_row, get_use (card->full, won, on));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmSpecialistCard) card = tlm_specialist_card_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), card != NULL && card->trained_here);
  gtk_widget_set_visible (self->try_group, card != NULL && card->trained_here && can_try (self));
  if (card == NULL)
    {
      show_text (self->file_row, error->message);
      return;
    }
  tlm_specialist_verdict_set (self->verdict, &card->result.verdict, card->labels->len);
  show_card (self, card);
  show_use (self, card);
}

static void
show_votes (TlmSpecialistPage *self, const TlmSpecialistFacts *facts)
{
  g_autofree char *tally = tlm_vote_tally_dup_text (&facts->tally);

  adw_action_row_set_subtitle (
      self->vote_row,
      tally != NULL ? tally : _("Answers with and without it, side by side, without their names"));
  gtk_widget_set_visible (GTK_WIDGET (self->vote_row), facts->can_vote || tally != NULL);
  gtk_widget_set_visible (self->vote_button, facts->can_vote && facts->base_path != NULL);
}

static void
show_kind (TlmSpecialistPage *self, gboolean full)
{
  self->full = full;
  gtk_widget_set_visible (self->merge_row, !full);
  adw_action_row_set_subtitle (
      self->export_row, full ? _("A model as a GGUF file, as llama.cpp reads it too")
                             : _("A LoRA adapter as a GGUF file, as llama.cpp reads it too"));
  adw_action_row_set_subtitle (
      self->remove_row, full ? _("It leaves this list; the model stays under Models")
                             : _("It goes to the bin for 30 days; the examples stay"));
}

/* Nothing of the one before stays. */
static void
turn (TlmSpecialistPage *self)
{
  stop (&self->trying);
  gtk_widget_set_sensitive (self->try_group, TRUE);
  gtk_editable_set_text (self->try_row, "");
  gtk_widget_set_visible (GTK_WIDGET (self->answer_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), FALSE);
  g_clear_pointer (&self->name, g_free);
}

/* What is being typed stays, unless it is called otherwise by now. */
static void
show_name (TlmSpecialistPage *self, const char *name)
{
  if (g_strcmp0 (name, self->name) == 0)
    return;
  gtk_editable_set_text (self->name_row, name);
  g_free (self->name);
  self->name = g_strdup (name);
}

/**
 * tlm_specialist_page_show:
 * @facts: of the specialist that is shown from now on, or is shown already and has changed
 */
void
tlm_specialist_page_show (TlmSpecialistPage *self, const TlmSpecialistFacts *facts)
{
  if (g_strcmp0 (facts->path, self->path) != 0)
    turn (self);
  g_free (self->path);
  g_free (self->base_path);
  self->path = g_strdup (facts->path);
  self->base_path = g_strdup (facts->base_path);
  show_kind (self, facts->full);
  show_name (self, facts->name);
  g_signal_handlers_block_by_func (self->use_switch, use_cb, self);
  gtk_switch_set_active (self->use_switch, facts->on);
  g_signal_handlers_unblock_by_func (self->use_switch, use_cb, self);
  gtk_widget_set_sensitive (self->merge_button, facts->base_path != NULL);
  show_votes (self, facts);
  stop (&self->reading);
  self->reading = g_cancellable_new ();
  tlm_specialist_card_read_async (self->path, self->reading, read_cb, g_object_ref (self));
}

static void
tlm_specialist_page_dispose (GObject *object)
{
  TlmSpecialistPage *self = TLM_SPECIALIST_PAGE (object);

  stop (&self->reading);
  stop (&self->trying);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SPECIALIST_PAGE);
  G_OBJECT_CLASS (tlm_specialist_page_parent_class)->dispose (object);
}

static void
tlm_specialist_page_finalize (GObject *object)
{
  g_free (TLM_SPECIALIST_PAGE (object)->path);
  g_free (TLM_SPECIALIST_PAGE (object)->base_path);
  g_free (TLM_SPECIALIST_PAGE (object)->name);
  G_OBJECT_CLASS (tlm_specialist_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, use_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, use_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, anyway_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, models_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, vote_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, vote_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, try_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, try_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, answer_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, answer_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, base_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, answers_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, data_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, file_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, export_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, merge_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, merge_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistPage, remove_row);
  gtk_widget_class_bind_template_callback (widget_class, anyway_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
  gtk_widget_class_bind_template_callback (widget_class, try_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
  gtk_widget_class_bind_template_callback (widget_class, vote_cb);
}

static void
tlm_specialist_page_class_init (TlmSpecialistPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const names[] = { "use", "rename", "vote", "export", "merge", "remove" };

  G_OBJECT_CLASS (klass)->dispose = tlm_specialist_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_specialist_page_finalize;
  g_type_ensure (TLM_TYPE_SPECIALIST_VERDICT);
  for (guint i = VOTE; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
  signals[USE] = g_signal_new (names[USE], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[RENAME] = g_signal_new (names[RENAME], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialist-page.ui");
  bind_template (widget_class);
}

static void
tlm_specialist_page_init (TlmSpecialistPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
