/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the importer share: files, and archives that are made for them. */
#pragma once

#include <gio/gio.h>

/* A member of an archive; @len 0: @data is a string. The last of several has no name. */
typedef struct { const char *name, *data; gsize len; } TlmTestMember;

GBytes *tlm_test_make_zip (const TlmTestMember *members);

/* The text of a file of this name that holds these bytes. (transfer full) (nullable) */
char *tlm_test_import (const char *name, const void *data, gsize len, const char **format, GError **error);

void tlm_test_assert_import    (const char *name, const char *data, const char *expected);
void tlm_test_assert_zip       (const TlmTestMember *members, const char *format, const char *expected);
void tlm_test_assert_zip_fails (const TlmTestMember *members, int code);

/* Whatever the bytes, there is valid text or an error, never both and never neither. */
void tlm_test_mutate (GBytes *whole, const char *name, int n_times);
