/* SPDX-License-Identifier: Apache-2.0 */
/* The page and its places: the list leads to a set, a set to its training, a training to the
 * specialist that it makes. The frame's title and its way up follow. */
#include "specialists-page-private.h"

#include "compat/compat.h"
#include "examples-templates.h"
#include "examples-words.h"
#include "common/page.h"
#include "common/toasts.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TlmSpecialistsPage, tlm_specialists_page, ADW_TYPE_BIN)

/**
 * tlm_specialists_page_say:
 * @sentence: shown for a moment
 */
void
tlm_specialists_page_say (TlmSpecialistsPage *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

/* ---- places ---- */

/* Where Back and Escape lead from each place but the list. */
static const char *
get_above (const char *place)
{
  if (g_str_equal (place, "setup"))
    return "examples";
  if (g_str_equal (place, "vote"))
    return "specialist";
  return g_str_equal (place, "list") ? NULL : "list";
}

static const char *
get_title (TlmSpecialistsPage *self, const char *place)
{
  if (g_str_equal (place, "examples"))
    return tlm_example_set_get_name (tlm_examples_page_get_set (self->examples_page));
  if (g_str_equal (place, "setup") || g_str_equal (place, "run"))
    return _("Training");
  if (g_str_equal (place, "specialist"))
    return tlm_specialists_page_get_name (self);
  return g_str_equal (place, "vote") ? _("Blind Vote") : _("Specialists");
}

static void sets_changed_cb (TlmSpecialistsPage *self);

/* A button that was pressed and greyed out has let the keyboard fall. */
static void
catch_focus (TlmSpecialistsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL && gtk_root_get_focus (root) == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}

/**
 * tlm_specialists_page_show_place:
 * @place: the name of a child of the stack
 */
void
tlm_specialists_page_show_place (TlmSpecialistsPage *self, const char *place)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), TLM_TYPE_PAGE);
  gboolean below = get_above (place) != NULL;

  if (!g_str_equal (place, "vote"))
    tlm_specialist_vote_stop (self->vote);
  if (g_str_equal (place, "list") && self->sets != NULL)
    sets_changed_cb (self); /* how many there are in each */
  gtk_stack_set_visible_child_name (self->stack, place);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "specialists.up", below);
  if (page != NULL)
    g_object_set (page, "title", get_title (self, place), "up-action",
                  below ? "specialists.up" : NULL, NULL);
  catch_focus (self);
}

static void
up_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmSpecialistsPage *self = TLM_SPECIALISTS_PAGE (widget);

  tlm_specialists_page_show_place (self,
                                   get_above (gtk_stack_get_visible_child_name (self->stack)));
}

static void
retitle_cb (TlmSpecialistsPage *self)
{
  tlm_specialists_page_show_place (self, gtk_stack_get_visible_child_name (self->stack));
}

/* ---- sets ---- */

static void
show_set (TlmSpecialistsPage *self, TlmExampleSet *set)
{
  TlmExampleSet *before = tlm_examples_page_get_set (self->examples_page);

  if (before != NULL)
    g_signal_handlers_disconnect_by_func (before, retitle_cb, self);
  tlm_examples_page_set_set (self->examples_page, set);
  g_signal_connect_object (set, "notify::name", G_CALLBACK (retitle_cb), self, G_CONNECT_SWAPPED);
  tlm_specialists_page_show_place (self, "examples");
}

static void
set_activated_cb (GtkWidget *row, TlmSpecialistsPage *self)
{
  show_set (self, g_object_get_data (G_OBJECT (row), "tlm-set"));
}

static void
template_activated_cb (GtkWidget *row, TlmSpecialistsPage *self)
{
  guint i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "tlm-template"));
  TlmExampleTemplate template = tlm_example_templates_get (i);
  TlmExampleSet *set = tlm_example_sets_add (self->sets, template.title, template.kind);

  for (guint j = 0; j < G_N_ELEMENTS (template.samples) && template.samples[j][0] != NULL; j++)
    tlm_example_set_append (set, template.samples[j][0], template.samples[j][1], NULL);
  show_set (self, set);
}

/**
 * tlm_specialists_page_make_row:
 *
 * Returns: (transfer floating): a row that leads somewhere
 */
GtkWidget *
tlm_specialists_page_make_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new (),
            *arrow = tlm_decoration_new ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  return row;
}

static void
sets_changed_cb (TlmSpecialistsPage *self)
{
  GListModel *list = tlm_example_sets_get_list (self->sets);
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < self->set_rows->len; i++)
    adw_preferences_group_remove (self->sets_group, self->set_rows->pdata[i]);
  g_ptr_array_set_size (self->set_rows, 0);
  for (guint i = 0; i < n; i++)
    {
      TlmExampleSet *set = g_list_model_get_item (list, i);
      guint n_rows = g_list_model_get_n_items (tlm_example_set_get_rows (set));
      g_autofree char *count = tlm_examples_dup_count (n_rows);
      GtkWidget *row = tlm_specialists_page_make_row (tlm_example_set_get_name (set), count);

      g_object_set_data_full (G_OBJECT (row), "tlm-set", set, g_object_unref);
      g_signal_connect_object (row, "activated", G_CALLBACK (set_activated_cb), self, 0);
      adw_preferences_group_add (self->sets_group, row);
      g_ptr_array_add (self->set_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->sets_group), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->intro_group), n + self->trained_rows->len == 0);
}

