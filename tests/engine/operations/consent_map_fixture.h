// Six people who all said yes to one company, and somebody who writes the database.
// Threads:  one thread, but for what a test does itself
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/consent_versions.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

namespace person_keyspaces = personal_data::keyspaces;
using model::CodeOf;
using model::ErrorCode;

inline constexpr std::size_t kPeople = 6;

using Image = std::map<std::string, Bytes>;

inline Image ImageOf(storage::Store& store) {
  Image image;
  for (storage::KeyValue& item : ContentOf(store)) image[item.key] = std::move(item.value);
  return image;
}

class ConsentMap : public ::testing::Test {
 protected:
  void SetUp() override { Fill(service_); }

  void Fill(TestService& service) {
    people_.clear();
    applications_.clear();
    for (std::size_t i = 0; i < kPeople; ++i) {
      people_.push_back(service.Register(static_cast<int>(i), /*with_key=*/true));
      service.PutItem(*people_.back(), model::ItemKind::kResume, SomeBytes(i + 1, 400));
      service.BecomeDiscoverable(*people_.back());
    }
    service.AddKey();
    posting_ = service.RegisterPosting();
    service.InviteAll(posting_);
    for (auto& person : people_) applications_.push_back(service.Grant(*person, posting_));
  }
  // Everything before the withdrawal; and a release of the first person's that was collected then.
  void TakeImageAndWithdraw() {
    const auto collected = Collect(0, "early");
    ASSERT_OK(collected);
    release_ = collected->record;
    old_ = ImageOf(service_.data());
    ASSERT_OK(service_.WithdrawConsent(applications_[0]));
    ASSERT_EQ(CodeOf(Collect(0).status()), ErrorCode::kConsentWithdrawn);
    ASSERT_FALSE(service_.pipeline().damaged());
  }

  StatusOr<CollectedRelease> Collect(std::size_t who, const std::string& order = "o") {
    return CollectRelease(service_.context(), service_.company(),
                          {service_.NextKey(), applications_[who].candidate, order, "interview"});
  }
  model::PersonId IdOf(std::size_t who) {
    const auto person =
        LoadPersonByHandle(service_.context(), "first-portal", people_[who]->handle);
    EXPECT_OK(person);
    return person.ok() ? person->person : model::PersonId();
  }
  std::string VersionKey(std::size_t who) {
    return person_keyspaces::ConsentVersionKey(IdOf(who), applications_[who].consent);
  }
  std::string ContentKey(std::size_t who) {
    return person_keyspaces::ConsentKey(IdOf(who), applications_[who].consent);
  }
  // The node of the map that holds this person's entry, and whether one is on a person's path.
  std::string NodeKey(std::size_t who) {
    const Hash256 key = primitives::Sha256(AsBytes(VersionKey(who)));
    for (const auto& [at, bytes] : ImageOf(service_.data())) {
      if (!at.starts_with(keyspaces::kConsentMap)) continue;
      if (std::search(bytes.begin(), bytes.end(), key.begin(), key.end()) != bytes.end()) return at;
    }
    ADD_FAILURE() << "no entry";
    return "";
  }
  bool IsOnPath(const std::string& node_key, std::size_t who) {
    const Hash256 key = primitives::Sha256(AsBytes(VersionKey(who)));
    for (unsigned depth = 0; depth < merkle::kMapDepthMax; ++depth) {
      if (keyspaces::ConsentMapKey(merkle::MapPlace::Of(key, depth)) == node_key) return true;
    }
    return false;
  }
  void Write(const std::string& key, std::optional<Bytes> value) {
    storage::Batch batch;
    batch.mutations = {{key, std::move(value)}};
    ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  // These keys as they were in the older image.
  void PutBack(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      const auto found = old_.find(key);
      Write(key, found == old_.end() ? std::nullopt : std::optional(found->second));
    }
  }
  void PutBackAllUnder(std::string_view prefix) {
    std::vector<std::string> keys;
    for (const Image& image : {old_, ImageOf(service_.data())}) {
      for (const auto& [key, value] : image) {
        if (key.starts_with(prefix)) keys.push_back(key);
      }
    }
    PutBack(keys);
  }

  // Nothing of this person's leaves, by any way.
  void ExpectRefused(std::size_t who) {
    EXPECT_EQ(CodeOf(Collect(who).status()), ErrorCode::kDataCorrupt);
    EXPECT_EQ(CodeOf(Collect(who, "early").status()), ErrorCode::kDataCorrupt);
    if (who == 0) {
      const auto payload = ReadPayload(service_.context(), service_.company(), release_.release,
                                       release_.items.front().item, 0);
      EXPECT_EQ(CodeOf(payload.status()), ErrorCode::kDataCorrupt);
    }
    const auto listed = ListApplicants(service_.context(), service_.company(), posting_);
    ASSERT_OK(listed);
    for (const Applicant& one : *listed) EXPECT_NE(one.candidate, applications_[who].candidate);
    EXPECT_TRUE(service_.pipeline().damaged());
    EXPECT_FALSE(service_.pipeline().failed());
  }
  // The others are released, listed, and can take theirs back.
  void ExpectOthersUndisturbed(std::size_t first = 1) {
    for (std::size_t who = first; who < kPeople; ++who) EXPECT_OK(Collect(who)) << who;
    const auto listed = ListApplicants(service_.context(), service_.company(), posting_);
    ASSERT_OK(listed);
    EXPECT_EQ(listed->size(), kPeople - first);
    EXPECT_OK(service_.WithdrawConsent(applications_.back()));
    EXPECT_EQ(CodeOf(Collect(kPeople - 1).status()), ErrorCode::kConsentWithdrawn);
    service_.InviteAll(service_.RegisterPosting());
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  std::vector<TestApplication> applications_;
  model::PostingId posting_;
  personal_data::ReleaseRecord release_;
  Image old_;
};

}  // namespace noren::operations
