/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in the bin and for how long; a button takes it back, another, which asks, ends it. The
 * signals "restore" and "delete" have the TlmBinItem. */
#include "bin-row.h"

#include "compat/compat.h"
#include "common/today.h"

#include <glib/gi18n.h>

struct _TlmBinRow
{
  AdwBin         parent_instance;
  GtkImage      *icon;
  GtkLabel      *title_label, *days_label, *question_label;
  GtkMenuButton *delete_button;
  GtkWidget     *restore_button;
  TlmBinItem    *item;
};

enum { RESTORE, DELETE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmBinRow, tlm_bin_row, ADW_TYPE_BIN)

static char *
dup_title (TlmBinItem *item)
{
  const char *title = tlm_bin_item_get_title (item);

  if (*title != '\0')
    return g_strdup (title);
  return g_strdup (tlm_bin_item_get_kind (item) == TLM_BIN_NOTE   ? _("Empty note")
                   : tlm_bin_item_get_kind (item) == TLM_BIN_CHAT ? _("Empty chat")
                                                                  : _("Untitled"));
}

static const char *
get_kind_name (TlmBinItem *item)
{
  switch (tlm_bin_item_get_kind (item))
    {
    case TLM_BIN_NOTE:
      /* Translators: what lies in the bin: one note. */
      return _("Note");
    case TLM_BIN_CHAT:
      return _("Chat");
    case TLM_BIN_EXAMPLES:
      return _("Examples");
    case TLM_BIN_SPECIALIST:
      return _("Specialist");
    case TLM_BIN_LICENSE:
      return _("License key");
    case TLM_BIN_MODEL:
      return _("Model");
    }
  g_assert_not_reached ();
}

static const char *
get_icon_name (TlmBinItem *item)
{
  switch (tlm_bin_item_get_kind (item))
    {
    case TLM_BIN_NOTE:
      return "text-x-generic-symbolic";
    case TLM_BIN_CHAT:
      return "tlm-chat-symbolic";
    case TLM_BIN_EXAMPLES:
      return "view-list-symbolic";
    case TLM_BIN_SPECIALIST:
      return "starred-symbolic";
    case TLM_BIN_LICENSE:
      return "dialog-password-symbolic";
    case TLM_BIN_MODEL:
      return "system-run-symbolic";
    }
  g_assert_not_reached ();
}

/* A model takes room that a person may want back. */
static char *
dup_kind (TlmBinItem *item)
{
  g_autofree char *size = g_format_size (tlm_bin_item_get_size (item));

  return tlm_bin_item_get_size (item) == 0 ? g_strdup (get_kind_name (item))
                                           : g_strdup_printf ("%s · %s", get_kind_name (item), size);
}

static char *
dup_days (TlmBinItem *item)
{
  guint days = tlm_bin_item_get_days_left (item, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *kind = dup_kind (item);

  /* Translators: what lies in the bin ("Note", "Specialist") and for how long. */
  return g_strdup_printf (ngettext ("%s · %u day left", "%s · %u days left", days),
                          kind, days);
}

static void
set_name (gpointer button, const char *format, const char *title)
{
  g_autofree char *name = g_strdup_printf (format, title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * tlm_bin_row_set_item:
 * @item: (nullable): what is shown from now on
 */
void
tlm_bin_row_set_item (TlmBinRow *self, TlmBinItem *item)
{
  g_autofree char *title = NULL, *days = NULL, *question = NULL;

  if (self->item != item)
    gtk_menu_button_popdown (self->delete_button); /* what it asks is about the other */
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  title = dup_title (item);
  days = dup_days (item);
  /* Translators: the name of a note, chat or other thing. */
  question = g_strdup_printf (_("Delete “%s” for good?"), title);
  gtk_image_set_from_icon_name (self->icon, get_icon_name (item));
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->days_label, days);
  gtk_label_set_text (self->question_label, question);
  /* Translators: for a screen reader; the name of a note, chat or other thing. */
  set_name (self->restore_button, _("Restore “%s”"), title);
  /* Translators: for a screen reader; the name of a note, chat or other thing. */
  set_name (self->delete_button, _("Delete “%s”"), title);
  tlm_name_list_row (GTK_WIDGET (self), title);
}

static void
today_cb (TlmBinRow *self)
{
  tlm_bin_row_set_item (self, self->item);
}

static void
restore_cb (TlmBinRow *self)
{
  g_signal_emit (self, signals[RESTORE], 0, self->item);
}

static void
delete_cb (TlmBinRow *self)
{
  gtk_menu_button_popdown (self->delete_button);
  g_signal_emit (self, signals[DELETE], 0, self->item);
}

static void
tlm_bin_row_dispose (GObject *object)
{
  g_clear_object (&TLM_BIN_ROW (object)->item);
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_BIN_ROW);
  G_OBJECT_CLASS (tlm_bin_row_parent_class)->dispose (object);
}

static void
tlm_bin_row_class_init (TlmBinRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_bin_row_dispose;
  signals[RESTORE] = g_signal_new ("restore", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, TLM_TYPE_BIN_ITEM);
  signals[DELETE] = g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, TLM_TYPE_BIN_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/bin-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, days_label);
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, question_label);
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, restore_button);
  gtk_widget_class_bind_template_child (widget_class, TlmBinRow, delete_button);
  gtk_widget_class_bind_template_callback (widget_class, restore_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
}

static void
tlm_bin_row_init (TlmBinRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tlm_today_watch (self, G_CALLBACK (today_cb));
}