typedef void (*UndoFunc) (gpointer owner, gpointer item);

/* Of one toast. */
typedef struct
{
  UndoFunc func;
  gpointer owner, item;
} Undo;

static void
undo_free (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->owner);
  g_object_unref (undo->item);
  g_free (undo);
}

static void
undo_cb (AdwToast *toast, Undo *undo)
{
  undo->func (undo->owner, undo->item);
}

/**
 * tlm_specialists_page_offer_undo:
 * @sentence: what was done
 */
void
tlm_specialists_page_offer_undo (TlmSpecialistsPage *self, const char *sentence, GCallback undo,
                                 gpointer owner, gpointer item)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast = tlm_undo_toast_new (sentence);
  Undo *kept = g_new (Undo, 1);

  *kept = (Undo){ (UndoFunc) undo, g_object_ref (owner), g_object_ref (item) };
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), kept, undo_free, 0);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

static void
restore_set (TlmExampleSets *sets, TlmExampleSet *set)
{
  tlm_example_sets_restore (sets, set);
}

static void
remove_set_cb (TlmSpecialistsPage *self)
{
  TlmExampleSet *set = tlm_examples_page_get_set (self->examples_page);

  tlm_specialists_page_offer_undo (self, _("The set is in the bin for 30 days."),
                                   G_CALLBACK (restore_set), self->sets, set);
  tlm_specialists_page_show_place (self, "list");
  tlm_example_sets_remove (self->sets, set);
}

/* Another window may have moved the set that is open to the bin. */
static void
sets_listed_cb (TlmSpecialistsPage *self)
{
  TlmExampleSet *set = tlm_examples_page_get_set (self->examples_page);
  const char *place = gtk_stack_get_visible_child_name (self->stack);

  sets_changed_cb (self);
  if (g_strcmp0 (place, "examples") != 0 && g_strcmp0 (place, "setup") != 0)
    return;
  if (tlm_example_sets_find (self->sets, tlm_example_set_get_id (set)) != NULL)
    return;
  tlm_specialists_page_offer_undo (self, _("The set is in the bin for 30 days."),
                                   G_CALLBACK (restore_set), self->sets, set);
  tlm_specialists_page_show_place (self, "list");
}

static void
list_templates (TlmSpecialistsPage *self)
{
  for (guint i = 0; i < tlm_example_templates_count (); i++)
    {
      TlmExampleTemplate template = tlm_example_templates_get (i);
      GtkWidget *row = tlm_specialists_page_make_row (template.title, template.about);

      g_object_set_data (G_OBJECT (row), "tlm-template", GUINT_TO_POINTER (i));
      g_signal_connect_object (row, "activated", G_CALLBACK (template_activated_cb), self, 0);
      adw_preferences_group_add (self->templates_group, row);
    }
}

/* ---- the training ---- */

static gboolean
is_under_way (TlmSpecialistsPage *self)
{
  TlmTrainingState state = tlm_training_get_state (self->training);

  return state == TLM_TRAINING_RUNNING || state == TLM_TRAINING_WAITING;
}

static void
show_run_cb (TlmSpecialistsPage *self)
{
  tlm_specialists_page_show_place (self, "run");
}

/* One at a time: while another is under way, its place is shown and says so. */
static void
train_cb (TlmSpecialistsPage *self)
{
  TlmExampleSet *set = tlm_examples_page_get_set (self->examples_page);

  if (is_under_way (self))
    {
      tlm_specialists_page_show_place (self, "run");
      if (tlm_training_get_set_id (self->training) != tlm_example_set_get_id (set))
        tlm_specialists_page_say (
            self, _("Another training is not ended yet. Let it end, or cancel it, first."));
      return;
    }
  tlm_specialist_setup_set_examples (self->setup, tlm_example_set_dup_examples (set));
  tlm_specialists_page_show_place (self, "setup");
}

static void
start_cb (TlmSpecialistsPage *self, const TlmSpecialistOptions *options)
{
  TlmExampleSet *set = tlm_examples_page_get_set (self->examples_page);

  tlm_training_start (self->training, tlm_example_set_get_id (set), tlm_example_set_get_name (set),
                      options);
  tlm_specialists_page_show_place (self, "run");
}

static void
update_training_row (TlmSpecialistsPage *self)
{
  gboolean under_way = is_under_way (self);
  g_autofree char *status = under_way ? tlm_specialist_run_dup_status (self->training) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->training_group), under_way);
  if (!under_way)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->training_row),
                                 tlm_training_get_name (self->training));
  adw_action_row_set_subtitle (self->training_row, status);
}

static void
models_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_free (tlm_models_finish (TLM_MODELS (source), result, NULL)); /* the list says what there is */
}

