/* SPDX-License-Identifier: Apache-2.0 */
/* A layout that sets its children as words are set. What expands gives way first, down to a few letters:
 * a sentence may wrap, but not letter by letter beside a button. A line of which nothing expands stands
 * at the end, as buttons do. libadwaita has a like widget from 1.7. */
#include "compat.h"

#define SPACING 6           /* as between the parts of libadwaita's rows */
#define LETTERS_AT_LEAST 12 /* beside something: a word of most languages */

struct _TlmWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (TlmWrapLayout, tlm_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct
{
  GtkWidget *first, *end; /* the end: of the next line, or NULL */
  int        used;        /* by what they need, with the space between */
  int        n_expanding;
} Line;

static GtkWidget *
to_layout (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
next (GtkWidget *child)
{
  return to_layout (gtk_widget_get_next_sibling (child));
}

static gboolean
expands (GtkWidget *child)
{
  return gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
}

static int
width_of_letters (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = pango_font_metrics_get_approximate_char_width (metrics);

  pango_font_metrics_unref (metrics);
  return PANGO_PIXELS_CEIL (width * LETTERS_AT_LEAST);
}

static int
needed (GtkWidget *child, int width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  if (expands (child))
    natural = MIN (natural, width_of_letters (child));
  return MAX (minimum, MIN (natural, width));
}

static Line
get_line (GtkWidget *first, int width)
{
  Line line = { first, first, -SPACING, 0 };

  while (line.end != NULL)
    {
      int more = needed (line.end, width) + SPACING;

      if (line.end != first && line.used + more > width)
        break;
      line.used += more;
      line.n_expanding += expands (line.end);
      line.end = next (line.end);
    }
  return line;
}

/* Of a child, in its line. */
static int
get_width (const Line *line, GtkWidget *child, int width)
{
  int left = MAX (0, width - line->used);

  return needed (child, width) + (expands (child) ? left / line->n_expanding : 0);
}

static void
get_height (const Line *line, int width, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = line->first; child != line->end; child = next (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, get_width (line, child, width),
                          &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
measure_width (GtkWidget *first, int *minimum, int *natural)
{
  *minimum = 0;
  *natural = first != NULL ? -SPACING : 0;
  for (GtkWidget *child = first; child != NULL; child = next (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural,
                          NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + SPACING;
    }
}

static void
measure_height (GtkWidget *first, int width, int *minimum, int *natural)
{
  *minimum = *natural = first != NULL ? -SPACING : 0;
  for (GtkWidget *child = first; child != NULL;)
    {
      Line line = get_line (child, width);
      int line_minimum, line_natural;

      get_height (&line, width, &line_minimum, &line_natural);
      *minimum += line_minimum + SPACING;
      *natural += line_natural + SPACING;
      child = line.end;
    }
}

static void
tlm_wrap_layout_measure (GtkLayoutManager *manager,
                         GtkWidget        *widget,
                         GtkOrientation    orientation,
                         int               for_size,
                         int              *minimum,
                         int              *natural,
                         int              *minimum_baseline,
                         int              *natural_baseline)
{
  GtkWidget *first = to_layout (gtk_widget_get_first_child (widget));
  int width = for_size, narrowest;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (first, minimum, natural);
      return;
    }
  if (width < 0)
    measure_width (first, &narrowest, &width);
  measure_height (first, width, minimum, natural);
}

static void
allocate_line (const Line *line, int width, int y, int height, gboolean mirrored)
{
  int x = line->n_expanding > 0 ? 0 : MAX (0, width - line->used);

  for (GtkWidget *child = line->first; child != line->end; child = next (child))
    {
      int child_width = get_width (line, child, width);
      int start = mirrored ? width - x - child_width : x;

      gtk_widget_size_allocate (child, &(GtkAllocation){ start, y, child_width, height }, -1);
      x += child_width + SPACING;
    }
}

static void
tlm_wrap_layout_allocate (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          int               width,
                          int               height,
                          int               baseline)
{
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *child = to_layout (gtk_widget_get_first_child (widget));

  for (int y = 0; child != NULL;)
    {
      Line line = get_line (child, width);
      int minimum, natural;

      get_height (&line, width, &minimum, &natural);
      if (y == 0 && line.end == NULL)
        natural = height;
      allocate_line (&line, width, y, natural, mirrored);
      y += natural + SPACING;
      child = line.end;
    }
}

static GtkSizeRequestMode
tlm_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tlm_wrap_layout_class_init (TlmWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = tlm_wrap_layout_measure;
  layout_class->allocate = tlm_wrap_layout_allocate;
  layout_class->get_request_mode = tlm_wrap_layout_get_request_mode;
}

static void
tlm_wrap_layout_init (TlmWrapLayout *self)
{
}

static void
let_wrap (GtkWidget *box)
{
  gtk_widget_set_layout_manager (box, g_object_new (TLM_TYPE_WRAP_LAYOUT, NULL));
}

/**
 * tlm_wrap_rows:
 * @top: rows and headings of groups in it may have something wide at their end: it goes below the
 *   words where there is no room beside them
 */
void
tlm_wrap_rows (GtkWidget *top)
{
  if (ADW_IS_ACTION_ROW (top))
    {
      let_wrap (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (top)));
      return;
    }
  if (ADW_IS_PREFERENCES_GROUP (top)) /* a box, whose first child has title and suffix */
    let_wrap (gtk_widget_get_first_child (gtk_widget_get_first_child (top)));
  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tlm_wrap_rows (child);
}
