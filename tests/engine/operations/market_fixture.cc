// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/operations/market_fixture.h"

#include <algorithm>
#include <utility>

#include "engine/matching/index/row_codec.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

class MemoryWriter final : public SnapshotPlace::Writer {
 public:
  explicit MemoryWriter(MemorySnapshotPlace& place) : place_(place) {}
  Status Append(ByteSpan bytes) override {
    if (content_.empty() && place_.on_append) place_.on_append();
    content_.insert(content_.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }
  Status Finish() override {
    place_.content = std::move(content_);
    return OkStatus();
  }

 private:
  MemorySnapshotPlace& place_;
  Bytes content_;
};

class MemoryReader final : public SnapshotPlace::Reader {
 public:
  explicit MemoryReader(ByteSpan content) : rest_(content) {}
  StatusOr<std::size_t> Read(MutableByteSpan out) override {
    const std::size_t size = std::min(out.size(), rest_.size());
    std::copy_n(rest_.begin(), size, out.begin());
    rest_ = rest_.subspan(size);
    return size;
  }

 private:
  ByteSpan rest_;
};

// A few codes of a kind, so that people and postings meet.
template <typename Code>
Code SomeCode(RandomMarket& random, model::CodeKind kind, std::size_t of, std::size_t depth = 0) {
  std::vector<std::string> codes;
  for (const model::DictionaryEntry& entry : model::TestDictionary().Entries(kind)) {
    if (depth == 0 || entry.code.size() == depth) codes.push_back(entry.code);
  }
  const std::size_t step = std::max<std::size_t>(1, codes.size() / of);
  return *Code::Parse(codes[random.Below(of) * step % codes.size()]);
}

template <typename T, typename Same>
void AddOnce(std::vector<T>& list, T one, Same same) {
  if (std::ranges::none_of(list, [&](const T& known) { return same(known, one); }))
    list.push_back(std::move(one));
}
template <typename T>
void AddOnce(std::vector<T>& list, T one) {
  AddOnce(list, std::move(one), [](const T& a, const T& b) { return a == b; });
}

constexpr std::size_t kUnitGroup = 9;  // "ISCO-5322"
constexpr std::size_t kDistrict = 8;   // "KR-11440"

}  // namespace

StatusOr<std::unique_ptr<SnapshotPlace::Writer>> MemorySnapshotPlace::Create() {
  return std::make_unique<MemoryWriter>(*this);
}
StatusOr<std::unique_ptr<SnapshotPlace::Reader>> MemorySnapshotPlace::Open() {
  if (content.empty()) return NotFound("no snapshot");
  return std::make_unique<MemoryReader>(content);
}

std::string RandomMarket::PortalName(std::size_t portal) {
  return "portal-" + std::to_string(portal);
}

