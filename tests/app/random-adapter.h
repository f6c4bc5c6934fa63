/* SPDX-License-Identifier: Apache-2.0 */
/* An adapter of random weights, for tests of what is done with one. */
#pragma once

#include "specialists/specialist-form.h"

/* Writes one of rank 2 for all matrices of @model to @path; its name is what is random about it.
 * @form: (nullable). Fails the test when it cannot. */
void tlm_test_make_adapter (const char *path, const char *model, const TlmForm *form);
