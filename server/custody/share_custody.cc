// SPDX-License-Identifier: Apache-2.0
#include "server/custody/share_custody.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/wiped_text.h"
#include "engine/model/errors.h"
#include "engine/storage/durable_file.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

using keys::ShareSet;
using model::ErrorCode;

constexpr std::string_view kSetMark = "noren-share-set/1 ";
constexpr std::size_t kSetFileMaxBytes = 256;

Status NotASet() { return InvalidArgument("share set: not the description of a set of shares"); }

std::string ShareSetText(const ShareSet& set) {
  return std::string(kSetMark) + HexEncode(set.id) + " " + std::to_string(set.needed) + " of " +
         std::to_string(set.count) + "\n";
}

// Says of which part, and never that a text was nearly right.
Status WithCode(const Status& refused) {
  switch (refused.code()) {
    case StatusCode::kInvalidArgument:
      return model::MakeError(ErrorCode::kShareMistyped);
    case StatusCode::kFailedPrecondition:
      return model::MakeError(ErrorCode::kShareOtherSet);
    case StatusCode::kAlreadyExists:
      return model::MakeError(ErrorCode::kShareRepeated);
    default:
      return model::MakeError(ErrorCode::kShareWrong);
  }
}

}  // namespace

Status WriteShareSet(const std::string& path, const ShareSet& set) {
  return storage::ReplaceFile(path, ToBytes(ShareSetText(set)));
}

StatusOr<ShareSet> ReadShareSet(const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file, storage::OpenFile(path, O_RDONLY));
  NOREN_ASSIGN_OR_RETURN(const Bytes bytes, storage::ReadAtMost(file, 0, kSetFileMaxBytes));
  const std::string text(AsText(bytes));
  ShareSet set;
  const std::size_t hex_size = 2 * set.id.size();
  if (text.size() < kSetMark.size() + hex_size || !text.starts_with(kSetMark)) return NotASet();
  const StatusOr<Bytes> id = HexDecode(text.substr(kSetMark.size(), hex_size));
  if (!id.ok()) return NotASet();
  std::copy(id->begin(), id->end(), set.id.begin());
  // One spelling only: what is written again must be what was read.
  for (unsigned count = keys::kMinSharesNeeded; count <= keys::kMaxShares; ++count) {
    for (unsigned needed = keys::kMinSharesNeeded; needed <= count; ++needed) {
      set.needed = static_cast<std::uint8_t>(needed);
      set.count = static_cast<std::uint8_t>(count);
      if (ShareSetText(set) == text) return set;
    }
  }
  return NotASet();
}

StatusOr<ShareSet> WriteShareFiles(const std::string& prefix, const SecretBytes& root_key,
                                   unsigned needed, unsigned count, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<keys::KeyShare> shares,
                         keys::SplitKey(root_key, needed, count, random));
  for (const keys::KeyShare& share : shares) {
    const std::string path = prefix + std::to_string(share.index) + ".txt";
    NOREN_ASSIGN_OR_RETURN(const storage::FileDescriptor file,
                           storage::OpenFile(path, O_WRONLY | O_CREAT | O_EXCL));
    const WipedText text(keys::ShareToText(share));
    NOREN_RETURN_IF_ERROR(storage::WriteAt(file, 0, AsBytes(text.text())));
    NOREN_RETURN_IF_ERROR(storage::WriteAt(file, text.text().size(), AsBytes("\n")));
    NOREN_RETURN_IF_ERROR(storage::SyncData(file));
  }
  return shares.front().set;
}

StatusOr<std::optional<SecretBytes>> ShareCustody::Open(const SecretBytes& secret,
                                                        Asking /*asking*/) {
  if (secret.empty()) {
    return model::MakeFieldError(ErrorCode::kMissingField, "secret", "one officer's share");
  }
  StatusOr<keys::KeyShare> share = keys::ShareFromText(secret);
  if (!share.ok()) return WithCode(share.status());
  if (share->set != set_) return model::MakeError(ErrorCode::kShareOtherSet);
  const Status fits = keys::CheckShareFits(given_, *share);
  if (!fits.ok()) return WithCode(fits);
  given_.push_back(std::move(*share));
  if (given_.size() < set_.needed) return std::optional<SecretBytes>();
  const std::vector<keys::KeyShare> enough = std::exchange(given_, {});
  StatusOr<SecretBytes> root_key = keys::CombineShares(enough);
  if (!root_key.ok()) return WithCode(root_key.status());
  return std::optional<SecretBytes>(std::move(*root_key));
}

}  // namespace noren::server