static void
restore_training (TlmTraining *training, gpointer item)
{
  tlm_training_restore (training);
}

static void
training_changed_cb (TlmSpecialistsPage *self)
{
  gboolean at_run = g_str_equal (gtk_stack_get_visible_child_name (self->stack), "run");

  update_training_row (self);
  if (tlm_training_get_state (self->training) == TLM_TRAINING_DONE)
    {
      if (at_run)
        {
          g_free (self->path);
          self->path = g_strdup (tlm_training_get_options (self->training)->out_path);
        }
      else
        tlm_specialists_page_say (self, _("The training is done. See how good the specialist is."));
      tlm_trained_list_load (self->trained);
      if (tlm_training_get_options (self->training)->full)
        tlm_models_load_async (self->models, NULL, models_loaded_cb, NULL);
    }
  if (at_run && tlm_training_get_state (self->training) == TLM_TRAINING_NONE)
    {
      tlm_specialists_page_show_place (self, "list");
      if (tlm_training_can_restore (self->training))
        tlm_specialists_page_offer_undo (self, _("The training was cancelled."),
                                         G_CALLBACK (restore_training), self->training,
                                         self->training);
    }
}

/* ---- the page ---- */

/**
 * tlm_specialists_page_set_services:
 * @services: whose sets, trainings and specialists are shown
 */
void
tlm_specialists_page_set_services (TlmSpecialistsPage *self, TlmServices *services)
{
  self->training = g_object_ref (tlm_services_get_training (services));
  self->sets = g_object_ref (tlm_services_get_example_sets (services));
  tlm_specialist_setup_set_services (self->setup, services);
  tlm_specialist_run_view_set_training (self->run_view, self->training);
  g_signal_connect_object (tlm_example_sets_get_list (self->sets), "items-changed",
                           G_CALLBACK (sets_listed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training, "changed", G_CALLBACK (training_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->training, "progress", G_CALLBACK (update_training_row), self,
                           G_CONNECT_SWAPPED);
  tlm_specialists_page_set_trained (self, services);
  sets_changed_cb (self);
  update_training_row (self);
}

/**
 * tlm_specialists_page_show_list:
 *
 * Whatever place of it was shown before.
 */
void
tlm_specialists_page_show_list (TlmSpecialistsPage *self)
{
  tlm_specialists_page_show_place (self, "list");
}

/**
 * tlm_specialists_page_add_file:
 * @file: that was dropped: examples for the set that is shown, else a specialist
 */
void
tlm_specialists_page_add_file (TlmSpecialistsPage *self, GFile *file)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "examples"))
    tlm_examples_page_add_file (self->examples_page, file);
  else
    tlm_specialists_page_import (self, file);
}

static void
tlm_specialists_page_dispose (GObject *object)
{
  TlmSpecialistsPage *self = TLM_SPECIALISTS_PAGE (object);

  g_clear_object (&self->training);
  g_clear_object (&self->sets);
  g_clear_object (&self->trained);
  g_clear_object (&self->models);
  adw_bin_set_child (ADW_BIN (self), NULL); /* bound, so the template would take it from the bin */
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SPECIALISTS_PAGE);
  G_OBJECT_CLASS (tlm_specialists_page_parent_class)->dispose (object);
}

static void
tlm_specialists_page_finalize (GObject *object)
{
  TlmSpecialistsPage *self = TLM_SPECIALISTS_PAGE (object);

  g_ptr_array_unref (self->set_rows);
  g_ptr_array_unref (self->trained_rows);
  g_free (self->path);
  G_OBJECT_CLASS (tlm_specialists_page_parent_class)->finalize (object);
}

/* The numbers of examples are others than when the list was seen last. */
static void
tlm_specialists_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_specialists_page_parent_class)->map (widget);
  retitle_cb (TLM_SPECIALISTS_PAGE (widget));
}

static void
tlm_specialists_page_class_init (TlmSpecialistsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_specialists_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_specialists_page_finalize;
  widget_class->map = tlm_specialists_page_map;
  g_type_ensure (TLM_TYPE_EXAMPLES_PAGE);
  g_type_ensure (TLM_TYPE_SPECIALIST_PAGE);
  g_type_ensure (TLM_TYPE_SPECIALIST_RUN_VIEW);
  g_type_ensure (TLM_TYPE_SPECIALIST_SETUP);
  g_type_ensure (TLM_TYPE_SPECIALIST_VOTE);
  gtk_widget_class_install_action (widget_class, "specialists.up", NULL, up_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "specialists.up", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialists-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, intro_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, training_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, specialists_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, sets_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, templates_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, training_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, import_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, import_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, examples_page);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, setup);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, run_view);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, vote);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistsPage, specialist_page);
  gtk_widget_class_bind_template_callback (widget_class, remove_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_run_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, train_cb);
  tlm_specialists_page_install_trained (widget_class);
}

static void
tlm_specialists_page_init (TlmSpecialistsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->set_rows = g_ptr_array_new ();
  self->trained_rows = g_ptr_array_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "specialists.up", FALSE);
  list_templates (self);
}
