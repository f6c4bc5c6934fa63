/* SPDX-License-Identifier: Apache-2.0 */
/* The Specialists page in the window: a template makes a set, and too few examples are refused in words; the
 * words of the verdict; what can be done with a specialist. */
#include "specialists-support.h"

#include "common/page.h"
#include "core/paths.h"
#include "random-adapter.h"
#include "specialists/examples-page.h"
#include "specialists/examples-row.h"
#include "specialists/loss-curve.h"
#include "specialists/specialist-plan-words.h"
#include "specialists/specialist-run-view.h"
#include "specialists/specialist-verdict.h"
#include "specialists/specialist-vote.h"
#include "specialists/specialists-page.h"
#include "store/erase.h"
#include "store/store-private.h"
#include "tinylm.h"

#include <glib/gstdio.h>
#include <math.h>
#include <time.h>
#include <utime.h>

static void
test_teaches_when_empty (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);

  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Teach It One Job"));
  g_assert_nonnull (find_row (page, "Route My Mail"));
}

static void
test_makes_a_set (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);
  TlmExampleSet *set = begin_set (page, "Classify Into Labels");

  g_assert_cmpuint (count_rows (set), ==, 3);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "3 examples") != NULL);
  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_ROW, NULL) != NULL);
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "7 more are needed"));
  g_assert_true (gtk_widget_activate_action (page, "specialists.up", NULL));
  wait_until (find_row (page, "Sets of Examples") == NULL
              && find_widget (page, GTK_TYPE_LABEL, "Sets of Examples") != NULL);
}

/* Whatever was open when it was left. */
static void
test_the_menu_leads_to_the_list (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);

  begin_set (page, "Another Job");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-todo", NULL);
  wait_until (!gtk_widget_get_mapped (page));
  show_specialists (f);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "Sets of Examples") != NULL);
  g_assert_null (find_widget (page, TLM_TYPE_EXAMPLES_PAGE, NULL));
}

static void
test_refuses_too_few (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);

  begin_set (page, "Title My Way");
  click (page, "_Train…");
  wait_until (find_widget (page, GTK_TYPE_LABEL, "at least 10 are needed") != NULL);
  g_assert_false (gtk_widget_is_sensitive (find_button (page, "_Start Training")));
}

static void
test_describes_the_curve (Fixture *f, gconstpointer data)
{
  GtkWidget *curve = g_object_ref_sink (g_object_new (TLM_TYPE_LOSS_CURVE, NULL));
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TlmLossPoint));
  const TlmLossPoint given[] = { { 1, 2.5, NAN }, { 2, 2.0, 1.75 }, { 3, 1.5, 1.9 } };

  g_array_append_vals (points, given, G_N_ELEMENTS (given));
  tlm_loss_curve_set_points (TLM_LOSS_CURVE (curve), points, 10);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (curve), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                       "Step 3 of 10: loss 1.50; on examples kept back it was lowest, "
                                       "1.75, at step 2");
  g_object_unref (curve);
}

static void
test_says_the_verdict (Fixture *f, gconstpointer data)
{
  TlmVerdict v = { .kind = TLM_VERDICT_WINS, .n = 40, .base = 0.1, .specialist = 0.9, .low = 0.65,
                   .high = 0.92 };
  g_autofree char *scores = tlm_verdict_dup_scores (&v, 3), *difference = NULL, *unsure = NULL;

  difference = tlm_verdict_dup_difference (&v);
  g_assert_nonnull (strstr (scores, "right in 90 %, the model alone in 10 %"));
  g_assert_nonnull (strstr (difference, "between 65 and 92"));
  v.kind = TLM_VERDICT_DOES_NOT_WIN;
  v.low = -0.1;
  unsure = tlm_verdict_dup_difference (&v);
  g_assert_nonnull (strstr (unsure, "can be chance"));
}

/* ---- one that was trained ---- */

#define LABELS "bill, mail"

static void
write_specialist (const char *path)
{
  static const tl_str labels[] = { { "bill", 4 }, { "mail", 4 } };
  tl_gguf_writer *w = tl_gguf_writer_new ();

  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "general.type", "adapter");
  tl_gguf_writer_u32 (w, "tinylm.specialist.version", 1);
  tl_gguf_writer_strings (w, "tinylm.specialist.labels", labels, 2);
  tl_gguf_writer_string (w, "tinylm.specialist.verdict", "wins");
  tl_gguf_writer_u32 (w, "tinylm.specialist.examples_held_out", 40);
  g_assert_true (tl_gguf_writer_save (w, path, NULL));
  tl_gguf_writer_free (w);
}

