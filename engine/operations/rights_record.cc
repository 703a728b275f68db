// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rights_record.h"

#include <iterator>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kHeadLayout = 2, kTextLayout = 1;
constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::size_t kMaxListed = 64;
constexpr std::string_view kStates[] = {"waiting", "ready",     "decided",
                                        "closed",  "withdrawn", "waiting_owner"};
constexpr std::string_view kOutcomes[] = {"", "accepted", "partly", "refused"};

Status Damaged() { return model::MakeError(model::ErrorCode::kDataCorrupt, "rights request"); }

void WriteTexts(const std::vector<std::string>& texts, RecordWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(texts.size()));
  for (const std::string& text : texts) writer.Field(text);
}
std::vector<std::string> ReadTexts(RecordReader& reader) {
  std::vector<std::string> texts;
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left)
    texts.push_back(reader.Text(kMaxTextBytes));
  return texts;
}
UnixSeconds ReadAt(RecordReader& reader) { return {reader.I64()}; }

void WriteIdentity(const RightIdentity& identity, RecordWriter& writer) {
  writer.I64(identity.checked_at.value).Field(identity.checked_by).U8(identity.proved ? 1 : 0);
  WriteTexts(identity.facts, writer);
  writer.U8(static_cast<std::uint8_t>(identity.papers.size()));
  for (const policy::SeenPaper& paper : identity.papers) {
    const int flags = (paper.photo ? 1 : 0) | (paper.both_sides ? 2 : 0) | (paper.masked ? 4 : 0) |
                      (paper.special_care ? 8 : 0);
    writer.Field(paper.name).Field(paper.of).U8(static_cast<std::uint8_t>(flags));
    WriteTexts(paper.shows, writer);
  }
  writer.I64(identity.papers_destroyed_at.value).Field(identity.papers_method);
}

RightIdentity ReadIdentity(RecordReader& reader) {
  RightIdentity identity;
  identity.checked_at = ReadAt(reader);
  identity.checked_by = reader.Text(kMaxTextBytes);
  identity.proved = reader.U8() == 1;
  identity.facts = ReadTexts(reader);
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left) {
    policy::SeenPaper paper;
    paper.name = reader.Text(kMaxTextBytes);
    paper.of = reader.Text(kMaxTextBytes);
    const std::uint8_t flags = reader.U8();
    paper.photo = (flags & 1) != 0;
    paper.both_sides = (flags & 2) != 0;
    paper.masked = (flags & 4) != 0;
    paper.special_care = (flags & 8) != 0;
    paper.shows = ReadTexts(reader);
    identity.papers.push_back(std::move(paper));
  }
  identity.papers_destroyed_at = ReadAt(reader);
  identity.papers_method = reader.Text(kMaxTextBytes);
  return identity;
}

void WriteDecision(const RightDecision& decision, RecordWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(decision.outcome)).I64(decision.at.value);
  writer.Field(decision.by).Raw(decision.by_key).Field(decision.ground);
  writer.U8(static_cast<std::uint8_t>(decision.evidence.size()));
  for (const auto& [word, said] : decision.evidence) writer.Field(word).Field(said);
  WriteTexts(decision.clauses, writer);
  WriteTexts(decision.withheld, writer);
}

RightDecision ReadDecision(RecordReader& reader) {
  RightDecision decision;
  decision.outcome = static_cast<RightOutcome>(reader.U8());
  decision.at = ReadAt(reader);
  decision.by = reader.Text(kMaxTextBytes);
  decision.by_key = personal_data::ReadHash(reader);
  decision.ground = reader.Text(kMaxTextBytes);
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left) {
    std::string word = reader.Text(kMaxTextBytes);
    decision.evidence[std::move(word)] = reader.Text(kMaxTextBytes);
  }
  decision.clauses = ReadTexts(reader);
  decision.withheld = ReadTexts(reader);
  return decision;
}

void WriteReferral(const RightReferral& referral, RecordWriter& writer) {
  writer.Field(referral.owner).I64(referral.asked_at.value).Field(referral.asked_by);
  writer.I64(referral.answered_at.value).Field(referral.answered_by);
  writer.U8(referral.allows ? 1 : 0).Field(referral.document);
}

RightReferral ReadReferral(RecordReader& reader) {
  RightReferral referral;
  referral.owner = reader.Text(kMaxTextBytes);
  referral.asked_at = ReadAt(reader);
  referral.asked_by = reader.Text(kMaxTextBytes);
  referral.answered_at = ReadAt(reader);
  referral.answered_by = reader.Text(kMaxTextBytes);
  referral.allows = reader.U8() == 1;
  referral.document = reader.Text(kMaxTextBytes);
  return referral;
}

bool IsPlausible(const RightHead& head) {
  return !RightStateName(head.state).empty() && !model::RightName(head.right).empty() &&
         !policy::RequesterName(head.requester).empty() &&
         head.decision.outcome <= RightOutcome::kRefused;
}

}  // namespace

std::string RightKey(const model::RequestId& request) {
  return std::string(keyspaces::kRights) + HexEncode(request.bytes());
}
std::string RightTextPrefix(const model::PersonId& person) {
  return std::string(keyspaces::kRightsText) + HexEncode(person.bytes()) + "/";
}
std::string RightTextKey(const model::PersonId& person, const model::RequestId& request) {
  return RightTextPrefix(person) + HexEncode(request.bytes());
}

