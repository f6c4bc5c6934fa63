/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Specialists page share: specialists-page.c (its places, sets and the
 * training) and specialists-page-trained.c (the specialists themselves). */
#pragma once

#include "examples-page.h"
#include "specialist-page.h"
#include "specialist-run-view.h"
#include "specialist-setup.h"
#include "specialist-vote.h"
#include "specialists-page.h"

G_BEGIN_DECLS

struct _TlmSpecialistsPage
{
  AdwBin                parent_instance;
  GtkStack             *stack;
  AdwPreferencesGroup  *intro_group, *training_group, *specialists_group, *sets_group,
                       *templates_group;
  AdwActionRow         *training_row;
  GtkWidget            *import_row, *import_button; /* without specialists, and with some */
  TlmExamplesPage      *examples_page;
  TlmSpecialistSetup   *setup;
  TlmSpecialistRunView *run_view;
  TlmSpecialistPage    *specialist_page;
  TlmSpecialistVote    *vote;
  GPtrArray            *set_rows, *trained_rows; /* which the groups own */
  char                 *path;     /* (nullable): of the specialist that is shown or is to be */
  TlmTraining          *training;
  TlmExampleSets       *sets;
  TlmTrainedList       *trained;
  TlmModels            *models;
};

void        tlm_specialists_page_show_place    (TlmSpecialistsPage *self, const char *place);
void        tlm_specialists_page_say           (TlmSpecialistsPage *self, const char *sentence);
GtkWidget  *tlm_specialists_page_make_row      (const char *title, const char *subtitle);

/* @undo: called with @owner and @item, both kept alive, when the person takes it back */
void        tlm_specialists_page_offer_undo    (TlmSpecialistsPage *self, const char *sentence,
                                                GCallback undo, gpointer owner, gpointer item);
void        tlm_specialists_page_set_trained   (TlmSpecialistsPage *self, TlmServices *services);
void        tlm_specialists_page_show_trained  (TlmSpecialistsPage *self, const char *path);
const char *tlm_specialists_page_get_name      (TlmSpecialistsPage *self);
void        tlm_specialists_page_import        (TlmSpecialistsPage *self, GFile *file);
void        tlm_specialists_page_install_trained (GtkWidgetClass *widget_class);

G_END_DECLS
