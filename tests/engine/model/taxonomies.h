// Reads the code lists of the source tree for tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/model/dictionary.h"
#include "tests/support/folders.h"

namespace noren::model {

inline std::string ReadSourceFile(const std::string& path_in_tree) {
  std::ifstream file(SourceFolder() + "/" + path_in_tree, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<TaxonomyFile> ReadTaxonomies() {
  std::vector<TaxonomyFile> files;
  for (const std::string_view name : Dictionary::FileNames()) {
    files.push_back(
        {std::string(name), ReadSourceFile("datasets/taxonomies/" + std::string(name))});
  }
  return files;
}

// Loaded once for the whole test binary.
inline const Dictionary& TestDictionary() {
  static const Dictionary dictionary = *Dictionary::Load(ReadTaxonomies());
  return dictionary;
}

}  // namespace noren::model
