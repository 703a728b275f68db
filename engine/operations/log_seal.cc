// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/log_seal.h"

#include <string>

#include "crypto/base/encoding.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kName = "log-head";

Bytes PlaintextOf(const audit::LogState& state) {
  return RecordWriter()
      .U8(kFormat)
      .U64(state.sequence)
      .U64(state.tree_size)
      .Raw(state.head)
      .Raw(state.consent_root)
      .Take();
}

}  // namespace

storage::Mutation SealLogHead(const audit::LogState& state, const personal_data::PurposeKeys& keys,
                              Random& random) {
  const std::string key = keyspaces::StateKey(kName);
  return {key, storage::SealValue(keys.store_seal(), {keyspaces::kState, key}, state.sequence,
                                  PlaintextOf(state), random)};
}

Status CheckLogSeal(storage::Store& store, const audit::LogState& state,
                    const personal_data::PurposeKeys& keys) {
  if (state.tree_size == 0) return OkStatus();
  const std::string key = keyspaces::StateKey(kName);
  NOREN_ASSIGN_OR_RETURN(const auto values, store.Read(state.partition, {key}));
  const Status other = DataLoss(
      "The log does not end where this service ended it: entries were added or taken by somebody "
      "else. The service stays sealed; restore the newest backup with `noren backup restore`.");
  if (!values.front()) return other;
  const StatusOr<Bytes> sealed = storage::OpenValueAt(keys.store_seal(), {keyspaces::kState, key},
                                                      state.sequence, *values.front());
  return sealed.ok() && *sealed == PlaintextOf(state) ? OkStatus() : other;
}

}  // namespace noren::operations
