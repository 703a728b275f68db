// The form that a company sets for a posting, in versions, and which form an item answers.
// Source:   docs/formats/operations_records.md, docs/design/0042-company-forms.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"

namespace noren::operations {

struct FormQuestion {
  std::string id;     // 1..40 of a-z 0-9 -
  std::string label;  // 1..300 bytes: what the person reads
  bool is_required = false;
  bool operator==(const FormQuestion&) const = default;
};
inline constexpr std::size_t kMaxFormQuestions = 50;
inline constexpr std::size_t kMaxFormLabelBytes = 300;

enum class FormState : std::uint8_t { kWaiting = 1, kPublished = 2, kRefused = 3 };
std::string_view FormStateName(FormState state);  // "waiting", "published", "refused"

struct FormRecord {
  model::PostingId posting;
  std::uint32_t version = 0;  // 1 for the first of the posting
  std::string company;
  FormState state = FormState::kWaiting;
  std::vector<FormQuestion> questions;  // ids differ
  UnixSeconds put_at;
  UnixSeconds reviewed_at;  // 0: not yet
  std::string reviewed_by;  // "officer kim"
  std::string reason;       // why it was refused
  bool operator==(const FormRecord&) const = default;
};
Bytes EncodeForm(const FormRecord& form);
//   errors   kDataCorrupt
StatusOr<FormRecord> DecodeForm(ByteSpan plaintext);

// Which version of which posting's form an item has the answers to.
struct FormTie {
  model::PostingId posting;
  std::uint32_t version = 0;
  bool operator==(const FormTie&) const = default;
};
Bytes EncodeFormTie(const FormTie& tie);
//   errors   kDataCorrupt
StatusOr<FormTie> DecodeFormTie(ByteSpan plaintext);

}  // namespace noren::operations
