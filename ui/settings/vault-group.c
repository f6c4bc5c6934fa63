/* SPDX-License-Identifier: Apache-2.0 */
/* The group has three faces: the offer to lock, the recovery code (once, right after locking), and
 * what can be done with a lock that is there. */
#include "vault-group.h"

#include "common/focus.h"
#include "compat/compat.h"
#include "core/words.h"
#include "store/vault.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TlmVaultGroup
{
  AdwPreferencesGroup parent_instance;
  AdwExpanderRow     *offer_row;
  GtkEditable        *passphrase_row, *repeat_row;
  GtkWidget          *code_row;
  GtkLabel           *code_label;
  GtkWidget          *now_row, *idle_row;
  AdwExpanderRow     *change_row;
  GtkEditable        *secret_row, *new_row, *new_repeat_row;
  GtkLabel           *message_label;
  GtkSpinButton      *idle_spin;
  TlmServices        *services;
  char               *code;
  gboolean            sealing;
  gboolean            kept; /* the code, in a file */
};

G_DEFINE_FINAL_TYPE (TlmVaultGroup, tlm_vault_group, ADW_TYPE_PREFERENCES_GROUP)

static TlmStore *
get_store (TlmVaultGroup *self)
{
  return tlm_services_get_store (self->services);
}

static void
show_state (TlmVaultGroup *self)
{
  gboolean sealed = tlm_store_get_is_sealed (get_store (self));
  gboolean saved = !tlm_store_get_is_volatile (get_store (self));

  gtk_widget_set_visible (GTK_WIDGET (self->offer_row), !sealed);
  gtk_widget_set_sensitive (GTK_WIDGET (self->offer_row), saved);
  gtk_widget_set_sensitive (GTK_WIDGET (self->change_row), saved);
  gtk_widget_set_visible (self->code_row, self->code != NULL);
  gtk_widget_set_visible (self->now_row, sealed);
  gtk_widget_set_visible (self->idle_row, sealed);
  gtk_widget_set_visible (GTK_WIDGET (self->change_row), sealed);
}

static void
scroll_to_message_cb (GdkFrameClock *clock, TlmVaultGroup *self)
{
  GtkWidget *label = GTK_WIDGET (self->message_label);
  GtkWidget *scrolled = gtk_widget_get_ancestor (label, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;
  double top;

  g_signal_handlers_disconnect_by_func (clock, scroll_to_message_cb, self);
  if (scrolled == NULL || !gtk_widget_get_mapped (label)
      || !gtk_widget_compute_bounds (label, scrolled, &bounds))
    return;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  top = gtk_adjustment_get_value (adjustment) + (double) bounds.origin.y;
  gtk_adjustment_clamp_page (adjustment, top, top + (double) bounds.size.height);
}

/* On a small screen the message lies below what is in sight. It has its place after the next
 * frame. */
static void
show_message (TlmVaultGroup *self, const char *sentence)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  gtk_label_set_text (self->message_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *sentence != '\0');
  if (clock != NULL && *sentence != '\0')
    {
      g_signal_connect_object (clock, "after-paint", G_CALLBACK (scroll_to_message_cb), self, 0);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
}

static void
clear_secrets (TlmVaultGroup *self)
{
  GtkEditable *rows[] = { self->passphrase_row, self->repeat_row, self->secret_row, self->new_row,
                          self->new_repeat_row };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_editable_set_text (rows[i], "");
}

static void
begin (TlmVaultGroup *self)
{
  show_message (self, _("Working. This takes about a second, and longer when much is kept."));
  tlm_grey_out (GTK_WIDGET (self));
  g_object_ref (self);
}

/* What was typed into is folded away after a success. */
static void
give_focus_back (TlmVaultGroup *self, gboolean good)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (good && root != NULL && gtk_root_get_focus (root) == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  tlm_return_focus (GTK_WIDGET (self), GTK_WIDGET (self));
}

/* @sentence: for a success; unused with @error */
static void
end (TlmVaultGroup *self, const GError *error, const char *sentence)
{
  show_message (self, error != NULL ? error->message : sentence);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
  clear_secrets (self);
  if (error == NULL)
    {
      adw_expander_row_set_expanded (self->offer_row, FALSE);
      adw_expander_row_set_expanded (self->change_row, FALSE);
    }
  show_state (self);
  give_focus_back (self, error == NULL);
  g_object_unref (self);
}

static gboolean
match (TlmVaultGroup *self, GtkEditable *first, GtkEditable *second)
{
  gboolean same = g_str_equal (gtk_editable_get_text (first), gtk_editable_get_text (second));

  if (!same)
    show_message (self, _("The two passphrases differ. Type the same one twice."));
  return same;
}

/* Lines end between groups only: a zero-width space follows each dash, as a digit after a dash would
 * else keep them together. */
static void
show_code (TlmVaultGroup *self)
{
  g_auto (GStrv) groups = g_strsplit (self->code, "-", -1);
  char *text = g_strjoinv ("-\u200b", groups);

  gtk_label_set_text (self->code_label, text);
  tlm_secret_free (text);
}

static void
sealed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TlmVaultGroup *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *left = NULL, *sentence = NULL;

  self->code = tlm_store_seal_finish (TLM_STORE (source), result, &left, &error);
  self->sealing = FALSE;
  self->kept = FALSE;
  if (self->code != NULL)
    show_code (self);
  sentence = tlm_words_follow (_("Everything is encrypted from now on. Keep the recovery code on paper: "
                                 "without it and the passphrase nobody can help you, us included."),
                               left);
  end (self, error, sentence);
}