/* The data: paths of the base and of the adapter. */
static void
add_row_job (gpointer owner, GTask *task)
{
  char **paths = g_task_get_task_data (task);
  GError *error = NULL;

  tlm_db_run (owner, &error,
              "INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, "
              "rate, targets, epochs, minutes, seed, finished, used) VALUES (0, 'Post', "
              "?, ?, 2, 4.0, 0.0, 0.0, 0, 0, 0.0, 0, 1, 1)", "tt", paths[0], paths[1]);
  g_assert_no_error (error);
  g_task_return_boolean (task, TRUE);
}

/* (transfer none): the page with the adapter in its list */
static GtkWidget *
show_trained_of (Fixture *f, const char *base, const char *path)
{
  const char *const paths[] = { base, path, NULL };
  TlmStore *store = tlm_services_get_store (f->services);
  GtkWidget *page = show_specialists (f);
  GTask *task = g_task_new (store, NULL, NULL, NULL);

  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  tlm_store_post (store, task, add_row_job);
  tlm_trained_list_load (tlm_services_get_trained (f->services));
  wait_until (find_row (page, "Post") != NULL);
  return page;
}

static GtkWidget *
show_trained (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "post.gguf", NULL);

  write_specialist (path);
  return show_trained_of (f, "/no/base.gguf", path);
}

static void
open_trained (GtkWidget *page)
{
  g_signal_emit_by_name (find_row (page, "Post"), "activated");
  wait_until (find_widget (page, GTK_TYPE_LABEL, LABELS) != NULL);
}

/* Twice: each time its labels are read anew. */
static void
test_shows_the_card_of_labels (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_trained (f);

  for (int i = 0; i < 2; i++)
    {
      open_trained (page);
      g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "It can be chosen to answer in chats"));
      gtk_widget_activate_action (page, "specialists.up", NULL);
    }
}

static void
test_merges_with_its_base_alone (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_trained (f);

  open_trained (page);
  g_assert_false (gtk_widget_is_sensitive (find_button (page, "_Merge"))); /* no such model */
}

static guint
count_models (Fixture *f)
{
  return g_list_model_get_n_items (tlm_models_get_list (tlm_services_get_models (f->services)));
}

/* (transfer full): of the folders of merges */
static GPtrArray *
list_merges (void)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "tinylm", NULL);
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  GPtrArray *merges = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "merge-"))
      g_ptr_array_add (merges, g_build_filename (cache, name, NULL));
  return merges;
}

static guint
count_merges (void)
{
  g_autoptr (GPtrArray) merges = list_merges ();

  return merges->len;
}

/* (transfer full): as a merge that was killed left it */
static char *
leave_merge (const char *name, int hours)
{
  char *folder = g_build_filename (g_get_user_cache_dir (), "tinylm", name, NULL);
  g_autofree char *file = g_build_filename (folder, "post.gguf", NULL);
  time_t then = time (NULL) - hours * 3600;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "learned", -1, NULL));
  g_assert_cmpint (g_utime (folder, &times), ==, 0);
  return folder;
}

/* Nor does it write where the first may still be erased, or another program merges. */
static void
test_merges_to_a_model (Fixture *f, gconstpointer data)
{
  g_autofree char *base = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *path = g_build_filename (f->folder, "post.gguf", NULL), *text = NULL;
  g_autofree char *own = g_build_filename (g_get_user_cache_dir (), "post.gguf", NULL); /* a person's */
  g_autofree char *old = leave_merge ("merge-1", 25), *young = leave_merge ("merge-2", 1);
  GtkWidget *page;
  guint n;

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  g_assert_true (g_file_set_contents (own, "of a person", -1, NULL));
  tlm_test_make_adapter (path, base, NULL);
  page = show_trained_of (f, base, path);
  g_signal_emit_by_name (find_row (page, "Post"), "activated");
  wait_until (find_button (page, "_Merge") != NULL
              && gtk_widget_is_sensitive (find_button (page, "_Merge")));
  n = count_models (f);
  click (page, "_Merge");
  g_assert_cmpuint (count_merges (), >=, 2);
  wait_until (!g_file_test (old, G_FILE_TEST_EXISTS));
  wait_until (count_models (f) == n + 1);
  wait_until (find_widget (f->window, GTK_TYPE_LABEL, "“post” is added") != NULL);
  click (page, "_Merge");
  g_assert_cmpuint (count_merges (), >=, 2);
  wait_until (count_merges () == 1);
  g_assert_true (g_file_test (young, G_FILE_TEST_IS_DIR));
  g_assert_true (tlm_erase_folder (young, NULL));
  g_assert_true (g_file_get_contents (own, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "of a person");
  g_unlink (own);
}

static void
set_cb (gboolean *changed)
{
  *changed = TRUE;
}

/* The list is made anew, as when anything about a specialist changes. */
static void
test_what_is_begun_outlasts_a_change (Fixture *f, gconstpointer data)
{
  g_autofree char *base = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *path = g_build_filename (f->folder, "post.gguf", NULL);
  TlmTrainedList *list = tlm_services_get_trained (f->services);
  gboolean changed = FALSE;
  GtkWidget *page, *row;

  tlm_test_make_adapter (path, base, NULL);
  page = show_trained_of (f, base, path);
  g_signal_emit_by_name (find_row (page, "Post"), "activated");
  wait_until (find_button (page, "_Merge") != NULL
              && gtk_widget_is_sensitive (find_button (page, "_Merge")));
  type_into (page, "A Text Like Those of the Examples", "A letter came.");
  g_signal_emit_by_name (find_row (page, "A Text Like Those of the Examples"), "apply");
  g_assert_nonnull (find_row (page, "Answering…"));
  type_into (page, "Name", "Half ty");

  g_signal_connect_swapped (tlm_trained_list_get (list), "items-changed", G_CALLBACK (set_cb),
                            &changed);
  tlm_trained_list_load (list);
  wait_until (changed);
  row = find_row (page, "Name");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "Half ty");
  wait_until (find_row (page, "Answering…") == NULL);
}

