/* SPDX-License-Identifier: Apache-2.0 */
/* train's subcommands "reader" and "vectors". */
#pragma once

int tlm_cli_train_reader  (int argc, char **argv);
int tlm_cli_train_vectors (int argc, char **argv);
