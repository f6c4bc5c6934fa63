/* SPDX-License-Identifier: Apache-2.0 */
/* TINYLM_CPU=c|sse2|ssse3|avx2|avx512|avx512vnni|neon|dotprod: no faster instructions than these, so
 * that two machines can be made to compute the same bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As TINYLM_CPU=@name. FALSE for a name that is none; nothing changes then. */
gboolean tlm_cpu_choice_set (const char *name);

/* Obeys the environment variable; without it, or empty, the best of this machine is used. FALSE and
 * @error for a name that is none; nothing changes then. */
gboolean tlm_cpu_choice_apply (GError **error);

G_END_DECLS
