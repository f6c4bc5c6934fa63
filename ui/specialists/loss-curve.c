/* SPDX-License-Identifier: Apache-2.0 */
/* The curve of a training. Steps go from left to right in every language, as in other diagrams. The
 * loss of single steps is noisy, so it is drawn pale and thin; that of the examples kept back
 * counts, and is drawn in the accent colour with a dot where it was measured and a ring at its
 * lowest. The shapes say it without the colour, and the value text without the picture. */
#include "loss-curve.h"

#include "common/style.h"

#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT 160
#define MARGIN 8 /* around the drawing, so that dots are whole */
#define DOT 3

struct _TlmLossCurve
{
  GtkWidget parent_instance;
  GArray   *points; /* (nullable): of TlmLossPoint */
  guint     n_steps;
};

G_DEFINE_FINAL_TYPE (TlmLossCurve, tlm_loss_curve, GTK_TYPE_WIDGET)

static const TlmLossPoint *
get_point (TlmLossCurve *self, guint i)
{
  return &g_array_index (self->points, TlmLossPoint, i);
}

static guint
count_points (TlmLossCurve *self)
{
  return self->points != NULL ? self->points->len : 0;
}

/* (nullable): where the loss of the examples kept back is lowest */
static const TlmLossPoint *
find_best (TlmLossCurve *self)
{
  const TlmLossPoint *best = NULL;

  for (guint i = 0; i < count_points (self); i++)
    {
      const TlmLossPoint *point = get_point (self, i);

      if (isfinite (point->valid_loss) && (best == NULL || point->valid_loss < best->valid_loss))
        best = point;
    }
  return best;
}

/* ---- in words ---- */

static char *
dup_value_text (TlmLossCurve *self)
{
  guint n = count_points (self);
  const TlmLossPoint *best = find_best (self), *last = n > 0 ? get_point (self, n - 1) : NULL;

  if (last == NULL)
    return g_strdup (_("Nothing is measured yet"));
  if (best == NULL)
    /* Translators: a point of the curve of a training; loss: how wrong it is. */
    return g_strdup_printf (_("Step %u of %u: loss %.2f"), last->step, self->n_steps, last->loss);
  return g_strdup_printf (
      _("Step %u of %u: loss %.2f; on examples kept back it was lowest, %.2f, at "
         "step %u"),
      last->step, self->n_steps, last->loss, best->valid_loss, best->step);
}

