/* SPDX-License-Identifier: Apache-2.0 */
/* What was salvaged, in words for the person who must decide. */
#include "salvage.h"

#include <glib/gi18n-lib.h>

#include "db-private.h"

void
tlm_salvage_free (TlmSalvage *self)
{
  tlm_db_unlock (self->lock);
  g_ptr_array_unref (self->tables);
  g_free (self);
}

/* "Other rows" where a table has no name of its own for people. */
static const char *
get_title (const char *table)
{
  static const struct { const char *table, *title; } titles[] = {
    { "notes", N_("Notes") },
    { "chats", N_("Chats") },
    { "messages", N_("Messages") },
    { "todos", N_("Action items") },
    { "licenses", N_("License keys") },
    { "models", N_("Models") },
    { "folders", N_("Watched folders") },
    { "presets", N_("Presets of chats") },
    { "example_sets", N_("Sets of examples") },
    { "examples", N_("Examples") },
    { "trainings", N_("Specialists") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].table, table))
      return _(titles[i].title);
  return NULL;
}

static void
append_tables (TlmSalvage *self,
               GString    *report)
{
  guint n_other = 0;

  for (guint i = 0; i < self->tables->len; i++)
    {
      TlmSalvagedTable *table = self->tables->pdata[i];
      const char       *title = get_title (table->table);

      if (title != NULL)
        g_string_append_printf (report, "%s: %u\n", title, table->n_rows);
      else
        n_other += table->n_rows;
    }
  if (n_other > 0)
    g_string_append_printf (report, "%s: %u\n", _("Other rows"), n_other);
}

char *
tlm_salvage_dup_report (TlmSalvage *self)
{
  GString *report = g_string_new (NULL);

  if (self->n_rows == 0)
    g_string_append_printf (report, "%s\n", _("Nothing could be read."));
  append_tables (self, report);
  if (self->n_cut > 0)
    g_string_append_printf (report, ngettext ("%u text lost its end.", "%u texts lost their end.",
                                              self->n_cut), self->n_cut);
  if (self->n_cut > 0)
    g_string_append_c (report, '\n');
  if (self->n_lost > 0)
    g_string_append_printf (report, ngettext ("%u row could not be read.",
                                              "%u rows could not be read.", self->n_lost),
                            self->n_lost);
  if (self->n_lost > 0)
    g_string_append_c (report, '\n');
  if (self->n_bad > 0)
    g_string_append_printf (report, ngettext ("%u page is damaged, and what was on it is lost.",
                                              "%u pages are damaged, and what was on them is lost.",
                                              self->n_bad), self->n_bad);
  return g_string_free (report, FALSE);
}
