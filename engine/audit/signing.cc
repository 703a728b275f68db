// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/signing.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/merkle/checkpoint.h"
#include "crypto/merkle/note.h"
#include "crypto/primitives/hash.h"
#include "engine/model/principal.h"

namespace noren::audit {
namespace {

constexpr std::uint8_t kPromiseVersion = 1;
constexpr std::string_view kPromiseDomain = "noren/promise/1\n";
constexpr std::size_t kPromiseSizeBytes = kSignedPromiseSizeBytes - 64;

Bytes PromiseMessage(ByteSpan promise) {
  return RecordWriter().Raw(AsBytes(kPromiseDomain)).Raw(promise).Take();
}

}  // namespace

StatusOr<LogSigner> LogSigner::Create(std::string_view operator_name, const SecretBytes& seed) {
  if (!model::IsPrincipalName(operator_name)) {
    return InvalidArgument("audit signer: the operator's name is not a principal name");
  }
  NOREN_ASSIGN_OR_RETURN(primitives::SigningKey key, primitives::SigningKey::FromSeed(seed));
  return LogSigner(operator_name, std::move(key));
}

StatusOr<std::string> LogSigner::SignCheckpoint(const LogState& state) const {
  const merkle::Checkpoint checkpoint{.origin = OriginOf(state.partition),
                                      .head = {state.tree_size, RootOf(state)},
                                      .extensions = {}};
  return merkle::SignCheckpoint(checkpoint, key_);
}

Bytes LogSigner::SignPromise(const Promise& promise) const {
  RecordWriter out;
  out.U8(kPromiseVersion).U32(promise.partition).U64(promise.sequence).Raw(promise.head);
  out.Raw(key_.Sign(PromiseMessage(out.bytes())));
  return out.Take();
}

// Two lines: no checkpoint, which has three.
StatusOr<std::string> LogSigner::SignExport(std::string_view format,
                                            std::string_view document) const {
  const std::string digest = HexEncode(primitives::Sha256(AsBytes(document)));
  return merkle::SignNote(std::string(format) + "\n" + digest + "\n",
                          OriginOf(storage::Partition{0}), key_);
}

std::string LogSigner::OriginOf(storage::Partition partition) const {
  const std::string origin = "noren/" + operator_name_;
  return partition.index == 0 ? origin : origin + "/" + std::to_string(partition.index);
}

StatusOr<std::string> LogSigner::VerifierKey(storage::Partition partition) const {
  NOREN_ASSIGN_OR_RETURN(const merkle::NoteVerifier verifier,
                         merkle::NoteVerifier::Create(OriginOf(partition), verifying_key()));
  return verifier.ToString();
}

StatusOr<Promise> VerifyPromise(ByteSpan signed_promise, const primitives::VerifyingKey& key) {
  if (signed_promise.size() != kSignedPromiseSizeBytes) return DataLoss("promise: malformed");
  const ByteSpan body = signed_promise.first(kPromiseSizeBytes);
  RecordReader in(body);
  if (in.U8() != kPromiseVersion) return DataLoss("promise: unknown version");
  NOREN_RETURN_IF_ERROR(
      primitives::Verify(key, PromiseMessage(body), signed_promise.subspan(kPromiseSizeBytes)));
  Promise promise;
  promise.partition = in.U32();
  promise.sequence = in.U64();
  const ByteSpan head = in.Raw(promise.head.size());
  NOREN_RETURN_IF_ERROR(in.Finish());
  std::copy(head.begin(), head.end(), promise.head.begin());
  return promise;
}

}  // namespace noren::audit
