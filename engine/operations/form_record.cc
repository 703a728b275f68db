// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/form_record.h"

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxReasonBytes = 1000;

}  // namespace

std::string_view FormStateName(FormState state) {
  switch (state) {
    case FormState::kWaiting:
      return "waiting";
    case FormState::kPublished:
      return "published";
    case FormState::kRefused:
      return "refused";
  }
  return "";
}

Bytes EncodeForm(const FormRecord& form) {
  RecordWriter writer;
  writer.U8(kLayout).Raw(form.posting.bytes()).U32(form.version).Field(form.company);
  writer.U8(static_cast<std::uint8_t>(form.state));
  writer.U32(static_cast<std::uint32_t>(form.questions.size()));
  for (const FormQuestion& one : form.questions)
    writer.Field(one.id).Field(one.label).U8(one.is_required ? 1 : 0);
  writer.I64(form.put_at.value).I64(form.reviewed_at.value);
  return writer.Field(form.reviewed_by).Field(form.reason).Take();
}

StatusOr<FormRecord> DecodeForm(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  FormRecord form;
  form.version = reader.U32();
  form.company = reader.Text(kMaxNameBytes);
  const std::uint8_t state = reader.U8();
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || layout != kLayout || count > kMaxFormQuestions ||
      state < static_cast<std::uint8_t>(FormState::kWaiting) ||
      state > static_cast<std::uint8_t>(FormState::kRefused))
    return MakeError(ErrorCode::kDataCorrupt, "form");
  form.posting = model::PostingId::FromBytes(posting).value();  // 16 bytes were read
  form.state = static_cast<FormState>(state);
  for (std::uint32_t i = 0; i < count; ++i) {
    FormQuestion one;
    one.id = reader.Text(kMaxNameBytes);
    one.label = reader.Text(kMaxFormLabelBytes);
    one.is_required = reader.U8() != 0;
    form.questions.push_back(std::move(one));
  }
  form.put_at = {reader.I64()};
  form.reviewed_at = {reader.I64()};
  form.reviewed_by = reader.Text(kMaxNameBytes);
  form.reason = reader.Text(kMaxReasonBytes);
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "form");
  return form;
}

Bytes EncodeFormTie(const FormTie& tie) {
  return RecordWriter().U8(kLayout).Raw(tie.posting.bytes()).U32(tie.version).Take();
}

StatusOr<FormTie> DecodeFormTie(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  FormTie tie;
  tie.version = reader.U32();
  if (!reader.Finish().ok() || layout != kLayout)
    return MakeError(ErrorCode::kDataCorrupt, "form-answer");
  tie.posting = model::PostingId::FromBytes(posting).value();  // 16 bytes were read
  return tie;
}

}  // namespace noren::operations
