// Searches folders and files for canaries, one a line in a file, and prints what it finds.
// usage: noren_canary_scan <file of canaries> <file or folder>...
// exits  0 nothing found, 2 something found, 1 it could not be searched
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/security/canary_search.h"

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  std::vector<std::string> canaries;
  std::ifstream lines(argv[1]);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < noren::security::CanarySearch::kMinCanarySizeBytes) return 1;
    canaries.push_back(line);
  }
  if (canaries.empty()) return 1;
  const noren::security::CanarySearch search(canaries);
  std::vector<noren::security::CanaryHit> hits;
  std::uint64_t bytes = 0;
  for (int i = 2; i < argc; ++i) {
    const std::string place = argv[i];
    if (!std::filesystem::exists(place)) return 1;
    if (std::filesystem::is_directory(place)) {
      const auto searched = search.SearchFolder(place, hits);
      if (!searched.ok()) return 1;
      bytes += *searched;
    } else {
      bytes += std::filesystem::file_size(place);
      if (!search.SearchFile(place, hits).ok()) return 1;
    }
  }
  for (std::size_t i = 0; i < hits.size() && i < 20; ++i) {
    std::printf("canary %zu, %s, in %s\n", hits[i].canary, std::string(hits[i].encoding).c_str(),
                hits[i].place.c_str());
  }
  std::printf("%zu canaries, %llu bytes, %zu found\n", canaries.size(),
              static_cast<unsigned long long>(bytes), hits.size());
  return hits.empty() ? 0 : 2;
}
