/* SPDX-License-Identifier: Apache-2.0 */
/* What application.c and application-actions.c share. */
#pragma once

#include "application.h"

#include "common/background.h"
#include "search-provider.h"
#include "services.h"
#include "window.h"

G_BEGIN_DECLS

struct _TlmApplication
{
  AdwApplication     parent_instance;
  TlmServices       *services;
  GSettings         *settings;
  TlmSearchProvider *search_provider;
  TlmBackground     *background; /* NULL but while a training runs without a window */
  gboolean           leaving; /* the window goes for another reason than that it is closed */
  GPtrArray         *waiting; /* GFile, to be imported when the services are ready */
  GPtrArray         *wanted;  /* of char: actions of the window, with targets, to be done then */
  guint              idle;    /* the alarm that locks when nobody does anything; 0: none */
  gint64             locks_at; /* of that alarm */
};

void       tlm_application_add_actions    (TlmApplication *self);
void       tlm_application_begin_work     (TlmApplication *self,
                                           const char     *warning);
void       tlm_application_end_services   (TlmApplication *self);
TlmWindow *tlm_application_get_window     (TlmApplication *self);
void       tlm_application_lock_unused    (TlmApplication *self);
void       tlm_application_start_services (TlmApplication *self);
gboolean   tlm_application_was_used       (TlmApplication *self);

G_END_DECLS
