/* SPDX-License-Identifier: Apache-2.0 */
/* A page beside notes and chats, such as Privacy: a header bar with a title and the way back, and
 * below it whatever the page is about. window.ui names each one; "win.show-NAME" opens it. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_PAGE (tlm_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmPage, tlm_page, TLM, PAGE, AdwBin)

G_END_DECLS
