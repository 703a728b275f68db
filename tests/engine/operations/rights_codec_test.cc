// The stored forms of requests and freezes: they read back, they read what was written, and
// they refuse cut, changed and misplaced bytes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/freezes.h"
#include "engine/operations/rights_record.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Right;

template <typename Id>
Id IdOf(std::uint8_t value) {
  return Id::FromBytes(Bytes(16, value)).value();
}
personal_data::PurposeKeys Keys(std::uint8_t value = 1) {
  return personal_data::PurposeKeys::Derive(SecretBytes::CopyOf(Bytes(32, value))).value();
}
std::string Golden(const std::string& name) {
  std::ifstream file(SourceFolder() + "/tests/golden/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

RightHead SampleHead() {
  RightHead head;
  head.request = IdOf<model::RequestId>(0x31);
  head.right = Right::kCorrect;
  head.state = RightState::kClosed;
  head.requester = policy::Requester::kAgent;
  head.person = IdOf<model::PersonId>(0x11);
  head.received_at = {1767571200};
  head.complete_at = {1767574800};
  head.dated = model::ParseCivilDay("2026-01-04").value();
  head.form_sent_at = {1767480000};
  head.form_sent_way = "mail";
  head.on_form_of = IdOf<model::RequestId>(0x2F);
  head.channel = "post";
  head.form = "form 8";
  head.parts = {"1", "2"};
  head.fee_paid = 1000;
  head.ends_contract = true;
  head.carried_by = "officer kim";
  head.objects_to = IdOf<model::RequestId>(0x30);
  head.items = {IdOf<model::ItemId>(0x21)};
  head.identity = {{1767574800},
                   "officer kim",
                   false,
                   {"name"},
                   {{"passport", "agent", true, false, true, {"name"}, true}},
                   {1799107200},
                   "shredded"};
  head.decision = {RightOutcome::kPartly, {1767661200},           "lee",    {},
                   "RL_ACCESS_LAW",       {{"statute", "Act 9"}}, {"G-54"}, {"derived.scores"}};
  head.decision.by_key.fill(7);
  head.referral = {"a client", {1767661220}, "kim", {1767661240}, "lee", true, "letter 7"};
  head.acted_at = {1767661300};
  head.told_at = {1767661400};
  head.told_by_way = "letter";
  head.way_reason = "no such address";
  head.resumed_at = {1767661500};
  head.policy_version = "example 2026-1 (sha256:0123456789abcdef)";
  return head;
}
RightText SampleText() {
  RightText text{"the phone number is wrong", "an invented agent", "put right", {}};
  text.state_before.fill(9);
  return text;
}
std::vector<Freeze> SampleFreezes() {
  return {{IdOf<model::RequestId>(0x31), FreezeScope::kUse, FreezeCause::kPending, {1767571200}},
          {IdOf<model::RequestId>(0x32),
           FreezeScope::kProvision,
           FreezeCause::kSuspended,
           {1767571300}}};
}
FreezeAct SampleAct(bool ended) {
  FreezeAct act{IdOf<model::PersonId>(0x11),
                IdOf<model::RequestId>(0x31),
                SampleFreezes()[0],
                Right::kCorrect,
                {1767571200},
                {1767571201}};
  if (ended) act.freeze.reset();
  return act;
}

TEST(RightsCodec, HeadAndWordsReadBackAndAreAsTheyWereWritten) {
  const Bytes head = EncodeRightHead(SampleHead());
  const auto read = DecodeRightHead(SampleHead().request, head);
  ASSERT_OK(read);
  EXPECT_EQ(EncodeRightHead(*read), head);
  const auto text = DecodeRightText(EncodeRightText(SampleText()));
  ASSERT_OK(text);
  EXPECT_EQ(EncodeRightText(*text), EncodeRightText(SampleText()));
  SeededRandom random(1);
  const auto person = IdOf<model::PersonId>(0x11);
  const auto sealed = SealFreezes(person, SampleFreezes(), Keys(), random);
  ASSERT_OK(sealed);
  const std::string all = "head = " + HexEncode(head) +
                          "\nwords = " + HexEncode(EncodeRightText(SampleText())) +
                          "\nfreezes = " + HexEncode(*sealed) + "\n";
  EXPECT_EQ(all, Golden("rights_request_v2.txt"));
}

TEST(RightsCodec, AHeadThatIsCutOrLongerIsRefused) {
  const Bytes head = EncodeRightHead(SampleHead());
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeRightHead({}, ByteSpan(head).subspan(0, size)).status()),
              ErrorCode::kDataCorrupt)
        << size;
  }
  Bytes longer = head;
  longer.push_back(0);
  EXPECT_EQ(CodeOf(DecodeRightHead({}, longer).status()), ErrorCode::kDataCorrupt);
  for (const std::size_t place : {0u, 1u, 2u, 3u}) {
    Bytes other = head;
    other[place] = 200;
    EXPECT_EQ(CodeOf(DecodeRightHead({}, other).status()), ErrorCode::kDataCorrupt) << place;
  }
}

