/* SPDX-License-Identifier: Apache-2.0 */
/* What a summary says of a note, as an example to be corrected. */
#include "note-page-private.h"

#include "specialists/teach-page.h"

static void
add_line (GString *lines, TlmSummary *summary, const TlmSpan *span, const char *between)
{
  g_autofree char *words = tlm_summary_dup_shown (summary, span);

  g_string_append_printf (lines, "%s%s", lines->len > 0 ? between : "", words);
}

/* (transfer full): in the form of the templates, where there is one */
static char *
dup_answer (TlmSummary *summary, const char *what)
{
  GString *lines = g_string_new (NULL);
  const TlmSpan *title = tlm_summary_get_title (summary);
  gsize n_tags, n_actions;
  const TlmSpan *tags = tlm_summary_get_tags (summary, &n_tags);
  const TlmAction *actions = tlm_summary_get_actions (summary, &n_actions);

  if (g_str_equal (what, "title") && title != NULL)
    add_line (lines, summary, title, "");
  for (gsize i = 0; i < n_tags && g_str_equal (what, "tags"); i++)
    add_line (lines, summary, &tags[i], ", ");
  for (gsize i = 0; i < n_actions && g_str_equal (what, "fields"); i++)
    add_line (lines, summary, &actions[i].sentence, "\n");
  return g_string_free (lines, FALSE);
}

/* @parameter: "title", "tags" or "fields", for action items: the kind of the set that it is for */
static void
teach_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  TlmSummary *summary = tlm_summary_pane_get_summary (self->pane);
  const char *kind = g_variant_get_string (parameter, NULL);
  g_autofree char *answer = NULL;

  if (self->note == NULL || summary == NULL)
    return;
  answer = dup_answer (summary, kind);
  tlm_present_preferences (widget,
                           tlm_teach_page_new (tlm_services_get_example_sets (self->services), kind,
                                               tlm_summary_get_text (summary), answer,
                                               &(TlmExampleSource){
                                                 .note_id = tlm_note_get_id (self->note) }));
}

/**
 * tlm_note_page_install_teach:
 * @widget_class: of TlmNotePage
 */
void
tlm_note_page_install_teach (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "note.teach", "s", teach_cb);
}
