/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the composer share: composer.c (what is written, and sent) and composer-aside.c
 * (what is too long for it, and what is attached). */
#pragma once

#include "composer.h"

G_BEGIN_DECLS

struct _TlmComposer
{
  AdwBin     parent_instance;
  GtkWidget *view;
  GtkWidget *placeholder;
  GtkWidget *send_button;
  GtkWidget *stop_button;
  GtkWidget *aside_box; /* a line for each of the texts set aside */
  GtkWidget *chips;     /* the last of it: for what is attached */
  GtkWidget *note_button;
  GListModel *notes;
  GPtrArray *aside;     /* of char *: texts, and behind them the blocks of what is attached */
  gboolean   putting_in;
  gboolean   busy;
  gboolean   composing; /* an input method is in the middle of a character */
};

void tlm_composer_update         (TlmComposer *self);
void tlm_composer_set_aside      (TlmComposer *self, char *text);
void tlm_composer_update_aside   (TlmComposer *self);
void tlm_composer_install_aside  (GtkWidgetClass *widget_class);
void tlm_composer_insert_text_cb (TlmComposer *self, GtkTextIter *place, const char *text, int bytes,
                                  GtkTextBuffer *buffer);

G_END_DECLS
