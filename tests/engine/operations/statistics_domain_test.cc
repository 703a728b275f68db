// People in statistics have names of their own: of one period, and in nothing that is kept or
// handed out beside the other names.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "crypto/base/encoding.h"
#include "crypto/primitives/keyed_token.h"
#include "engine/audit/export.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/export_person.h"
#include "engine/personal_data/statistics_pseudonyms.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/engine/operations/rotation_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::StatisticsPseudonyms;

constexpr VersionedKey kKey = VersionedKey::kStatistics;

std::vector<model::PersonId> IdsOf(TokenScene& scene) {
  std::vector<model::PersonId> ids;
  for (const auto& person : scene.people) {
    const auto loaded =
        LoadPersonByHandle(scene.context(), scene.service.portal().principal.name, person->handle);
    EXPECT_OK(loaded);
    if (loaded.ok()) ids.push_back(loaded->person);
  }
  return ids;
}

std::set<Hash256> NamesIn(TokenScene& scene, std::uint32_t period) {
  std::set<Hash256> names;
  const auto statistics =
      StatisticsPseudonyms::OfPeriod(scene.context().pseudonyms.token_keys(), period);
  EXPECT_OK(statistics);
  if (!statistics.ok()) return names;
  for (const model::PersonId& id : IdsOf(scene)) names.insert(statistics->Of(id));
  return names;
}

TEST(StatisticsDomain, TwoPeriodsDoNotJoin) {
  TokenScene scene;
  ASSERT_OK(Rotate(scene.service, kKey));
  const std::set<Hash256> first = NamesIn(scene, 1);
  const std::set<Hash256> second = NamesIn(scene, 2);
  EXPECT_EQ(first.size(), scene.people.size()) << "one name a person";
  EXPECT_EQ(second.size(), scene.people.size());
  for (const Hash256& name : first) EXPECT_FALSE(second.contains(name));
  EXPECT_EQ(NamesIn(scene, 2), second) << "the same within the period";
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(NamesIn(scene, 2), second);
}

TEST(StatisticsDomain, APeriodThatIsOverIsOpenedByNobody) {
  TokenScene scene;
  ASSERT_OK(Rotate(scene.service, kKey));
  ASSERT_THAT(Rewrap(scene.service, kKey), IsOkAndHolds(true));
  const std::set<Hash256> second = NamesIn(scene, 2);
  const auto data = CopyOf(scene.service.data());
  ASSERT_OK(Rotate(scene.service, kKey));
  ASSERT_THAT(Rewrap(scene.service, kKey), IsOkAndHolds(true));
  for (int start = 0; start < 2; ++start) {
    for (const std::uint32_t period : {0U, 1U, 2U, 4U}) {
      EXPECT_EQ(
          CodeOf(StatisticsPseudonyms::OfPeriod(scene.context().pseudonyms.token_keys(), period)
                     .status()),
          ErrorCode::kNotFound);
    }
    ASSERT_OK(scene.service.Restart());
  }
  // A backup of then names the period, and nobody has its key.
  const personal_data::Pseudonyms pseudonyms(scene.service.keys());
  ASSERT_OK(LoadTokenKeys(
      {*data, scene.service.keyring(), scene.service.keys(), pseudonyms, scene.service.random()}));
  const auto opened = StatisticsPseudonyms::OfPeriod(pseudonyms.token_keys(), 2);
  ASSERT_OK(opened);
  for (const model::PersonId& id : IdsOf(scene)) EXPECT_FALSE(second.contains(opened->Of(id)));
}

TEST(StatisticsDomain, IsIndependentOfEveryOtherKey) {
  TokenScene scene;
  const auto& keys = scene.service.keys();
  const auto statistics =
      StatisticsPseudonyms::OfPeriod(scene.context().pseudonyms.token_keys(), 1);
  ASSERT_OK(statistics);
  const model::PersonId id = IdsOf(scene).front();
  for (std::size_t i = 0; i < personal_data::kKeyPurposes; ++i) {
    const auto purpose = static_cast<personal_data::KeyPurpose>(i);
    if (purpose == personal_data::KeyPurpose::kStatistics) continue;
    EXPECT_FALSE(keys.Of(purpose) == keys.Of(personal_data::KeyPurpose::kStatistics));
    EXPECT_NE(primitives::KeyedToken32(keys.Of(purpose), "statistics", id.bytes()),
              statistics->Of(id));
  }
}

// Everything that is kept, backed up or handed out, while names of people in statistics are made.
TEST(StatisticsDomain, NothingKeptOrHandedOutHoldsOne) {
  TokenScene scene;
  scene.service.InviteAll(scene.posting);
  const TestApplication application = scene.service.Grant(*scene.people[0], scene.posting);
  ASSERT_OK(Rotate(scene.service, kKey));
  const std::set<Hash256> names = NamesIn(scene, 2);
  const auto release =
      CollectRelease(scene.context(), scene.service.company(),
                     {scene.service.NextKey(), application.candidate, "order-1", "interview"});
  ASSERT_OK(release);
  const auto person =
      scene.service.Prove(*scene.people[0], scene.service.Prepare(*scene.people[0], "read"));
  const auto exported =
      ExportOwnRecord(scene.context(), scene.service.portal(), person, scene.service.signer());
  ASSERT_OK(exported);
  std::stringstream log;
  const audit::LogReader reader(scene.service.data(), kEmbeddedPartition);
  ASSERT_OK(audit::ExportLog(reader, scene.service.signer(), 0, log).status());
  MemorySnapshotPlace snapshot;
  ASSERT_OK(scene.context()
                .market.SaveSnapshot(snapshot, scene.service.random(), scene.service.clock().Now())
                .status());
  std::string kept = scene.Answers() + release->record.manifest + exported->document + log.str();
  kept += AsText(snapshot.content);
  for (storage::Store* const store : {&scene.service.data(), &scene.service.tree()}) {
    for (const storage::KeyValue& item : ContentOf(*store)) {
      kept.append(item.key).append(AsText(item.value));
    }
  }
  ASSERT_OK(scene.service.journal().Replay([&kept](const storage::NarrowingAct& act) {
    kept += AsText(act.payload);
    return OkStatus();
  }));
  for (const Hash256& name : names) {
    EXPECT_EQ(kept.find(HexEncode(name)), std::string::npos);
    EXPECT_EQ(kept.find(AsText(name)), std::string::npos);
    EXPECT_EQ(kept.find(AsText(ByteSpan(name).first(8))), std::string::npos);
  }
}

}  // namespace
}  // namespace noren::operations
