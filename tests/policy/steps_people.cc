// What people and their portals do, and what the officer sees of it.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/primitives/hash.h"
#include "engine/operations/export_person.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/put_item.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/subjects.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using operations::TestPerson;
using ::testing::HasSubstr;

void Clock(Scene& scene, const Step& step) {
  if (step.Has("at")) scene.SetClock(TimeOf(step.Text("at")));
  if (step.Has("pass_days"))
    scene.service().clock().AdvanceSeconds(std::stoll(step.Text("pass_days")) * 86400);
}

model::Profile ProfileOf(const Step& step, int number) {
  model::Profile profile = operations::SomeProfile(number);
  if (step.Has("region")) profile.regions = {*model::RegionCode::Parse(step.Text("region"))};
  if (step.Has("occupation"))
    profile.occupations = {*model::OccupationCode::Parse(step.Text("occupation"))};
  if (!step.Has("skill")) return profile;
  const auto skill = model::SkillCode::Parse(step.Text("skill"));
  EXPECT_OK(skill);
  if (skill.ok()) profile.skills = {{*skill, 5}};
  return profile;
}

operations::RegisterSeekerRequest RequestOf(Scene& scene, const Step& step,
                                            const Scene::Person& person, bool is_new) {
  operations::RegisterSeekerRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.ref = person.known->ref;
  request.profile = ProfileOf(step, person.number);
  request.person_key = person.known->key->verifying_key().bytes;
  request.contact = person.known->contact;
  request.language = "en";
  // Whoever is new agrees to being kept where that is what they are kept by, and has confirmed the
  // public notice, unless the case says otherwise.
  request.agrees = step.Has("agrees")
                       ? step.Is("agrees")
                       : is_new && policy::IsKeptByConsent(scene.context().policy, request.subject);
  if (step.Text("confirms") == "earlier notice") request.notice = Hash256{};
  if (!step.Has("confirms") && policy::NeedsConfirmation(scene.context().policy))
    request.notice = operations::PublicNoticeOf(scene.context().policy);
  return request;
}

Status RegisterOne(Scene& scene, const Step& step, const std::string& name) {
  const auto found = scene.people().find(name);
  const bool is_new = found == scene.people().end();
  Scene::Person& person = is_new ? scene.AddPerson(name) : found->second;
  if (is_new) {
    person.known = std::make_unique<TestPerson>();
    person.known->ref = "ref-" + std::to_string(person.number);
    person.known->contact = step.Text("contact", name + "@mail.example");
    person.known->key = primitives::SigningKey::Generate(scene.service().random());
  }
  const auto registered = operations::RegisterSeeker(
      scene.context(), scene.CallerOf(step, "portal"), RequestOf(scene, step, person, is_new));
  if (registered.ok()) person.known->handle = registered->handle;
  if (!registered.ok() && is_new) scene.people().erase(name);
  return registered.status();
}

void Register(Scene& scene, const Step& step) {
  scene.Answer(step, RegisterOne(scene, step, step.Text("person")));
}

// So many people alike, each with these items, discoverable by every company.
void People(Scene& scene, const Step& step) {
  for (int i = 0; i < std::stoi(step.Text("count", "6")); ++i) {
    const std::string name = step.Text("prefix", "p") + std::to_string(i);
    ASSERT_OK(RegisterOne(scene, step, name));
    TestPerson& person = *scene.people().at(name).known;
    for (const model::ItemKind kind : KindsOf(step, "items")) {
      const std::string text = name + " " + std::string(model::ItemKindName(kind));
      scene.service().PutItem(person, kind, Bytes(text.begin(), text.end()));
    }
    scene.service().BecomeDiscoverable(person, step.Text("companies", "all"));
  }
}

// The item of that kind that the person has.
StatusOr<model::ItemId> ItemOf(Scene& scene, const Step& step, model::ItemKind kind) {
  NOREN_ASSIGN_OR_RETURN(const auto person,
                         operations::LoadPersonByHandle(scene.context(), "first-portal",
                                                        scene.person(step).known->handle));
  NOREN_ASSIGN_OR_RETURN(const auto items, operations::LoadItems(scene.context(), person));
  const auto found = std::ranges::find(items, kind, &personal_data::ItemRecord::kind);
  if (found == items.end()) return InvalidArgument("no item of that kind");
  return found->item;
}

