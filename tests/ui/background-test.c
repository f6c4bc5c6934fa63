/* SPDX-License-Identifier: Apache-2.0 */
/* What the desktop is told and asked: notifications without content, and the leave for a training in
 * the background. The desktop's side of the bus is played here, on a connection of its own. */
#include "support.h"

#include "application-private.h"
#include "common/background.h"
#include "core/paths.h"
#include "chats/chat-page-private.h"

#define SECRET "who stole the anchor"
#define N_EXAMPLES 50

static const char desktop_xml[] =
  "<node><interface name='org.freedesktop.Notifications'>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
  "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
  "</interface><interface name='org.freedesktop.portal.Background'>"
  "<method name='RequestBackground'><arg type='s' direction='in'/>"
  "<arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
  "<method name='SetStatus'><arg type='a{sv}' direction='in'/></method>"
  "</interface></node>";

typedef struct
{
  Fixture          base;
  GSettings       *settings;
  GDBusConnection *bus;
  gboolean         allows;   /* what the portal answers */
  guint            n_status; /* how often it was told what runs */
  char            *title;    /* (nullable): of the last notification */
  char            *body;
} Desktop;

static void
answer_request (Desktop *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autofree char *sender = g_strdup (g_dbus_method_invocation_get_sender (invocation) + 1);
  g_autofree char *path = NULL;
  const char *token = NULL;
  GVariantDict results;

  g_variant_lookup (options, "handle_token", "&s", &token);
  path = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s",
                          g_strdelimit (sender, ".", '_'), token);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
  g_variant_dict_init (&results, NULL);
  g_variant_dict_insert (&results, "background", "b", self->allows);
  g_dbus_connection_emit_signal (
    self->bus, NULL, path, "org.freedesktop.portal.Request", "Response",
    g_variant_new ("(u@a{sv})", self->allows ? 0 : 1, g_variant_dict_end (&results)), NULL);
}

static void
called_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  Desktop *self = user_data;

  if (g_str_equal (method, "RequestBackground"))
    answer_request (self, invocation, parameters);
  else if (g_str_equal (method, "SetStatus"))
    {
      self->n_status++;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_free (self->title);
      g_free (self->body);
      g_variant_get_child (parameters, 3, "s", &self->title);
      g_variant_get_child (parameters, 4, "s", &self->body);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
    }
}

static void
set_up (Desktop *self, gconstpointer data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = called_cb };
  static const char *const paths[] = { "/org/freedesktop/Notifications",
                                       "/org/freedesktop/portal/desktop" };
  static const char *const names[] = { "org.freedesktop.Notifications",
                                       "org.freedesktop.portal.Desktop" };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (desktop_xml, NULL);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  guint n = data != NULL ? 1 : 2; /* with @data there is no portal */

  fixture_set_up (&self->base, NULL);
  g_application_set_default (G_APPLICATION (self->base.application));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  g_settings_set_boolean (self->settings, "notifications", TRUE);
  self->bus = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
               | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
  g_assert_nonnull (self->bus);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) owned = NULL;

      g_assert_cmpuint (g_dbus_connection_register_object (self->bus, paths[i], node->interfaces[i],
                                                           &vtable, self, NULL, NULL), >, 0);
      owned = g_dbus_connection_call_sync (self->bus, "org.freedesktop.DBus", "/",
                                           "org.freedesktop.DBus", "RequestName",
                                           g_variant_new ("(su)", names[i], 0), NULL,
                                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
      g_assert_nonnull (owned);
    }
}

static void
tear_down (Desktop *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "notifications", FALSE);
  fixture_tear_down (&self->base, NULL);
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_object_unref (self->bus);
  g_object_unref (self->settings);
  g_free (self->title);
  g_free (self->body);
}

/* All that is said: these words are the same whatever it is about. */
static void
assert_told (Desktop *self, const char *title, const char *body)
{
  g_assert_cmpstr (self->title, ==, title);
  g_assert_cmpstr (self->body, ==, body);
}

/* Closes the window while a training is said to run, and waits for what the person is told. */
static void
go_on_without_a_window (Desktop *self)
{
  TlmTraining *training = tlm_services_get_training (self->base.services);
  g_autoptr (TlmBackground) background = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->base.window), FALSE);
  background = tlm_background_new (G_APPLICATION (self->base.application), training);
  wait_until (self->title != NULL);
}

