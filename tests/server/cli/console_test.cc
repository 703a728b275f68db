// What reaches terminals and file systems.
// SPDX-License-Identifier: Apache-2.0
#include "server/cli/console.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>

#include "engine/model/utf8.h"
#include "server/cli/safe_name.h"

namespace noren::cli {
namespace {

TEST(SafeForTerminal, ReplacesControlsEscapesAndDirectionMarks) {
  EXPECT_EQ(SafeForTerminal("a\x1b[31mb\n\x7f"), "a?[31mb??");
  EXPECT_EQ(SafeForTerminal("x\xE2\x80\xAEy"), "x?y");
  EXPECT_EQ(SafeForTerminal("\xC2\x9Bq"), "?q");
  EXPECT_EQ(SafeForTerminal("\xFF\xFE"), "??");
  EXPECT_EQ(SafeForTerminal("\xED\x95\x9C\xEA\xB8\x80"), "\xED\x95\x9C\xEA\xB8\x80");
}

TEST(DisplayWidth, CountsKoreanAndJapaneseTwice) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("\xED\x95\x9C\xEA\xB8\x80"), 4U);
  EXPECT_EQ(DisplayWidth("\xE3\x81\x82z"), 3U);
}

TEST(Table, AlignsColumnsByWidthOnTheScreen) {
  Table table({"A", "B"});
  table.Add({"\xED\x95\x9C", "1"});
  table.Add({"xyz", "2"});
  EXPECT_EQ(table.ToText(), "A    B\n\xED\x95\x9C   1\nxyz  2");
}

TEST(Bar, IsFullEmptyAndClamped) {
  EXPECT_EQ(Bar(0, 10, 4), "....");
  EXPECT_EQ(Bar(10, 10, 4), "####");
  EXPECT_EQ(Bar(99, 10, 4), "####");
  EXPECT_EQ(Bar(-1, 10, 4), "....");
  EXPECT_EQ(Bar(5, 10, 4), "##..");
  EXPECT_EQ(Bar(5, 0, 4), "....");
}

TEST(ConsoleProgress, IsShownOnATerminalOnlyAndNeverWithQuiet) {
  for (const bool terminal : {false, true}) {
    for (const bool quiet : {false, true}) {
      std::ostringstream out;
      std::ostringstream err;
      Console console({out, err, terminal});
      console.BeQuiet(quiet);
      console.Progress("rows", 1, 2);
      EXPECT_EQ(err.str().empty(), !terminal || quiet);
      EXPECT_EQ(out.str(), "");
    }
  }
}

TEST(SafeFileName, LeavesNoWayOutOfTheFolder) {
  EXPECT_EQ(SafeFileName("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(SafeFileName("/etc/passwd"), "_etc_passwd");
  EXPECT_EQ(SafeFileName("..\\..\\boot.ini"), "_.._boot.ini");
  EXPECT_EQ(SafeFileName("..."), "item");
  EXPECT_EQ(SafeFileName(""), "item");
  EXPECT_EQ(SafeFileName(std::string("a\0b", 3)), "a_b");
  EXPECT_EQ(SafeFileName(".ssh"), "ssh");
  EXPECT_EQ(SafeFileName("cv.pdf. "), "cv.pdf");
  EXPECT_EQ(SafeFileName("\xEC\x9D\xB4\xEB\xA0\xA5\xEC\x84\x9C.pdf"),
            "\xEC\x9D\xB4\xEB\xA0\xA5\xEC\x84\x9C.pdf");
  EXPECT_EQ(ReleasedFileName("resume", 1, "cv.pdf"), "resume-1-cv.pdf.age");
  EXPECT_EQ(ReleasedFileName("../x", 2, "/y"), "_x-2-_y.age");
}

TEST(SafeFileName, IsAlwaysOneShortPrintableComponent) {
  EXPECT_TRUE(rc::check([](const std::string& name) {
    const std::string safe = SafeFileName(name);
    RC_ASSERT(!safe.empty());
    RC_ASSERT(safe.size() <= kMaxSafeNameSizeBytes);
    RC_ASSERT(safe.find('/') == std::string::npos);
    RC_ASSERT(safe.front() != '.');
    RC_ASSERT(model::FindInvalidUtf8(safe) == std::string_view::npos);
    RC_ASSERT(SafeForTerminal(safe) == safe);
    RC_ASSERT(SafeFileName(safe) == safe);
  }));
}

}  // namespace
}  // namespace noren::cli
