/* SPDX-License-Identifier: Apache-2.0 */
/* The coverage strip: each unit of the note takes its share of the height. Chosen units are wide and
 * in the accent colour, read ones narrow and pale, unread ones a thin line, those kept out a thin pale
 * one: the shape says it without the colour. A click asks for the place in the note. */
#include "coverage-strip.h"

#include "common/style.h"
#include "compat/compat.h"
#include "summary-text.h"

#include <glib/gi18n.h>

#define STRIP_WIDTH 12
#define MERGED_PX 3 /* units that share so little height are drawn as one */
#define PX_A_BYTE 0.5 /* at most: a line of 80 letters is drawn no taller than two lines of text */

typedef enum { UNIT_SKIPPED, UNIT_READ, UNIT_ACTION, UNIT_KEY } UnitState;

struct _TlmCoverageStrip
{
  GtkWidget   parent_instance;
  TlmSummary *summary;
  GArray     *states; /* of UnitState, one a unit */
  gsize       length; /* bytes of the note */
};

enum
{
  PLACE_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmCoverageStrip, tlm_coverage_strip, GTK_TYPE_WIDGET)

/* The units stand in the note's order, so the first that the span touches is found by halving. */
static void
raise_states (TlmCoverageStrip *self, const TlmSpan *span, UnitState state)
{
  gsize n, low = 0, high;
  const TlmSpan *units = tlm_summary_get_units (self->summary, &n);

  for (high = n; low < high;)
    {
      gsize middle = low + (high - low) / 2;

      if (units[middle].end <= span->start)
        low = middle + 1;
      else
        high = middle;
    }
  for (; low < n && units[low].start < span->end; low++)
    g_array_index (self->states, UnitState, low) = state;
}

static UnitState
state_of_use (TlmUnitUse use)
{
  switch (use)
    {
    case TLM_UNIT_SKIPPED:
      return UNIT_SKIPPED;
    case TLM_UNIT_READ:
    case TLM_UNIT_USED: /* as what, the lists say */
      return UNIT_READ;
    }
  g_assert_not_reached ();
}

static void
collect_states (TlmCoverageStrip *self)
{
  gsize n, n_keys, n_actions;
  const TlmSpan *keys = tlm_summary_get_keypoints (self->summary, &n_keys);
  const TlmAction *actions = tlm_summary_get_actions (self->summary, &n_actions);

  tlm_summary_get_units (self->summary, &n);
  g_array_set_size (self->states, (guint) n);
  for (gsize i = 0; i < n; i++)
    g_array_index (self->states, UnitState, i)
      = state_of_use (tlm_summary_get_unit_use (self->summary, i));
  for (gsize i = 0; i < n_actions; i++)
    raise_states (self, &actions[i].sentence, UNIT_ACTION);
  for (gsize i = 0; i < n_keys; i++)
    raise_states (self, &keys[i], UNIT_KEY);
}

/* What the picture shows, for those who do not see it. */
static void
describe (TlmCoverageStrip *self)
{
  g_autofree char *coverage = self->summary != NULL ? tlm_summary_text_dup_coverage (self->summary)
                                                    : g_strdup ("");

  tlm_describe (GTK_WIDGET (self), coverage);
}

/**
 * tlm_coverage_strip_set_summary:
 * @summary: (nullable): whose units are drawn; NULL draws nothing
 */
