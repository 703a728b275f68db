// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/snapshot_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

StatusOr<Bytes> Content(SnapshotFile& place) {
  NOREN_ASSIGN_OR_RETURN(const auto reader, place.Open());
  Bytes content;
  Bytes piece(3);
  for (;;) {
    NOREN_ASSIGN_OR_RETURN(const std::size_t size, reader->Read(piece));
    content.insert(content.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
    if (size < piece.size()) return content;
  }
}

Status Write(SnapshotFile& place, std::string_view first, std::string_view second) {
  NOREN_ASSIGN_OR_RETURN(const auto writer, place.Create());
  NOREN_RETURN_IF_ERROR(writer->Append(AsBytes(first)));
  NOREN_RETURN_IF_ERROR(writer->Append(AsBytes(second)));
  return writer->Finish();
}

TEST(SnapshotFile, KeepsTheLastFinishedSnapshot) {
  const TemporaryDirectory directory;
  SnapshotFile place(SnapshotPathIn(directory.path()));
  EXPECT_THAT(Content(place), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(Write(place, "the first ", "one"));
  EXPECT_THAT(Content(place), IsOkAndHolds(ToBytes(std::string_view("the first one"))));
  ASSERT_OK(Write(place, "another", ""));
  EXPECT_THAT(Content(place), IsOkAndHolds(ToBytes(std::string_view("another"))));
}

TEST(SnapshotFile, LeavesNothingOfOneThatWasNotFinished) {
  const TemporaryDirectory directory;
  SnapshotFile place(SnapshotPathIn(directory.path()));
  ASSERT_OK(Write(place, "kept", ""));
  {
    const auto writer = place.Create();
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->Append(AsBytes("never seen")));
  }
  EXPECT_THAT(Content(place), IsOkAndHolds(ToBytes(std::string_view("kept"))));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path()))
    ++files;
  EXPECT_EQ(files, 1U);
}

TEST(SnapshotFile, IsForTheServiceAlone) {
  const TemporaryDirectory directory;
  const std::string path = SnapshotPathIn(directory.path());
  SnapshotFile place(path);
  ASSERT_OK(Write(place, "x", ""));
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(SnapshotFile, TellsThatThereIsNoPlaceForIt) {
  SnapshotFile place("/nowhere/at/all/market.snapshot");
  EXPECT_FALSE(place.Create().ok());
  EXPECT_THAT(place.Open().status(), StatusIs(StatusCode::kNotFound));
}

}  // namespace
}  // namespace noren::server
