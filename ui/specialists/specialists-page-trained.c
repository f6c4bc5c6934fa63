/* SPDX-License-Identifier: Apache-2.0 */
/* The specialists of the page: their rows, and what is done with the one that is shown. The list is
 * made anew after each change, and so is what is shown of it. */
#include "specialists-page-private.h"

#include "compat/compat.h"
#include "specialists/specialist-merge.h"
#include "specialist-verdict.h"
#include "store/erase.h"

#include <glib/gi18n.h>

/* (transfer none) (nullable): that is shown */
static TlmTrained *
get_shown (TlmSpecialistsPage *self)
{
  return self->path != NULL ? tlm_trained_list_find (self->trained, self->path) : NULL;
}

const char *
tlm_specialists_page_get_name (TlmSpecialistsPage *self)
{
  TlmTrained *trained = get_shown (self);

  return trained != NULL ? tlm_trained_get_state (trained)->name : _("Specialist");
}

/* ---- showing one ---- */

static void
show (TlmSpecialistsPage *self, TlmTrained *trained)
{
  const TlmTrainedState *state = tlm_trained_get_state (trained);
  gboolean installed = tlm_models_find_path (self->models, state->base_path) != NULL;
  const TlmSpecialistFacts facts = {
    .name = state->name,
    .path = state->path,
    .base_path = installed ? state->base_path : NULL,
    .full = state->full,
    .on = state->used,
    .can_vote = state->can_vote,
    .tally = { state->n_specialist, state->n_base, state->n_same },
  };

  tlm_specialist_page_show (self->specialist_page, &facts);
}

/**
 * tlm_specialists_page_show_trained:
 * @path: of the specialist; one that is not in the list yet is shown when it comes
 */
void
tlm_specialists_page_show_trained (TlmSpecialistsPage *self, const char *path)
{
  TlmTrained *trained;

  if (path != self->path)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }
  trained = get_shown (self);
  if (trained == NULL)
    return;
  show (self, trained);
  tlm_specialists_page_show_place (self, "specialist");
}

/* ---- the rows ---- */

static void
activated_cb (GtkWidget *row, TlmSpecialistsPage *self)
{
  TlmTrained *trained = g_object_get_data (G_OBJECT (row), "tlm-trained");

  tlm_specialists_page_show_trained (self, tlm_trained_get_state (trained)->path);
}

/* "On · it is better than the model alone" */
static char *
dup_subtitle (const TlmTrainedState *state)
{
  /* Translators: a specialist that is not an adapter but a model of its own. */
  const char *on = state->full ? _("A model of its own") : state->used ? _("On") : _("Off");

  if (state->card == NULL)
    return g_strdup (state->full ? _("Its model was removed") : _("Its file cannot be read"));
  if (!state->card->trained_here)
    return g_strdup_printf (_("%s · trained elsewhere, not judged here"), on);
  return g_strdup_printf ("%s · %s", on, tlm_verdict_get_title (&state->card->result.verdict));
}

static void
add_row (TlmSpecialistsPage *self, TlmTrained *trained)
{
  const TlmTrainedState *state = tlm_trained_get_state (trained);
  g_autofree char *subtitle = dup_subtitle (state);
  GtkWidget *row = tlm_specialists_page_make_row (state->name, subtitle);

  g_object_set_data_full (G_OBJECT (row), "tlm-trained", g_object_ref (trained), g_object_unref);
  g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self, 0);
  adw_preferences_group_add (self->specialists_group, row);
  g_ptr_array_add (self->trained_rows, row);
}

/* One whose training ended just now is shown as soon as it is there, if its training was looked at.
 */
static void
list_changed_cb (TlmSpecialistsPage *self)
{
  GListModel *list = tlm_trained_list_get (self->trained);
  const char *place = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < self->trained_rows->len; i++)
    adw_preferences_group_remove (self->specialists_group, self->trained_rows->pdata[i]);
  g_ptr_array_set_size (self->trained_rows, 0);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (list, i);

      add_row (self, trained);
    }
  gtk_widget_set_visible (self->import_row, self->trained_rows->len == 0);
  gtk_widget_set_visible (self->import_button, self->trained_rows->len > 0);
  if (self->path != NULL && (g_str_equal (place, "run") || g_str_equal (place, "specialist")))
    tlm_specialists_page_show_trained (self, self->path);
}

