/* SPDX-License-Identifier: Apache-2.0 */
/* A list of notes or chats. A list view makes 200 rows at once, though a window shows some 20: so it is given
 * what it shows when it is seen first, and the rest in steps when nothing else is to be done. The model moves an
 * item by taking it out and putting it in again; the selection follows the item. Headings (what is pinned, then
 * days) belong to the first row of each and are worked out anew when the model changes. */
#include "item-list.h"

#include "chats/chats.h"
#include "dates.h"
#include "head-list.h"
#include "item-row.h"
#include "today.h"

#include <glib/gi18n.h>

struct _TlmItemList
{
  AdwBin              parent_instance;
  GtkWidget          *view;
  GtkSingleSelection *selection;
  GListModel         *model;
  TlmHeadList        *shown;    /* of the model; NULL: nobody has seen it yet */
  guint               growing;  /* an idle */
  GPtrArray          *bound;    /* GtkListItem on screen, not owned */
  gpointer            selected; /* the item that is open, not owned: compared only */
  gpointer            focused;  /* the item that had the keyboard and may come back, the same */
  gboolean            quiet;    /* the selection is set by us, not by the person */
  gboolean            browsed;  /* by a key that goes from row to row */
};

enum
{
  PROP_0,
  PROP_LABEL,
  N_PROPS
};

enum
{
  ITEM_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmItemList, tlm_item_list, ADW_TYPE_BIN)

#define STEP_ROWS 40  /* more than a tall window shows */
#define VIEW_ROWS 200 /* as many as a list view makes: GTK_LIST_VIEW_MAX_LIST_ITEMS */

static gint64
updated_at (GListModel *model, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (model, position);
  gint64 updated = 0;

  if (item != NULL)
    g_object_get (item, "updated", &updated, NULL);
  return updated;
}

static char *
dup_heading (GListModel *model, guint position, gint64 now)
{
  g_autoptr (GObject) item = g_list_model_get_item (model, position);

  if (TLM_IS_CHAT (item) && tlm_chat_get_place (TLM_CHAT (item)) == TLM_CHAT_PINNED)
    /* Translators: heading of the chats that are kept at the top. */
    return g_strdup (_("Pinned"));
  return tlm_dates_dup_heading (updated_at (model, position), now);
}

static void
update_heading (TlmItemList *self, GtkListItem *list_item)
{
  guint position = gtk_list_item_get_position (list_item);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *heading = NULL;

  if (position == GTK_INVALID_LIST_POSITION || self->model == NULL)
    return;
  heading = dup_heading (self->model, position, now);
  if (position > 0)
    {
      g_autofree char *above = dup_heading (self->model, position - 1, now);

      if (g_str_equal (heading, above))
        g_clear_pointer (&heading, g_free);
    }
  tlm_item_row_set_heading (TLM_ITEM_ROW (gtk_list_item_get_child (list_item)), heading);
}

static void
update_headings (TlmItemList *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    update_heading (self, g_ptr_array_index (self->bound, i));
}

static void
today_cb (TlmItemList *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (self->bound, i);

      tlm_item_row_set_item (TLM_ITEM_ROW (gtk_list_item_get_child (list_item)),
                             gtk_list_item_get_item (list_item));
    }
  update_headings (self);
}

static void
setup_cb (TlmItemList *self, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, tlm_item_row_new ());
}

static void
bind_cb (TlmItemList *self, GtkListItem *list_item)
{
  tlm_item_row_set_item (TLM_ITEM_ROW (gtk_list_item_get_child (list_item)),
                         gtk_list_item_get_item (list_item));
  g_ptr_array_add (self->bound, list_item);
  update_heading (self, list_item);
}

static void
unbind_cb (TlmItemList *self, GtkListItem *list_item)
{
  g_ptr_array_remove_fast (self->bound, list_item);
  tlm_item_row_set_item (TLM_ITEM_ROW (gtk_list_item_get_child (list_item)), NULL);
}

