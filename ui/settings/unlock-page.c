/* SPDX-License-Identifier: Apache-2.0 */
/* The unlock page asks for the passphrase, and says so when it was a wrong one. */
#include "unlock-page.h"

#include "compat/compat.h"

#include <glib/gi18n.h>

struct _TlmUnlockPage
{
  AdwBin       parent_instance;
  AdwEntryRow *secret_row;
  GtkWidget   *unlock_button;
  GtkSpinner  *spinner;
  GtkLabel    *error_label;
  TlmServices *services;
};

enum { UNLOCKED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmUnlockPage, tlm_unlock_page, ADW_TYPE_BIN)

static void
set_busy (TlmUnlockPage *self, gboolean busy)
{
  gtk_editable_set_editable (GTK_EDITABLE (self->secret_row), !busy);
  gtk_widget_set_sensitive (self->unlock_button, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

/* Also read out by a screen reader, through the label's role. */
static void
show_error (TlmUnlockPage *self, const char *sentence)
{
  gtk_label_set_text (self->error_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), *sentence != '\0');
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmUnlockPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = tlm_services_open_finish (TLM_SERVICES (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return; /* closed meanwhile */
  set_busy (self, FALSE);
  if (tlm_services_get_locked (self->services))
    {
      show_error (self, done ? "" : error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->secret_row));
      return;
    }
  g_signal_emit (self, signals[UNLOCKED], 0, done ? NULL : error->message);
}

static void
unlock_cb (TlmUnlockPage *self)
{
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (self->secret_row));

  if (*secret == '\0' || !gtk_widget_get_sensitive (self->unlock_button))
    return;
  show_error (self, "");
  set_busy (self, TRUE);
  tlm_services_unlock_async (self->services, secret, NULL, unlocked_cb, g_object_ref (self));
  gtk_editable_set_text (GTK_EDITABLE (self->secret_row), "");
}

static void
tlm_unlock_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_unlock_page_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (TLM_UNLOCK_PAGE (widget)->secret_row));
}

/**
 * tlm_unlock_page_new:
 * @services: which are locked
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
tlm_unlock_page_new (TlmServices *services)
{
  TlmUnlockPage *self = g_object_new (TLM_TYPE_UNLOCK_PAGE, NULL);

  self->services = g_object_ref (services);
  return GTK_WIDGET (self);
}

static void
tlm_unlock_page_dispose (GObject *object)
{
  TlmUnlockPage *self = TLM_UNLOCK_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_UNLOCK_PAGE);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (tlm_unlock_page_parent_class)->dispose (object);
}

static void
tlm_unlock_page_class_init (TlmUnlockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_unlock_page_dispose;
  widget_class->map = tlm_unlock_page_map;
  /* The sentence, where the database was opened and something else failed; else NULL. */
  signals[UNLOCKED] = g_signal_new ("unlocked", TLM_TYPE_UNLOCK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/unlock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmUnlockPage, secret_row);
  gtk_widget_class_bind_template_child (widget_class, TlmUnlockPage, unlock_button);
  gtk_widget_class_bind_template_child (widget_class, TlmUnlockPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TlmUnlockPage, error_label);
  gtk_widget_class_bind_template_callback (widget_class, unlock_cb);
}

static void
tlm_unlock_page_init (TlmUnlockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
