/* SPDX-License-Identifier: Apache-2.0 */
/* The pages beside notes and chats. Each is made when it is first wanted: most runs of the program see
 * none of them, and its first frame need not wait for all. */
#include "window-private.h"

#include "common/page.h"

#include <glib/gi18n.h>

static const struct
{
  const char *name, *title;
  GType     (*get_type) (void);
} pages[] = {
  { "bin", N_("Bin"), tlm_bin_page_get_type },
  { "help", N_("Help"), tlm_help_page_get_type },
  { "licenses", N_("Licenses"), tlm_licenses_page_get_type },
  { "models", N_("Models"), tlm_models_page_get_type },
  { "privacy", N_("Privacy"), tlm_privacy_page_get_type },
  { "specialists", N_("Specialists"), tlm_specialists_page_get_type },
  { "todo", N_("To Do"), tlm_todo_page_get_type },
};

static void
set_services (GtkWidget *content, TlmServices *services)
{
  if (TLM_IS_BIN_PAGE (content))
    tlm_bin_page_set_services (TLM_BIN_PAGE (content), services);
  else if (TLM_IS_LICENSES_PAGE (content))
    tlm_licenses_page_set_licenses (TLM_LICENSES_PAGE (content),
                                    tlm_services_get_licenses (services));
  else if (TLM_IS_MODELS_PAGE (content))
    tlm_models_page_set_services (TLM_MODELS_PAGE (content), services);
  else if (TLM_IS_PRIVACY_PAGE (content))
    tlm_privacy_page_set_services (TLM_PRIVACY_PAGE (content), services);
  else if (TLM_IS_SPECIALISTS_PAGE (content))
    tlm_specialists_page_set_services (TLM_SPECIALISTS_PAGE (content), services);
  else if (TLM_IS_TODO_PAGE (content))
    tlm_todo_page_set_services (TLM_TODO_PAGE (content), services);
}

static GtkWidget *
make_page (TlmWindow *self, guint i)
{
  GtkWidget *content = g_object_new (pages[i].get_type (), NULL);
  GtkWidget *page = g_object_new (TLM_TYPE_PAGE, "title", _(pages[i].title), "content", content, NULL);

  gtk_stack_add_named (self->pages, page, pages[i].name);
  set_services (content, self->services);
  return page;
}

/**
 * tlm_window_get_page:
 * @name: of one of the pages here
 *
 * Returns: (transfer none) (nullable): its content; NULL when there is no page of that name
 */
gpointer
tlm_window_get_page (TlmWindow *self, const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, name), *content;

  for (guint i = 0; page == NULL && i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name))
      page = make_page (self, i);
  if (!TLM_IS_PAGE (page))
    return NULL;
  g_object_get (page, "content", &content, NULL);
  g_object_unref (content); /* the page has it */
  return content;
}

/**
 * tlm_window_holds_code:
 *
 * Whether the recovery code would be lost with the window, or the one that is being made. Where so,
 * the person is shown the code and told.
 */
gboolean
tlm_window_holds_code (TlmWindow *self)
{
  if (gtk_stack_get_child_by_name (self->pages, "privacy") == NULL
      || !tlm_privacy_page_holds_code (tlm_window_get_page (self, "privacy")))
    return FALSE;
  tlm_window_show_page (self, "privacy");
  tlm_window_toast (self, _("The recovery code is shown only now. Keep it first, and say so with "
                            "“I Have Kept the Code”."));
  return TRUE;
}

/* The page says how it ends, and lists the specialist. */
static void
training_changed_cb (TlmWindow *self)
{
  tlm_window_get_page (self, "specialists");
}

/**
 * tlm_window_watch_training:
 *
 * Begins to.
 */
void
tlm_window_watch_training (TlmWindow *self)
{
  TlmTraining *training = tlm_services_get_training (self->services);
  TlmExampleSets *sets = tlm_services_get_example_sets (self->services);

  g_signal_connect_object (training, "changed", G_CALLBACK (training_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (training, "failed", G_CALLBACK (tlm_window_toast), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sets, "failed", G_CALLBACK (tlm_window_toast), self, G_CONNECT_SWAPPED);
}
