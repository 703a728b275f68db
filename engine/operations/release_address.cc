// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/release_address.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;

}  // namespace

StatusOr<Bytes> EncodeAddress(ServiceContext& context, const std::string& key,
                              const ReleaseAddress& address) {
  RecordWriter writer;
  writer.U8(kFormat).Raw(address.candidate.bytes()).Raw(address.order_token);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kReleaseOf, key}, 1,
                            writer.bytes(), context.random);
}

StatusOr<ReleaseAddress> DecodeAddress(ServiceContext& context, const std::string& key,
                                       ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kReleaseOf, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  const ByteSpan candidate = reader.Raw(model::CandidateRef::kSizeBytes);
  const ByteSpan token = reader.Raw(Hash256().size());
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "release address");
  ReleaseAddress address;
  NOREN_ASSIGN_OR_RETURN(address.candidate, model::CandidateRef::FromBytes(candidate));
  std::copy(token.begin(), token.end(), address.order_token.begin());
  return address;
}

StatusOr<ReleaseAddress> ReadAddress(ServiceContext& context, std::string_view company,
                                     const model::ReleaseId& release) {
  const std::string key = keyspaces::ReleaseOfKey(company, release);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  return DecodeAddress(context, key, *stored);
}

StatusOr<model::CandidateRef> CandidateOfRelease(ServiceContext& context, const std::string& key,
                                                 ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const ReleaseAddress address, DecodeAddress(context, key, stored));
  return address.candidate;
}

}  // namespace noren::operations
