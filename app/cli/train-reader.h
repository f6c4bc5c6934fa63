/* SPDX-License-Identifier: Apache-2.0 */
/* train's subcommand "reader". */
#pragma once

int tlm_cli_train_reader (int argc, char **argv);