static void
describe (TlmLossCurve *self)
{
  g_autofree char *text = dup_value_text (self);
  guint n = count_points (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) self->n_steps,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  n > 0 ? (double) get_point (self, n - 1)->step : 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

/**
 * tlm_loss_curve_set_points:
 * @points: (nullable) (element-type TlmLossPoint): in the order of their steps
 * @n_steps: that the training has at most: the width of the diagram
 */
void
tlm_loss_curve_set_points (TlmLossCurve *self, GArray *points, guint n_steps)
{
  if (points != NULL)
    g_array_ref (points);
  g_clear_pointer (&self->points, g_array_unref);
  self->points = points;
  self->n_steps = n_steps;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- the drawing ---- */

typedef struct
{
  cairo_t *cr;
  double   width, height; /* of the drawing, without margins */
  double   top;           /* loss at its upper edge; zero is the lower one */
  double   n_steps;
} Canvas;

static double
x_of (const Canvas *canvas, guint step)
{
  return MARGIN + canvas->width * step / MAX (canvas->n_steps, 1);
}

static double
y_of (const Canvas *canvas, double loss)
{
  return MARGIN + canvas->height * (1 - MIN (loss / canvas->top, 1));
}

/* The loss falls from far above; what is drawn begins at the first measurements. */
static double
find_top (TlmLossCurve *self)
{
  double top = 0;

  for (guint i = 0; i < count_points (self); i++)
    {
      const TlmLossPoint *point = get_point (self, i);

      if (isfinite (point->loss))
        top = MAX (top, point->loss);
      if (isfinite (point->valid_loss))
        top = MAX (top, point->valid_loss);
    }
  return top > 0 ? top : 1;
}

static void
draw_grid (const Canvas *canvas, const GdkRGBA *color)
{
  gdk_cairo_set_source_rgba (canvas->cr, color);
  cairo_set_line_width (canvas->cr, 1);
  for (int i = 0; i <= 4; i++)
    {
      double y = floor (MARGIN + canvas->height * i / 4) + 0.5;

      cairo_move_to (canvas->cr, MARGIN, y);
      cairo_line_to (canvas->cr, MARGIN + canvas->width, y);
    }
  cairo_stroke (canvas->cr);
}

/* @valid: the loss on the examples kept back, with its dots; else that of the steps */
static void
draw_line (TlmLossCurve *self, const Canvas *canvas, gboolean valid)
{
  gboolean begun = FALSE;

  cairo_set_line_width (canvas->cr, valid ? 2 : 1);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < count_points (self); i++)
    {
      const TlmLossPoint *point = get_point (self, i);
      double loss = valid ? point->valid_loss : point->loss;

      if (!isfinite (loss))
        continue;
      if (begun)
        cairo_line_to (canvas->cr, x_of (canvas, point->step), y_of (canvas, loss));
      else
        cairo_move_to (canvas->cr, x_of (canvas, point->step), y_of (canvas, loss));
      begun = TRUE;
    }
  cairo_stroke (canvas->cr);
}

static void
draw_dots (TlmLossCurve *self, const Canvas *canvas)
{
  const TlmLossPoint *best = find_best (self);

  for (guint i = 0; i < count_points (self); i++)
    {
      const TlmLossPoint *point = get_point (self, i);

      if (!isfinite (point->valid_loss))
        continue;
      cairo_arc (canvas->cr, x_of (canvas, point->step), y_of (canvas, point->valid_loss), DOT, 0,
                 2 * G_PI);
      cairo_fill (canvas->cr);
    }
  if (best == NULL)
    return;
  cairo_set_line_width (canvas->cr, 1.5);
  cairo_arc (canvas->cr, x_of (canvas, best->step), y_of (canvas, best->valid_loss), 2 * DOT, 0,
             2 * G_PI);
  cairo_stroke (canvas->cr);
}

static void
tlm_loss_curve_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TlmLossCurve *self = TLM_LOSS_CURVE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Canvas canvas = { NULL, width - 2 * MARGIN, height - 2 * MARGIN, find_top (self), self->n_steps };
  GdkRGBA foreground, pale, faint, accent;

  tlm_style_get_foreground (widget, &foreground);
  tlm_style_get_accent (&accent);
  pale = faint = foreground;
  tlm_style_fade (&pale, 0.4f);
  tlm_style_fade (&faint, 0.12f);
  canvas.cr = gtk_snapshot_append_cairo (snapshot,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  draw_grid (&canvas, &faint);
  gdk_cairo_set_source_rgba (canvas.cr, &pale);
  draw_line (self, &canvas, FALSE);
  gdk_cairo_set_source_rgba (canvas.cr, &accent);
  draw_line (self, &canvas, TRUE);
  draw_dots (self, &canvas);
  cairo_destroy (canvas.cr);
}

static void
tlm_loss_curve_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 100;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 300;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tlm_loss_curve_finalize (GObject *object)
{
  g_clear_pointer (&TLM_LOSS_CURVE (object)->points, g_array_unref);
  G_OBJECT_CLASS (tlm_loss_curve_parent_class)->finalize (object);
}

static void
tlm_loss_curve_class_init (TlmLossCurveClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tlm_loss_curve_finalize;
  widget_class->snapshot = tlm_loss_curve_snapshot;
  widget_class->measure = tlm_loss_curve_measure;
  gtk_widget_class_set_css_name (widget_class, "losscurve");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
tlm_loss_curve_init (TlmLossCurve *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("How the training goes"), -1);
  describe (self);
}