/* Whether its model is there decides what can be done with it. */
static void
models_changed_cb (TlmSpecialistsPage *self)
{
  TlmTrained *trained = get_shown (self);

  if (trained != NULL && g_str_equal (gtk_stack_get_visible_child_name (self->stack), "specialist"))
    show (self, trained);
}

/* What was not done is not shown as done either. */
static void
failed_cb (TlmSpecialistsPage *self, const char *sentence)
{
  tlm_specialists_page_say (self, sentence);
  models_changed_cb (self);
}

/* ---- what is done with it ---- */

static void
use_cb (TlmSpecialistsPage *self, gboolean on)
{
  TlmTrained *trained = get_shown (self);

  if (trained != NULL)
    tlm_trained_list_use (self->trained, trained, on);
}

static void
rename_cb (TlmSpecialistsPage *self, const char *name)
{
  TlmTrained *trained = get_shown (self);

  if (trained != NULL)
    tlm_trained_list_rename (self->trained, trained, name);
}

static void
undo_cb (TlmTrainedList *list, TlmTrained *trained)
{
  tlm_trained_list_restore (list, trained);
}

static void
remove_cb (TlmSpecialistsPage *self)
{
  TlmTrained *trained = get_shown (self);

  if (trained == NULL)
    return;
  tlm_specialists_page_offer_undo (self, tlm_trained_get_state (trained)->full
                                           ? _("It is no longer listed here.")
                                           : _("The specialist is in the bin for 30 days."),
                                   G_CALLBACK (undo_cb), self->trained, trained);
  g_clear_pointer (&self->path, g_free);
  tlm_trained_list_remove (self->trained, trained);
  tlm_specialists_page_show_place (self, "list");
}

static void
options_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  TlmSpecialistOptions *options
    = tlm_trained_list_options_finish (TLM_TRAINED_LIST (source), result, &error);

  if (self->trained == NULL) /* the page has gone */
    g_clear_pointer (&options, tlm_specialist_options_free);
  if (options == NULL)
    return;
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "specialist"))
    {
      tlm_specialists_page_show_place (self, "vote");
      tlm_specialist_vote_begin (self->vote, options);
    }
  tlm_specialist_options_free (options);
}

static void
vote_cb (TlmSpecialistsPage *self)
{
  TlmTrained *trained = get_shown (self);

  if (trained != NULL)
    tlm_trained_list_options_async (self->trained, trained, options_cb, g_object_ref (self));
}

static void
voted_cb (TlmSpecialistsPage *self, const TlmVoteTally *tally)
{
  TlmTrained *trained = get_shown (self);
  g_autofree char *text = tlm_vote_tally_dup_text (tally);

  if (trained == NULL)
    return;
  tlm_trained_list_vote (self->trained, trained, tally->n_specialist, tally->n_base, tally->n_same);
  tlm_specialists_page_show_place (self, "specialist");
  tlm_specialists_page_say (self, text);
}

/* ---- files ---- */

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = g_file_copy_finish (G_FILE (source), result, &error);

  tlm_specialists_page_say (self, good ? _("Exported.") : error->message);
}

static void
export_to_cb (GFile *file, gpointer user_data)
{
  TlmSpecialistsPage *self = user_data;
  g_autoptr (GFile) source = self->path != NULL ? g_file_new_for_path (self->path) : NULL;

  if (source != NULL)
    g_file_copy_async (source, file, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, NULL, NULL, NULL,
                       copied_cb, g_object_ref (self));
}

static void
export_cb (TlmSpecialistsPage *self)
{
  g_autofree char *name = g_strconcat (tlm_specialists_page_get_name (self), ".gguf", NULL);

  tlm_present_save_file (GTK_WIDGET (self), _("Export the Specialist"), name, export_to_cb, self);
}