/* The changed item is nearly always near the top, so the walk is short. */
static guint
find (TlmItemList *self, gpointer wanted)
{
  guint n = self->model != NULL ? g_list_model_get_n_items (self->model) : 0;

  for (guint i = 0; wanted != NULL && i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (self->model, i);

      if (item == wanted)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
show_all (TlmItemList *self)
{
  g_clear_handle_id (&self->growing, g_source_remove);
  tlm_head_list_set_size (self->shown, G_MAXUINT);
}

static void
reselect (TlmItemList *self)
{
  guint position = self->shown != NULL ? find (self, self->selected) : GTK_INVALID_LIST_POSITION;

  if (position != GTK_INVALID_LIST_POSITION
      && position >= tlm_head_list_get_size (self->shown))
    show_all (self);
  self->quiet = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->quiet = FALSE;
}

static void
selected_cb (TlmItemList *self)
{
  GObject *item = gtk_single_selection_get_selected_item (self->selection);

  if (self->quiet || item == NULL || item == self->selected)
    return;
  self->selected = item;
  g_signal_emit (self, signals[ITEM_ACTIVATED], 0, item);
  self->browsed = FALSE;
}

/* The row that has the keyboard: the list's own widget around it has the focus. */
static TlmItemRow *
focused_row (TlmItemList *self)
{
  GtkWidget *child = gtk_widget_get_focus_child (self->view);
  GtkWidget *row = child != NULL ? gtk_widget_get_first_child (child) : NULL;

  return TLM_IS_ITEM_ROW (row) ? TLM_ITEM_ROW (row) : NULL;
}

/* (nullable): not owned; only where the keyboard is in the list */
static gpointer
find_focused (TlmItemList *self)
{
  TlmItemRow *row = focused_row (self);
  GtkRoot *root = gtk_widget_get_root (self->view);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return row != NULL && focus != NULL && gtk_widget_is_ancestor (focus, self->view)
           ? tlm_item_row_get_item (row) : NULL;
}

/* The keyboard went on to something else meanwhile, which is seen. */
static gboolean
is_elsewhere (TlmItemList *self)
{
  GtkRoot *root = gtk_widget_get_root (self->view);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return root == NULL
         || (focus != NULL && gtk_widget_get_mapped (focus) && !gtk_widget_is_ancestor (focus, self->view));
}

/* The row of an item that was taken out and put in again is another; the keyboard stood on its neighbour
 * meanwhile, or on a row that shows nothing any more. */
static void
follow_focus (TlmItemList *self)
{
  gpointer wanted = g_steal_pointer (&self->focused);

  if (wanted == NULL || wanted == find_focused (self) || is_elsewhere (self))
    return;
  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (self->bound, i);

      if (gtk_list_item_get_item (list_item) == wanted)
        gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (list_item)));
    }
}

/* The model is in the middle of telling everybody: look when it is done. */
static gboolean
settle_cb (gpointer user_data)
{
  TlmItemList *self = user_data;

  if (self->shown != NULL)
    {
      reselect (self);
      update_headings (self);
      follow_focus (self);
    }
  return G_SOURCE_REMOVE;
}

static void
items_changed_cb (TlmItemList *self)
{
  if (self->focused == NULL)
    self->focused = find_focused (self);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, settle_cb, g_object_ref (self), g_object_unref);
}

static void
activate_cb (TlmItemList *self, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (self->model, position);

  self->selected = item;
  g_signal_emit (self, signals[ITEM_ACTIVATED], 0, item);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-content", NULL);
}

/* (nullable): not owned; the item whose row, or what the list has around it, is there */
static gpointer
find_at (TlmItemList *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = picked != NULL ? gtk_widget_get_ancestor (picked, TLM_TYPE_ITEM_ROW) : NULL;

  if (row == NULL && picked != NULL)
    row = gtk_widget_get_first_child (picked);
  return TLM_IS_ITEM_ROW (row) ? tlm_item_row_get_item (TLM_ITEM_ROW (row)) : NULL;
}

/* A click on the row that is open must lead to it on a narrow window; told before a row selects what is not yet. */
static void
released_cb (TlmItemList *self, int n_press, double x, double y)
{
  gpointer item = find_at (self, x, y);

  if (item != NULL && item == self->selected)
    g_signal_emit (self, signals[ITEM_ACTIVATED], 0, item);
}

static gboolean
is_way (guint keyval)
{
  static const guint keys[] = { GDK_KEY_Up, GDK_KEY_Down, GDK_KEY_Home, GDK_KEY_End, GDK_KEY_Page_Up,
                                GDK_KEY_Page_Down, GDK_KEY_KP_Up, GDK_KEY_KP_Down };
  guint i = 0;

  while (i < G_N_ELEMENTS (keys) && keys[i] != keyval)
    i++;
  return i < G_N_ELEMENTS (keys);
}