void
tlm_coverage_strip_set_summary (TlmCoverageStrip *self, TlmSummary *summary)
{
  if (!g_set_object (&self->summary, summary))
    return;
  g_array_set_size (self->states, 0);
  self->length = 0;
  if (summary != NULL)
    {
      self->length = strlen (tlm_summary_get_text (summary));
      collect_states (self);
    }
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

typedef struct
{
  GtkSnapshot *snapshot;
  float        width;
  GdkRGBA      accent, foreground;
} Brush;

/* One unit, or several that are too small to be told apart. */
typedef struct
{
  float     top, bottom;
  UnitState state;
} Bar;

static void
draw_bar (const Brush *brush, const Bar *bar)
{
  /* Widths in px out of the strip's twelve; the accent stands for chosen units only. */
  static const float widths[] = { 1, 3, 5, 8 };
  float width = widths[bar->state];
  float x = (brush->width - width) / 2;
  float height = MAX (bar->bottom - bar->top - 1, 1);
  GdkRGBA color = bar->state == UNIT_KEY ? brush->accent : brush->foreground;

  if (bar->state == UNIT_READ || bar->state == UNIT_SKIPPED)
    tlm_style_fade (&color, 0.2f);
  if (bar->state == UNIT_ACTION)
    tlm_style_fade (&color, 0.6f);
  gtk_snapshot_append_color (brush->snapshot, &color,
                             &GRAPHENE_RECT_INIT (x, bar->top, width, height));
}

/* A short note does not fill the strip, as it does not fill the page. */
static double
drawn_height (TlmCoverageStrip *self)
{
  return MIN (gtk_widget_get_height (GTK_WIDGET (self)), PX_A_BYTE * (double) self->length);
}

static void
tlm_coverage_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TlmCoverageStrip *self = TLM_COVERAGE_STRIP (widget);
  Brush brush = { .snapshot = snapshot, .width = (float) gtk_widget_get_width (widget) };
  Bar bar = { 0 };
  float px_a_byte;
  const TlmSpan *units;
  gsize n;

  if (self->length == 0)
    return;
  tlm_style_get_accent (&brush.accent);
  tlm_style_get_foreground (widget, &brush.foreground);
  px_a_byte = (float) (drawn_height (self) / (double) self->length);
  units = tlm_summary_get_units (self->summary, &n);
  for (gsize i = 0; i < n; i++)
    {
      Bar next = { px_a_byte * (float) units[i].start, px_a_byte * (float) units[i].end,
                   g_array_index (self->states, UnitState, i) };

      if (i > 0 && next.bottom - bar.top <= MERGED_PX)
        next = (Bar){ bar.top, next.bottom, MAX (bar.state, next.state) };
      else if (i > 0)
        draw_bar (&brush, &bar);
      bar = next;
    }
  if (n > 0)
    draw_bar (&brush, &bar);
}

static void
tlm_coverage_strip_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? STRIP_WIDTH : 0;
}

/* The unit at a height, G_MAXSIZE for none. */
static gsize
unit_at (TlmCoverageStrip *self, double y)
{
  double height = drawn_height (self);
  const TlmSpan *units;
  gsize n, place;

  if (height <= 0 || y > height)
    return G_MAXSIZE;
  units = tlm_summary_get_units (self->summary, &n);
  place = (gsize) (CLAMP (y / height, 0, 1) * (double) self->length);
  for (gsize i = 0; i < n; i++)
    if (place < units[i].end)
      return i;
  return G_MAXSIZE;
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, TlmCoverageStrip *self)
{
  gsize i = unit_at (self, y), n;

  if (i == G_MAXSIZE)
    return;
  const TlmSpan *unit = &tlm_summary_get_units (self->summary, &n)[i];
  g_signal_emit (self, signals[PLACE_ACTIVATED], 0, (guint64) unit->start, (guint64) unit->end);
}

static const char *
state_sentence (UnitState state)
{
  switch (state)
    {
    case UNIT_KEY:
      return _("Chosen as a key point");
    case UNIT_ACTION:
      return _("Chosen as an action item");
    case UNIT_READ:
      return _("Read, not chosen");
    case UNIT_SKIPPED:
      return _("Kept out of the choice: a heading, table, code or front matter");
    }
  g_assert_not_reached ();
}

static gboolean
tlm_coverage_strip_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard,
                                  GtkTooltip *tooltip)
{
  TlmCoverageStrip *self = TLM_COVERAGE_STRIP (widget);
  gsize i = keyboard ? G_MAXSIZE : unit_at (self, y);

  if (i == G_MAXSIZE)
    return FALSE;
  gtk_tooltip_set_text (tooltip, state_sentence (g_array_index (self->states, UnitState, i)));
  return TRUE;
}

static void
tlm_coverage_strip_dispose (GObject *object)
{
  TlmCoverageStrip *self = TLM_COVERAGE_STRIP (object);

  g_clear_object (&self->summary);
  self->length = 0;
  G_OBJECT_CLASS (tlm_coverage_strip_parent_class)->dispose (object);
}

static void
tlm_coverage_strip_finalize (GObject *object)
{
  g_array_unref (TLM_COVERAGE_STRIP (object)->states);
  G_OBJECT_CLASS (tlm_coverage_strip_parent_class)->finalize (object);
}

static void
tlm_coverage_strip_class_init (TlmCoverageStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_coverage_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_coverage_strip_finalize;
  widget_class->snapshot = tlm_coverage_strip_snapshot;
  widget_class->measure = tlm_coverage_strip_measure;
  widget_class->query_tooltip = tlm_coverage_strip_query_tooltip;
  signals[PLACE_ACTIVATED] = g_signal_new ("place-activated", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                           G_TYPE_UINT64, G_TYPE_UINT64);
  gtk_widget_class_set_css_name (widget_class, "coveragestrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tlm_coverage_strip_init (TlmCoverageStrip *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->states = g_array_new (FALSE, TRUE, sizeof (UnitState));
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("What was read and chosen"), -1);
}