TEST(RightsCodec, AHeadOpensInItsPlaceOnly) {
  SeededRandom random(1);
  const auto sealed = SealRightHead(SampleHead(), Keys(), random);
  ASSERT_OK(sealed);
  EXPECT_OK(OpenRightHead(SampleHead().request, *sealed, Keys()));
  EXPECT_EQ(CodeOf(OpenRightHead(IdOf<model::RequestId>(0x32), *sealed, Keys()).status()),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(OpenRightHead(SampleHead().request, *sealed, Keys(2)).status()),
            ErrorCode::kDataCorrupt);
}

TEST(RightsCodec, FreezesOpenForTheirPersonOnly) {
  SeededRandom random(1);
  const auto person = IdOf<model::PersonId>(0x11);
  const auto sealed = SealFreezes(person, SampleFreezes(), Keys(), random);
  ASSERT_OK(sealed);
  const auto read = OpenFreezes(person, *sealed, Keys());
  ASSERT_OK(read);
  EXPECT_EQ(read->all, SampleFreezes());
  EXPECT_TRUE(read->StopUse());
  EXPECT_EQ(CodeOf(OpenFreezes(IdOf<model::PersonId>(0x12), *sealed, Keys()).status()),
            ErrorCode::kDataCorrupt);
  const auto empty = SealFreezes(person, {}, Keys(), random);
  ASSERT_OK(empty);
  EXPECT_EQ(CodeOf(OpenFreezes(person, *empty, Keys()).status()), ErrorCode::kDataCorrupt)
      << "nobody writes a record that stops nothing";
}

TEST(RightsCodec, TheJournalsActsReadBackAndAreAsVersionOneWroteThem) {
  std::string all;
  for (const bool ended : {false, true}) {
    const storage::NarrowingAct made = MakeFreezeAct(SampleAct(ended));
    EXPECT_EQ(made.kind, storage::NarrowingKind::kSuspension);
    const auto read = FreezeActOf(made);
    ASSERT_OK(read);
    EXPECT_EQ(*read, SampleAct(ended));
    all += (ended ? "end = " : "freeze = ") + HexEncode(made.payload) + "\n";
    for (std::size_t size = 0; size < made.payload.size(); ++size) {
      storage::NarrowingAct cut = made;
      cut.payload.resize(size);
      EXPECT_EQ(CodeOf(FreezeActOf(cut).status()), ErrorCode::kDataCorrupt) << size;
    }
  }
  EXPECT_EQ(all, Golden("journal_freeze_v1.txt"));
}

TEST(RightsCodec, AHalfEndedFreezeIsDamage) {
  storage::NarrowingAct act = MakeFreezeAct(SampleAct(false));
  act.payload[33] = 0;  // scope
  EXPECT_EQ(CodeOf(FreezeActOf(act).status()), ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::operations
