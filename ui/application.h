/* SPDX-License-Identifier: Apache-2.0 */
/* The application: one instance, one window. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_APPLICATION (tlm_application_get_type ())
G_DECLARE_FINAL_TYPE (TlmApplication, tlm_application, TLM, APPLICATION, AdwApplication)

TlmApplication *tlm_application_new (void);

G_END_DECLS
