// The stored forms of destruction and holds: they read back, they read what version 1 wrote, and
// they refuse changed bytes and other places.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/model/errors.h"
#include "engine/operations/destruction_record.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_hold_acts.h"
#include "engine/personal_data/destruction_statement.h"
#include "engine/personal_data/item_seal.h"
#include "engine/personal_data/legal_hold.h"
#include "engine/personal_data/person_keys.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

template <typename Id>
Id IdOf(std::uint8_t value) {
  return Id::FromBytes(Bytes(16, value)).value();
}
Hash256 HashOf(std::uint8_t value) {
  Hash256 hash;
  hash.fill(value);
  return hash;
}
personal_data::PurposeKeys Keys(std::uint8_t value = 1) {
  return personal_data::PurposeKeys::Derive(SecretBytes::CopyOf(Bytes(32, value))).value();
}
std::shared_ptr<const personal_data::PersonKeys> LeafKeys(std::uint8_t value) {
  return std::make_shared<const personal_data::PersonKeys>(
      personal_data::DerivePersonKeys(SecretBytes::CopyOf(Bytes(32, value))).value());
}
std::string Golden(const std::string& name) {
  std::ifstream file(SourceFolder() + "/tests/golden/" + name);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

PlanRecord SamplePlan() {
  PlanRecord plan;
  plan.plan = IdOf<model::PlanId>(0x51);
  plan.state = PlanRecord::State::kApproved;
  plan.level = DestructionLevel::kItems;
  plan.by = SelectBy::kKindOlderThan;
  plan.older_than = {1767571200};
  plan.kind = model::ItemKind::kResume;
  plan.reason = "retention period is over, plan 3";
  plan.planner = {"planner", HashOf(1)};
  plan.approver = {"approver", HashOf(2)};
  plan.created_at = {1767571300};
  plan.expires_at = {1767830500};
  plan.approved_at = {1767571400};
  plan.statement = "{}";
  plan.digest = HashOf(3);
  plan.counts = {0, 7, 0, 2};
  plan.parts = 3;
  plan.next_part = 1;
  plan.spared = 4;
  plan.cursor = "item/a";
  plan.scanned = true;
  plan.generation_before = 5;
  plan.generation_after = 6;
  plan.receipt = IdOf<model::ReceiptId>(0x61);
  return plan;
}

std::vector<DestructionTarget> SampleTargets() {
  return {{IdOf<model::PersonId>(1), IdOf<model::ItemId>(2), {}, 7, 0},
          {IdOf<model::PersonId>(3), {}, IdOf<model::HoldId>(4), 9, 11}};
}

TEST(DestructionCodec, APlanReadsBackAndIsWhatVersion1Wrote) {
  SeededRandom random(1);
  const auto stored = EncodePlan(SamplePlan(), Keys(), random);
  ASSERT_OK(stored);
  EXPECT_EQ(HexEncode(*stored), Golden("destruction_plan_v1.hex"));
  const auto read = DecodePlan(SamplePlan().plan, *stored, Keys());
  ASSERT_OK(read);
  EXPECT_EQ(*read, SamplePlan());
  EXPECT_EQ(CodeOf(DecodePlan(IdOf<model::PlanId>(0x52), *stored, Keys()).status()),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(DecodePlan(SamplePlan().plan, *stored, Keys(2)).status()),
            ErrorCode::kDataCorrupt);
}

TEST(DestructionCodec, APlanRefusesEveryFlippedBit) {
  SeededRandom random(1);
  const auto stored = EncodePlan(SamplePlan(), Keys(), random);
  ASSERT_OK(stored);
  for (std::size_t bit = 0; bit < stored->size() * 8; ++bit) {
    Bytes changed = *stored;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    ASSERT_EQ(CodeOf(DecodePlan(SamplePlan().plan, changed, Keys()).status()),
              ErrorCode::kDataCorrupt)
        << bit;
  }
}

TEST(DestructionCodec, APartIsWhatVersion1Wrote) {
  SeededRandom random(1);
  const auto stored = EncodePart({IdOf<model::PlanId>(0x51), 2}, SampleTargets(), Keys(), random);
  ASSERT_OK(stored);
  EXPECT_EQ(HexEncode(*stored), Golden("destruction_part_v1.hex"));
}

personal_data::HoldRecord SampleHold() {
  personal_data::HoldRecord hold;
  hold.address = {personal_data::HoldAddress::State::kActive,
                  7,
                  IdOf<model::PersonId>(1),
                  UnixSeconds{1767571200},
                  UnixSeconds{1775347200},
                  "Act 11, article 7"};
  hold.content.handle_commitment = HashOf(4);
  hold.content.reason = "asked by the court";
  hold.content.items = {{IdOf<model::ItemId>(2), model::ItemKind::kName, "text/plain", "name",
                         ToBytes("header"), HashOf(5), 20, model::Custody::kOperator},
                        {IdOf<model::ItemId>(3), model::ItemKind::kResume, "text/plain", "resume",
                         ToBytes("another header"), HashOf(6), 30, model::Custody::kPerson}};
  hold.content.accesses = {
      {UnixSeconds{1767571300}, "privacy", IdOf<model::ItemId>(2), "asked by the court"}};
  return hold;
}

DestructionAct SampleAct() {
  DestructionAct act;
  act.level = DestructionLevel::kItems;
  act.plan = IdOf<model::PlanId>(0x51);
  act.at = {1767571200};
  act.generation_after = 6;
  act.targets = {SampleTargets().front()};
  return act;
}
HoldAct SampleHoldAct() {
  return {IdOf<model::HoldId>(0x71),
          SampleHold().address,
          {model::ItemKind::kName},
          "asked by the court",
          HashOf(4)};
}

TEST(DestructionCodec, TheJournalsActsAreWhatVersion1Wrote) {
  EXPECT_EQ(HexEncode(MakeDestructionAct(SampleAct()).payload) + "\n" +
                HexEncode(MakeHoldAct(SampleHoldAct()).payload),
            Golden("journal_destruction_v1.txt"));
}

TEST(DestructionCodec, AnActReadsBackAndRefusesEveryTruncation) {
  DestructionAct act = SampleAct();
  const storage::NarrowingAct made = MakeDestructionAct(act);
  EXPECT_TRUE(IsDestructionAct(made));
  const auto read = DestructionActOf(made.payload);
  ASSERT_OK(read);
  EXPECT_EQ(*read, act);
  for (std::size_t size = 0; size < made.payload.size(); ++size) {
    EXPECT_EQ(CodeOf(DestructionActOf(ByteSpan(made.payload).first(size)).status()),
              ErrorCode::kDataCorrupt)
        << size;
  }
  // As many as a part has fit into one act of the journal.
  act.targets.assign(kTargetsPerPart, SampleTargets().front());
  EXPECT_LE(MakeDestructionAct(act).payload.size(), storage::kMaxNarrowingPayloadBytes);
}

TEST(DestructionCodec, AReceiptIsWhatVersion1Signed) {
  personal_data::RunReceipt receipt;
  receipt.receipt = IdOf<model::ReceiptId>(0x61);
  receipt.plan = IdOf<model::PlanId>(0x51);
  receipt.plan_sha256 = HashOf(3);
  receipt.level = "file";
  receipt.file = "applications";
  receipt.totals = {0, 7, 0, 2};
  receipt.planned_by = HashOf(1);
  receipt.approved_by = HashOf(2);
  receipt.executed_by = HashOf(1);
  receipt.begun_at = {1767571400};
  receipt.completed_at = {1767571500};
  receipt.generation_before = 5;
  receipt.generation_after = 6;
  receipt.erasure_claim = "device";
  receipt.policy_version = "sample-1";
  const auto made = personal_data::SignRunReceipt(receipt, Keys());
  ASSERT_OK(made);
  EXPECT_EQ(made->text + "\n" + HexEncode(made->signature), Golden("destruction_receipt_v1.txt"));
  const auto key = personal_data::ReceiptVerifyingKey(Keys());
  ASSERT_OK(key);
  const auto read = personal_data::VerifyRunReceipt(made->text, made->signature, *key);
  ASSERT_OK(read);
  EXPECT_EQ(*read, receipt);
  const auto other = personal_data::ReceiptVerifyingKey(Keys(2));
  ASSERT_OK(other);
  EXPECT_EQ(CodeOf(personal_data::VerifyRunReceipt(made->text, made->signature, *other).status()),
            ErrorCode::kProofInvalid);
}

TEST(LegalHoldCodec, AHoldReadsBackAndIsWhatVersion1Wrote) {
  SeededRandom random(1);
  const std::string key = keyspaces::HoldKey(IdOf<model::HoldId>(0x71));
  const auto stored = personal_data::EncodeHold(key, SampleHold(), *LeafKeys(3), Keys(), random);
  ASSERT_OK(stored);
  EXPECT_EQ(HexEncode(*stored), Golden("legal_hold_v1.hex"));
  const auto read = personal_data::DecodeHold(key, *stored, *LeafKeys(3), Keys());
  ASSERT_OK(read);
  EXPECT_EQ(read->address, SampleHold().address);
  EXPECT_EQ(read->content, SampleHold().content);
}

// Neither the purpose key nor the leaf opens the content alone.
TEST(LegalHoldCodec, AHoldOpensWithBothKeysOnly) {
  SeededRandom random(1);
  const std::string key = keyspaces::HoldKey(IdOf<model::HoldId>(0x71));
  const auto stored = personal_data::EncodeHold(key, SampleHold(), *LeafKeys(3), Keys(), random);
  ASSERT_OK(stored);
  EXPECT_EQ(CodeOf(personal_data::DecodeHold(key, *stored, *LeafKeys(4), Keys()).status()),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(personal_data::DecodeHold(key, *stored, *LeafKeys(3), Keys(2)).status()),
            ErrorCode::kDataCorrupt);
  const std::string other = keyspaces::HoldKey(IdOf<model::HoldId>(0x72));
  EXPECT_EQ(CodeOf(personal_data::DecodeHold(other, *stored, *LeafKeys(3), Keys()).status()),
            ErrorCode::kDataCorrupt);
}

TEST(PlacedItemCodec, OpensWithTheItemsKeyAndTheFilesAndIsWhatVersion1Wrote) {
  SeededRandom random(1);
  const std::string key = "item/a/b";
  const personal_data::ItemPlace place{7, "applications"};
  const personal_data::ItemKeys keys{LeafKeys(3), LeafKeys(4)};
  const auto stored =
      personal_data::SealPlacedItem(key, place, keys, ToBytes("record"), Keys(), random);
  ASSERT_OK(stored);
  EXPECT_EQ(HexEncode(*stored), Golden("item_placed_v1.hex"));
  const auto placed = personal_data::ReadPlacedItem(key, *stored, Keys());
  ASSERT_OK(placed);
  EXPECT_EQ(placed->place, place);
  const auto opened = personal_data::OpenPlacedItem(key, *placed, keys);
  ASSERT_OK(opened);
  EXPECT_EQ(*opened, ToBytes("record"));
  for (const personal_data::ItemKeys& wrong : {personal_data::ItemKeys{LeafKeys(5), LeafKeys(4)},
                                               personal_data::ItemKeys{LeafKeys(3), LeafKeys(5)},
                                               personal_data::ItemKeys{LeafKeys(3), nullptr}}) {
    EXPECT_EQ(CodeOf(personal_data::OpenPlacedItem(key, *placed, wrong).status()),
              ErrorCode::kDataCorrupt);
  }
  EXPECT_EQ(CodeOf(personal_data::ReadPlacedItem("item/a/c", *stored, Keys()).status()),
            ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::operations
