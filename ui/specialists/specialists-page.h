/* SPDX-License-Identifier: Apache-2.0 */
/* The Specialists page: what the person has taught, the sets of examples, and the way from one to
 * the other. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALISTS_PAGE (tlm_specialists_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistsPage, tlm_specialists_page, TLM, SPECIALISTS_PAGE, AdwBin)

void tlm_specialists_page_set_services (TlmSpecialistsPage *self, TlmServices *services);
void tlm_specialists_page_show_list    (TlmSpecialistsPage *self);
void tlm_specialists_page_add_file     (TlmSpecialistsPage *self, GFile *file);

G_END_DECLS