/* What was merged lies in a folder of its own, where erasing everything finds it too, until the models
 * have a copy. */
typedef struct
{
  TlmSpecialistsPage *page;
  char               *folder, *path;
} Merge;

static void
merge_free (Merge *merge)
{
  tlm_erase_later (merge->folder);
  g_free (merge->folder);
  g_free (merge->path);
  g_object_unref (merge->page);
  g_free (merge);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Merge *merge = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = tlm_models_finish (TLM_MODELS (source), result, &error);

  tlm_specialists_page_say (merge->page, sentence != NULL ? sentence : error->message);
  merge_free (merge);
}

static void
merged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Merge *merge = user_data;
  g_autoptr (GError) error = NULL;

  if (tlm_specialist_merge_finish (result, &error) && merge->page->models != NULL)
    {
      tlm_models_import_async (merge->page->models, merge->path, TRUE, NULL, added_cb, merge);
      return;
    }
  if (error != NULL)
    tlm_specialists_page_say (merge->page, error->message);
  merge_free (merge);
}

static Merge *
merge_new (TlmSpecialistsPage *self, const char *name)
{
  Merge *merge = g_new (Merge, 1);

  merge->page = g_object_ref (self);
  merge->folder = tlm_specialist_merge_make_folder ();
  merge->path = g_build_filename (merge->folder, name, NULL);
  return merge;
}

static void
merge_cb (TlmSpecialistsPage *self)
{
  TlmTrained *trained = get_shown (self);
  const TlmTrainedState *state = trained != NULL ? tlm_trained_get_state (trained) : NULL;
  g_autofree char *base = NULL;
  Merge *merge;

  if (state == NULL)
    return;
  base = g_path_get_basename (state->path);
  merge = merge_new (self, base);
  tlm_specialists_page_say (self, _("Merging…"));
  tlm_specialist_merge_async (state->base_path, state->path, merge->path, merged_cb, merge);
}

/**
 * tlm_specialists_page_import:
 * @file: of an adapter
 */
void
tlm_specialists_page_import (TlmSpecialistsPage *self, GFile *file)
{
  GListModel *models = tlm_models_get_list (self->models);
  g_autoptr (GStrvBuilder) bases = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    {
      tlm_specialists_page_say (self, _("This file is not on this computer. Copy it here first."));
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (models, i);
      const TlmModelState *state = tlm_model_get_state (model);

      if (state->facts != NULL && state->facts->n_ctx > 0)
        g_strv_builder_add (bases, state->path);
    }
  paths = g_strv_builder_end (bases);
  tlm_trained_list_import (self->trained, path, paths);
}

static void
import_file_cb (GFile *file, gpointer user_data)
{
  tlm_specialists_page_import (user_data, file);
}

static void
import_cb (TlmSpecialistsPage *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("LoRA Adapters"));
  gtk_file_filter_add_suffix (filter, "gguf");
  tlm_present_open_file (GTK_WIDGET (self), _("Import a Specialist"), filter, import_file_cb, self);
}

/**
 * tlm_specialists_page_set_trained:
 * @services: whose specialists are shown
 */
void
tlm_specialists_page_set_trained (TlmSpecialistsPage *self, TlmServices *services)
{
  self->trained = g_object_ref (tlm_services_get_trained (services));
  self->models = g_object_ref (tlm_services_get_models (services));
  g_signal_connect_object (tlm_trained_list_get (self->trained), "items-changed",
                           G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->trained, "failed", G_CALLBACK (failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tlm_models_get_list (self->models), "items-changed",
                           G_CALLBACK (models_changed_cb), self, G_CONNECT_SWAPPED);
  list_changed_cb (self);
}

/**
 * tlm_specialists_page_install_trained:
 * @widget_class: of TlmSpecialistsPage
 */
void
tlm_specialists_page_install_trained (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, merge_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
  gtk_widget_class_bind_template_callback (widget_class, vote_cb);
  gtk_widget_class_bind_template_callback (widget_class, voted_cb);
}
