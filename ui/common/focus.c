/* SPDX-License-Identifier: Apache-2.0 */
#include "common/focus.h"

#define KEPT "tlm-kept-focus" /* GWeakRef */

static GtkWidget *
get_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return root != NULL ? gtk_root_get_focus (root) : NULL;
}

static gboolean
holds (GtkWidget *widget, GtkWidget *focus)
{
  return focus == widget || gtk_widget_is_ancestor (focus, widget);
}

static void
free_kept (GWeakRef *kept)
{
  g_weak_ref_clear (kept);
  g_free (kept);
}

GtkWidget *
tlm_keep_focus (GtkWidget *widget)
{
  GtkWidget *focus = get_focus (widget);
  GWeakRef *kept;

  if (focus == NULL || !holds (widget, focus))
    return NULL;
  kept = g_new (GWeakRef, 1);
  g_weak_ref_init (kept, focus);
  g_object_set_data_full (G_OBJECT (widget), KEPT, kept, (GDestroyNotify) free_kept);
  return focus;
}

/* A text (GTK 4.8) is not told that it has lost the keyboard otherwise. */
void
tlm_grey_out (GtkWidget *widget)
{
  if (tlm_keep_focus (widget) != NULL)
    gtk_root_set_focus (gtk_widget_get_root (widget), NULL);
  gtk_widget_set_sensitive (widget, FALSE);
}

GtkWidget *
tlm_get_kept_focus (GtkWidget *widget)
{
  GWeakRef *kept = g_object_get_data (G_OBJECT (widget), KEPT);
  g_autoptr (GtkWidget) focus = kept != NULL ? g_weak_ref_get (kept) : NULL;

  return focus;
}

void
tlm_return_focus (GtkWidget *widget, GtkWidget *otherwise)
{
  GtkWidget *kept = tlm_get_kept_focus (widget);

  if (g_object_get_data (G_OBJECT (widget), KEPT) == NULL)
    return;
  if (get_focus (widget) == NULL && gtk_widget_get_mapped (widget)
      && (kept == NULL || !gtk_widget_get_mapped (kept) || !gtk_widget_grab_focus (kept)))
    gtk_widget_child_focus (otherwise, GTK_DIR_TAB_FORWARD);
  g_object_set_data (G_OBJECT (widget), KEPT, NULL);
}

void
tlm_offer_focus (GtkWidget *to, GtkWidget *within)
{
  GtkWidget *focus = get_focus (to);

  if (gtk_widget_get_mapped (to) && (focus == NULL || within == NULL || holds (within, focus)))
    gtk_widget_grab_focus (to);
}
