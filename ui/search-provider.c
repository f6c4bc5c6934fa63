/* SPDX-License-Identifier: Apache-2.0 */
/* org.gnome.Shell.SearchProvider2, through which the desktop's search asks. Notes are found, chats
 * only when the person has switched that on, nothing while the store is locked. A result's id is the
 * link to its place without its scheme (see window-places.c), so that it can be opened by a process
 * that never made the search. The application is held while an answer is being made, no longer: one
 * that was started to answer ends itself a while after the last question. */
#include "search-provider.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define MAX_RESULTS 50 /* the desktop shows about five and counts the others */
#define HIT_BEGINS "\xe2\x81\xa8" /* U+2068 and U+2069, as in TlmSearchHit */
#define HIT_ENDS "\xe2\x81\xa9"

struct _TlmSearchProvider
{
  GObject       parent_instance;
  GApplication *application; /* owns this */
  TlmServices  *services;    /* NULL while they are being opened */
  GSettings    *settings;
  GPtrArray    *waiting;     /* of GDBusMethodInvocation: searches, until there are services */
  GListModel   *hits;        /* (nullable): of the last search */
  guint         registration;
};

G_DEFINE_FINAL_TYPE (TlmSearchProvider, tlm_search_provider, G_TYPE_OBJECT)

static const char interface_xml[] =
  "<node><interface name='org.gnome.Shell.SearchProvider2'>"
  "<method name='GetInitialResultSet'>"
  "<arg type='as' name='terms' direction='in'/><arg type='as' name='results' direction='out'/>"
  "</method>"
  "<method name='GetSubsearchResultSet'><arg type='as' name='previous' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/><arg type='as' name='results' direction='out'/>"
  "</method>"
  "<method name='GetResultMetas'>"
  "<arg type='as' name='ids' direction='in'/><arg type='aa{sv}' name='metas' direction='out'/>"
  "</method>"
  "<method name='ActivateResult'><arg type='s' name='id' direction='in'/>"
  "<arg type='as' name='terms' direction='in'/><arg type='u' name='timestamp' direction='in'/>"
  "</method>"
  "<method name='LaunchSearch'>"
  "<arg type='as' name='terms' direction='in'/><arg type='u' name='timestamp' direction='in'/>"
  "</method></interface></node>";

/* What was found, as it stands in the text; "" where only the title says it. */
static char *
dup_found (TlmSearchHit *hit)
{
  const char *begin = strstr (tlm_search_hit_get_snippet (hit), HIT_BEGINS);
  const char *end = begin != NULL ? strstr (begin, HIT_ENDS) : NULL;

  if (end == NULL)
    return g_strdup ("");
  begin += strlen (HIT_BEGINS);
  return g_strndup (begin, (gsize) (end - begin));
}

static char *
dup_id (TlmSearchHit *hit)
{
  g_autofree char *found = NULL, *escaped = NULL;
  gint64 id = tlm_search_hit_get_id (hit);

  if (tlm_search_hit_get_kind (hit) == TLM_HIT_CHAT)
    return g_strdup_printf ("chat/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, id,
                            tlm_search_hit_get_message_id (hit));
  found = dup_found (hit);
  escaped = g_uri_escape_string (found, NULL, TRUE);
  return g_strdup_printf ("note/%" G_GINT64_FORMAT "/%" G_GSIZE_FORMAT "/%s", id, strlen (found),
                          escaped);
}

static void
answer (TlmSearchProvider *self, GDBusMethodInvocation *invocation, GListModel *hits)
{
  guint n = hits != NULL ? MIN (g_list_model_get_n_items (hits), MAX_RESULTS) : 0;
  GVariantBuilder ids;

  g_set_object (&self->hits, hits);
  g_variant_builder_init (&ids, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmSearchHit) hit = g_list_model_get_item (hits, i);

      g_variant_builder_add_value (&ids, g_variant_new_take_string (dup_id (hit)));
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(as)", &ids));
  g_application_release (self->application);
}

typedef struct
{
  TlmSearchProvider     *provider;
  GDBusMethodInvocation *invocation;
} Search;

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Search *search = user_data;
  g_autoptr (TlmSearchProvider) self = search->provider;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) hits = tlm_store_search_finish (TLM_STORE (source), result, &error);

  if (error != NULL)
    g_debug ("a search for the desktop: %s", error->message);
  answer (self, search->invocation, hits);
}

/* Of both kinds of search the last argument are the words. */
static void
begin_search (TlmSearchProvider *self, GDBusMethodInvocation *invocation)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  g_autoptr (GVariant) last = g_variant_get_child_value (parameters,
                                                         g_variant_n_children (parameters) - 1);
  g_autofree const char **terms = g_variant_get_strv (last, NULL);
  g_autofree char *query = g_strjoinv (" ", (char **) terms);
  TlmStoreSearch kinds = g_settings_get_boolean (self->settings, "search-chats")
                           ? TLM_SEARCH_ALL : TLM_SEARCH_NOTES;
  Search *search;

  if (!tlm_services_get_ready (self->services)) /* locked or in trouble */
    {
      answer (self, invocation, NULL);
      return;
    }
  search = g_new (Search, 1);
  search->provider = g_object_ref (self);
  search->invocation = invocation;
  tlm_store_search_async (tlm_services_get_store (self->services), query, kinds, MAX_RESULTS,
                          NULL, searched_cb, search);
}

