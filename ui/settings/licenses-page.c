/* SPDX-License-Identifier: Apache-2.0 */
/* A key comes by paste, drop or file. What came of it stands in the first group until the next one;
 * a key that is removed can be taken back. */
#include "licenses-page.h"

#include "compat/compat.h"

#include <glib/gi18n.h>

#define MAX_KEY_FILE (1 << 20) /* bytes: far more than any key or list has */

struct _TlmLicensesPage
{
  AdwBin               parent_instance;
  AdwActionRow        *result_row;
  GtkImage            *result_icon;
  GtkWidget           *undo_button;
  AdwPreferencesGroup *keys_group;
  AdwPreferencesGroup *models_group;
  GPtrArray           *key_rows, *model_rows; /* of GtkWidget, which the groups own */
  char                *removed;               /* (nullable): the key that undo adds again */
  TlmLicenses         *licenses;
};

G_DEFINE_FINAL_TYPE (TlmLicensesPage, tlm_licenses_page, ADW_TYPE_BIN)

static void
show_result (TlmLicensesPage *self, const char *sentence, gboolean good)
{
  gtk_image_set_from_icon_name (self->result_icon,
                                good ? "object-select-symbolic" : "dialog-error-symbolic");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->result_row), sentence);
  gtk_widget_set_visible (self->undo_button, self->removed != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->result_row), TRUE);
  tlm_announce (GTK_WIDGET (self), sentence);
}

static void
forget_removed (TlmLicensesPage *self)
{
  g_clear_pointer (&self->removed, g_free);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmLicensesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = tlm_licenses_add_finish (TLM_LICENSES (source), result, &error);

  if (self->licenses == NULL) /* the page has gone */
    return;
  forget_removed (self);
  show_result (self, sentence != NULL ? sentence : error->message, sentence != NULL);
}

static void
add (TlmLicensesPage *self, const char *text, gsize len)
{
  tlm_licenses_add_async (self->licenses, text, len, NULL, added_cb, g_object_ref (self));
}

/**
 * tlm_licenses_page_add_text:
 * @text: a key, as it was pasted or dropped; the page then says what came of it
 */
void
tlm_licenses_page_add_text (TlmLicensesPage *self, const char *text)
{
  add (self, text, strlen (text));
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmLicensesPage) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (self->licenses != NULL)
    tlm_licenses_page_add_text (self, text != NULL ? text : "");
}

static void
paste_cb (TlmLicensesPage *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, pasted_cb,
                                 g_object_ref (self));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmLicensesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                               &error);

  if (self->licenses == NULL)
    return;
  if (bytes != NULL)
    add (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  else
    show_result (self, error->message, FALSE);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmLicensesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (self->licenses == NULL)
    return;
  if (stream == NULL)
    show_result (self, error->message, FALSE);
  else
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MAX_KEY_FILE, G_PRIORITY_DEFAULT,
                                     NULL, read_cb, g_object_ref (self));
}

/**
 * tlm_licenses_page_add_file:
 * @file: of a key, or of a list of withdrawn keys
 */
void
tlm_licenses_page_add_file (TlmLicensesPage *self, GFile *file)
{
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, opened_cb, g_object_ref (self));
}

static void
chosen_cb (GFile *file, gpointer user_data)
{
  tlm_licenses_page_add_file (user_data, file);
}

static void
open_cb (TlmLicensesPage *self)
{
  tlm_present_open_file (GTK_WIDGET (self), _("Open a License Key"), NULL, chosen_cb, self);
}

/* Text; the window hands on the files that are dropped. */
static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, TlmLicensesPage *self)
{
  tlm_licenses_page_add_text (self, g_value_get_string (value));
  return TRUE;
}

static void
undo_cb (TlmLicensesPage *self)
{
  if (self->removed != NULL)
    tlm_licenses_page_add_text (self, self->removed);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmLicensesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = tlm_licenses_remove_finish (TLM_LICENSES (source), result, &error);

  if (self->licenses == NULL)
    return;
  if (!good)
    forget_removed (self);
  show_result (self, good ? _("The key is in the bin for 30 days.") : error->message, good);
}

static void
remove_cb (GtkWidget *button, TlmLicensesPage *self)
{
  TlmLicense *license = g_object_get_data (G_OBJECT (button), "tlm-license");

  forget_removed (self);
  self->removed = g_strdup (tlm_license_get_text (license));
  tlm_licenses_remove_async (self->licenses, license, NULL, removed_cb, g_object_ref (self));
}

static GtkWidget *
new_remove_button (TlmLicensesPage *self, TlmLicense *license)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Remove This Key"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Remove This Key"), -1);
  g_object_set_data_full (G_OBJECT (button), "tlm-license", g_object_ref (license),
                          g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, 0);
  return button;
}

