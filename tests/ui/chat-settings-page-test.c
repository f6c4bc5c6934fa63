/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a chat: what is set counts at once, and a preset brings it to another chat. */
#include "support.h"

#include "chats/chat-settings-page.h"
#include "compat/compat.h"
#include "store/store-private.h"
#include "window-private.h"

static TlmChat *
new_chat (Fixture *fixture)
{
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (fixture->services));
  guint n = g_list_model_get_n_items (chats);
  g_autoptr (TlmChat) chat = NULL;

  wait_until (tlm_services_get_ready (fixture->services));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until (g_list_model_get_n_items (chats) == n + 1);
  chat = g_list_model_get_item (chats, 0);
  return chat;
}

/* The page with the settings of @chat, over the window. */
static GtkWidget *
open_settings (Fixture *fixture, TlmChat *chat)
{
  g_autoptr (GListStore) specialists = g_list_store_new (TLM_TYPE_TRAINED);
  GtkWidget *page = tlm_chat_settings_page_new (tlm_services_get_chats (fixture->services), chat,
                                                G_LIST_MODEL (specialists),
                                                tlm_services_get_models (fixture->services));

  tlm_present_preferences (GTK_WIDGET (fixture->window), page);
  wait_until (find_widget (page, GTK_TYPE_SPIN_BUTTON, NULL) != NULL);
  return page;
}

/* The first number of the page is the temperature. */
static GtkSpinButton *
temperature_of (GtkWidget *settings)
{
  return GTK_SPIN_BUTTON (find_widget (settings, GTK_TYPE_SPIN_BUTTON, NULL));
}

static gboolean
is_warm (TlmChat *chat, double temperature)
{
  return ABS (tlm_chat_get_settings (chat)->temperature - temperature) < 1e-6;
}

static void
test_a_preset_goes_to_another_chat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmChat) first = g_object_ref (new_chat (fixture));
  GtkWidget *settings = open_settings (fixture, first);
  GtkWidget *entry, *row;
  TlmChat *second;

  gtk_spin_button_set_value (temperature_of (settings), 0.3);
  wait_until (is_warm (first, 0.3));
  entry = find_row (settings, "Save These Settings as…");
  gtk_editable_set_text (GTK_EDITABLE (entry), " Sober ");
  g_signal_emit_by_name (entry, "apply");
  wait_until (find_row (settings, "Sober") != NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  gtk_spin_button_set_value (temperature_of (settings), 1.1);
  wait_until (is_warm (first, 1.1));
  gtk_widget_activate_action (settings, "window.close", NULL);

  second = new_chat (fixture);
  g_assert_false (is_warm (second, 0.3));
  settings = open_settings (fixture, second);
  row = find_row (settings, "Sober");
  g_signal_emit_by_name (row, "activated");
  wait_until (is_warm (second, 0.3));
  g_assert_cmpfloat_with_epsilon (gtk_spin_button_get_value (temperature_of (settings)), 0.3, 1e-6);
  g_assert_true (is_warm (first, 1.1));
  g_signal_emit_by_name (find_widget (row, GTK_TYPE_BUTTON, NULL), "clicked");
  wait_until (find_widget (settings, GTK_TYPE_LABEL, "Sober") == NULL);
  g_assert_null (tlm_chats_find_preset (tlm_services_get_chats (fixture->services), "Sober"));
  g_assert_true (is_warm (second, 0.3));
  wait_until (find_widget (gtk_widget_get_root (settings), GTK_TYPE_BUTTON, "Undo") != NULL);
  g_signal_emit_by_name (find_widget (gtk_widget_get_root (settings), GTK_TYPE_BUTTON, "Undo"),
                         "clicked");
  wait_until (find_row (settings, "Sober") != NULL);
  g_assert_cmpfloat_with_epsilon (
    tlm_chats_find_preset (tlm_services_get_chats (fixture->services), "Sober")->temperature, 0.3,
    1e-6);
  gtk_widget_activate_action (settings, "window.close", NULL);
}

static void
refuse_job (gpointer owner, GTask *task)
{
  GError *error = NULL;

  tlm_db_exec (owner, "CREATE TRIGGER refuse BEFORE UPDATE OF temperature ON chats "
                      "BEGIN SELECT raise (ABORT, 'refused'); END", &error);
  g_assert_no_error (error);
  g_task_return_boolean (task, TRUE);
}

static void
test_what_is_not_saved_is_said (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmChat) chat = g_object_ref (new_chat (fixture));
  TlmStore *store = tlm_services_get_store (fixture->services);
  GtkWidget *settings = open_settings (fixture, chat);

  tlm_store_post (store, g_task_new (store, NULL, NULL, NULL), refuse_job);
  gtk_spin_button_set_value (temperature_of (settings), 0.3);
  wait_until (find_widget (gtk_widget_get_root (settings), GTK_TYPE_LABEL, "refused") != NULL);

  gtk_spin_button_set_value (temperature_of (settings), 0.4);
  gtk_widget_activate_action (settings, "window.close", NULL);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "refused") != NULL);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/chat-settings-page/a-preset-goes-to-another-chat", Fixture, NULL, fixture_set_up,
              test_a_preset_goes_to_another_chat, fixture_tear_down);
  g_test_add ("/ui/chat-settings-page/what-is-not-saved-is-said", Fixture, NULL, fixture_set_up,
              test_what_is_not_saved_is_said, fixture_tear_down);
  return g_test_run ();
}
