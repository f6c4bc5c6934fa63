/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the reader share: a note, and the model that ships. */
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

static const std::string note_text = "# Harbour library\n\nThe kettle has died. Hana brought plum "
                                     "cake.\n\n- Decided: the corner moves on "
                                     "Monday.\n- Pieter sends the form by 19 September.\n- the cat "
                                     "slept\n\nWe agreed to open on Sundays.\n";

static inline std::string
model_path ()
{
  const char *dir = getenv ("TINYLM_DATA_DIR");

  return std::string (dir != nullptr ? dir : "data") + "/models/eeny.gguf";
}

static inline std::vector<char>
read_file (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);

  return std::vector<char> (std::istreambuf_iterator<char> (in), {});
}
