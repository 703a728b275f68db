// SPDX-License-Identifier: Apache-2.0
#include "server/services/page_cursor.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

class PageCursor : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kSeed = 20260105;
  static SecretBytes KeyOf(std::uint8_t fill) { return SecretBytes::CopyOf(Bytes(32, fill)); }

  void ExpectRefused(const StatusOr<PagePosition>& opened) {
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(model::CodeOf(opened.status()), model::ErrorCode::kBadRequest);
    EXPECT_EQ(model::FieldOf(opened.status()), "page.cursor");
    EXPECT_EQ(model::DetailOf(opened.status()), "not a cursor of this listing");
  }

  SeededRandom random_{kSeed};
  SecretBytes key_ = KeyOf(7);
  PageCursors cursors_{key_, random_};
  const Listing listing_{
      {model::Role::kCompany, "hangang-care"}, "company.list_cards", "posting-1"};
};

TEST_F(PageCursor, GivesThePositionBackToItsCallerAndListing) {
  for (const PagePosition& position : {PagePosition{0, ""}, PagePosition{50, "2026-11-22.7"},
                                       PagePosition{~std::uint64_t{0}, ""}}) {
    ASSERT_OK_AND_ASSIGN(const PagePosition opened,
                         cursors_.Open(listing_, cursors_.Seal(listing_, position)));
    EXPECT_EQ(opened, position);
  }
}

TEST_F(PageCursor, TakesTheEmptyCursorAsTheFirstPage) {
  ASSERT_OK_AND_ASSIGN(const PagePosition opened, cursors_.Open(listing_, ""));
  EXPECT_EQ(opened, PagePosition{});
}

TEST_F(PageCursor, RefusesACursorWithAnyBitChanged) {
  ASSERT_OK_AND_ASSIGN(const Bytes sealed,
                       Base64DecodeUnpadded(cursors_.Seal(listing_, {50, "e"})));
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    ExpectRefused(cursors_.Open(listing_, Base64EncodeUnpadded(changed)));
  }
}

TEST_F(PageCursor, RefusesACursorThatIsCutOrLengthened) {
  const std::string cursor = cursors_.Seal(listing_, {50, "e"});
  for (std::size_t size = 1; size < cursor.size(); ++size) {
    ExpectRefused(cursors_.Open(listing_, cursor.substr(0, size)));
  }
  ExpectRefused(cursors_.Open(listing_, cursor + "A"));
  ExpectRefused(cursors_.Open(listing_, std::string(kMaxCursorSizeBytes + 1, 'A')));
  ExpectRefused(cursors_.Open(listing_, "not base64!"));
}

TEST_F(PageCursor, RefusesACursorOfAnotherCallerMethodArgumentOrKey) {
  const std::string cursor = cursors_.Seal(listing_, {50, ""});
  Listing other = listing_;
  other.caller.name = "hangang-cares";
  ExpectRefused(cursors_.Open(other, cursor));
  other = listing_;
  other.caller.role = model::Role::kOfficer;
  ExpectRefused(cursors_.Open(other, cursor));
  other = listing_;
  other.method = "company.list_applicants";
  ExpectRefused(cursors_.Open(other, cursor));
  other = listing_;
  other.argument = "posting-2";
  ExpectRefused(cursors_.Open(other, cursor));
  const SecretBytes other_key = KeyOf(8);
  ExpectRefused(PageCursors(other_key, random_).Open(listing_, cursor));
}

TEST_F(PageCursor, IsWhatItsFormatSays) {
  std::ifstream file(SourceFolder() + "/tests/golden/page_cursor.txt");
  std::string golden;
  ASSERT_TRUE(std::getline(file, golden));
  EXPECT_EQ(cursors_.Seal(listing_, {50, "2026-11-22.7"}), golden);
  EXPECT_THAT(cursors_.Open(listing_, golden), IsOkAndHolds(PagePosition{50, "2026-11-22.7"}));
}

TEST_F(PageCursor, NeverGivesTheSameTextTwice) {
  EXPECT_NE(cursors_.Seal(listing_, {50, ""}), cursors_.Seal(listing_, {50, ""}));
}

TEST(PageRowsOf, TakesZeroAsTheDefaultAndRefusesWhatIsOutOfRange) {
  EXPECT_THAT(PageRows(0), IsOkAndHolds(50U));
  EXPECT_THAT(PageRows(1), IsOkAndHolds(1U));
  EXPECT_THAT(PageRows(200), IsOkAndHolds(200U));
  for (const std::int32_t limit : {-1, 201}) {
    EXPECT_EQ(model::CodeOf(PageRows(limit).status()), model::ErrorCode::kBadRequest);
    EXPECT_EQ(model::FieldOf(PageRows(limit).status()), "page.limit");
  }
}

TEST(PageRange, CoversEveryRowOnceWhateverThePageSize) {
  for (std::size_t rows = 0; rows <= 7; ++rows) {
    for (std::size_t limit = 1; limit <= 8; ++limit) {
      std::size_t seen = 0;
      PageRange range;
      do {
        range = RangeOf(seen, limit, rows);
        ASSERT_EQ(range.begin, seen);
        seen = range.end;
      } while (range.has_more);
      EXPECT_EQ(seen, rows);
    }
  }
  EXPECT_EQ(RangeOf(~std::uint64_t{0}, 5, 3).end, 3U);
  EXPECT_FALSE(RangeOf(~std::uint64_t{0}, 5, 3).has_more);
}

}  // namespace
}  // namespace noren::server
