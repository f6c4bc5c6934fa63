/* SPDX-License-Identifier: Apache-2.0 */
/* The colour of a text's tags. A screen reader that asks for the attributes of a text with a coloured tag
 * ends the program with GTK 4.8: that reads "foreground" as a GdkRGBA, and it can only be written. So tags
 * say that they have no colour. They are drawn by what they hold, and say nothing else otherwise. */
#include "compat.h"

static void (*get_property) (GObject *tag, guint id, GValue *value, GParamSpec *spec);

static void
get_without_colour (GObject *tag, guint id, GValue *value, GParamSpec *spec)
{
  if (g_str_equal (spec->name, "foreground-set"))
    g_value_set_boolean (value, FALSE);
  else
    get_property (tag, id, value, spec);
}

void
tlm_mend_text_tags (void)
{
  GObjectClass *klass = g_type_class_ref (GTK_TYPE_TEXT_TAG); /* kept, as types are */

  if (klass->get_property == get_without_colour)
    return;
  get_property = klass->get_property;
  klass->get_property = get_without_colour;
}
