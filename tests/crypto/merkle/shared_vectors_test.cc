// The proof vectors of transparency-dev/merkle, which are not part of the project.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "crypto/merkle/proof.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::merkle {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kFolder = SharedData() + "/crypto/merkle/testdata";

// A hash of other than 32 bytes cannot be expressed here: shorter ones (also "don't care") are
// filled up with zeros, longer ones count as refused.
Hash256 HashOf(const Json& text, bool& well_formed) {
  Hash256 hash{};
  const auto bytes = Base64Decode(text.is_null() ? "" : text.get<std::string>());
  if (!bytes.ok() || bytes->size() > hash.size()) {
    well_formed = false;
    return hash;
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

Proof ProofOf(const Json& list, bool& well_formed) {
  Proof proof;
  for (const Json& item : list) proof.push_back(HashOf(item, well_formed));
  return proof;
}

// Sizes are 64-bit; the vectors have them as signed or unsigned numbers.
std::uint64_t Number(const Json& value) { return value.is_null() ? 0 : value.get<std::uint64_t>(); }

// Calls `check` with every file in the folder but those whose expectation is that library's own
// policy.
template <typename Check>
int ForEach(const std::string& folder, const std::set<std::string>& policy_cases, Check&& check) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder / folder)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = fs::relative(entry.path(), kFolder / folder).string();
    if (policy_cases.contains(name)) continue;
    SCOPED_TRACE(folder + "/" + name);
    const Json test = ReadJsonFile(entry.path().string());
    EXPECT_EQ(!check(test), test["wantErr"].get<bool>());
    ++count;
  }
  return count;
}

bool InclusionHolds(const Json& test) {
  bool well_formed = true;
  const Hash256 leaf = HashOf(test["leafHash"], well_formed);
  const TreeHead head = {Number(test["treeSize"]), HashOf(test["root"], well_formed)};
  const Proof proof = ProofOf(test["proof"], well_formed);
  return well_formed && VerifyInclusion(leaf, Number(test["leafIdx"]), head, proof).ok();
}

bool ConsistencyHolds(const Json& test) {
  bool well_formed = true;
  const TreeHead older = {Number(test["size1"]), HashOf(test["root1"], well_formed)};
  const TreeHead newer = {Number(test["size2"]), HashOf(test["root2"], well_formed)};
  const Proof proof = ProofOf(test["proof"], well_formed);
  return well_formed && VerifyConsistency(older, newer, proof).ok();
}

TEST(TransparencyDevVectors, Inclusion) {
  // An empty leaf hash with an empty root is accepted there; hashes have 32 bytes here.
  const std::set<std::string> policy = {"single-entry/empty-root-and-leaf.json"};
  EXPECT_EQ(ForEach("inclusion", policy, InclusionHolds), 98 - 1);
}

TEST(TransparencyDevVectors, Consistency) {
  // From size 0 nothing can be proved there; here everything extends the empty tree.
  const std::set<std::string> policy = {"additional/size1-is-zero-and-does-not-equal-size2.json",
                                        "additional/size1-is-zero-and-size2-is-not-zero.json",
                                        "additional/sizes-are-equal-zero-and-proof-is-empty.json"};
  EXPECT_EQ(ForEach("consistency", policy, ConsistencyHolds), 98 - 3);
}

}  // namespace
}  // namespace noren::merkle
