/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the Specialists page share. */
#pragma once

#include "support.h"

/* (transfer none): the page, in the window */
GtkWidget     *show_specialists (Fixture *f);

/* (transfer none): the set that a template made */
TlmExampleSet *begin_set        (GtkWidget *page, const char *template);

guint          count_rows       (TlmExampleSet *set);
