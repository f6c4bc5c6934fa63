/* SPDX-License-Identifier: Apache-2.0 */
/* The list is brought up to date whenever the page comes into sight. What is ticked off stays where it
 * is until a filter is touched or the page is left, so that nothing moves under the pointer. */
#include "todo-page.h"

#include "todo-row.h"

#include "common/today.h"

#include <glib/gi18n.h>

struct _TlmTodoPage
{
  AdwBin           parent_instance;
  GtkStack        *stack;
  GtkDropDown     *owner_choice, *due_choice;
  GtkToggleButton *done_button;
  GtkListView     *list_view;
  GtkWidget       *progress_box;
  GtkLabel        *progress_label;
  AdwStatusPage   *empty_page;
  GtkWidget       *new_note_button;
  GtkStringList   *owners; /* behind the first two choices: whoever is named */
  GtkCustomFilter *filter;
  GtkFilterListModel *shown;
  TlmTodos        *todos;
  GCancellable    *refreshing; /* NULL when it is up to date */
};

/* The first choices of the owners; names follow. */
enum { OWNER_ANY, OWNER_NONE, N_OWNER_CHOICES };

/* The choices of the due days. */
enum { DUE_ANY, DUE_OVERDUE, DUE_THIS_WEEK, DUE_LATER, DUE_NONE };

G_DEFINE_FINAL_TYPE (TlmTodoPage, tlm_todo_page, ADW_TYPE_BIN)

static const char *
get_owner_name (TlmTodoPage *self, guint choice)
{
  return gtk_string_list_get_string (self->owners, choice);
}

static gboolean
owner_matches (TlmTodoPage *self, TlmTodo *todo)
{
  guint choice = gtk_drop_down_get_selected (self->owner_choice);
  const char *owner = tlm_todo_get_owner (todo);

  if (choice == OWNER_ANY || choice == GTK_INVALID_LIST_POSITION)
    return TRUE;
  return choice == OWNER_NONE ? *owner == '\0'
                              : g_strcmp0 (owner, get_owner_name (self, choice)) == 0;
}

static gboolean
due_matches (TlmTodoPage *self, TlmTodo *todo)
{
  TlmDue due = tlm_todo_get_due_on (todo, tlm_day_from_unix (g_get_real_time () / G_USEC_PER_SEC));

  switch (gtk_drop_down_get_selected (self->due_choice))
    {
    case DUE_OVERDUE:
      return due == TLM_DUE_OVERDUE;
    case DUE_THIS_WEEK:
      return due == TLM_DUE_THIS_WEEK;
    case DUE_LATER:
      return due == TLM_DUE_LATER;
    case DUE_NONE:
      return due == TLM_DUE_NONE;
    default:
      return TRUE;
    }
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  TlmTodoPage *self = user_data;

  return (gtk_toggle_button_get_active (self->done_button) || !tlm_todo_get_done (item))
         && owner_matches (self, item) && due_matches (self, item);
}

/* What there is to say instead of a list. */
static void
update_stack (TlmTodoPage *self)
{
  gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->shown)) == 0;
  gboolean any = self->todos != NULL
                 && g_list_model_get_n_items (tlm_todos_get_list (self->todos)) > 0;

  adw_status_page_set_title (self->empty_page, any ? _("Nothing Here") : _("Nothing to Do"));
  adw_status_page_set_description (
    self->empty_page,
    any ? _("No open item matches. Choose others above, or show what is done.")
        : _("Write “- [ ] Call Ann by Friday” into a note, or just “Ann will call by Friday”. Whatever "
            "your notes leave to be done gathers here."));
  gtk_widget_set_visible (self->new_note_button, !any);
  gtk_stack_set_visible_child_name (self->stack, none ? "empty" : "list");
}

static void
filter_changed_cb (TlmTodoPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/* Each name once, in the order of the alphabet. (transfer container) */
static GPtrArray *
collect_owners (GListModel *todos)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (todos); i++)
    {
      g_autoptr (TlmTodo) todo = g_list_model_get_item (todos, i);
      const char *owner = tlm_todo_get_owner (todo);

      if (*owner != '\0' && g_hash_table_add (seen, (gpointer) owner))
        g_ptr_array_add (names, (gpointer) owner);
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return names;
}

static gboolean
same_owners (TlmTodoPage *self, GPtrArray *names)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->owners));

  if (n - N_OWNER_CHOICES != names->len - 1)
    return FALSE;
  for (guint i = N_OWNER_CHOICES; i < n; i++)
    if (!g_str_equal (get_owner_name (self, i), names->pdata[i - N_OWNER_CHOICES]))
      return FALSE;
  return TRUE;
}

