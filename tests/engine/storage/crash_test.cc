// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "tests/engine/storage/chained_writer.h"
#include "tests/engine/storage/crash_setup.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

// A running crash_writer and the end of its pipe.
struct Child {
  pid_t pid = -1;
  FileDescriptor output;
};

Child Start(const std::string& data_directory, const std::string& anchor_directory) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(::pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    ::execl(NOREN_CRASH_WRITER, NOREN_CRASH_WRITER, data_directory.c_str(),
            anchor_directory.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  return {pid, FileDescriptor(pipe_ends[0])};
}

// The last whole line's number in what the child printed; 0 when there is none.
std::uint64_t LastAcknowledged(const std::string& output) {
  const std::size_t end = output.rfind('\n');
  if (end == std::string::npos) return 0;
  const std::size_t begin = output.rfind('\n', end == 0 ? 0 : end - 1);
  const std::size_t first = begin == std::string::npos || begin == end ? 0 : begin + 1;
  return std::stoull(output.substr(first, end - first));
}

std::string ReadAll(int fd) {
  std::string output;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(fd, buffer.data(), buffer.size())) > 0) {
    output.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return output;
}

// Kills the child `delay_us` after its first output (0: perhaps in the middle of opening) and
// returns what it had acknowledged.
std::uint64_t RunAndKill(const Child& child, bool wait_for_output, std::uint64_t delay_us) {
  if (wait_for_output) {
    pollfd event{child.output.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&event, 1, 20000), 1) << "crash_writer said nothing";
  }
  ::usleep(static_cast<useconds_t>(delay_us));
  EXPECT_EQ(::kill(child.pid, SIGKILL), 0);
  int state = 0;
  EXPECT_EQ(::waitpid(child.pid, &state, 0), child.pid);
  EXPECT_TRUE(WIFSIGNALED(state)) << "crash_writer ended by itself with " << WEXITSTATUS(state);
  return LastAcknowledged(ReadAll(child.output.get()));
}

// Opens what the dead process left: it must open, extend its anchor, hold everything acknowledged,
// and nothing half. Returns the last sequence.
std::uint64_t Check(const std::string& data_directory, const std::string& anchor_directory,
                    std::uint64_t acknowledged, std::uint64_t from_sequence) {
  SystemRandom random;
  auto store = RocksDbStore::Open(CrashStoreOptions(data_directory));
  EXPECT_THAT(store, IsOk());
  auto anchor = OpenCrashAnchor(data_directory, anchor_directory, random);
  EXPECT_THAT(anchor, IsOk());
  if (!store.ok() || !anchor.ok()) return 0;
  ChainedWriter reader(**store);
  StatusOr<AnchorRecord> record = (*anchor)->Load();
  if (record.ok()) {
    EXPECT_THAT(VerifyExtends(*record, 1, reader), IsOk());
    EXPECT_GE(record->partitions[0].sequence, acknowledged) << "the anchor fell behind its answer";
  } else {
    EXPECT_THAT(record, StatusIs(StatusCode::kNotFound));
    EXPECT_EQ(acknowledged, 0u);
  }
  auto head = reader.Head(Partition{0});
  EXPECT_THAT(head, IsOk());
  EXPECT_GE(head->sequence, acknowledged) << "an acknowledged write is lost";
  EXPECT_THAT(reader.CheckWhole(Partition{0}, from_sequence), IsOk());
  return head->sequence;
}

// Goal: however a process dies, what it acknowledged is there and nothing is half there. Method:
// 500 real processes are killed at random moments, a tenth of them perhaps while opening; after
// each the store is opened and the new batches are checked value by value; at the end all of them
// are.
TEST(StoreAfterKill, KeepsEveryAcknowledgedBatchAndNoHalfOne) {
  constexpr int kCycles = 500;
  constexpr std::uint64_t kSeed = 20260105;
  const TemporaryDirectory directory;
  const std::string data = directory.Child("data");
  const std::string anchor = directory.Child("anchor");
  ASSERT_TRUE(std::filesystem::create_directory(data));
  SeededRandom random(kSeed);
  std::uint64_t checked_up_to = 0;
  std::uint64_t acknowledged_count = 0;
  std::uint64_t last_acknowledged = 0;
  for (int cycle = 0; cycle < kCycles && !HasFailure(); ++cycle) {
    const Child child = Start(data, anchor);
    const bool wait_for_output = random.Below(10) != 0;
    const std::uint64_t delay_us = wait_for_output ? random.Below(15000) : random.Below(60000);
    const std::uint64_t acknowledged = RunAndKill(child, wait_for_output, delay_us);
    last_acknowledged = std::max(last_acknowledged, acknowledged);
    if (acknowledged > checked_up_to) acknowledged_count += acknowledged - checked_up_to;
    checked_up_to = Check(data, anchor, acknowledged, checked_up_to + 1);
    ASSERT_FALSE(HasFailure()) << "cycle " << cycle << " of seed " << kSeed;
  }
  EXPECT_GE(acknowledged_count, static_cast<std::uint64_t>(kCycles))
      << "the loop tested too little";
  // The store may be one batch ahead of its anchor; what was acknowledged is in both.
  EXPECT_GE(Check(data, anchor, last_acknowledged, 1), checked_up_to);
  RecordProperty("acknowledged_batches", std::to_string(acknowledged_count));
  std::printf("%d kills, %llu acknowledged batches\n", kCycles,
              static_cast<unsigned long long>(acknowledged_count));
}

}  // namespace
}  // namespace noren::storage
