/* SPDX-License-Identifier: Apache-2.0 */
/* The probes behind tlm_privacy_check(), one file a subject. What they read is named by the caller,
 * so that tests can hand them systems that do not exist. */
#pragma once

#include "lock.h"
#include "privacy.h"

G_BEGIN_DECLS

/* (transfer full): an empty list of TlmFinding */
GPtrArray *tlm_findings_new       (void);

/* @title, @text: (transfer full) */
void tlm_findings_add (GPtrArray *findings, TlmFindingGroup group, TlmFindingState state,
                       const char *id, char *title, char *text);

/* privacy-network.c. @net_dev: as /proc/net/dev */
void tlm_privacy_probe_sockets    (GPtrArray *findings);
void tlm_privacy_probe_connect    (GPtrArray *findings);
void tlm_privacy_probe_open_files (GPtrArray *findings);
void tlm_privacy_probe_interfaces (GPtrArray *findings, const char *net_dev);

/* privacy-lock.c. @lock: (nullable); @status: as /proc/self/status */
void tlm_privacy_probe_filter     (GPtrArray *findings, const TlmLock *lock, const char *status);
void tlm_privacy_probe_io_uring   (GPtrArray *findings);
void tlm_privacy_probe_landlock   (GPtrArray *findings, const TlmLock *lock);

/* privacy-sandbox.c. @info: (nullable): of /.flatpak-info; NULL: outside of Flatpak */
GKeyFile *tlm_privacy_load_sandbox (const char *path);
void tlm_privacy_probe_sandbox    (GPtrArray *findings, GKeyFile *info);

/* privacy-files.c. @own: the program's folder; @documents: of the document portal */
void tlm_privacy_probe_folders    (GPtrArray *findings, GKeyFile *info, const char *own,
                                   const char *documents);
void tlm_privacy_probe_watched    (GPtrArray *findings, const char *const *watched);
void tlm_privacy_probe_files      (GPtrArray *findings, const char *const *roots);
void tlm_privacy_probe_shared     (GPtrArray *findings, const char *path, const char *text);

G_END_DECLS
