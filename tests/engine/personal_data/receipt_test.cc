// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/receipt.h"

#include <gtest/gtest.h>

#include "crypto/primitives/signature.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

TEST(DestructionReceipt, VerifiesWithThePublicKeyAlone) {
  const PurposeKeys keys = KeysOf(1);
  ASSERT_OK_AND_ASSIGN(const SignedReceipt made, SignReceipt(SampleReceipt(), keys));
  ASSERT_OK_AND_ASSIGN(const Bytes public_key, ReceiptVerifyingKey(keys));
  EXPECT_THAT(VerifyReceipt(made.text, made.signature, public_key), IsOkAndHolds(SampleReceipt()));
}

TEST(DestructionReceipt, IsThatOfTheGoldenFile) {
  ASSERT_OK_AND_ASSIGN(const SignedReceipt made, SignReceipt(SampleReceipt(), KeysOf(1)));
  EXPECT_EQ(made.text + "\n" + HexEncode(made.signature), ReadGolden("receipt_v1.txt"));
}

TEST(DestructionReceipt, RefusesEveryChangedByteAndAnotherKey) {
  const PurposeKeys keys = KeysOf(1);
  ASSERT_OK_AND_ASSIGN(const SignedReceipt made, SignReceipt(SampleReceipt(), keys));
  ASSERT_OK_AND_ASSIGN(const Bytes public_key, ReceiptVerifyingKey(keys));
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    std::string changed = made.text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_EQ(CodeOf(VerifyReceipt(changed, made.signature, public_key)), ErrorCode::kProofInvalid);
  }
  for (std::size_t i = 0; i < made.signature.size(); ++i) {
    Bytes changed = made.signature;
    changed[i] ^= 0x01;
    ASSERT_EQ(CodeOf(VerifyReceipt(made.text, changed, public_key)), ErrorCode::kProofInvalid);
  }
  ASSERT_OK_AND_ASSIGN(const Bytes other_key, ReceiptVerifyingKey(KeysOf(2)));
  EXPECT_EQ(CodeOf(VerifyReceipt(made.text, made.signature, other_key)), ErrorCode::kProofInvalid);
  EXPECT_EQ(CodeOf(VerifyReceipt(made.text, made.signature, {})), ErrorCode::kProofInvalid);
}

TEST(DestructionReceipt, RefusesASignedTextThatIsNoReceipt) {
  const PurposeKeys keys = KeysOf(1);
  ASSERT_OK_AND_ASSIGN(const Bytes public_key, ReceiptVerifyingKey(keys));
  const auto signer = primitives::SigningKey::FromSeed(keys.receipt_sign()).value();
  ASSERT_OK_AND_ASSIGN(const SignedReceipt made, SignReceipt(SampleReceipt(), keys));
  for (const std::string& text :
       {std::string("{}"), std::string("[]"), std::string(), made.text + " "}) {
    const std::string message = std::string(kReceiptSignaturePrefix) + text;
    const Bytes signature = ToBytes(signer.Sign(AsBytes(message)));
    EXPECT_EQ(CodeOf(VerifyReceipt(text, signature, public_key)), ErrorCode::kBadRequest) << text;
  }
}

TEST(DestructionReceipt, RefusesToSignWhatWouldNotReadBack) {
  DestructionReceipt unsorted = SampleReceipt();
  std::swap(unsorted.what[0], unsorted.what[2]);
  EXPECT_EQ(model::FieldOf(SignReceipt(unsorted, KeysOf(1)).status()), "receipt.what");
  DestructionReceipt unchanged = SampleReceipt();
  unchanged.generation_after = unchanged.generation_before;
  EXPECT_EQ(model::FieldOf(SignReceipt(unchanged, KeysOf(1)).status()), "receipt.key_tree_after");
  DestructionReceipt nameless = SampleReceipt();
  nameless.policy_version.clear();
  EXPECT_EQ(model::FieldOf(SignReceipt(nameless, KeysOf(1)).status()), "receipt.policy_version");
}

TEST(DestructionReceipt, CommitmentFitsOneHandleAndOneReceipt) {
  const auto receipt = IdOf<model::ReceiptId>(1);
  const auto handle = IdOf<model::SeekerHandle>(2);
  EXPECT_EQ(CommitToHandle(receipt, handle), CommitToHandle(receipt, handle));
  EXPECT_NE(CommitToHandle(receipt, handle), CommitToHandle(receipt, IdOf<model::SeekerHandle>(3)));
  EXPECT_NE(CommitToHandle(receipt, handle), CommitToHandle(IdOf<model::ReceiptId>(3), handle));
}

}  // namespace
}  // namespace noren::personal_data
