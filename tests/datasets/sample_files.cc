// SPDX-License-Identifier: Apache-2.0
#include "tests/datasets/sample_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/support/folders.h"

namespace noren::datasets {
namespace {

const model::Dictionary& SampleDictionary() {
  static const model::Dictionary dictionary = [] {
    std::vector<model::TaxonomyFile> files;
    for (const std::string_view name : model::Dictionary::FileNames()) {
      const std::string path = SourceFolder() + "/datasets/taxonomies/" + std::string(name);
      files.push_back({std::string(name), ReadFileBytes(path)});
    }
    auto loaded = model::Dictionary::Load(files);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return std::move(loaded).value();
  }();
  return dictionary;
}

}  // namespace

std::string SamplesFolder() { return SourceFolder() + "/datasets/samples"; }

std::string ReadFileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> FilesIn(std::string_view folder) {
  std::vector<std::string> names;
  const auto path = std::filesystem::path(SamplesFolder()) / folder;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && !name.starts_with('.')) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

const intake::IntakeContext& Context() {
  static const intake::ForbiddenFields forbidden(intake::DefaultForbiddenFields(),
                                                 intake::ResidentNumbers::kRefuse);
  static const intake::IntakeContext context{SampleDictionary(), forbidden};
  return context;
}

intake::Intake ReadSample(const std::string& name) {
  return intake::ReadNorenJsonLines(ReadFileBytes(SamplesFolder() + "/" + name), Context());
}

const std::vector<std::string>& SampleLanguages() {
  static const std::vector<std::string> languages = {"ko", "ja", "en"};
  return languages;
}

}  // namespace noren::datasets
