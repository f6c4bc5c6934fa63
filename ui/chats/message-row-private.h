/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a message's row share: message-row.c (what it shows) and message-row-edit.c (a
 * message of the person is edited in its place). */
#pragma once

#include "markdown-view.h"
#include "message-row.h"

G_BEGIN_DECLS

struct _TlmMessageRow
{
  GtkListBoxRow    parent_instance;
  GtkWidget       *content;
  GtkWidget       *bubble;
  TlmMarkdownView *view;
  GtkWidget       *foot;
  GtkWidget       *route_label;
  GtkWidget       *copy_button;
  AdwBin          *digest_bin;
  TlmMessage      *message;
  guint            text_timeout; /* until words that have come are shown */
  gboolean         sent; /* what was edited */
  gsize            said; /* bytes of an answer that a screen reader was told of */

  /* The person's messages have the first, answers the others. */
  GtkWidget       *edit_button;
  GtkWidget       *retry_button;
  GtkWidget       *route_button;

  /* NULL until there is something to show: a row has to be made within part of a frame. */
  GtkWidget       *editor;
  GtkWidget       *failure;
  GtkWidget       *hand_over_button;
  GtkWidget       *spinner;
  GtkWidget       *versions;
};

GtkBox  *tlm_message_row_get_box     (TlmMessageRow *self);
gboolean tlm_message_row_is_user     (TlmMessageRow *self);
void     tlm_message_row_update_text (TlmMessageRow *self);

gboolean tlm_message_row_can_edit         (TlmMessageRow *self);
void     tlm_message_row_install_edit     (GtkWidgetClass *widget_class);
void     tlm_message_row_keep_unsent_edit (TlmMessageRow *self);
void     tlm_message_row_take_unsent_edit (TlmMessageRow *self);

G_END_DECLS
