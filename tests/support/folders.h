// Where the tests find the source tree, the build and the shared data. Functions, so that only one
// object file carries the paths of this clone and another clone's build finds the rest in the cache.
// Threads: every function may be called from any thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace noren {

// Folders without a trailing slash. SharedData() may name a folder that is not there.
std::string SourceFolder();
std::string BinaryFolder();
std::string SharedData();

}  // namespace noren
