/* SPDX-License-Identifier: Apache-2.0 */
/* Key points in fewer words, by the model that the person imported: one after the other, each only
 * where it is grounded in its sentence. The sentence stays above it. */
#include "note-page-private.h"

#include "skills/reword.h"

typedef struct
{
  TlmNotePage  *page;
  TlmSummary   *summary; /* whose key points these are */
  GCancellable *cancellable;
  gsize         i;
} Reword;

static void
reword_free (Reword *reword)
{
  g_object_unref (reword->page);
  g_object_unref (reword->summary);
  g_object_unref (reword->cancellable);
  g_free (reword);
}

static void reworded_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes @reword. */
static void
next (Reword *reword)
{
  TlmNotePage *self = reword->page;
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");
  g_autofree char *sentence = NULL;
  gsize n;
  const TlmSpan *keys = tlm_summary_get_keypoints (reword->summary, &n);

  if (reword->i >= n || *path == '\0')
    {
      reword_free (reword);
      return;
    }
  sentence = tlm_summary_dup_shown (reword->summary, &keys[reword->i]);
  tlm_reword_async (tlm_services_get_engine (self->services), path, sentence, reword->cancellable,
                    reworded_cb, reword);
}

static void
reworded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reword *reword = user_data;
  TlmNotePage *self = reword->page;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = tlm_reword_finish (result, &error);

  if (g_cancellable_is_cancelled (reword->cancellable) || error != NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      reword_free (reword);
      return;
    }
  tlm_summary_pane_set_rewording (self->pane, (guint) reword->i, text);
  reword->i++;
  next (reword);
}

/**
 * tlm_note_page_stop_reword:
 *
 * Other key points, or another note.
 */
void
tlm_note_page_stop_reword (TlmNotePage *self)
{
  g_cancellable_cancel (self->rewording);
  g_clear_object (&self->rewording);
}

/* Other key points, or the toggle: those that are there go first. */
static void
update (TlmNotePage *self)
{
  TlmSummary *summary = tlm_summary_pane_get_summary (self->pane);
  Reword *reword;
  gboolean wanted;

  tlm_note_page_stop_reword (self);
  g_object_get (self->pane, "rewording", &wanted, NULL);
  tlm_summary_pane_clear_rewordings (self->pane);
  if (summary == NULL || !wanted)
    return;
  self->rewording = g_cancellable_new ();
  reword = g_new0 (Reword, 1);
  reword->page = g_object_ref (self);
  reword->summary = g_object_ref (summary);
  reword->cancellable = g_object_ref (self->rewording);
  next (reword);
}

/* There is a toggle only where there is a model. */
static void
model_changed_cb (TlmNotePage *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");
  TlmModels *models = tlm_services_get_models (self->services);
  g_autofree char *name = *path != '\0' ? tlm_models_dup_name (models, path) : NULL;

  tlm_summary_pane_set_reword_model (self->pane, name);
}

/**
 * tlm_note_page_setup_reword:
 *
 * To be called once, when the pane, the settings and the services are there.
 */
void
tlm_note_page_setup_reword (TlmNotePage *self)
{
  g_signal_connect_object (self->pane, "notify::rewording", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::chat-model-path",
                           G_CALLBACK (model_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tlm_models_get_list (tlm_services_get_models (self->services)),
                           "items-changed", G_CALLBACK (model_changed_cb), self, G_CONNECT_SWAPPED);
  model_changed_cb (self);
}