static gboolean
key_pressed_cb (TlmItemList *self, guint keyval, guint keycode, GdkModifierType state)
{
  TlmItemRow *row = focused_row (self);
  gboolean menu = keyval == GDK_KEY_Menu
                  || (keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0);

  self->browsed = is_way (keyval);
  if (row == NULL || (!menu && keyval != GDK_KEY_Delete))
    return GDK_EVENT_PROPAGATE;
  if (menu)
    tlm_item_row_show_menu (row);
  else
    tlm_item_row_trash (row);
  return GDK_EVENT_STOP;
}

static gboolean
grow_idle (gpointer user_data)
{
  TlmItemList *self = user_data;
  guint size = tlm_head_list_get_size (self->shown) + STEP_ROWS;

  if (size < VIEW_ROWS)
    {
      tlm_head_list_set_size (self->shown, size);
      return G_SOURCE_CONTINUE;
    }
  show_all (self);
  return G_SOURCE_REMOVE;
}

static void
map_cb (TlmItemList *self)
{
  if (self->model == NULL || self->shown != NULL)
    return;
  self->shown = tlm_head_list_new (self->model, STEP_ROWS);
  self->growing = g_idle_add_full (G_PRIORITY_LOW, grow_idle, self, NULL);
  self->quiet = TRUE;
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->shown));
  self->quiet = FALSE;
  reselect (self);
}

/**
 * tlm_item_list_get_browsed:
 *
 * Returns: while an item is activated: whether a key went on to it, which shall go on from there
 */
gboolean
tlm_item_list_get_browsed (TlmItemList *self)
{
  return self->browsed;
}

/**
 * tlm_item_list_focus:
 *
 * The keyboard goes to the item that is open, or to another.
 *
 * Returns: whether there is one in sight
 */
gboolean
tlm_item_list_focus (TlmItemList *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (self->bound, i);

      if (gtk_list_item_get_selected (list_item) && gtk_widget_get_mapped (self->view))
        return gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (list_item)));
    }
  return gtk_widget_get_mapped (self->view) && gtk_widget_grab_focus (self->view);
}

/**
 * tlm_item_list_set_model:
 * @model: of objects with "title" and "updated", newest first
 */
void
tlm_item_list_set_model (TlmItemList *self, GListModel *model)
{
  g_return_if_fail (self->model == NULL);
  self->model = g_object_ref (model);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    map_cb (self);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * tlm_item_list_select:
 * @item: (nullable): the one that is open
 */
void
tlm_item_list_select (TlmItemList *self, gpointer item)
{
  self->selected = item;
  reselect (self);
}

static void
tlm_item_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TlmItemList *self = TLM_ITEM_LIST (object);

  switch (id)
    {
    case PROP_LABEL:
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_item_list_dispose (GObject *object)
{
  TlmItemList *self = TLM_ITEM_LIST (object);

  g_clear_handle_id (&self->growing, g_source_remove);
  if (self->selection != NULL)
    gtk_single_selection_set_model (self->selection, NULL);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->shown);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (tlm_item_list_parent_class)->dispose (object);
}

static void
tlm_item_list_finalize (GObject *object)
{
  g_ptr_array_unref (TLM_ITEM_LIST (object)->bound);
  G_OBJECT_CLASS (tlm_item_list_parent_class)->finalize (object);
}

static void
tlm_item_list_class_init (TlmItemListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tlm_item_list_dispose;
  object_class->finalize = tlm_item_list_finalize;
  object_class->set_property = tlm_item_list_set_property;
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                                G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ITEM_ACTIVATED] = g_signal_new ("item-activated", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                          G_TYPE_OBJECT);
}

static GtkListItemFactory *
new_factory (TlmItemList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  return factory;
}

static void
tlm_item_list_init (TlmItemList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->bound = g_ptr_array_new ();
  tlm_today_watch (self, G_CALLBACK (today_cb));
  g_signal_connect (self, "map", G_CALLBACK (map_cb), NULL);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  self->view = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)),
                                  new_factory (self));
  gtk_widget_add_css_class (self->view, "navigation-sidebar");
  gtk_widget_add_css_class (self->view, "day-list");
  g_signal_connect_object (self->view, "activate", G_CALLBACK (activate_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "released", G_CALLBACK (released_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->view, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (key, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->view, key);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  adw_bin_set_child (ADW_BIN (self), scroller);
}