static void
seal_cb (TlmVaultGroup *self)
{
  if (!match (self, self->passphrase_row, self->repeat_row))
    return;
  begin (self);
  self->sealing = TRUE;
  tlm_store_seal_async (get_store (self), gtk_editable_get_text (self->passphrase_row), NULL,
                        sealed_cb, self);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *left = NULL;

  tlm_store_vault_finish (TLM_STORE (source), result, &left, &error);
  end (user_data, error,
       left != NULL ? left : _("The passphrase is changed. The recovery code stays the same."));
}

static void
change_cb (TlmVaultGroup *self)
{
  if (!match (self, self->new_row, self->new_repeat_row))
    return;
  begin (self);
  tlm_store_change_passphrase_async (get_store (self), gtk_editable_get_text (self->secret_row),
                                     gtk_editable_get_text (self->new_row), NULL, changed_cb,
                                     self);
}

static void
unsealed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TlmVaultGroup *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *left = NULL;

  if (tlm_store_vault_finish (TLM_STORE (source), result, &left, &error))
    g_clear_pointer (&self->code, tlm_secret_free);
  end (self, error, left != NULL ? left : _("Nothing is encrypted any longer."));
}

static void
unseal_cb (TlmVaultGroup *self)
{
  begin (self);
  tlm_store_unseal_async (get_store (self), gtk_editable_get_text (self->secret_row), NULL,
                          unsealed_cb, self);
}

/* ---- The recovery sheet ---- */

static char *
dup_sheet (TlmVaultGroup *self)
{
  return g_strdup_printf (
    /* Translators: a text to be printed; %s is the recovery code. */
    _("TinyLM: recovery sheet\n\n"
      "    %s\n\n"
      "This code opens your notes and chats when the passphrase is forgotten. Type it where TinyLM\n"
      "asks for the passphrase; small letters and spaces in place of the dashes are fine.\n\n"
      "Keep this sheet where only you find it, not on the same computer: whoever has the code and\n"
      "the computer can read everything.\n"),
    self->code);
}

static void
copy_code_cb (TlmVaultGroup *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->code);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              _("The code is in the clipboard, where other programs can read it."));
}

static void
sheet_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmVaultGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  self->kept = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (!self->kept)
    show_message (self, error->message);
  else
    show_message (self, _("The recovery sheet is saved. Print it, then delete the file."));
}

static void
sheet_chosen_cb (GFile *file, gpointer user_data)
{
  TlmVaultGroup *self = user_data;
  g_autoptr (GBytes) sheet = NULL;
  char *text;

  if (self->code == NULL) /* switched off meanwhile */
    return;
  text = dup_sheet (self);
  sheet = g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) tlm_secret_free, text);
  g_file_replace_contents_bytes_async (file, sheet, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                       sheet_saved_cb, g_object_ref (self));
}

static void
save_sheet_cb (TlmVaultGroup *self)
{
  tlm_present_save_file (GTK_WIDGET (self), _("Save the Recovery Sheet"),
                         _("TinyLM recovery sheet.txt"), sheet_chosen_cb, self);
}

static void
forget_code_cb (TlmVaultGroup *self)
{
  g_clear_pointer (&self->code, tlm_secret_free);
  gtk_label_set_text (self->code_label, "");
  show_message (self, "");
  show_state (self);
}

/**
 * tlm_vault_group_holds_code:
 *
 * Returns: whether there is a recovery code, or is about to be, that nobody has kept yet
 */
gboolean
tlm_vault_group_holds_code (TlmVaultGroup *self)
{
  return self->sealing || (self->code != NULL && !self->kept);
}

/**
 * tlm_vault_group_set_services:
 * @services: whose store is shown
 */
void
tlm_vault_group_set_services (TlmVaultGroup *self, TlmServices *services)
{
  g_set_object (&self->services, services);
}

static void
tlm_vault_group_map (GtkWidget *widget)
{
  if (TLM_VAULT_GROUP (widget)->services != NULL)
    show_state (TLM_VAULT_GROUP (widget));
  GTK_WIDGET_CLASS (tlm_vault_group_parent_class)->map (widget);
}

static void
tlm_vault_group_dispose (GObject *object)
{
  TlmVaultGroup *self = TLM_VAULT_GROUP (object);

  g_clear_object (&self->services);
  g_clear_pointer (&self->code, tlm_secret_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_VAULT_GROUP);
  G_OBJECT_CLASS (tlm_vault_group_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, offer_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, passphrase_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, repeat_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, code_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, code_label);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, now_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, idle_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, idle_spin);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, change_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, secret_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, new_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, new_repeat_row);
  gtk_widget_class_bind_template_child (widget_class, TlmVaultGroup, message_label);
}

static void
tlm_vault_group_class_init (TlmVaultGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_vault_group_dispose;
  widget_class->map = tlm_vault_group_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/vault-group.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, seal_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_code_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_sheet_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_code_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_cb);
  gtk_widget_class_bind_template_callback (widget_class, unseal_cb);
}

static void
tlm_vault_group_init (TlmVaultGroup *self)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");

  gtk_widget_init_template (GTK_WIDGET (self));
  g_settings_bind (settings, "lock-idle-minutes", gtk_spin_button_get_adjustment (self->idle_spin),
                   "value", G_SETTINGS_BIND_DEFAULT);
}
