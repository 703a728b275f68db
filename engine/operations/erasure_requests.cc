// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/exposures.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using State = ErasureRequest::State;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxAskedByBytes = 128;
constexpr std::uint32_t kNoLeaf = 0xFFFFFFFF;  // more leaves than a tree has

}  // namespace

std::string_view ErasureStateName(State state) {
  switch (state) {
    case State::kOpen:
      return "open";
    case State::kDestroying:
      return "destroying";
    case State::kDone:
      return "done";
  }
  return "open";
}

StatusOr<Bytes> EncodeErasureRequest(const ErasureRequest& request,
                                     const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(request.state)).Raw(request.person.bytes());
  writer.I64(request.asked_at.value).Field(request.asked_by).Raw(request.receipt.bytes());
  writer.Raw(request.handle_commitment)
      .U32(request.leaf.value_or(kNoLeaf))
      .U64(request.generation_before);
  const std::string key = person_keyspaces::ErasureRequestKey(request.request);
  return storage::SealValue(keys.record(), {person_keyspaces::kErasureRequest, key}, 1,
                            writer.bytes(), random);
}

StatusOr<ErasureRequest> DecodeErasureRequest(const model::RequestId& request, ByteSpan stored,
                                              const personal_data::PurposeKeys& keys) {
  const std::string key = person_keyspaces::ErasureRequestKey(request);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(keys.record(), {person_keyspaces::kErasureRequest, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  const std::uint8_t state = reader.U8();
  const ByteSpan person = reader.Raw(model::PersonId::kSizeBytes);
  ErasureRequest decoded;
  decoded.request = request;
  decoded.asked_at = {reader.I64()};
  decoded.asked_by = reader.Text(kMaxAskedByBytes);
  const ByteSpan receipt = reader.Raw(model::ReceiptId::kSizeBytes);
  const ByteSpan commitment = reader.Raw(decoded.handle_commitment.size());
  const std::uint32_t leaf = reader.U32();
  decoded.generation_before = reader.U64();
  if (!reader.Finish().ok() || format != kFormat || state < 1 || state > 3) {
    return MakeError(ErrorCode::kDataCorrupt, "erasure request");
  }
  decoded.state = static_cast<State>(state);
  if (leaf != kNoLeaf) decoded.leaf = leaf;
  std::copy(commitment.begin(), commitment.end(), decoded.handle_commitment.begin());
  NOREN_ASSIGN_OR_RETURN(decoded.person, model::PersonId::FromBytes(person));
  NOREN_ASSIGN_OR_RETURN(decoded.receipt, model::ReceiptId::FromBytes(receipt));
  return decoded;
}

namespace {

// Who asked and is still there reads that an officer has seen it.
Status RecordOfficersLook(ServiceContext& context, const Call& call,
                          const std::vector<ErasureRequest>& requests) {
  std::set<model::PersonId> people;
  for (const ErasureRequest& request : requests) {
    if (request.state != State::kDone && people.size() < kMaxPeopleInList) {
      people.insert(request.person);
    }
  }
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kListErasureRequests;
                  attempt.change.entry.principal = call.principal;
                  NOREN_RETURN_IF_ERROR(StageListShowing(
                      context, call,
                      {audit::Operation::kListErasureRequests, kFormRequest, kToErase, {}},
                      {people.begin(), people.end()}, attempt));
                  return attempt;
                })
      .status();
}

}  // namespace

StatusOr<std::vector<ErasureRequest>> ListErasureRequests(ServiceContext& context,
                                                          const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, std::string(person_keyspaces::kErasureRequest)));
  std::vector<ErasureRequest> requests;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(ErasureRequest request,
                           DecodeErasureRequest(id, item.value, context.keys));
    requests.push_back(std::move(request));
  }
  std::sort(requests.begin(), requests.end(), [](const ErasureRequest& a, const ErasureRequest& b) {
    return a.asked_at < b.asked_at;
  });
  NOREN_RETURN_IF_ERROR(RecordOfficersLook(context, call, requests));
  return requests;
}

}  // namespace noren::operations
