// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/layering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const LayerTable& PlantedTable() {
  static const LayerTable table = ParseLayerTable(
      "# comment\n"
      "layer low -\n"
      "layer low/crypto low\n"
      "layer mid low\n"
      "layer top low mid\n"
      "third-party sodium low/*.cc\n"
      "third-party absl/ *\n");
  return table;
}

TEST(LayeringCheck, FindsAnIncludeThatGoesUp) {
  const SourceFile file{"mid/a.cc", "#include \"low/x.h\"\n#include \"top/y.h\"\n"};
  EXPECT_THAT(CheckIncludes(PlantedTable(), file),
              ElementsAre(Violation{"mid/a.cc", 2, "mid may not include top/y.h"}));
}

TEST(LayeringCheck, TakesTheLongestLineThatCoversAFolder) {
  const SourceFile inner{"low/crypto/a.cc", "#include \"low/x.h\"\n"};
  const SourceFile outer{"low/a.cc", "#include \"low/crypto/x.h\"\n"};
  EXPECT_THAT(CheckIncludes(PlantedTable(), inner), IsEmpty());
  EXPECT_THAT(CheckIncludes(PlantedTable(), outer),
              ElementsAre(Field(&Violation::message, "low may not include low/crypto/x.h")));
}

TEST(LayeringCheck, KeepsThirdPartyHeadersInTheirPlace) {
  EXPECT_THAT(CheckIncludes(PlantedTable(), {"low/a.cc", "#include <sodium.h>\n"}), IsEmpty());
  EXPECT_THAT(CheckIncludes(PlantedTable(), {"low/a.h", "#include <sodium.h>\n"}),
              ElementsAre(Field(&Violation::message, HasSubstr("outside its place"))));
  EXPECT_THAT(CheckIncludes(PlantedTable(), {"top/a.cc", "#include \"absl/x.h\"\n"}), IsEmpty());
  EXPECT_THAT(CheckIncludes(PlantedTable(), {"top/a.cc", "#include <curl/curl.h>\n"}),
              ElementsAre(Field(&Violation::message, HasSubstr("does not know"))));
}

TEST(LayeringCheck, IgnoresIncludesInComments) {
  const SourceFile file{"low/a.h", "// #include \"top/y.h\"\n/*\n#include \"top/y.h\"\n*/\n"};
  EXPECT_THAT(CheckIncludes(PlantedTable(), file), IsEmpty());
}

TEST(LayeringCheck, FindsACMakeDependencyThatGoesUp) {
  const SourceFile file{"mid/CMakeLists.txt",
                        "noren_library(mid SOURCES a.cc\n  DEPS noren_low noren_top)\n"
                        "# noren_top in a comment\n"};
  EXPECT_THAT(CheckCMakeDependencies(PlantedTable(), file),
              ElementsAre(Violation{"mid/CMakeLists.txt", 2, "mid may not depend on noren_top"}));
}

TEST(LayeringCheck, FindsAFolderWithoutALine) {
  EXPECT_THAT(CheckFoldersCovered(PlantedTable(), {{"low/a.cc", ""}, {"stray/b.cc", ""}}),
              ElementsAre(Field(&Violation::path, "stray")));
}

TEST(LayeringCheck, ReportsMalformedLines) {
  EXPECT_THAT(ParseLayerTable("layer only\nlayers a b\n").malformed_lines,
              ElementsAre("layer only", "layers a b"));
}

TEST(Layering, TableIsWellFormedAndCoversEveryFolder) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  EXPECT_THAT(table.malformed_lines, IsEmpty());
  EXPECT_GT(table.layers.size(), 10u);
  EXPECT_EQ(Listed(CheckFoldersCovered(table, Tree())), "");
}

TEST(Layering, IncludesGoDownOnly) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    if (IsCode(file.path)) Append(violations, CheckIncludes(table, file));
  }
  EXPECT_EQ(Listed(violations), "");
}

TEST(Layering, CMakeDependenciesGoDownOnly) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    if (file.path.ends_with("CMakeLists.txt")) {
      Append(violations, CheckCMakeDependencies(table, file));
    }
  }
  EXPECT_EQ(Listed(violations), "");
}

// The rows that carry ARCHITECTURE's first invariants; a change of the table itself must not pass
// unseen.
TEST(Layering, MatchingAndStatisticsCannotReachPersonalData) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  for (const std::string from : {"engine/matching", "engine/statistics"}) {
    for (const std::string target : {"engine/personal_data/x.h", "engine/storage/store.h"}) {
      const SourceFile file{from + "/x.cc", "#include \"" + target + "\"\n"};
      EXPECT_EQ(CheckIncludes(table, file).size(), 1u) << from << " -> " << target;
    }
  }
}

// Names of people in statistics are made in one place; no call, export or command sees them, and
// whoever counts will see them and no other name. Whatever includes it is to be argued for here.
TEST(Layering, NobodyHoldsAStatisticsNameBesideAnotherName) {
  for (const SourceFile& file : Tree()) {
    if (!file.path.starts_with("crypto/") && !file.path.starts_with("engine/") &&
        !file.path.starts_with("server/") && !file.path.starts_with("datasets/")) {
      continue;
    }
    // Counting reads the name of one person at a time, and keeps its remainder by three.
    const bool is_own = file.path.starts_with("engine/personal_data/statistics_pseudonyms.") ||
                        file.path == "engine/operations/statistics.cc";
    const bool names_it = file.text.find("statistics_pseudonyms.h") != std::string::npos ||
                          file.text.find("StatisticsPseudonyms") != std::string::npos;
    EXPECT_EQ(names_it, is_own) << file.path;
  }
}

TEST(Layering, OfflineVerifierCannotReachTheWriter) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  const SourceFile file{"server/verifier/x.cc", "#include \"engine/audit/entry.h\"\n"};
  EXPECT_EQ(CheckIncludes(table, file).size(), 1u);
}

TEST(Layering, CryptoIsPure) {
  const LayerTable table = ParseLayerTable(TextOf("docs/layers.txt"));
  for (const std::string target : {"engine/model/ids.h", "server/auth/x.h", "rocksdb/db.h",
                                   "boost/asio.hpp", "openssl/ssl.h"}) {
    const SourceFile file{"crypto/merkle/x.cc", "#include \"" + target + "\"\n"};
    EXPECT_EQ(CheckIncludes(table, file).size(), 1u) << target;
  }
}

}  // namespace
}  // namespace noren::checks