model::Profile RandomMarket::RandomProfile() {
  using model::CodeKind;
  model::Profile profile;
  for (std::uint64_t i = Below(5); i < 6; ++i)
    AddOnce(profile.occupations,
            SomeCode<model::OccupationCode>(*this, CodeKind::kOccupation, 4, kUnitGroup));
  for (std::uint64_t i = Below(4); i < 5; ++i)
    AddOnce(profile.regions, SomeCode<model::RegionCode>(*this, CodeKind::kRegion, 5, kDistrict));
  if (profile.occupations.size() > 3) profile.occupations.resize(3);
  for (std::uint64_t i = Below(OneIn(15) ? 60 : 8); i > 0; --i) {
    AddOnce(profile.skills,
            model::SkillLevel{SomeCode<model::SkillCode>(*this, CodeKind::kSkill, 40),
                              static_cast<std::uint8_t>(1 + Below(5))},
            [](const auto& a, const auto& b) { return a.code == b.code; });
  }
  for (std::uint64_t i = Below(3); i > 0; --i)
    AddOnce(profile.licences, SomeCode<model::LicenceCode>(*this, CodeKind::kLicence, 4));
  for (std::uint64_t i = Below(3); i > 0; --i) {
    AddOnce(profile.languages,
            model::LanguageLevel{SomeCode<model::LanguageCode>(*this, CodeKind::kLanguage, 3),
                                 static_cast<std::uint8_t>(1 + Below(6))},
            [](const auto& a, const auto& b) { return a.code == b.code; });
  }
  if (OneIn(2)) profile.employment_types.Add(model::EmploymentType::kFullTime);
  if (OneIn(3)) profile.employment_types.Add(model::EmploymentType::kPartTime);
  if (OneIn(2)) {
    const auto currency = OneIn(9) ? model::Currency::kJpy : model::Currency::kKrw;
    profile.wage_floor = {static_cast<std::int64_t>(2'000'000 + Below(20) * 100'000), currency};
  }
  if (!OneIn(4)) profile.experience_months = static_cast<std::uint16_t>(Below(200));
  if (!OneIn(4)) profile.education = static_cast<model::Education>(Below(9));
  return profile;
}

model::Posting RandomMarket::RandomPosting() {
  const model::Profile asked = RandomProfile();
  model::Posting posting = SomePosting("company-" + std::to_string(Below(3)));
  posting.occupations = {asked.occupations.front()};
  posting.regions = {asked.regions.front()};
  posting.preferred_skills.clear();
  for (std::size_t i = 0; i < std::min<std::size_t>(asked.skills.size(), 6); ++i)
    posting.preferred_skills.push_back(
        {asked.skills[i].code, static_cast<std::uint8_t>(1 + Below(10))});
  if (OneIn(3)) posting.wage = model::WageOffer{2'500'000, 3'500'000, model::Currency::kKrw};
  return posting;
}

void RandomMarket::Register(Person& person) {
  RegisterSeekerRequest request{service_.NextKey(), person.person->ref,     RandomProfile(),
                                std::nullopt,       person.person->contact, "en"};
  request.person_key = person.person->key->verifying_key().bytes;
  const auto registered = RegisterSeeker(service_.context(), PortalCall(person.portal), request);
  ASSERT_OK(registered);
  person.person->handle = registered->handle;
  const auto loaded =
      LoadPersonByHandle(service_.context(), PortalName(person.portal), person.person->handle);
  ASSERT_OK(loaded);
  person.id = loaded->person;
}

void RandomMarket::AddPerson() {
  Person person;
  person.portal = Below(kPortals);
  person.person = std::make_unique<TestPerson>();
  person.person->ref = "ref-" + std::to_string(next_);
  person.person->contact = "person" + std::to_string(next_++) + "@mail.example";
  person.person->key = primitives::SigningKey::Generate(service_.random());
  Register(person);
  people_.push_back(std::move(person));
}

void RandomMarket::ChangePerson() {
  if (!people_.empty()) Register(people_[Below(people_.size())]);
}

void RandomMarket::ShowPerson() {
  if (people_.empty()) return;
  Person& person = people_[Below(people_.size())];
  const Call call = PortalCall(person.portal);
  const bool show = !person.discoverable;
  service_.clock().AdvanceSeconds(1);  // what is stated in the second of a withdrawal is too old
  const auto statement =
      show ? PrepareAct(service_.context(), call, "discoverable", person.person->handle,
                        {{"companies_class", "all"}})
           : PrepareAct(service_.context(), call, "withdraw", person.person->handle, {});
  ASSERT_OK(statement);
  const PersonAct act = service_.BySignature(*person.person, *statement);
  if (show) {
    EXPECT_OK(SetDiscoverable(service_.context(), call, service_.NextKey(), act));
  } else {
    EXPECT_OK(Withdraw(service_.context(), call, service_.NextKey(), act));
  }
  person.discoverable = show;
}

void RandomMarket::DestroyPerson() {
  if (people_.empty()) return;
  const std::size_t at = Below(people_.size());
  Person& person = people_[at];
  const Call call = PortalCall(person.portal);
  const auto statement = PrepareAct(service_.context(), call, "erase", person.person->handle, {});
  ASSERT_OK(statement);
  const auto asked = RequestErasure(service_.context(), call, service_.NextKey(),
                                    service_.BySignature(*person.person, *statement));
  ASSERT_OK(asked);
  EXPECT_OK(operations::DestroyPerson(
      service_.context(), service_.officer(),
      {service_.NextKey(), *model::RequestId::Parse(asked->result), "asked by the person"}));
  people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(at));
}

void RandomMarket::AddPosting() {
  const auto posting = operations::RegisterPosting(service_.context(), PortalCall(Below(kPortals)),
                                                   {service_.NextKey(), RandomPosting()});
  ASSERT_OK(posting);
  open_.push_back(posting->posting);
}

void RandomMarket::ClosePosting() {
  if (open_.size() < 3) return;
  const std::size_t at = Below(open_.size());
  const std::string portal = service_.context().market.FindPosting(open_[at])->portal;
  EXPECT_OK(operations::ClosePosting(service_.context(), service_.portal(portal),
                                     service_.NextKey(), open_[at]));
  closed_.push_back(open_[at]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

void RandomMarket::Step() {
  switch (Below(16)) {
    case 0:
    case 1:
      return AddPosting();
    case 2:
      return ClosePosting();
    case 3:
    case 4:
    case 5:
      return ChangePerson();
    case 6:
    case 7:
      return ShowPerson();
    default:
      return AddPerson();
  }
}

// Made of the profile as the portal reads it, not of the index.
std::vector<matching::SeekerRow> RandomMarket::RowsOfPortal(Market& market, std::size_t portal) {
  std::vector<matching::SeekerRow> rows;
  for (const Person& person : people_) {
    if (person.portal != portal) continue;
    const auto seeker = GetSeeker(service_.context(), PortalCall(portal), person.person->handle);
    EXPECT_OK(seeker);
    if (!seeker.ok()) continue;
    auto row = matching::RowOf(RowIdOf(person.id), seeker->profile, market.Now()->tokens());
    EXPECT_OK(row);
    if (row.ok()) rows.push_back(std::move(*row));
  }
  return rows;
}

void RandomMarket::ExpectSeekers(Market& market, const MarketPosting& posting, std::size_t portal) {
  const std::vector<matching::SeekerRow> rows = RowsOfPortal(market, portal);
  const Market::Ties ties(service_.context().pseudonyms);
  for (const std::size_t k : {1U, 5U, 1000U}) {
    const auto truth = matching::RankSeekers(posting.row, rows, k, ties);
    const auto answer = market.RankSeekers(posting.posting, PortalName(portal), k);
    ASSERT_OK(answer);
    EXPECT_EQ(answer->considered, truth.eligible_count);
    ASSERT_EQ(answer->best.size(), truth.best.size());
    for (std::size_t i = 0; i < truth.best.size(); ++i) {
      EXPECT_EQ(RowIdOf(answer->best[i].person), truth.best[i].id);
      EXPECT_EQ(answer->best[i].score.score, truth.best[i].score);
      const auto known = std::ranges::find(people_, answer->best[i].person, &Person::id);
      ASSERT_NE(known, people_.end());
      EXPECT_EQ(answer->best[i].handle, known->person->handle);
    }
  }
}

void RandomMarket::ExpectOpenings(Market& market, const Person& person,
                                  const std::vector<matching::PostingRow>& open) {
  const auto seeker =
      GetSeeker(service_.context(), PortalCall(person.portal), person.person->handle);
  ASSERT_OK(seeker);
  const auto row = matching::RowOf(RowIdOf(person.id), seeker->profile, market.Now()->tokens());
  ASSERT_OK(row);
  const Market::Ties ties(service_.context().pseudonyms);
  const auto truth = matching::RankPostings(*row, open, 10, ties);
  const auto answer = market.RankPostings(person.id, 10);
  ASSERT_OK(answer);
  EXPECT_EQ(answer->considered, truth.eligible_count);
  ASSERT_EQ(answer->best.size(), truth.best.size());
  for (std::size_t i = 0; i < truth.best.size(); ++i) {
    EXPECT_EQ(RowIdOf(answer->best[i].posting), truth.best[i].id);
    EXPECT_EQ(answer->best[i].score.score, truth.best[i].score);
  }
}

void RandomMarket::ExpectExact(Market& market) {
  EXPECT_EQ(market.people_count(), people_.size());
  EXPECT_EQ(market.open_postings_count(), open_.size());
  std::vector<matching::PostingRow> open;
  for (const model::PostingId& id : open_) {
    const PostingPtr posting = market.FindPosting(id);
    ASSERT_NE(posting, nullptr);
    EXPECT_TRUE(posting->open);
    open.push_back(posting->row);
    ExpectSeekers(market, *posting, Below(kPortals));
  }
  for (const model::PostingId& id : closed_) {
    ASSERT_NE(market.FindPosting(id), nullptr);
    EXPECT_FALSE(market.FindPosting(id)->open);
  }
  std::size_t discoverable = 0;
  for (const Person& person : people_) {
    ExpectOpenings(market, person, open);
    const auto found = market.FindPerson(person.id);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->discoverable, person.discoverable);
    EXPECT_EQ(found->portal, PortalName(person.portal));
    discoverable += person.discoverable ? 1 : 0;
  }
  EXPECT_EQ(market.DiscoverableRows(kEverybody).size(), discoverable);
}

}  // namespace noren::operations
