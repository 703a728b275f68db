// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/environment.h"

#include <fstream>
#include <thread>

namespace noren::bench {
namespace {

std::string FieldOfCpuInfo(const std::string& name) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with(name) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "?";
}

}  // namespace

Environment DescribeEnvironment(const std::string& commit, const std::string& kernels) {
  Environment environment;
  environment.commit = commit;
  environment.compiler = std::string("g++ ") + __VERSION__;
  environment.cpu = FieldOfCpuInfo("model name") + " (family " + FieldOfCpuInfo("cpu family") +
                    ", model " + FieldOfCpuInfo("model\t") + ")";
  environment.cores = std::thread::hardware_concurrency();
  environment.kernels = kernels;
  return environment;
}

}  // namespace noren::bench