/* The choice stays on its name; one that is gone leaves "anybody". */
static void
update_owners (TlmTodoPage *self)
{
  g_autoptr (GPtrArray) names = collect_owners (tlm_todos_get_list (self->todos));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->owners));
  guint selected = gtk_drop_down_get_selected (self->owner_choice), choice = 0;
  g_autofree char *name = g_strdup (get_owner_name (self, selected));

  if (same_owners (self, names))
    return;
  gtk_string_list_splice (self->owners, N_OWNER_CHOICES, n - N_OWNER_CHOICES,
                          (const char *const *) names->pdata);
  if (selected < N_OWNER_CHOICES)
    choice = selected;
  else
    for (guint i = 0; i + 1 < names->len; i++)
      if (g_strcmp0 (names->pdata[i], name) == 0)
        choice = i + N_OWNER_CHOICES;
  gtk_drop_down_set_selected (self->owner_choice, choice);
}

static void
items_changed_cb (TlmTodoPage *self)
{
  update_owners (self);
  update_stack (self);
}

static void
n_left_cb (TlmTodoPage *self)
{
  guint n = tlm_todos_get_n_left (self->todos);
  g_autofree char *text = g_strdup_printf (ngettext ("%u note is still to be read…",
                                                     "%u notes are still to be read…", n), n);

  gtk_label_set_text (self->progress_label, text);
  gtk_widget_set_visible (self->progress_box, n > 0);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmTodoPage) self = user_data;
  g_autoptr (GError) error = NULL;

  tlm_todos_refresh_finish (TLM_TODOS (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->refreshing);
  if (error != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
stop (TlmTodoPage *self)
{
  g_cancellable_cancel (self->refreshing);
  g_clear_object (&self->refreshing);
}

static void
refresh (TlmTodoPage *self)
{
  if (self->todos == NULL)
    return;
  stop (self);
  self->refreshing = g_cancellable_new ();
  tlm_todos_refresh_async (self->todos, self->refreshing, refreshed_cb, g_object_ref (self));
}

static void
ticked_off_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmTodoPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_todos_set_done_finish (TLM_TODOS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
ticked_cb (TlmTodoPage *self, TlmTodo *todo, gboolean done)
{
  tlm_todos_set_done_async (self->todos, todo, done, NULL, ticked_off_cb, g_object_ref (self));
}

static void
setup_cb (TlmTodoPage *self, GtkListItem *item)
{
  GtkWidget *row = g_object_new (TLM_TYPE_TODO_ROW, NULL);

  g_signal_connect_object (row, "ticked", G_CALLBACK (ticked_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (TlmTodoPage *self, GtkListItem *item)
{
  tlm_todo_row_set_todo (TLM_TODO_ROW (gtk_list_item_get_child (item)),
                         gtk_list_item_get_item (item));
}

static void
unbind_cb (TlmTodoPage *self, GtkListItem *item)
{
  tlm_todo_row_set_todo (TLM_TODO_ROW (gtk_list_item_get_child (item)), NULL);
}

/**
 * tlm_todo_page_set_services:
 * @services: whose notes are read
 */
void
tlm_todo_page_set_services (TlmTodoPage *self, TlmServices *services)
{
  g_set_object (&self->todos, tlm_services_get_todos (services));
  gtk_filter_list_model_set_model (self->shown, tlm_todos_get_list (self->todos));
  g_signal_connect_object (tlm_todos_get_list (self->todos), "items-changed",
                           G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->todos, "notify::n-left", G_CALLBACK (n_left_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
tlm_todo_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_todo_page_parent_class)->map (widget);
  filter_changed_cb (TLM_TODO_PAGE (widget));
  refresh (TLM_TODO_PAGE (widget));
}

/* Reading in the background is for those who look. */
static void
tlm_todo_page_unmap (GtkWidget *widget)
{
  stop (TLM_TODO_PAGE (widget));
  GTK_WIDGET_CLASS (tlm_todo_page_parent_class)->unmap (widget);
}

static void
tlm_todo_page_dispose (GObject *object)
{
  TlmTodoPage *self = TLM_TODO_PAGE (object);

  stop (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_TODO_PAGE);
  g_clear_object (&self->shown);
  g_clear_object (&self->todos);
  G_OBJECT_CLASS (tlm_todo_page_parent_class)->dispose (object);
}

static void
tlm_todo_page_class_init (TlmTodoPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_todo_page_dispose;
  widget_class->map = tlm_todo_page_map;
  widget_class->unmap = tlm_todo_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/todo-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, owner_choice);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, due_choice);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, done_button);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, list_view);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, new_note_button);
  gtk_widget_class_bind_template_child (widget_class, TlmTodoPage, owners);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
}

static void
tlm_todo_page_init (TlmTodoPage *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  tlm_today_watch (self, G_CALLBACK (filter_changed_cb));
  self->shown = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->shown)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
}
