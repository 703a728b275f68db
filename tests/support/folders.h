// Where the tests find the source tree, the build and the shared data. Functions, so that only one
// object file carries the paths of this clone and another clone finds the rest in the cache.
// Threads: every function may be called from any thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace noren {

// Folders without a trailing slash. SharedData() may name a folder that is not there. With the
// environment's NOREN_SOURCE_DIR a test reads policies, cases and golden files of another clone.
std::string SourceFolder();
std::string BinaryFolder();
std::string SharedData();

}  // namespace noren