/* Whatever came of one text, the next can be written at once. */
static void
test_a_text_keeps_the_keyboard (Fixture *f, gconstpointer data)
{
  g_autofree char *base = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *path = g_build_filename (f->folder, "post.gguf", NULL);
  GtkWidget *page, *row;

  write_specialist (path);
  page = show_trained_of (f, base, path);
  open_trained (page);
  row = find_row (page, "A Text Like Those of the Examples");
  wait_until (gtk_widget_get_mapped (row));
  type_into (page, "A Text Like Those of the Examples", "A letter came.");
  g_assert_true (gtk_widget_grab_focus (row));
  g_signal_emit_by_name (row, "apply");
  g_assert_false (gtk_widget_is_sensitive (row));
  wait_until (gtk_widget_is_sensitive (row));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (f->window)), row));
}

static void
rename_to (GtkWidget *page, const char *name)
{
  type_into (page, "Name", name);
  g_signal_emit_by_name (find_row (page, "Name"), "apply");
}

static void
refuse_job (gpointer owner, GTask *task)
{
  GError *error = NULL;

  tlm_db_exec (owner, "CREATE TRIGGER refuse BEFORE UPDATE ON trainings "
                      "BEGIN SELECT raise (ABORT, 'no'); END", &error);
  g_assert_no_error (error);
  g_task_return_boolean (task, TRUE);
}

/* A blank one, and one that the store refuses. */
static void
test_a_name_that_is_not_taken_does_not_stay (Fixture *f, gconstpointer data)
{
  TlmStore *store = tlm_services_get_store (f->services);
  GtkWidget *page = show_trained (f), *row;

  open_trained (page);
  row = find_row (page, "Name");
  rename_to (page, "  ");
  wait_until (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), "Post"));
  rename_to (page, "Letters");
  wait_until (find_row (page, "Letters") != NULL);
  tlm_store_post (store, g_task_new (store, NULL, NULL, NULL), refuse_job);
  rename_to (page, "Parcels");
  wait_until (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), "Letters"));
}

/* What people call things may look like markup. */
static void
test_shows_a_name_as_it_is (Fixture *f, gconstpointer data)
{
  TlmTraining *training = tlm_services_get_training (f->services);
  GtkWidget *page = show_specialists (f);
  TlmExampleSet *set = begin_set (page, "Classify Into Labels");
  g_autoptr (TlmExamples) examples = tlm_example_set_dup_examples (set);

  tlm_training_start (training, tlm_example_set_get_id (set), "R & D <b>",
                      &(TlmSpecialistOptions){ .model_path = "/no.gguf", .examples = examples });
  g_signal_emit_by_name (find_row (page, "R & D <b>"), "activated");
  wait_until (find_widget (find_widget (page, TLM_TYPE_SPECIALIST_RUN_VIEW, NULL), GTK_TYPE_LABEL,
                           "R & D <b>") != NULL);
  tlm_training_stop (training);
}

static const char *
get_face (GtkWidget *vote)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (adw_bin_get_child (ADW_BIN (vote))));
}