static GtkWidget *
new_row (GType type, const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (type, NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  g_object_set (row, "title", title, "subtitle", subtitle, NULL);
  return row;
}

/* Takes @text. */
static void
add_detail (GtkWidget *row, const char *title, char *text)
{
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), new_row (ADW_TYPE_ACTION_ROW, title, text));
  g_free (text);
}

static void
add_details (GtkWidget *row, TlmLicense *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);

  add_detail (row, _("Used in"), tlm_license_dup_scope (license));
  add_detail (row, _("Models"), tlm_license_dup_models (license));
  add_detail (row, _("Until when"), tlm_license_dup_until (license));
  add_detail (row, _("Not covered"), tlm_license_dup_not_covered (license));
  if (terms->terms != NULL)
    add_detail (row, _("Also agreed"), g_strdup (terms->terms));
  /* Translators: of a license key. */
  add_detail (row, _("Number"), g_strdup_printf ("%s · %s", terms->number, terms->issued));
}

static GtkWidget *
new_key_row (TlmLicensesPage *self, TlmLicense *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);
  const char *state = tlm_license_get_refusal (license);
  g_autofree char *scope = NULL, *subtitle = NULL;
  GtkWidget *row;

  if (state == NULL && tlm_license_get_is_test (license))
    state = _("TEST KEY: it allows nothing.");
  if (terms != NULL)
    scope = tlm_license_dup_scope (license);
  subtitle = scope != NULL && state != NULL ? g_strjoin ("\n", scope, state, NULL)
                                            : g_strdup (scope != NULL ? scope : state);
  row = new_row (ADW_TYPE_EXPANDER_ROW, terms != NULL ? terms->licensee : _("Unreadable Key"),
                 subtitle);
  tlm_expander_row_add_end (ADW_EXPANDER_ROW (row), new_remove_button (self, license));
  if (terms != NULL)
    add_details (row, license);
  return row;
}

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
add_row (AdwPreferencesGroup *group, GPtrArray *rows, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (rows, row);
}

static void
show_models (TlmLicensesPage *self)
{
  gsize n;
  const TlmLicensedModel *models = tlm_licensed_models_get (&n);

  clear_rows (self->models_group, self->model_rows);
  for (gsize i = 0; i < n; i++)
    {
      TlmLicenseVerdict verdict = tlm_licenses_judge (self->licenses, NULL, models[i].name);
      g_autofree char *sentence = tlm_license_verdict_dup_sentence (&verdict);

      add_row (self->models_group, self->model_rows,
               new_row (ADW_TYPE_ACTION_ROW, models[i].name, sentence));
    }
}

static void
changed_cb (TlmLicensesPage *self)
{
  GListModel *list = tlm_licenses_get_list (self->licenses);
  guint n = g_list_model_get_n_items (list);

  clear_rows (self->keys_group, self->key_rows);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmLicense) license = g_list_model_get_item (list, i);

      add_row (self->keys_group, self->key_rows, new_key_row (self, license));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->keys_group), n > 0);
  show_models (self);
}

/**
 * tlm_licenses_page_set_licenses:
 * @licenses: shown, and kept up to date
 */
void
tlm_licenses_page_set_licenses (TlmLicensesPage *self, TlmLicenses *licenses)
{
  g_return_if_fail (self->licenses == NULL);
  self->licenses = g_object_ref (licenses);
  g_signal_connect_object (tlm_licenses_get_list (licenses), "items-changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
}

static void
tlm_licenses_page_dispose (GObject *object)
{
  TlmLicensesPage *self = TLM_LICENSES_PAGE (object);

  g_clear_object (&self->licenses);
  g_clear_pointer (&self->key_rows, g_ptr_array_unref);
  g_clear_pointer (&self->model_rows, g_ptr_array_unref);
  forget_removed (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_LICENSES_PAGE);
  G_OBJECT_CLASS (tlm_licenses_page_parent_class)->dispose (object);
}

static void
tlm_licenses_page_class_init (TlmLicensesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_licenses_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/licenses-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmLicensesPage, result_row);
  gtk_widget_class_bind_template_child (widget_class, TlmLicensesPage, result_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmLicensesPage, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TlmLicensesPage, keys_group);
  gtk_widget_class_bind_template_child (widget_class, TlmLicensesPage, models_group);
  gtk_widget_class_bind_template_callback (widget_class, paste_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
}

static void
tlm_licenses_page_init (TlmLicensesPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->key_rows = g_ptr_array_new ();
  self->model_rows = g_ptr_array_new ();
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
