/* SPDX-License-Identifier: Apache-2.0 */
/* A bubble is as wide as its text, at the end side, with room at the start side; one that expands, since
 * what is in it scrolls and has no width of its own, takes all but that. To align it would make GTK look
 * for its width by laying out the text a dozen times, which takes 10 ms. */
#include "message-bubble.h"

#define BUBBLE_ROOM 48 /* px beside a long message of the person */

static GtkSizeRequestMode
get_bubble_mode (GtkWidget *content)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
get_bubble_width (GtkWidget *bubble, int width)
{
  int min, natural;

  gtk_widget_measure (bubble, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
  if (gtk_widget_get_hexpand (bubble))
    natural = width;
  return MAX (min, MIN (natural, width - BUBBLE_ROOM));
}

static void
measure_bubble (GtkWidget *content, GtkOrientation orientation, int for_size, int *min,
                int *natural, int *min_baseline, int *natural_baseline)
{
  GtkWidget *bubble = gtk_widget_get_first_child (content);

  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = get_bubble_width (bubble, for_size);
  gtk_widget_measure (bubble, orientation, orientation == GTK_ORIENTATION_VERTICAL ? for_size : -1,
                      min, natural, NULL, NULL);
}

static void
allocate_bubble (GtkWidget *content, int width, int height, int baseline)
{
  GtkWidget *bubble = gtk_widget_get_first_child (content);
  int own = get_bubble_width (bubble, width);
  gboolean rtl = gtk_widget_get_direction (content) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (bubble, &(GtkAllocation){ rtl ? 0 : width - own, 0, own, height }, -1);
}

/**
 * tlm_message_bubble_layout_new:
 *
 * Returns: (transfer full): the layout of a widget with one child, the bubble
 */
GtkLayoutManager *
tlm_message_bubble_layout_new (void)
{
  return gtk_custom_layout_new (get_bubble_mode, measure_bubble, allocate_bubble);
}
