// What re-applying a narrowing act needs, as the journal keeps it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/narrowing.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::NarrowingKind;

template <typename Id>
Id IdOf(std::uint8_t byte) {
  return Id::FromBytes(Bytes(Id::kSizeBytes, byte)).value();
}

NarrowedPerson Withdrawal() {
  return {IdOf<model::PersonId>(0x11), IdOf<model::ConsentId>(0x32), {1767571200}};
}

NarrowedPerson Erasure() {
  NarrowedErasure erasure{IdOf<model::RequestId>(0x41), IdOf<model::ReceiptId>(0x51), {}, 7, 3, 4};
  erasure.handle_commitment.fill(0x61);
  return {IdOf<model::PersonId>(0x11), {}, {1767571200}, erasure};
}

NarrowedPerson Request() {
  NarrowedPerson narrowed{IdOf<model::PersonId>(0x11), {}, {1767571200}};
  narrowed.request = NarrowedRequest{IdOf<model::RequestId>(0x41), "portal:first-portal (code)"};
  return narrowed;
}

NarrowedPerson Block() {
  NarrowedPerson narrowed{IdOf<model::PersonId>(0x11), {}, {1767571200}};
  narrowed.employers = NarrowedEmployers{{Hash256{0x71}, Hash256{0x72}}};
  return narrowed;
}

NarrowedPerson SealedBlock() {
  NarrowedPerson narrowed{IdOf<model::PersonId>(0x11), {}, {1767571200}};
  narrowed.employers = NarrowedEmployers{{}, Bytes(48, 0x81), /*replaces=*/true};
  return narrowed;
}

NarrowedPerson Unsubscription() {
  NarrowedPerson narrowed{IdOf<model::PersonId>(0x11), {}, {1767571200}};
  narrowed.purpose = "p5";
  return narrowed;
}

struct Sample {
  NarrowingKind kind;
  NarrowedPerson narrowed;
};
std::map<std::string, Sample> Samples() {
  return {{"withdrawal", {NarrowingKind::kWithdrawal, Withdrawal()}},
          {"unsubscription", {NarrowingKind::kWithdrawal, Unsubscription()}},
          {"erasure", {NarrowingKind::kErasure, Erasure()}},
          {"erasure_request", {NarrowingKind::kErasureRequest, Request()}},
          {"employer_block", {NarrowingKind::kEmployerBlock, Block()}},
          {"employer_block_sealed", {NarrowingKind::kEmployerBlock, SealedBlock()}}};
}

void ExpectSame(const NarrowedPerson& got, const NarrowedPerson& want) {
  EXPECT_EQ(got.person, want.person);
  EXPECT_EQ(got.consent, want.consent);
  EXPECT_EQ(got.at, want.at);
  EXPECT_EQ(got.purpose, want.purpose);
  ASSERT_EQ(got.erasure.has_value(), want.erasure.has_value());
  ASSERT_EQ(got.request.has_value(), want.request.has_value());
  if (want.erasure) {
    EXPECT_EQ(got.erasure->request, want.erasure->request);
    EXPECT_EQ(got.erasure->receipt, want.erasure->receipt);
    EXPECT_EQ(got.erasure->handle_commitment, want.erasure->handle_commitment);
    EXPECT_EQ(got.erasure->leaf, want.erasure->leaf);
    EXPECT_EQ(got.erasure->generation_before, want.erasure->generation_before);
    EXPECT_EQ(got.erasure->generation_after, want.erasure->generation_after);
  }
  ASSERT_EQ(got.employers.has_value(), want.employers.has_value());
  if (want.employers) {
    EXPECT_EQ(got.employers->tokens, want.employers->tokens);
    EXPECT_EQ(got.employers->sealed, want.employers->sealed);
    EXPECT_EQ(got.employers->replaces, want.employers->replaces);
  }
  if (want.request) {
    EXPECT_EQ(got.request->request, want.request->request);
    EXPECT_EQ(got.request->asked_by, want.request->asked_by);
  }
}

TEST(NarrowingPayload, WritesAndReadsTheGoldenFile) {
  std::ifstream file(SourceFolder() + "/tests/golden/journal_payloads_v1.txt");
  auto samples = Samples();
  std::string name, equals, hex;
  while (file >> name >> equals >> hex) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(samples.contains(name));
    const Sample& sample = samples.at(name);
    EXPECT_EQ(HexEncode(MakeNarrowingAct(sample.kind, sample.narrowed).payload), hex);
    const auto read = NarrowedPersonOf({sample.kind, {}, 1, HexDecode(hex).value()});
    ASSERT_OK(read);
    ExpectSame(*read, sample.narrowed);
    samples.erase(name);
  }
  EXPECT_TRUE(samples.empty()) << "not in the golden file";
}

// Goal: no payload is taken for one of another kind, and none that is cut or goes on is read.
TEST(NarrowingPayload, FitsItsOwnKindOnlyAndIsWhole) {
  for (const auto& [name, sample] : Samples()) {
    SCOPED_TRACE(name);
    storage::NarrowingAct act = MakeNarrowingAct(sample.kind, sample.narrowed);
    for (const auto& [other_name, other] : Samples()) {
      storage::NarrowingAct changed = act;
      changed.kind = other.kind;
      EXPECT_EQ(NarrowedPersonOf(changed).ok(), other.kind == sample.kind) << other_name;
    }
    for (std::size_t size = 0; size < act.payload.size(); ++size) {
      storage::NarrowingAct cut = act;
      cut.payload.resize(size);
      EXPECT_EQ(CodeOf(NarrowedPersonOf(cut).status()), ErrorCode::kDataCorrupt) << size;
    }
    act.payload.push_back(0);
    EXPECT_EQ(CodeOf(NarrowedPersonOf(act).status()), ErrorCode::kDataCorrupt);
    act.payload.pop_back();
    act.payload.front() = 5;
    EXPECT_EQ(CodeOf(NarrowedPersonOf(act).status()), ErrorCode::kDataCorrupt);
  }
}

}  // namespace
}  // namespace noren::operations
