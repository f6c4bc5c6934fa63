/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of tinylm-cli. Each gets its own name as argv[0] and returns the exit status: 0
 * all is well, 1 something failed (with a sentence on standard error), 2 the arguments make no
 * sense. */
#pragma once

int tlm_cli_ask       (int argc, char **argv);
int tlm_cli_backup    (int argc, char **argv);
int tlm_cli_batch     (int argc, char **argv);
int tlm_cli_bench     (int argc, char **argv);
int tlm_cli_chats     (int argc, char **argv);
int tlm_cli_classify  (int argc, char **argv);
int tlm_cli_erase     (int argc, char **argv);
int tlm_cli_eval      (int argc, char **argv);
int tlm_cli_eval_lm   (int argc, char **argv);
int tlm_cli_export    (int argc, char **argv);
int tlm_cli_generate  (int argc, char **argv);
int tlm_cli_handoff   (int argc, char **argv);
int tlm_cli_info      (int argc, char **argv);
int tlm_cli_license   (int argc, char **argv);
int tlm_cli_merge     (int argc, char **argv);
int tlm_cli_models    (int argc, char **argv);
int tlm_cli_privacy   (int argc, char **argv);
int tlm_cli_quantize  (int argc, char **argv);
int tlm_cli_replay    (int argc, char **argv);
int tlm_cli_route     (int argc, char **argv);
int tlm_cli_specialists (int argc, char **argv);
int tlm_cli_summarize (int argc, char **argv);
int tlm_cli_train     (int argc, char **argv);
int tlm_cli_train_lm  (int argc, char **argv); /* train's subcommand "lm" */

/* More subcommands: of eval and of train. */
int tlm_cli_eval_notes   (int argc, char **argv);
int tlm_cli_eval_private (int argc, char **argv);
int tlm_cli_eval_route   (int argc, char **argv);
int tlm_cli_train_adapter (int argc, char **argv);
int tlm_cli_train_router (int argc, char **argv);
