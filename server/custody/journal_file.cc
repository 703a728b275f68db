// SPDX-License-Identifier: Apache-2.0
#include "server/custody/journal_file.h"

#include <fcntl.h>

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"
#include "crypto/primitives/hash.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

using storage::JournalHead;
using storage::NarrowingAct;

constexpr std::string_view kFileName = "/journal";
constexpr std::string_view kMagic = "NORENJR1";
constexpr std::string_view kRecordContext = "noren/journal/1";
constexpr std::size_t kHeaderBytes = 4 + 4;  // length, check

std::string PathIn(const std::string& directory) { return directory + std::string(kFileName); }

StatusOr<storage::FileDescriptor> OpenOrCreate(const std::string& path) {
  auto file = OpenPrivateFile(path, O_RDWR, "journal file");
  if (!absl::IsNotFound(file.status())) return file;
  NOREN_RETURN_IF_ERROR(storage::ReplaceFile(path, AsBytes(kMagic)));
  return OpenPrivateFile(path, O_RDWR, "journal file");
}

// Four bytes of a digest tell a damaged length from a record that was cut off.
Bytes RecordHeader(std::uint32_t size_bytes, std::uint64_t number) {
  const Hash256 digest = primitives::Sha256(RecordWriter().U32(size_bytes).U64(number).bytes());
  return RecordWriter().U32(size_bytes).Raw(ByteSpan(digest).first(4)).Take();
}

Bytes RecordAssociated(const JournalHead& before) {
  return RecordWriter().Raw(AsBytes(kRecordContext)).U64(before.count).Raw(before.chain).Take();
}

JournalHead After(const JournalHead& before, const NarrowingAct& act) {
  return {before.count + 1, storage::ChainNarrowingAct(before.chain, act)};
}

std::size_t RecordBytes(const NarrowingAct& act) {
  return kHeaderBytes + primitives::kAeadOverheadBytes + storage::EncodeNarrowingAct(act).size();
}

// Inside this file only: the record ends before its length says.
Status CutOff() { return absl::OutOfRangeError("journal: record cut off"); }
bool IsEndOfWhole(const Status& status) {
  return absl::IsOutOfRange(status) || absl::IsDataLoss(status);
}
Status Damaged() { return DataLoss("journal: record damaged"); }

Status Lost(std::uint64_t number) {
  return DataLoss("The journal of narrowing acts is damaged: record " + std::to_string(number) +
                  " was acknowledged and is missing or changed. The service stays sealed, because "
                  "a withdrawal could be forgotten after a restore. Put the journal's mirror or "
                  "its newest copy back; run `noren doctor` for the details.");
}

}  // namespace

// How far a file is whole.
struct JournalFile::Walk {
  JournalHead head;
  std::uint64_t end_offset = kMagic.size();
  std::uint64_t file_size = 0;
};

StatusOr<std::unique_ptr<JournalFile>> JournalFile::Open(const JournalFileOptions& options,
                                                         SecretBytes seal_key, Random& random) {
  NOREN_RETURN_IF_ERROR(MakeMirrorDirectories(options.directories));
  std::unique_ptr<JournalFile> journal(new JournalFile(std::move(seal_key), random));
  for (const std::string& directory : options.directories) {
    NOREN_ASSIGN_OR_RETURN(auto file, OpenOrCreate(PathIn(directory)));
    journal->files_.push_back(std::move(file));
  }
  NOREN_RETURN_IF_ERROR(journal->Recover(options));
  return journal;
}

// Reads the record at walk.end_offset.
//   errors   kOutOfRange: cut off; kDataLoss: damaged; errors of reading
StatusOr<NarrowingAct> JournalFile::ReadRecord(const storage::FileDescriptor& file,
                                               const Walk& walk) const {
  NOREN_ASSIGN_OR_RETURN(const Bytes header,
                         storage::ReadAtMost(file, walk.end_offset, kHeaderBytes));
  if (header.size() < kHeaderBytes) return CutOff();
  const std::uint32_t size_bytes = RecordReader(header).U32();
  if (header != RecordHeader(size_bytes, walk.head.count)) return Damaged();
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed,
                         storage::ReadAtMost(file, walk.end_offset + kHeaderBytes, size_bytes));
  if (sealed.size() < size_bytes) return CutOff();
  const Bytes associated = RecordAssociated(walk.head);
  NOREN_ASSIGN_OR_RETURN(const Bytes plain, primitives::Open(seal_key_, {associated}, sealed));
  return storage::DecodeNarrowingAct(plain);
}

