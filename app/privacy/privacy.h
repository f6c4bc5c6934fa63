/* SPDX-License-Identifier: Apache-2.0 */
/* The proof: what holds the program back, found out by trying and by reading what the kernel and the
 * sandbox say, never from what we meant to do. The Privacy page and `tinylm-cli privacy` show the same
 * findings, so their sentences are written here. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TLM_FINDING_HOLDS,  /* it protects, as it should */
  TLM_FINDING_FACT,   /* worth knowing, neither good nor bad */
  TLM_FINDING_BROKEN, /* a protection is missing or was given away */
} TlmFindingState;

typedef enum
{
  TLM_FINDINGS_NETWORK,
  TLM_FINDINGS_LOCK,
  TLM_FINDINGS_SANDBOX,
  TLM_FINDINGS_FOLDERS,
  TLM_FINDINGS_FILES,
  TLM_FINDINGS_COMMANDS, /* each text is a command to run outside of the program */
} TlmFindingGroup;
#define TLM_N_FINDING_GROUPS (TLM_FINDINGS_COMMANDS + 1)

typedef struct
{
  TlmFindingGroup group;
  TlmFindingState state;
  const char     *id;    /* for programs, e.g. "socket"; not unique among folders and files */
  char           *title;
  char           *text;
} TlmFinding;

/* For people, translated; and for programs, e.g. "network". */
const char *tlm_finding_group_get_title (TlmFindingGroup group);
const char *tlm_finding_group_get_id    (TlmFindingGroup group);
const char *tlm_finding_state_get_title (TlmFindingState state);
const char *tlm_finding_state_get_id    (TlmFindingState state);

/**
 * tlm_privacy_check:
 * @stays: whether this process will still be there when somebody types a command about it
 * @watched: (nullable): paths of the folders whose files are kept as notes
 *
 * Tries and reads everything anew. Blocks for as long as it takes to walk the program's own folders.
 * Returns: (transfer full): TlmFinding, in the order of their groups
 */
GPtrArray *tlm_privacy_check        (gboolean stays, const char *const *watched);

/* The same, off the calling thread, for a process that stays. */
void       tlm_privacy_check_async  (const char *const *watched, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tlm_privacy_check_finish (GAsyncResult *result, GError **error);

/* Returns: how many of @findings are broken */
guint      tlm_privacy_count_broken (GPtrArray *findings);

/* One sentence for all of @findings. */
char      *tlm_privacy_dup_verdict  (GPtrArray *findings);

G_END_DECLS
