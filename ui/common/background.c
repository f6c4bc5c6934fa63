/* SPDX-License-Identifier: Apache-2.0 */
/* While a training runs without a window the application is held. The desktop is asked for its leave
 * through org.freedesktop.portal.Background; where it says no, the training is stopped and waits in the
 * store. Where there is no portal nobody forbids it, and it goes on. Either way the person is told.
 * Suspending the machine is not held up: a training that slept goes on, and the battery is not ours. */
#include "background.h"

#include "notify.h"

#include <glib/gi18n.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_BACKGROUND "org.freedesktop.portal.Background"
#define PLACE "tinylm:specialists"
#define NOTIFICATION "training"

struct _TlmBackground
{
  GObject          parent_instance;
  GApplication    *application;
  TlmTraining     *training;
  GDBusConnection *bus;          /* (nullable) */
  guint            subscription; /* to the portal's answer */
  gboolean         held;
};

G_DEFINE_FINAL_TYPE (TlmBackground, tlm_background, G_TYPE_OBJECT)

/**
 * tlm_background_leave:
 *
 * There is a window again, or nothing more to do without one.
 */
void
tlm_background_leave (TlmBackground *self)
{
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  if (self->held)
    g_application_release (self->application);
  self->held = FALSE;
}

static void
training_changed_cb (TlmBackground *self)
{
  if (tlm_training_get_state (self->training) != TLM_TRAINING_RUNNING)
    tlm_background_leave (self);
}

static void
allow (TlmBackground *self)
{
  if (self->held)
    tlm_notify (NOTIFICATION, _("The training goes on in the background"),
                _("Open TinyLM to see how far it is, or to pause it."), PLACE);
}

static void
refuse (TlmBackground *self)
{
  if (!self->held)
    return;
  tlm_notify (NOTIFICATION, _("The training is on hold"),
              _("The desktop does not allow work in the background. The training goes on where it "
                "was when you start TinyLM again."), PLACE);
  tlm_training_stop (self->training);
}

/* What the desktop lists beside the program's name; older portals do not know it. */
static void
say_what_runs (TlmBackground *self)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "message", "s", _("A specialist is being trained"));
  g_dbus_connection_call (self->bus, PORTAL, PORTAL_PATH, PORTAL_BACKGROUND, "SetStatus",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void
answered_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal,
             GVariant        *parameters,
             gpointer         user_data)
{
  TlmBackground *self = user_data;
  g_autoptr (GVariant) results = g_variant_get_child_value (parameters, 1);
  gboolean allowed = FALSE;

  g_variant_lookup (results, "background", "b", &allowed);
  if (!allowed)
    {
      refuse (self);
      return;
    }
  say_what_runs (self);
  allow (self);
}

/* Where there is no portal the call itself fails; the answer of one that there is comes as a signal. */
static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBackground) self = user_data;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (self->bus, result, NULL);

  if (answer == NULL)
    allow (self);
}

/* The portal answers at a path that is made of the connection's name and a token. */
static char *
dup_response_path (TlmBackground *self, const char *token)
{
  g_autofree char *name = g_strdup (g_dbus_connection_get_unique_name (self->bus) + 1);

  return g_strdup_printf ("%s/request/%s/%s", PORTAL_PATH, g_strdelimit (name, ".", '_'), token);
}

static void
ask_portal (TlmBackground *self)
{
  g_autofree char *token = g_strdup_printf ("tinylm%u", g_random_int ());
  g_autofree char *path = dup_response_path (self, token);
  GVariantDict options;

  self->subscription = g_dbus_connection_signal_subscribe (
    self->bus, PORTAL, "org.freedesktop.portal.Request", "Response", path, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, answered_cb, self, NULL);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  g_variant_dict_insert (&options, "reason", "s", _("A specialist is being trained"));
  g_variant_dict_insert (&options, "autostart", "b", FALSE);
  g_dbus_connection_call (self->bus, PORTAL, PORTAL_PATH, PORTAL_BACKGROUND, "RequestBackground",
                          g_variant_new ("(s@a{sv})", "", g_variant_dict_end (&options)),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, asked_cb,
                          g_object_ref (self));
}

/**
 * tlm_background_new:
 * @training: that runs
 *
 * Holds @application until the training has ended or tlm_background_leave().
 */
TlmBackground *
tlm_background_new (GApplication *application, TlmTraining *training)
{
  TlmBackground *self = g_object_new (TLM_TYPE_BACKGROUND, NULL);
  GDBusConnection *bus = g_application_get_dbus_connection (application);

  self->application = application;
  self->training = g_object_ref (training);
  self->held = TRUE;
  g_application_hold (application);
  g_signal_connect_object (training, "changed", G_CALLBACK (training_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_set_object (&self->bus, bus);
  if (bus != NULL)
    ask_portal (self);
  else
    allow (self);
  return self;
}

static void
tlm_background_dispose (GObject *object)
{
  TlmBackground *self = TLM_BACKGROUND (object);

  tlm_background_leave (self);
  g_clear_object (&self->training);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (tlm_background_parent_class)->dispose (object);
}

static void
tlm_background_class_init (TlmBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tlm_background_dispose;
}

static void
tlm_background_init (TlmBackground *self)
{
}