/* In sight, but with the keyboard beside its page: each further text leaves it there. */
static void
assert_stays_beside (GtkWidget *window, GtkWidget *vote)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *entry = gtk_entry_new (), *same;
  GtkWidget *pages = gtk_widget_get_parent (vote), *page;

  g_object_ref (vote);
  gtk_stack_remove (GTK_STACK (pages), vote);
  page = g_object_new (TLM_TYPE_PAGE, "title", "Blind Vote", "content", vote, NULL);
  g_object_unref (vote);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), page);
  gtk_window_set_child (GTK_WINDOW (window), box);
  wait_until (gtk_widget_get_mapped (vote));
  same = find_button (vote, "_Equally Good or Bad");
  g_assert_nonnull (same);
  gtk_widget_grab_focus (entry);
  g_signal_emit_by_name (same, "clicked");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), entry));
  gtk_widget_grab_focus (same);
  g_signal_emit_by_name (same, "clicked");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == find_button (vote, "_A Is Better"));
}

/* The answers are there when the person has gone on to something else. */
static void
test_a_vote_leaves_the_keyboard (Fixture *f, gconstpointer data)
{
  g_autofree char *base = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *path = g_build_filename (f->folder, "post.gguf", NULL);
  TlmExampleSet *set = begin_set (show_specialists (f), "Another Job");
  GtkWidget *window = gtk_window_new (), *pages = gtk_stack_new (), *entry = gtk_entry_new ();
  GtkWidget *vote = g_object_new (TLM_TYPE_SPECIALIST_VOTE, NULL);
  g_autoptr (TlmExamples) examples = NULL;
  g_autoptr (TlmForm) form = tlm_form_new ();

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *input = g_strdup_printf ("Letter %u came.", i);

      tlm_example_set_append (set, input, "Read it.", NULL);
    }
  examples = tlm_example_set_dup_examples (set);
  tlm_test_make_adapter (path, base, form);
  gtk_stack_add_child (GTK_STACK (pages), entry);
  gtk_stack_add_child (GTK_STACK (pages), vote);
  gtk_window_set_child (GTK_WINDOW (window), pages);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (entry);
  tlm_specialist_vote_begin (TLM_SPECIALIST_VOTE (vote),
                             &(TlmSpecialistOptions){ .model_path = base, .out_path = path,
                                                      .examples = examples, .seed = 1 });
  wait_until (!g_str_equal (get_face (vote), "wait"));
  g_assert_cmpstr (get_face (vote), ==, "vote");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), entry));
  assert_stays_beside (window, vote);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_takes_back_a_removed_specialist (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_trained (f);

  open_trained (page);
  click (page, "_Remove");
  wait_until (find_row (page, "Post") == NULL);
  wait_until (find_widget (f->window, GTK_TYPE_BUTTON, "Undo") != NULL);
  g_signal_emit_by_name (find_widget (f->window, GTK_TYPE_BUTTON, "Undo"), "clicked");
  wait_until (find_row (page, "Post") != NULL);
  open_trained (page);
}

static void
test_says_when_it_computes_twice (Fixture *f, gconstpointer data)
{
  TlmSpecialistPlan plan = { .memory = 50000000, .available = 60000000, .recomputes = TRUE };
  g_autofree char *said = tlm_plan_dup_memory (&plan), *unsaid = NULL;

  g_assert_nonnull (strstr (said, "beside the model"));
  g_assert_nonnull (strstr (said, "\nTo save memory each layer is computed twice"));
  plan.recomputes = FALSE;
  unsaid = tlm_plan_dup_memory (&plan);
  g_assert_true (g_str_has_prefix (said, unsaid));
  g_assert_null (strchr (unsaid, '\n'));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/specialists-page/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("teaches-when-empty", test_teaches_when_empty);
  ADD ("makes-a-set", test_makes_a_set);
  ADD ("the-menu-leads-to-the-list", test_the_menu_leads_to_the_list);
  ADD ("refuses-too-few", test_refuses_too_few);
  ADD ("describes-the-curve", test_describes_the_curve);
  ADD ("says-when-it-computes-twice", test_says_when_it_computes_twice);
  ADD ("says-the-verdict", test_says_the_verdict);
  ADD ("shows-the-card-of-labels", test_shows_the_card_of_labels);
  ADD ("merges-with-its-base-alone", test_merges_with_its_base_alone);
  ADD ("merges-to-a-model", test_merges_to_a_model);
  ADD ("what-is-begun-outlasts-a-change", test_what_is_begun_outlasts_a_change);
  ADD ("a-text-keeps-the-keyboard", test_a_text_keeps_the_keyboard);
  ADD ("a-name-that-is-not-taken-does-not-stay", test_a_name_that_is_not_taken_does_not_stay);
  ADD ("shows-a-name-as-it-is", test_shows_a_name_as_it_is);
  ADD ("a-vote-leaves-the-keyboard", test_a_vote_leaves_the_keyboard);
  ADD ("takes-back-a-removed-specialist", test_takes_back_a_removed_specialist);
  return g_test_run ();
}
