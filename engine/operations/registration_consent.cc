// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/registration_consent.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;

// In the place of `before`; the id of the consent.
std::string Stage(ServiceContext& context, const model::PersonId& person,
                  const personal_data::PersonKeys& keys, std::optional<Bytes> before,
                  personal_data::Staged& staged) {
  const std::string key = keyspaces::KeptByConsentKey(person);
  const RegistrationConsent consent{model::ConsentId::Generate(context.random),
                                    context.policy.digest, context.time.Now()};
  staged.Replace(key, std::move(before),
                 storage::SealValue(keys.records, {keyspaces::kKeptByConsent, key}, 1,
                                    EncodeRegistrationConsent(consent), context.random));
  return consent.consent.ToString();
}

}  // namespace

Bytes EncodeRegistrationConsent(const RegistrationConsent& consent) {
  RecordWriter writer;
  writer.U8(kLayout).Raw(consent.consent.bytes()).Raw(consent.policy).I64(consent.at.value);
  return writer.Take();
}

StatusOr<RegistrationConsent> DecodeRegistrationConsent(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  RegistrationConsent consent;
  const ByteSpan id = reader.Raw(model::ConsentId::kSizeBytes);
  const ByteSpan policy = reader.Raw(consent.policy.size());
  consent.at = {reader.I64()};
  if (!reader.Finish().ok() || layout != kLayout)
    return MakeError(ErrorCode::kDataCorrupt, "kept-by-consent");
  consent.consent = model::ConsentId::FromBytes(id).value();  // 16 bytes were read
  std::ranges::copy(policy, consent.policy.begin());
  return consent;
}

StatusOr<std::optional<RegistrationConsent>> FindRegistrationConsent(ServiceContext& context,
                                                                     const LoadedPerson& person) {
  const std::string key = keyspaces::KeptByConsentKey(person.person);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<RegistrationConsent>();
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kKeptByConsent, key}, *stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "kept-by-consent");
  NOREN_ASSIGN_OR_RETURN(RegistrationConsent consent, DecodeRegistrationConsent(opened->plaintext));
  return std::optional<RegistrationConsent>(consent);
}

StatusOr<std::string> StageRegistrationConsent(ServiceContext& context, const LoadedPerson& person,
                                               personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> before,
                         ReadOne(context, keyspaces::KeptByConsentKey(person.person)));
  return Stage(context, person.person, *person.keys, std::move(before), staged);
}

std::string StageFirstRegistrationConsent(ServiceContext& context, const model::PersonId& person,
                                          const personal_data::PersonKeys& keys,
                                          personal_data::Staged& staged) {
  return Stage(context, person, keys, std::nullopt, staged);
}

}  // namespace noren::operations
