// What is left of a person whose leaf was destroyed, for someone who holds every other key, every
// record that was ever stored and every image of the key tree but the old root key.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "crypto/agefile/agefile.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/one_time_code.h"
#include "engine/storage/memory_blob_store.h"
#include "engine/storage/memory_store.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/fixed_clock.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// Tries to open one kind of record with somebody's keys.
using Attempt = std::function<Status(const PersonKeys&)>;

class DestroyedPerson : public testing::Test {
 protected:
  void SetUp() override {
    Keyring::Created created = Keyring::Create(tree_store_, random_).value();
    keyring_ = std::move(created.keyring);
    neighbour_ = keyring_->AddLeaf().value();
    AddedLeaf leaf = keyring_->AddLeaf().value();
    leaf_ = leaf.leaf;
    StoreEverything(*leaf.keys);
  }

  // Every kind of record about the person, each with the way to open it.
  void StoreEverything(const PersonKeys& keys) {
    const PersonContext person{id_, keys};
    const auto record = EncodePersonRecord(SamplePersonRecord(id_), keys, purpose_keys_, random_);
    Add("person", [this, record](const PersonKeys& with) {
      return DecodePersonRecord({id_, with}, *record, purpose_keys_).status();
    });
    const auto invitation = EncodeInvitation(person, SampleInvitation(), random_);
    Add("invitation", [this, invitation](const PersonKeys& with) {
      return DecodeInvitation({id_, with}, SampleInvitation().invitation, *invitation).status();
    });
    const auto consent = EncodeConsent(person, SampleConsent(), 2, random_);
    Add("consent", [this, consent](const PersonKeys& with) {
      return DecodeConsent({id_, with}, SampleConsent().consent, *consent).status();
    });
    const std::string release_key = keyspaces::ReleaseKey(SampleRelease().consent, HashOf(1));
    const auto release = EncodeRelease(person, release_key, SampleRelease(), random_);
    Add("release", [this, release, release_key](const PersonKeys& with) {
      return DecodeRelease({id_, with}, release_key, *release).status();
    });
    const auto disclosure = StageDisclosure(person, SampleDisclosure(), random_);
    Add("disclosure", [this, disclosure](const PersonKeys& with) {
      const storage::Mutation& stored = disclosure->mutations[0];
      return DecodeDisclosure({id_, with}, stored.key, *stored.value).status();
    });
    const auto code = IssueCode({person, purpose_keys_, {kNow}}, HashOf(1), std::nullopt, random_);
    Add("code", [this, code](const PersonKeys& with) {
      const CodeContext context{{id_, with}, purpose_keys_, {kNow}};
      return CheckCode(context, HashOf(1), code->code, code->staged.mutations[0].value, random_)
          .status();
    });
    StoreItem(person);
  }
  void StoreItem(PersonContext person) {
    ItemWriter writer = ItemWriter::Begin(blobs_, person.keys, random_).value();
    ASSERT_OK(writer.Update(AsBytes("resume text")));
    const WrittenItem written = writer.Finish().value();
    ItemRecord item = SampleItem();
    item.header = written.header;
    const auto stored = EncodeItem(person, item, random_);
    Add("item", [this, stored](const PersonKeys& with) {
      return DecodeItem({id_, with}, SampleItem().item, *stored).status();
    });
    // The header and payload taken out of an old, opened record: only the identity is missing.
    Bytes file = written.header;
    const Bytes payload = blobs_.ReadAt(written.payload_sha256, 0, 1 << 20).value();
    file.insert(file.end(), payload.begin(), payload.end());
    Add("payload", [file](const PersonKeys& with) {
      const auto identity = agefile::Identity::FromScalar(with.items_identity.Clone()).value();
      return agefile::DecryptFile(file, identity).status();
    });
  }
  void Add(std::string name, Attempt attempt) {
    attempts_.emplace_back(std::move(name), std::move(attempt));
  }
  std::vector<storage::KeyValue> TreeImage() {
    return tree_store_.Scan({}, "", "", 100'000).value().items;
  }

  const model::PersonId id_ = IdOf<model::PersonId>(0x11);
  SeededRandom random_{21};
  PurposeKeys purpose_keys_ = KeysOf(1);
  storage::MemoryStore tree_store_;
  FixedClock clock_;
  storage::MemoryBlobStore blobs_{clock_};
  std::unique_ptr<Keyring> keyring_;
  AddedLeaf neighbour_;
  LeafIndex leaf_ = 0;
  std::vector<std::pair<std::string, Attempt>> attempts_;
};

TEST_F(DestroyedPerson, BeforeDestructionEverythingOpens) {
  const auto keys = keyring_->Open(leaf_).value();
  ASSERT_EQ(attempts_.size(), 8u);
  for (const auto& [name, attempt] : attempts_) EXPECT_OK(attempt(*keys)) << name;
}

TEST_F(DestroyedPerson, NothingOpensWithTheKeysThatAreLeft) {
  const std::vector<storage::KeyValue> old_tree = TreeImage();
  const DestructionPlan plan = keyring_->PrepareDestruction({leaf_}).value();
  ASSERT_OK(keyring_->CompleteDestruction(plan));

  // The tree, the old image under the new root, and the old image laid over the new one: no keys of
  // the person.
  EXPECT_EQ(CodeOf(keyring_->Open(leaf_)), ErrorCode::kNotFound);
  storage::MemoryStore both;
  storage::Batch batch;
  for (const storage::KeyValue& item : old_tree) batch.mutations.push_back({item.key, item.value});
  ASSERT_EQ(both.Commit(batch).outcome, storage::Outcome::kCommitted);
  EXPECT_EQ(CodeOf(Keyring::Load(both, random_, plan.new_root.Clone())), ErrorCode::kDataCorrupt);
  batch.mutations.clear();
  for (const storage::KeyValue& item : TreeImage())
    batch.mutations.push_back({item.key, item.value});
  ASSERT_EQ(both.Commit(batch).outcome, storage::Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const auto reloaded, Keyring::Load(both, random_, plan.new_root.Clone()));
  EXPECT_EQ(CodeOf(reloaded->Open(leaf_)), ErrorCode::kNotFound);

  // Every key that is left, tried on every record: the neighbour's, and every purpose key as a
  // person's data key.
  std::vector<PersonKeys> left;
  left.push_back(DerivePersonKeys(plan.new_root.key).value());
  for (std::size_t i = 0; i < kKeyPurposes; ++i) {
    const SecretBytes& key = purpose_keys_.Of(static_cast<KeyPurpose>(i));
    left.push_back(DerivePersonKeys(key).value());
    left.push_back({key.Clone(), key.Clone(), key.Clone(), ""});
  }
  for (const auto& [name, attempt] : attempts_) {
    EXPECT_FALSE(attempt(*neighbour_.keys).ok()) << name;
    for (const PersonKeys& keys : left) EXPECT_FALSE(attempt(keys).ok()) << name;
  }
  EXPECT_OK(keyring_->Open(neighbour_.leaf));
}

TEST_F(DestroyedPerson, WhatTheStoreKeyStillOpensIsIdsOnly) {
  ASSERT_OK_AND_ASSIGN(const auto keys, keyring_->Open(leaf_));
  ASSERT_OK_AND_ASSIGN(const Bytes stored,
                       EncodePersonRecord(SamplePersonRecord(id_), *keys, purpose_keys_, random_));
  const DestructionPlan plan = keyring_->PrepareDestruction({leaf_}).value();
  ASSERT_OK(keyring_->CompleteDestruction(plan));
  ASSERT_OK_AND_ASSIGN(const PersonAddress address, OpenPersonAddress(id_, stored, purpose_keys_));
  EXPECT_EQ(address.leaf, SamplePersonRecord(id_).address.leaf);
  EXPECT_EQ(CodeOf(DecodePersonRecord({id_, *neighbour_.keys}, stored, purpose_keys_)),
            ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::personal_data
