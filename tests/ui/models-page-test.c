/* SPDX-License-Identifier: Apache-2.0 */
/* The Models page in the window: a file is dropped, chosen for chats, renamed, checked and removed, and a
 * bad one is refused in words. */
#include "support.h"

#include "chats/chat-page.h"
#include "core/paths.h"
#include "settings/model-row.h"
#include "settings/models-page.h"
#include "random-model.h"

#include <glib/gstdio.h>

static GtkWidget *
show_page (Fixture *fixture)
{
  wait_until (tlm_services_get_ready (fixture->services));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-models", NULL);
  wait_until (find_widget (fixture->window, TLM_TYPE_MODELS_PAGE, NULL) != NULL);
  return find_widget (fixture->window, TLM_TYPE_MODELS_PAGE, NULL);
}

/* By reference, so that nothing is left in the data folder. (transfer full): its path */
static char *
add_model (Fixture *fixture, GtkWidget *page)
{
  char *path = g_build_filename (fixture->folder, "letters.gguf", NULL);

  tlm_test_make_model (path, NULL);
  gtk_switch_set_active (GTK_SWITCH (find_widget (page, GTK_TYPE_SWITCH, NULL)), FALSE);
  drop_file (fixture, path);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "“letters” is added") != NULL);
  return path;
}

static GtkWidget *
unfold (GtkWidget *page, const char *name)
{
  GtkWidget *row = find_row (page, name);

  g_assert_true (TLM_IS_MODEL_ROW (row));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  return row;
}

static void
test_shows_the_built_in (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture), *row;

  wait_until (find_row (page, "meeny") != NULL);
  row = unfold (page, "meeny");
  wait_until (find_widget (row, GTK_TYPE_LABEL, "5.8M parameters") != NULL);
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "Needs "));
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "Free for personal use"));
  g_assert_null (find_widget (row, GTK_TYPE_LABEL, "Use in Chats"));
}

static void
test_adds_and_uses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *page = show_page (fixture), *row;
  g_autofree char *path = add_model (fixture, page), *chosen = NULL, *after = NULL;

  row = unfold (page, "letters");
  wait_until (find_widget (row, GTK_TYPE_SWITCH, NULL) != NULL);
  gtk_widget_activate (find_widget (row, GTK_TYPE_SWITCH, NULL));
  wait_until (g_settings_get_user_value (settings, "chat-model-path") != NULL);
  chosen = g_settings_get_string (settings, "chat-model-path");
  g_assert_cmpstr (chosen, ==, path);
  gtk_widget_activate_action (row, "models.remove", "^ay", path);
  wait_until (find_row (page, "letters") == NULL);
  after = g_settings_get_string (settings, "chat-model-path");
  g_assert_cmpstr (after, ==, "");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_renames_and_verifies (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture);
  g_autofree char *path = add_model (fixture, page);

  gtk_widget_activate_action (unfold (page, "letters"), "models.rename", "(^ays)", path, "Ada");
  wait_until (find_row (page, "Ada") != NULL);
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (find_row (page, "Ada"))));
  gtk_widget_activate_action (find_row (page, "Ada"), "models.verify", "^ay", path);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "every byte is as it was added") != NULL);
}

/* Below all rows, which fill more than the window. */
static void
test_says_what_came_of_it_in_sight (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture), *said;
  g_autofree char *path = add_model (fixture, page);
  graphene_rect_t at;

  unfold (page, "meeny");
  gtk_widget_activate_action (unfold (page, "letters"), "models.verify", "^ay", path);
  wait_until ((said = find_widget (page, GTK_TYPE_LABEL, "every byte is as it was added")) != NULL);
  wait_until (gtk_widget_get_height (said) > 0);
  g_assert_null (gtk_widget_get_ancestor (said, GTK_TYPE_VIEWPORT));
  g_assert_true (gtk_widget_compute_bounds (said, page, &at));
  g_assert_cmpfloat (at.origin.y, >, 0);
  g_assert_cmpfloat (at.origin.y + at.size.height, <=, gtk_widget_get_height (page));
}

/* The chat that is open says who answers in it by that name. */
static void
test_names_it_in_chats (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture), *chat;
  g_autofree char *path = add_model (fixture, page);
  TlmModels *models = tlm_services_get_models (fixture->services);
  TlmModel *model = tlm_models_find_path (models, path);

  gtk_widget_activate_action (find_row (page, "letters"), "models.use", "^ay", path);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((chat = find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL)) != NULL);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "letters") != NULL);
  g_assert_null (find_widget (chat, GTK_TYPE_LABEL, "letters.gguf"));
  tlm_models_rename_async (models, model, "Ada", NULL, NULL, NULL);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "Ada") != NULL);
}

static void
test_an_empty_chat_says_who_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *page = show_page (fixture), *chat;
  g_autofree char *path = NULL;

  g_settings_reset (settings, "chat-model-path"); /* which the test before chose */
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((chat = find_widget (fixture->window, TLM_TYPE_CHAT_PAGE, NULL)) != NULL);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "can be added on the Models page") != NULL);
  path = add_model (fixture, page);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "choose a larger model") != NULL);
  gtk_widget_activate_action (find_row (page, "letters"), "models.rename", "(^ays)", path, "A & B");
  gtk_widget_activate_action (page, "models.use", "^ay", path);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "What they do not do, A & B answers.") != NULL);
  gtk_widget_activate_action (page, "models.remove", "^ay", path);
  wait_until (find_widget (chat, GTK_TYPE_LABEL, "can be added on the Models page") != NULL);
}

/* As the command line adds one while the window is open. */
static void
test_sees_what_came_meanwhile (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture);
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autofree char *path = g_build_filename (folder, "late.gguf", NULL);

  wait_until (find_row (page, "meeny") != NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  tlm_test_make_model (path, NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-todo", NULL);
  wait_until (!gtk_widget_get_mapped (page));
  g_assert_null (find_row (page, "late"));
  show_page (fixture);
  wait_until (find_row (page, "late") != NULL);
  g_remove (path);
}

static void
test_says_why_not (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show_page (fixture);
  g_autofree char *path = g_build_filename (fixture->folder, "broken.gguf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, "GGUF", -1, NULL));
  tlm_models_page_add_file (TLM_MODELS_PAGE (page), file);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "is not a whole GGUF model") != NULL);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "shows-the-built-in", test_shows_the_built_in },
    { "adds-and-uses", test_adds_and_uses },
    { "renames-and-verifies", test_renames_and_verifies },
    { "says-what-came-of-it-in-sight", test_says_what_came_of_it_in_sight },
    { "names-it-in-chats", test_names_it_in_chats },
    { "an-empty-chat-says-who-answers", test_an_empty_chat_says_who_answers },
    { "sees-what-came-meanwhile", test_sees_what_came_meanwhile },
    { "says-why-not", test_says_why_not },
  };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/models-page/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, fixture_set_up, tests[i].run, fixture_tear_down);
    }
  return g_test_run ();
}