static void
test_asks_and_goes_on (Desktop *self, gconstpointer data)
{
  self->allows = TRUE;
  go_on_without_a_window (self);
  assert_told (self, "The training goes on in the background",
               "Open TinyLM to see how far it is, or to pause it.");
  wait_until (self->n_status == 1);
}

static void
test_asks_and_waits (Desktop *self, gconstpointer data)
{
  go_on_without_a_window (self);
  assert_told (self, "The training is on hold",
               "The desktop does not allow work in the background. The training goes on where it "
               "was when you start TinyLM again.");
  g_assert_cmpuint (self->n_status, ==, 0);
}

static void
test_goes_on_where_nobody_forbids_it (Desktop *self, gconstpointer data)
{
  go_on_without_a_window (self);
  assert_told (self, "The training goes on in the background",
               "Open TinyLM to see how far it is, or to pause it.");
}

static void
answer_unseen (Desktop *self)
{
  GtkWidget *page;
  TlmChat *chat;

  gtk_widget_activate_action (GTK_WIDGET (self->base.window), "win.new-chat", NULL);
  wait_until ((page = find_widget (self->base.window, TLM_TYPE_CHAT_PAGE, NULL)) != NULL);
  wait_until ((chat = tlm_chat_page_get_chat (TLM_CHAT_PAGE (page))) != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->base.window), FALSE);
  tlm_chat_page_send (TLM_CHAT_PAGE (page), TLM_INTENT_HELP, SECRET);
  wait_until (!tlm_chat_get_busy (chat) && g_list_model_get_n_items (G_LIST_MODEL (chat)) == 2);
}

static void
test_says_that_an_answer_is_ready (Desktop *self, gconstpointer data)
{
  answer_unseen (self);
  wait_until (self->title != NULL);
  assert_told (self, "An answer is ready", "");
}

static void
test_says_nothing_when_not_wanted (Desktop *self, gconstpointer data)
{
  g_settings_set_boolean (self->settings, "notifications", FALSE);
  answer_unseen (self);
  for (int i = 0; i < 10; i++)
    wait_a_moment ();
  g_assert_null (self->title);
}

static void
train (TlmTraining *training)
{
  g_autofree char *model = tlm_paths_dup_data ("models/meeny.gguf");
  g_autoptr (TlmExamples) examples = NULL;
  TlmSpecialistOptions options = { .model_path = model, .rank = 4, .epochs = 1, .seed = 1 };
  TlmExample items[N_EXAMPLES];

  for (int i = 0; i < N_EXAMPLES; i++)
    items[i] = (TlmExample) { g_strdup_printf (i % 2 ? "buy lamp %d" : "return chair %d", i),
                              i % 2 ? "sales" : "refund" };
  options.examples = examples = tlm_examples_new (items, N_EXAMPLES);
  tlm_training_start (training, 1, SECRET, &options);
  wait_until (tlm_training_get_state (training) == TLM_TRAINING_DONE);
  for (int i = 0; i < N_EXAMPLES; i++)
    g_free (items[i].input);
}

static gboolean
train_cb (gpointer user_data)
{
  Desktop *self = user_data;
  TlmApplication *application = TLM_APPLICATION (g_application_get_default ());
  GtkWindow *window;

  wait_until (tlm_services_get_ready (application->services));
  window = gtk_application_get_active_window (GTK_APPLICATION (application));
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  train (tlm_services_get_training (application->services));
  wait_until (self->title != NULL);
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

static void
test_says_that_a_training_is_done (Desktop *self, gconstpointer data)
{
  g_autoptr (TlmApplication) application = tlm_application_new ();

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_application_set_default (G_APPLICATION (application));
  g_idle_add (train_cb, self);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  assert_told (self, "The training is done", "");
}

#define ADD(name, data, func)                                                                       \
  g_test_add ("/ui/background/" name, Desktop, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("asks-and-goes-on", NULL, test_asks_and_goes_on);
  ADD ("asks-and-waits", NULL, test_asks_and_waits);
  ADD ("goes-on-where-nobody-forbids-it", "no portal", test_goes_on_where_nobody_forbids_it);
  ADD ("says-that-an-answer-is-ready", NULL, test_says_that_an_answer_is_ready);
  ADD ("says-nothing-when-not-wanted", NULL, test_says_nothing_when_not_wanted);
  ADD ("says-that-a-training-is-done", NULL, test_says_that_a_training_is_done);
  return g_test_run ();
}
