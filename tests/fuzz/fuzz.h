/* SPDX-License-Identifier: Apache-2.0 */
/* What the targets share. A target is one file with LLVMFuzzerTestOneInput(): hostile bytes go into
 * one reader, and what comes out must hold what the reader promises. With clang's libFuzzer it
 * searches for inputs; with replay.c it is a plain test over those that are kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A promise that was broken. In every build, unlike assert(). */
#define FUZZ_CHECK(promise)                                                                       \
  do                                                                                              \
    {                                                                                             \
      if (!(promise))                                                                             \
        {                                                                                         \
          fprintf (stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #promise);                  \
          abort ();                                                                               \
        }                                                                                         \
    }                                                                                             \
  while (0)

/* What is given is a whole seed: its reader takes it, or the seed tries nothing. Of replay.c. */
extern bool fuzz_is_seed;

/* Of exactly @size bytes, so that a sanitizer sees an access beyond them; aligned as a mapped file.
 * (transfer full) */
uint8_t *fuzz_copy (const uint8_t *data, size_t size);

/* The same, as text that ends with a NUL. (transfer full) */
char *fuzz_text (const uint8_t *data, size_t size);

/* Whether @text: [len] is UTF-8 throughout. */
bool fuzz_is_utf8 (const char *text, size_t len);

/* The kernels that a sanitizer sees into; before a session is made. */
void fuzz_use_c_kernels (void);

/* The path of a file in memory with these bytes, until the next call. */
const char *fuzz_file (const uint8_t *data, size_t size);