// Follows the records as far as they are whole. Where they end matters: before the acknowledged
// state it is loss; after it, or without one at an incomplete record, it is a write nobody was told
// of.
StatusOr<JournalFile::Walk> JournalFile::WalkFile(const storage::FileDescriptor& file,
                                                  const Acknowledged& acknowledged,
                                                  const Visitor& visit) const {
  Walk walk;
  NOREN_ASSIGN_OR_RETURN(walk.file_size, storage::FileSize(file));
  NOREN_ASSIGN_OR_RETURN(const Bytes magic, storage::ReadAtMost(file, 0, kMagic.size()));
  if (AsText(magic) != kMagic) return Lost(0);
  while (true) {
    if (acknowledged && walk.head.count == acknowledged->count && walk.head != *acknowledged) {
      return Lost(walk.head.count);
    }
    if (walk.end_offset == walk.file_size) break;
    StatusOr<NarrowingAct> act = ReadRecord(file, walk);
    if (!act.ok() && !IsEndOfWhole(act.status())) return act.status();
    if (!act.ok()) {
      const bool may_end =
          acknowledged ? walk.head.count >= acknowledged->count : absl::IsOutOfRange(act.status());
      if (!may_end) return Lost(walk.head.count);
      break;
    }
    if (visit) NOREN_RETURN_IF_ERROR(visit(*act));
    walk.end_offset += RecordBytes(*act);
    walk.head = After(walk.head, *act);
  }
  if (acknowledged && walk.head.count < acknowledged->count) return Lost(walk.head.count);
  return walk;
}

Status JournalFile::Recover(const JournalFileOptions& options) {
  std::lock_guard lock(mutex_);
  std::optional<std::size_t> best;
  Status failure = OkStatus();
  Walk best_walk;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    StatusOr<Walk> walk = WalkFile(files_[i], options.acknowledged, nullptr);
    if (!walk.ok()) {
      failure = walk.status();
      continue;
    }
    if (best && walk->head.count <= best_walk.head.count) continue;
    best = i;
    best_walk = *walk;
  }
  if (!best) return failure;
  head_ = best_walk.head;
  end_offset_ = best_walk.end_offset;
  return MakeEqual(*best, options);
}

// Cuts the unacknowledged tail off and brings the other mirror to the same bytes.
Status JournalFile::MakeEqual(std::size_t best, const JournalFileOptions& options) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes content,
      storage::ReadAtMost(files_[best], 0, static_cast<std::size_t>(end_offset_)));
  for (std::size_t i = 0; i < files_.size(); ++i) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, storage::FileSize(files_[i]));
    NOREN_ASSIGN_OR_RETURN(const Bytes present, storage::ReadAtMost(files_[i], 0, content.size()));
    if (size_bytes == content.size() && present == content) continue;
    const std::string path = PathIn(options.directories[i]);
    NOREN_RETURN_IF_ERROR(storage::ReplaceFile(path, content));
    NOREN_ASSIGN_OR_RETURN(files_[i], OpenPrivateFile(path, O_RDWR, "journal file"));
  }
  return OkStatus();
}

Bytes JournalFile::SealRecord(const NarrowingAct& act, const JournalHead& before) const {
  const Bytes associated = RecordAssociated(before);
  const Bytes sealed =
      primitives::Seal(seal_key_, {associated}, storage::EncodeNarrowingAct(act), random_);
  RecordWriter writer;
  writer.Raw(RecordHeader(static_cast<std::uint32_t>(sealed.size()), before.count)).Raw(sealed);
  return writer.Take();
}

StatusOr<JournalHead> JournalFile::Append(const std::vector<NarrowingAct>& acts) {
  std::lock_guard lock(mutex_);
  if (failed_) return Unavailable("journal: an earlier write failed; start again");
  Bytes bytes;
  JournalHead head = head_;
  for (const NarrowingAct& act : acts) {
    if (act.payload.size() > storage::kMaxNarrowingPayloadBytes) {
      return InvalidArgument("journal: payload longer than 64 KiB");
    }
    const Bytes record = SealRecord(act, head);
    bytes.insert(bytes.end(), record.begin(), record.end());
    head = After(head, act);
  }
  if (bytes.empty()) return head_;
  for (const storage::FileDescriptor& file : files_) {
    Status written = storage::WriteAt(file, end_offset_, bytes);
    if (written.ok()) written = storage::SyncData(file);
    failed_ = !written.ok();
    NOREN_RETURN_IF_ERROR(written);
  }
  end_offset_ += bytes.size();
  head_ = head;
  return head_;
}

JournalHead JournalFile::head() const {
  std::lock_guard lock(mutex_);
  return head_;
}

Status JournalFile::Replay(const Visitor& visit) {
  std::lock_guard lock(mutex_);
  return WalkFile(files_.front(), head_, visit).status();
}

}  // namespace noren::server