Status PutItem(Scene& scene, const Step& step) {
  const operations::Call call = scene.CallerOf(step, "portal");
  const auto kinds = KindsOf(step, "kind");
  if (kinds.size() != 1) return InvalidArgument("one kind");
  const std::string text = step.Text("text", "some text");
  const std::size_t total = step.Has("size") ? std::stoull(step.Text("size")) : text.size();
  // What is too large to be taken is too large to be held here, too.
  const auto part = [&](std::size_t at, std::size_t size) {
    return step.Has("size") ? Bytes(size, 'x') : Bytes(text.begin() + at, text.begin() + at + size);
  };
  operations::BeginItemRequest request{scene.service().NextKey(), scene.person(step).known->handle,
                                       kinds[0], step.Text("media", "application/pdf"),
                                       step.Text("title", "document.pdf")};
  if (step.Is("corrects")) {
    NOREN_ASSIGN_OR_RETURN(request.replaces, ItemOf(scene, step, kinds[0]));
  }
  NOREN_ASSIGN_OR_RETURN(const model::UploadId upload,
                         operations::BeginItem(scene.context(), call, request));
  for (std::size_t at = 0; at < total; at += operations::kMaxItemChunkBytes) {
    const std::size_t size = std::min(operations::kMaxItemChunkBytes, total - at);
    NOREN_RETURN_IF_ERROR(
        operations::AppendItem(scene.context(), call, upload, at, part(at, size)).status());
  }
  const Bytes content = part(0, total);
  NOREN_ASSIGN_OR_RETURN(const operations::FinishedItem item,
                         operations::FinishItem(scene.context(), call,
                                                {scene.service().NextKey(), upload, content.size(),
                                                 primitives::Sha256(content)}));
  scene.payloads().push_back(item.payload_sha256);
  return OkStatus();
}

void Item(Scene& scene, const Step& step) { scene.Answer(step, PutItem(scene, step)); }

void ReadStatus(Scene& scene, const Step& step) {
  const auto status = operations::ReadStatus(scene.context(), scene.service().officer());
  scene.Answer(step, status.status());
  if (!status.ok()) return;
  if (step.Has("people")) {
    EXPECT_EQ(status->people, std::stoull(step.Text("people")));
  }
  if (step.Has("postings")) {
    EXPECT_EQ(status->open_postings, std::stoull(step.Text("postings")));
  }
  if (step.Has("version")) {
    EXPECT_THAT(status->policy_version, HasSubstr(step.Text("version")));
  }
}

void Profile(Scene& scene, const Step& step) {
  scene.Answer(step, operations::GetSeeker(scene.context(), scene.CallerOf(step, "portal"),
                                           scene.person(step).known->handle)
                         .status());
}

void Discoverable(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(
      *person.known, "discoverable", {{"companies_class", step.Text("companies", "all")}});
  scene.Answer(step, operations::SetDiscoverable(scene.context(), scene.service().portal(),
                                                 scene.service().NextKey(),
                                                 scene.ActOf(step, person, statement))
                         .status());
}

void Own(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  const auto record = operations::ReadOwnRecord(scene.context(), scene.service().portal(),
                                                scene.ActOf(step, person, statement));
  scene.Answer(step, record.status());
  if (!record.ok()) return;
  if (step.Has("disclosures")) {
    EXPECT_EQ(record->disclosures.size(), std::stoull(step.Text("disclosures")));
  }
  if (!step.Has("items")) return;
  std::vector<std::string> kinds;
  for (const operations::OwnItem& item : record->items)
    kinds.emplace_back(model::ItemKindName(item.record.kind));
  EXPECT_THAT(kinds, ::testing::UnorderedElementsAreArray(step.Many("items")));
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

void Export(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  const auto given =
      operations::ExportOwnRecord(scene.context(), scene.service().portal(),
                                  scene.ActOf(step, person, statement), scene.service().signer());
  scene.Answer(step, given.status());
  if (!given.ok()) return;
  for (const std::string& text : step.Many("has")) {
    EXPECT_THAT(given->document, HasSubstr(text));
  }
  for (const std::string& text : step.Many("lacks")) {
    EXPECT_THAT(given->document, ::testing::Not(HasSubstr(text)));
  }
  if (step.Has("provisions")) {
    EXPECT_EQ(CountOf(given->document, "\"release\":"), std::stoull(step.Text("provisions")))
        << given->document;
  }
}

void Erase(Scene& scene, const Step& step) {
  Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "erase");
  const auto asked =
      operations::RequestErasure(scene.context(), scene.service().portal(),
                                 scene.service().NextKey(), scene.ActOf(step, person, statement));
  scene.Answer(step, asked.status());
  if (asked.ok()) person.request = *model::RequestId::Parse(asked->result);
}

}  // namespace

StepTable PeopleSteps() {
  return {{"clock", Clock},    {"register", Register}, {"people", People},
          {"item", Item},      {"status", ReadStatus}, {"discoverable", Discoverable},
          {"own", Own},        {"export", Export},     {"erase", Erase},
          {"profile", Profile}};
}

}  // namespace noren::clauses
