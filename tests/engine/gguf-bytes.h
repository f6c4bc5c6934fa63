/* SPDX-License-Identifier: Apache-2.0 */
/* Writes GGUF byte by byte from the specification, independently of the engine's writer, so that a
 * test can make what no writer would. */
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

extern "C" {
#include "gguf/gguf.h"
}

class GgufBytes
{
public:
  std::string bytes;

  template <typename T>
  GgufBytes &
  put (T value)
  {
    bytes.append ((const char *) &value, sizeof value);
    return *this;
  }

  GgufBytes &
  string (const std::string &s)
  {
    put<uint64_t> (s.size ());
    bytes += s;
    return *this;
  }

  GgufBytes &
  header (uint64_t n_tensors, uint64_t n_kvs, uint32_t version = 3)
  {
    bytes += "GGUF";
    return put (version).put (n_tensors).put (n_kvs);
  }

  GgufBytes &
  key (const std::string &name, uint32_t type)
  {
    return string (name).put (type);
  }

  GgufBytes &
  tensor (const std::string &name, std::initializer_list<uint64_t> dims, uint32_t type,
          uint64_t offset)
  {
    string (name).put ((uint32_t) dims.size ());
    for (uint64_t d : dims)
      put (d);
    return put (type).put (offset);
  }

  /* Up to the data section, and @n bytes of it. */
  GgufBytes &
  data (size_t n)
  {
    bytes.resize ((bytes.size () + 31) / 32 * 32);
    bytes.append (n, '\0');
    return *this;
  }
};

/* A heap copy of exactly the given size, so that a sanitizer sees any access beyond its end. */
class ExactCopy
{
public:
  uint8_t *data;
  size_t   size;

  explicit ExactCopy (const std::string &bytes) : size (bytes.size ())
  {
    data = (uint8_t *) malloc (size > 0 ? size : 1);
    memcpy (data, bytes.data (), size);
  }
  ~ExactCopy () { free (data); }
  ExactCopy (const ExactCopy &) = delete;
  ExactCopy &operator= (const ExactCopy &) = delete;
};
