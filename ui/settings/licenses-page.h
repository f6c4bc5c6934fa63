/* SPDX-License-Identifier: Apache-2.0 */
/* The Licenses page: what is free, the person's keys and what each allows, the state of each model. */
#pragma once

#include <adwaita.h>

#include "licenses/licenses.h"

G_BEGIN_DECLS

#define TLM_TYPE_LICENSES_PAGE (tlm_licenses_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmLicensesPage, tlm_licenses_page, TLM, LICENSES_PAGE, AdwBin)

void tlm_licenses_page_set_licenses (TlmLicensesPage *self, TlmLicenses *licenses);
void tlm_licenses_page_add_text     (TlmLicensesPage *self, const char *text);
void tlm_licenses_page_add_file     (TlmLicensesPage *self, GFile *file);

G_END_DECLS
