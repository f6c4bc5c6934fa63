/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of the engine: a code for the program and a sentence for the person who must act.
 * The caller owns the storage, nothing is allocated, and a NULL @err is always allowed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

#if defined(__GNUC__)
#define TL_PRINTF(fmt, args) __attribute__ ((format (printf, fmt, args)))
#else
#define TL_PRINTF(fmt, args)
#endif

typedef enum
{
  TL_OK = 0,
  TL_ERROR_IO,          /* the operating system refused: open, read, write, no space */
  TL_ERROR_FORMAT,      /* the bytes are not what the format demands */
  TL_ERROR_UNSUPPORTED, /* well formed, but beyond this engine */
  TL_ERROR_MEMORY,      /* an allocation failed */
  TL_ERROR_ARGUMENT,    /* the request itself makes no sense, e.g. a prompt beyond the context */
  TL_ERROR_CANCELLED,   /* the caller's cancel callback said stop */
} tl_error_code;

typedef struct
{
  tl_error_code code;
  char          message[512]; /* UTF-8, one sentence, no final newline */
} tl_error;

/**
 * tl_error_set:
 * @err: (out) (nullable): where to write
 * @code: what went wrong, for the program
 * @fmt: printf format of the sentence, which names the tensor, key or file; truncated to fit
 *
 * Returns: always false, so that a failing function can end in `return tl_error_set (...)`.
 * Thread-safe for distinct @err.
 */
bool tl_error_set (tl_error *err, tl_error_code code, const char *fmt, ...) TL_PRINTF (3, 4);

/**
 * tl_error_set_errno:
 * @err: (out) (nullable): where to write
 * @errnum: an errno
 * @fmt: printf format of what was tried; ": " and the text of @errnum are appended
 *
 * As tl_error_set() with code TL_ERROR_IO, or TL_ERROR_MEMORY for ENOMEM.
 * Returns: always false
 */
bool tl_error_set_errno (tl_error *err, int errnum, const char *fmt, ...) TL_PRINTF (3, 4);

/**
 * tl_cancel_func:
 * Polled between tokens, prefill chunks and training micro-steps, from the calling thread;
 * returns true to stop, and the call then fails with TL_ERROR_CANCELLED.
 */
typedef bool (*tl_cancel_func) (void *user_data);

#pragma GCC visibility pop