static void
search_cb (TlmSearchProvider *self, GDBusMethodInvocation *invocation)
{
  g_application_hold (self->application);
  if (self->services != NULL)
    begin_search (self, invocation);
  else
    g_ptr_array_add (self->waiting, invocation);
}

/* (transfer full): what surrounds the hit, on one line */
static char *
dup_description (TlmSearchHit *hit)
{
  g_autofree char *text = g_strdup (tlm_search_hit_get_snippet (hit));
  GString *line = g_string_new (g_strstrip (g_strdelimit (text, "\n\r\t", ' ')));

  g_string_replace (line, HIT_BEGINS, "", 0);
  g_string_replace (line, HIT_ENDS, "", 0);
  return g_string_free (line, FALSE);
}

static void
add_meta (GVariantBuilder *metas, const char *id, TlmSearchHit *hit)
{
  const char *title = tlm_search_hit_get_title (hit);
  gboolean chat = tlm_search_hit_get_kind (hit) == TLM_HIT_CHAT;

  if (*title == '\0')
    title = chat ? _("New Chat") : _("New Note");
  g_variant_builder_open (metas, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (title));
  g_variant_builder_add (metas, "{sv}", "description",
                         g_variant_new_take_string (dup_description (hit)));
  g_variant_builder_close (metas);
}

/* (transfer full) (nullable) */
static TlmSearchHit *
find_hit (TlmSearchProvider *self, const char *id)
{
  guint n = self->hits != NULL ? g_list_model_get_n_items (self->hits) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmSearchHit) hit = g_list_model_get_item (self->hits, i);
      g_autofree char *hit_id = dup_id (hit);

      if (g_str_equal (hit_id, id))
        return g_steal_pointer (&hit);
    }
  return NULL;
}

static void
describe_cb (TlmSearchProvider *self, GDBusMethodInvocation *invocation)
{
  g_autofree const char **ids = NULL;
  GVariantBuilder metas;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(^a&s)", &ids);
  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (TlmSearchHit) hit = find_hit (self, ids[i]);

      if (hit != NULL)
        add_meta (&metas, ids[i], hit);
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &metas));
}

static void
activate_cb (TlmSearchProvider *self, GDBusMethodInvocation *invocation)
{
  g_autofree char *place = NULL;
  const char *id;

  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 0, "&s", &id);
  place = g_strconcat ("tinylm:", id, NULL);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "show-place",
                                  g_variant_new_string (place));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
launch_cb (TlmSearchProvider *self, GDBusMethodInvocation *invocation)
{
  g_autofree const char **terms = NULL;
  g_autofree char *query = NULL;

  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 0, "^a&s", &terms);
  query = g_strjoinv (" ", (char **) terms);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "search-for",
                                  g_variant_new_string (query));
  g_dbus_method_invocation_return_value (invocation, NULL);
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
  static const struct
  {
    const char *name;
    void      (*call) (TlmSearchProvider *self, GDBusMethodInvocation *invocation);
  } methods[] = {
    { "GetInitialResultSet", search_cb },
    { "GetSubsearchResultSet", search_cb },
    { "GetResultMetas", describe_cb },
    { "ActivateResult", activate_cb },
    { "LaunchSearch", launch_cb },
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (method, methods[i].name))
      methods[i].call (user_data, invocation);
}

/**
 * tlm_search_provider_export:
 * @path: of the object that the desktop asks
 *
 * Returns: whether it can be asked from now on
 */
gboolean
tlm_search_provider_export (TlmSearchProvider *self,
                            GDBusConnection   *bus,
                            const char        *path,
                            GError           **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = called_cb };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, error);

  if (node == NULL)
    return FALSE;
  self->registration = g_dbus_connection_register_object (bus, path, node->interfaces[0], &vtable,
                                                          self, NULL, error);
  return self->registration != 0;
}

/**
 * tlm_search_provider_unexport:
 * @bus: that it was exported on
 */
void
tlm_search_provider_unexport (TlmSearchProvider *self, GDBusConnection *bus)
{
  if (self->registration != 0)
    g_dbus_connection_unregister_object (bus, self->registration);
  self->registration = 0;
}

/**
 * tlm_search_provider_set_services:
 * @services: (nullable): where notes are searched, once opening them has come to an end; until then
 *   what is asked waits
 */
void
tlm_search_provider_set_services (TlmSearchProvider *self, TlmServices *services)
{
  g_set_object (&self->services, services);
  g_clear_object (&self->hits); /* of what is locked now, or erased */
  for (guint i = 0; services != NULL && i < self->waiting->len; i++)
    begin_search (self, g_ptr_array_index (self->waiting, i));
  if (services != NULL)
    g_ptr_array_set_size (self->waiting, 0);
}

static void
tlm_search_provider_finalize (GObject *object)
{
  TlmSearchProvider *self = TLM_SEARCH_PROVIDER (object);

  g_clear_object (&self->services);
  g_clear_object (&self->settings);
  g_clear_object (&self->hits);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (tlm_search_provider_parent_class)->finalize (object);
}

static void
tlm_search_provider_class_init (TlmSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_search_provider_finalize;
}

static void
tlm_search_provider_init (TlmSearchProvider *self)
{
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  self->waiting = g_ptr_array_new ();
}

/**
 * tlm_search_provider_new:
 * @application: has the actions "show-place" and "search-for"; outlives this
 */
TlmSearchProvider *
tlm_search_provider_new (GApplication *application)
{
  TlmSearchProvider *self = g_object_new (TLM_TYPE_SEARCH_PROVIDER, NULL);

  self->application = application;
  return self;
}
