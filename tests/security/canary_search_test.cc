// The search of T1 finds what it looks for: one planted in every encoding and every container.
// SPDX-License-Identifier: Apache-2.0
#include "tests/security/canary_search.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <set>

#include "crypto/base/encoding.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::security {
namespace {

const std::vector<std::string> kCanaries = {
    "지어낸사람백사십이", "invented-77193@mail.example",
    "\xe5\xb1\xb1\xe7\x94\xb0\xe6\x9e\xb6\xe7\xa9\xba 4407"};

Bytes Noise(std::uint64_t seed, std::size_t size) {
  Bytes bytes(size);
  SeededRandom random(seed);
  random.Fill(bytes);
  return bytes;
}

Bytes Planted(ByteSpan form, std::size_t at, std::size_t size) {
  Bytes bytes = Noise(at, size);
  std::copy(form.begin(), form.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return bytes;
}

TEST(T1CanarySearch, FindsACanaryInEveryEncodingWhereverItStands) {
  const CanarySearch search(kCanaries);
  std::set<std::string_view> encodings;
  for (std::size_t i = 0; i < kCanaries.size(); ++i) {
    for (const CanarySearch::Form& form : CanarySearch::FormsOf(kCanaries[i])) {
      encodings.insert(form.encoding);
      for (const std::size_t at : {std::size_t{0}, std::size_t{1}, 600 - form.bytes.size()}) {
        std::vector<CanaryHit> hits;
        search.SearchBytes(Planted(form.bytes, at, 600), "here", hits);
        ASSERT_FALSE(hits.empty()) << form.encoding << " at " << at;
        EXPECT_EQ(hits.front().canary, i);
        EXPECT_EQ(hits.front().place, "here");
      }
    }
  }
  EXPECT_EQ(encodings,
            (std::set<std::string_view>{"raw", "utf-16", "base64", "hex", "json", "messagepack"}));
}

TEST(T1CanarySearch, FindsItInTheMiddleOfABase64Text) {
  const CanarySearch search(kCanaries);
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string text = std::string(before, 'x') + kCanaries[1] + "and more";
    std::vector<CanaryHit> hits;
    search.SearchBytes(AsBytes(Base64Encode(AsBytes(text))), "here", hits);
    EXPECT_FALSE(hits.empty()) << before;
  }
}

TEST(T1CanarySearch, FindsNothingInNoise) {
  const CanarySearch search(kCanaries);
  std::vector<CanaryHit> hits;
  search.SearchBytes(Noise(1, std::size_t{1} << 20), "here", hits);
  EXPECT_TRUE(hits.empty());
}

TEST(T1CanarySearch, FindsItInTheNameOfAFile) {
  const TemporaryDirectory directory;
  WriteWholeFile(directory.Child(kCanaries[1]), ToBytes("nothing"));
  std::vector<CanaryHit> hits;
  EXPECT_OK(CanarySearch(kCanaries).SearchFolder(directory.path(), hits));
  EXPECT_EQ(hits.size(), 1u);
}

// A value that is put into a database of RocksDB.
class T1CanaryInADatabase : public ::testing::Test {
 protected:
  void Open(rocksdb::CompressionType compression) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = compression;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, directory_.path(), &opened).ok());
    database_.reset(opened);
  }
  std::set<std::string> PlacesOf() {
    std::vector<CanaryHit> hits;
    EXPECT_OK(CanarySearch(kCanaries).SearchFolder(directory_.path(), hits));
    std::set<std::string> places;
    for (const CanaryHit& hit : hits) {
      const std::size_t open = hit.place.rfind(" (");
      places.insert(open == std::string::npos ? "as it lies there" : hit.place.substr(open + 1));
    }
    return places;
  }
  const TemporaryDirectory directory_;
  std::unique_ptr<rocksdb::DB> database_;
};

TEST_F(T1CanaryInADatabase, IsFoundInTheLogAlsoAcrossItsBlocks) {
  Open(rocksdb::kNoCompression);
  // Begins 10 bytes before the end of the log's first block.
  const std::string value = std::string(32768 - 50, 'x') + kCanaries[0];
  ASSERT_TRUE(database_->Put({}, "k", value).ok());
  ASSERT_TRUE(database_->FlushWAL(true).ok());
  EXPECT_TRUE(PlacesOf().contains("(log records)"));
}

TEST_F(T1CanaryInADatabase, IsFoundInATableThatIsCompressed) {
  Open(rocksdb::kSnappyCompression);
  std::string value;
  for (int i = 0; i < 40; ++i) value += "repeated " + kCanaries[2].substr(0, 12);
  ASSERT_TRUE(database_->Put({}, "k", value + kCanaries[2]).ok());
  ASSERT_TRUE(database_->Flush({}).ok());
  EXPECT_TRUE(PlacesOf().contains("(table row)"));
}

}  // namespace
}  // namespace noren::security
