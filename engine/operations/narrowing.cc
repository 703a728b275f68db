// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/narrowing.h"

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kFormat = 1;

}  // namespace

storage::NarrowingAct MakeNarrowingAct(storage::NarrowingKind kind,
                                       const NarrowedPerson& narrowed) {
  storage::NarrowingAct act;
  act.kind = kind;
  RecordWriter writer;
  writer.U8(kFormat)
      .Raw(narrowed.person.bytes())
      .Raw(narrowed.consent.bytes())
      .I64(narrowed.at.value);
  act.payload = writer.Take();
  return act;
}

StatusOr<NarrowedPerson> NarrowedPersonOf(const storage::NarrowingAct& act) {
  RecordReader reader(act.payload);
  const std::uint8_t format = reader.U8();
  const ByteSpan person = reader.Raw(model::PersonId::kSizeBytes);
  const ByteSpan consent = reader.Raw(model::ConsentId::kSizeBytes);
  NarrowedPerson narrowed;
  narrowed.at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat) {
    return model::MakeError(model::ErrorCode::kDataCorrupt, "narrowing act");
  }
  NOREN_ASSIGN_OR_RETURN(narrowed.person, model::PersonId::FromBytes(person));
  NOREN_ASSIGN_OR_RETURN(narrowed.consent, model::ConsentId::FromBytes(consent));
  return narrowed;
}

}  // namespace noren::operations
