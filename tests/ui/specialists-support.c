/* SPDX-License-Identifier: Apache-2.0 */
#include "specialists-support.h"

#include "specialists/examples-page.h"
#include "specialists/specialists-page.h"

GtkWidget *
show_specialists (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-specialists", NULL);
  wait_until (find_widget (f->window, TLM_TYPE_SPECIALISTS_PAGE, NULL) != NULL);
  return find_widget (f->window, TLM_TYPE_SPECIALISTS_PAGE, NULL);
}

TlmExampleSet *
begin_set (GtkWidget *page, const char *template)
{
  GtkWidget *row = find_row (page, template), *examples;

  g_assert_nonnull (row);
  g_signal_emit_by_name (row, "activated");
  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_PAGE, NULL) != NULL);
  examples = find_widget (page, TLM_TYPE_EXAMPLES_PAGE, NULL);
  return tlm_examples_page_get_set (TLM_EXAMPLES_PAGE (examples));
}

guint
count_rows (TlmExampleSet *set)
{
  return g_list_model_get_n_items (tlm_example_set_get_rows (set));
}
