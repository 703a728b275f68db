// Lucene in its own process, told over a pipe when to run, so that its rounds interleave with those
// of the engines in this one.
// Source:   bench/baseline/lucene/W1Lucene.java (commands)
// Threads:  one owner.
// Errors:   kUnavailable: the process cannot be started, or has ended
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/macro/answer.h"
#include "bench/macro/measure.h"
#include "crypto/base/status.h"

namespace noren::bench {

struct LuceneOptions {
  std::string class_path;    // compiled classes and lucene-core
  std::string data_folder;   // seekers.bin, postings.bin
  std::string index_folder;  // empty at first
};

class LuceneProcess {
 public:
  static StatusOr<std::unique_ptr<LuceneProcess>> Start(const LuceneOptions& options);
  ~LuceneProcess();
  LuceneProcess(const LuceneProcess&) = delete;
  LuceneProcess& operator=(const LuceneProcess&) = delete;

  struct Built {
    double seconds = 0;
    std::size_t index_bytes = 0;
  };
  StatusOr<Built> Build();
  // `form` is exhaustive or wand (W1a), or expert (W1b).
  StatusOr<Round> Run(std::string_view form, int threads);
  StatusOr<std::vector<Answer>> Answers(std::string_view form);

 private:
  LuceneProcess(std::string data_folder, int process, int to, int from);
  StatusOr<std::string> Ask(const std::string& line);

  std::string data_folder_;
  int process_;
  int to_;
  int from_;
};

}  // namespace noren::bench