std::string_view RightStateName(RightState state) {
  const auto index = static_cast<std::size_t>(state) - 1;
  return index < std::size(kStates) ? kStates[index] : std::string_view();
}
std::string_view RightOutcomeName(RightOutcome outcome) {
  const auto index = static_cast<std::size_t>(outcome);
  return index < std::size(kOutcomes) ? kOutcomes[index] : std::string_view();
}

Bytes EncodeRightHead(const RightHead& head) {
  RecordWriter writer;
  writer.U8(kHeadLayout).U8(static_cast<std::uint8_t>(head.right));
  writer.U8(static_cast<std::uint8_t>(head.state)).U8(static_cast<std::uint8_t>(head.requester));
  writer.Raw(head.person.bytes()).I64(head.received_at.value).I64(head.complete_at.value);
  writer.Field(head.dated ? model::ToIso(*head.dated) : "").I64(head.form_sent_at.value);
  writer.Field(head.form_sent_way).Raw(head.on_form_of.bytes());
  writer.Field(head.channel).Field(head.form);
  WriteTexts(head.parts, writer);
  writer.I64(head.fee_paid).U8(head.ends_contract ? 1 : 0).Field(head.carried_by);
  writer.Raw(head.objects_to.bytes()).U8(static_cast<std::uint8_t>(head.items.size()));
  for (const model::ItemId& item : head.items) writer.Raw(item.bytes());
  WriteIdentity(head.identity, writer);
  WriteDecision(head.decision, writer);
  WriteReferral(head.referral, writer);
  writer.I64(head.acted_at.value).I64(head.told_at.value).Field(head.told_by_way);
  writer.Field(head.way_reason).I64(head.resumed_at.value).Field(head.policy_version);
  return writer.Take();
}

StatusOr<RightHead> DecodeRightHead(const model::RequestId& request, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  if (reader.U8() != kHeadLayout) return Damaged();
  RightHead head;
  head.request = request;
  head.right = static_cast<model::Right>(reader.U8());
  head.state = static_cast<RightState>(reader.U8());
  head.requester = static_cast<policy::Requester>(reader.U8());
  head.person = personal_data::ReadId<model::PersonId>(reader);
  head.received_at = ReadAt(reader);
  head.complete_at = ReadAt(reader);
  const std::string dated = reader.Text(kMaxTextBytes);
  if (!dated.empty()) {
    const auto day = model::ParseCivilDay(dated);
    if (!day.ok()) return Damaged();
    head.dated = *day;
  }
  head.form_sent_at = ReadAt(reader);
  head.form_sent_way = reader.Text(kMaxTextBytes);
  head.on_form_of = personal_data::ReadId<model::RequestId>(reader);
  head.channel = reader.Text(kMaxTextBytes);
  head.form = reader.Text(kMaxTextBytes);
  head.parts = ReadTexts(reader);
  head.fee_paid = reader.I64();
  const std::uint8_t ends_contract = reader.U8();
  head.ends_contract = ends_contract == 1;
  head.carried_by = reader.Text(kMaxTextBytes);
  head.objects_to = personal_data::ReadId<model::RequestId>(reader);
  const std::size_t items = reader.U8();
  for (std::size_t left = items; left > 0 && reader.ok(); --left)
    head.items.push_back(personal_data::ReadId<model::ItemId>(reader));
  head.identity = ReadIdentity(reader);
  head.decision = ReadDecision(reader);
  head.referral = ReadReferral(reader);
  head.acted_at = ReadAt(reader);
  head.told_at = ReadAt(reader);
  head.told_by_way = reader.Text(kMaxTextBytes);
  head.way_reason = reader.Text(kMaxTextBytes);
  head.resumed_at = ReadAt(reader);
  head.policy_version = reader.Text(kMaxTextBytes);
  const bool is_whole = reader.Finish().ok() && ends_contract <= 1 && items <= kMaxListed;
  if (!is_whole || !IsPlausible(head)) return Damaged();
  return head;
}

Bytes EncodeRightText(const RightText& text) {
  RecordWriter writer;
  writer.U8(kTextLayout).Field(text.text).Field(text.requester).Field(text.reason);
  return writer.Raw(text.state_before).Take();
}

StatusOr<RightText> DecodeRightText(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  if (reader.U8() != kTextLayout) return Damaged();
  RightText text;
  text.text = reader.Text(kMaxTextBytes);
  text.requester = reader.Text(kMaxTextBytes);
  text.reason = reader.Text(kMaxTextBytes);
  text.state_before = personal_data::ReadHash(reader);
  return reader.Finish().ok() ? StatusOr<RightText>(std::move(text)) : Damaged();
}

StatusOr<Bytes> SealRightHead(const RightHead& head, const personal_data::PurposeKeys& keys,
                              Random& random) {
  const std::string key = RightKey(head.request);
  return storage::SealValue(keys.record(), {keyspaces::kRights, key}, 1, EncodeRightHead(head),
                            random);
}

StatusOr<RightHead> OpenRightHead(const model::RequestId& request, ByteSpan stored,
                                  const personal_data::PurposeKeys& keys) {
  const std::string key = RightKey(request);
  const auto opened = storage::OpenValue(keys.record(), {keyspaces::kRights, key}, stored);
  if (!opened.ok()) return Damaged();
  return DecodeRightHead(request, opened->plaintext);
}

}  // namespace noren::operations
