// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/snapshot_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/storage/durable_file.h"

namespace noren::server {
namespace {

class FileWriter final : public operations::SnapshotPlace::Writer {
 public:
  FileWriter(storage::FileDescriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  ~FileWriter() override {
    if (!finished_) ::unlink(Temporary().c_str());
  }
  Status Append(ByteSpan bytes) override {
    NOREN_RETURN_IF_ERROR(storage::WriteAt(file_, size_, bytes));
    size_ += bytes.size();
    return OkStatus();
  }
  Status Finish() override {
    NOREN_RETURN_IF_ERROR(storage::SyncData(file_));
    if (::rename(Temporary().c_str(), path_.c_str()) != 0)
      return storage::ErrnoStatus("rename", errno);
    finished_ = true;
    return storage::SyncDirectory(storage::ParentOf(path_));
  }

 private:
  std::string Temporary() const { return path_ + ".tmp"; }
  storage::FileDescriptor file_;
  std::string path_;
  std::uint64_t size_ = 0;
  bool finished_ = false;
};

class FileReader final : public operations::SnapshotPlace::Reader {
 public:
  explicit FileReader(storage::FileDescriptor file) : file_(std::move(file)) {}
  StatusOr<std::size_t> Read(MutableByteSpan out) override {
    NOREN_ASSIGN_OR_RETURN(const Bytes bytes, storage::ReadAtMost(file_, at_, out.size()));
    std::ranges::copy(bytes, out.begin());
    at_ += bytes.size();
    return bytes.size();
  }

 private:
  storage::FileDescriptor file_;
  std::uint64_t at_ = 0;
};

}  // namespace

std::string SnapshotPathIn(const std::string& data_directory) {
  return data_directory + "/market.snapshot";
}

StatusOr<std::unique_ptr<operations::SnapshotPlace::Writer>> SnapshotFile::Create() {
  NOREN_ASSIGN_OR_RETURN(storage::FileDescriptor file,
                         storage::OpenFile(path_ + ".tmp", O_WRONLY | O_CREAT | O_TRUNC));
  return std::make_unique<FileWriter>(std::move(file), path_);
}

StatusOr<std::unique_ptr<operations::SnapshotPlace::Reader>> SnapshotFile::Open() {
  NOREN_ASSIGN_OR_RETURN(storage::FileDescriptor file, storage::OpenFile(path_, O_RDONLY));
  return std::make_unique<FileReader>(std::move(file));
}

}  // namespace noren::server
