/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a table of examples: three fifths for the input and two for the output, aligned
 * from row to row because they depend on the width alone; below NARROW the output stands under its
 * input. */
#include "examples-columns.h"

#define NARROW 420 /* px: two columns of some twenty letters */
#define SPACING 12
#define STACKED_SPACING 3

struct _TlmExamplesColumns
{
  GtkWidget  parent_instance;
  GtkWidget *first, *second;
};

G_DEFINE_FINAL_TYPE (TlmExamplesColumns, tlm_examples_columns, GTK_TYPE_WIDGET)

void
tlm_examples_columns_set (TlmExamplesColumns *self, GtkWidget *first, GtkWidget *second)
{
  self->first = first;
  self->second = second;
  gtk_widget_set_parent (first, GTK_WIDGET (self));
  gtk_widget_set_parent (second, GTK_WIDGET (self));
}

static int
first_width (int width)
{
  return (width - SPACING) * 3 / 5;
}

static int
height_of (GtkWidget *widget, int width, gboolean natural)
{
  int minimum, wanted;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, &wanted, NULL, NULL);
  return natural ? wanted : minimum;
}

static int
measure_height (TlmExamplesColumns *self, int width, gboolean natural)
{
  int left = first_width (width);

  if (width < 0)
    return MAX (height_of (self->first, -1, natural), height_of (self->second, -1, natural));
  if (width < NARROW)
    return height_of (self->first, width, natural) + STACKED_SPACING
           + height_of (self->second, width, natural);
  return MAX (height_of (self->first, left, natural),
              height_of (self->second, width - SPACING - left, natural));
}

static int
measure_width (TlmExamplesColumns *self, gboolean natural)
{
  int first[2], second[2];

  gtk_widget_measure (self->first, GTK_ORIENTATION_HORIZONTAL, -1, &first[0], &first[1], NULL,
                      NULL);
  gtk_widget_measure (self->second, GTK_ORIENTATION_HORIZONTAL, -1, &second[0], &second[1], NULL,
                      NULL);
  return natural ? MAX (first[1] + SPACING + second[1], NARROW) : MAX (first[0], second[0]);
}

static void
tlm_examples_columns_measure (GtkWidget     *widget,
                              GtkOrientation orientation,
                              int            for_size,
                              int           *minimum,
                              int           *natural,
                              int           *minimum_baseline,
                              int           *natural_baseline)
{
  TlmExamplesColumns *self = TLM_EXAMPLES_COLUMNS (widget);
  gboolean width = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = width ? measure_width (self, FALSE) : measure_height (self, for_size, FALSE);
  *natural = width ? measure_width (self, TRUE) : measure_height (self, for_size, TRUE);
  *natural = MAX (*natural, *minimum);
  *minimum_baseline = *natural_baseline = -1;
}

static void
tlm_examples_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TlmExamplesColumns *self = TLM_EXAMPLES_COLUMNS (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int left = first_width (width), right = width - SPACING - left;
  int above = height_of (self->first, width, TRUE);

  if (width < NARROW)
    {
      gtk_widget_size_allocate (self->first, &(GtkAllocation){ 0, 0, width, above }, -1);
      gtk_widget_size_allocate (self->second,
                                &(GtkAllocation){ 0, above + STACKED_SPACING, width,
                                                  MAX (height - above - STACKED_SPACING, 0) }, -1);
      return;
    }
  gtk_widget_size_allocate (
      self->first, &(GtkAllocation){ mirrored ? right + SPACING : 0, 0, left, height }, -1);
  gtk_widget_size_allocate (
      self->second, &(GtkAllocation){ mirrored ? 0 : left + SPACING, 0, right, height }, -1);
}

static GtkSizeRequestMode
tlm_examples_columns_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tlm_examples_columns_dispose (GObject *object)
{
  TlmExamplesColumns *self = TLM_EXAMPLES_COLUMNS (object);

  g_clear_pointer (&self->first, gtk_widget_unparent);
  g_clear_pointer (&self->second, gtk_widget_unparent);
  G_OBJECT_CLASS (tlm_examples_columns_parent_class)->dispose (object);
}

static void
tlm_examples_columns_class_init (TlmExamplesColumnsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_examples_columns_dispose;
  widget_class->measure = tlm_examples_columns_measure;
  widget_class->size_allocate = tlm_examples_columns_size_allocate;
  widget_class->get_request_mode = tlm_examples_columns_get_request_mode;
}

static void
tlm_examples_columns_init (TlmExamplesColumns *self)
{
}
