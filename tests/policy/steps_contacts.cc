// What the operator sends to people, whom it talks to, and what they say to that.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "engine/operations/announcements.h"
#include "engine/operations/contacts.h"
#include "engine/operations/continuation_answer.h"
#include "engine/operations/events.h"
#include "engine/operations/notice_changes.h"
#include "engine/operations/subscriptions.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;

operations::NamedPerson NamedOf(Scene& scene, const Step& step) {
  return {scene.service().portal().principal.name, scene.person(step).known->handle};
}

std::string NameOf(const Step& step, const std::string& otherwise) {
  return step.Text("name", otherwise);
}

operations::AnnouncementId AnnouncementOf(Scene& scene, const Step& step) {
  const auto id = operations::AnnouncementId::Parse(scene.named()[NameOf(step, "announcement")]);
  EXPECT_OK(id);
  return id.ok() ? *id : operations::AnnouncementId();
}

void Announce(Scene& scene, const Step& step) {
  operations::AnnounceRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.kind = step.Text("kind") == "processor" ? operations::AnnouncementKind::kProcessor
                                                  : operations::AnnouncementKind::kPurpose;
  request.purpose = step.Text("purpose");
  request.subject = step.Text("subject");
  request.about = step.Text("about");
  request.text = step.Text("text", "something to read");
  const auto queued =
      operations::Announce(scene.context(), scene.CallerOf(step, "officer"), request);
  scene.Answer(step, queued.status());
  if (queued.ok()) scene.named()[NameOf(step, "announcement")] = queued->announcement.ToString();
}

// Runs it to its end, or looks at `limit` people.
void Tell(Scene& scene, const Step& step) {
  const bool is_part = step.Has("limit");
  const std::size_t limit =
      is_part ? std::stoull(step.Text("limit")) : operations::kMaxPeoplePerRun;
  const auto id = AnnouncementOf(scene, step);
  auto run =
      operations::RunAnnouncement(scene.context(), scene.CallerOf(step, "officer"), id, limit);
  scene.Answer(step, run.status());
  if (!run.ok()) return;
  EXPECT_TRUE(is_part || run->done_at);
  if (step.Has("done")) {
    EXPECT_EQ(run->done_at.has_value(), step.Is("done"));
  }
  if (step.Has("told")) {
    EXPECT_EQ(run->told, std::stoull(step.Text("told")));
  }
  if (is_part && !step.Has("left_out")) return;
  std::vector<std::string> left_out;
  for (const auto& [reason, count] : run->left_out)
    left_out.push_back(reason + "=" + std::to_string(count));
  // Nobody is left out without the case knowing of it.
  EXPECT_THAT(left_out, ::testing::UnorderedElementsAreArray(step.Many("left_out")));
}

std::vector<operations::Event> EventsOf(Scene& scene) {
  std::vector<operations::Event> events;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = operations::ReadEvents(scene.context(), scene.service().portal(), after,
                                             operations::kMaxEventRows);
    EXPECT_OK(page);
    if (!page.ok()) return events;
    for (const operations::PositionedEvent& one : page->events) {
      events.push_back(one.event);
      after = one.position;
    }
    more = page->more;
  }
  return events;
}

// The newest version of the person's address, which the event has to name.
void CompareItem(Scene& scene, const Step& step, const operations::Event& event) {
  const auto person = operations::LoadPersonByHandle(
      scene.context(), scene.service().portal().principal.name, scene.person(step).known->handle);
  ASSERT_OK(person);
  const auto items = operations::LoadItems(scene.context(), *person);
  ASSERT_OK(items);
  const auto named = std::ranges::find_if(*items, [&](const personal_data::ItemRecord& item) {
    return item.item.ToString() == event.object;
  });
  ASSERT_NE(named, items->end()) << "the event names no item of theirs";
  EXPECT_EQ(named->kind, model::ItemKind::kEmail);
  if (step.Has("version")) {
    EXPECT_THAT(event.detail, ::testing::EndsWith(" " + step.Text("version")));
    EXPECT_EQ(std::to_string(named->version), step.Text("version"));
  }
  if (step.Is("payload")) {
    ASSERT_FALSE(scene.payloads().empty());
    EXPECT_EQ(named->payload_sha256, scene.payloads().back());
  }
}

// What the portal of the person reads of an announcement.
void Feed(Scene& scene, const Step& step) {
  const std::string handle = scene.person(step).known->handle.ToString();
  const std::string announcement = AnnouncementOf(scene, step).ToString();
  std::vector<operations::Event> told;
  for (const operations::Event& event : EventsOf(scene)) {
    const bool is_it = event.kind == operations::EventKind::kContact && event.subject == handle &&
                       event.detail.starts_with(announcement);
    // No event has an address in it.
    EXPECT_THAT(event.object + event.detail, ::testing::Not(HasSubstr("@")));
    if (is_it) told.push_back(event);
  }
  if (step.Has("count")) {
    EXPECT_EQ(told.size(), std::stoull(step.Text("count")));
  }
  if (step.Is("plain")) {
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().object, "") << "it goes through the portal alone";
  }
  if (!step.Has("version") && !step.Has("payload")) return;
  ASSERT_FALSE(told.empty());
  CompareItem(scene, step, told.back());
}

using Subscription = StatusOr<operations::ActResult> (*)(operations::ServiceContext&,
                                                         const operations::Call&,
                                                         const std::string&,
                                                         const operations::PersonAct&);
void Change(Scene& scene, const Step& step, const std::string& act, Subscription change) {
  const Scene::Person& person = scene.person(step);
  const std::string statement =
      scene.service().Prepare(*person.known, act, {{"purpose", step.Text("purpose")}});
  scene.Answer(step, change(scene.context(), scene.service().portal(), scene.service().NextKey(),
                            scene.ActOf(step, person, statement))
                         .status());
}
void Unsubscribe(Scene& scene, const Step& step) {
  Change(scene, step, "unsubscribe", operations::Unsubscribe);
}
void Subscribe(Scene& scene, const Step& step) {
  Change(scene, step, "subscribe", operations::Subscribe);
}

void Contact(Scene& scene, const Step& step) {
  const auto recorded = operations::RecordContact(
      scene.context(), scene.CallerOf(step, "officer"),
      {scene.service().NextKey(), NamedOf(scene, step), step.Text("purpose"), step.Text("about")});
  scene.Answer(step, recorded.status());
  if (recorded.ok()) scene.named()[NameOf(step, "contact")] = recorded->contact.ToString();
}

void Close(Scene& scene, const Step& step) {
  const auto id = operations::ContactId::Parse(scene.named()[NameOf(step, "contact")]);
  ASSERT_OK(id);
  const auto mark = operations::FindContactMark(step.Text("mark"));
  ASSERT_TRUE(mark) << step.Text("mark");
  scene.Answer(
      step, operations::CloseContact(scene.context(), scene.CallerOf(step, "officer"),
                                     {scene.service().NextKey(), NamedOf(scene, step), *id, *mark})
                .status());
}

StatusOr<operations::ContactsOfPerson> Read(Scene& scene, const Step& step) {
  if (!step.Is("own"))
    return operations::ListContacts(scene.context(), scene.CallerOf(step, "officer"),
                                    NamedOf(scene, step));
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  return operations::ReadOwnContacts(scene.context(), scene.service().portal(),
                                     scene.ActOf(step, person, statement));
}

void Contacts(Scene& scene, const Step& step) {
  const auto read = Read(scene, step);
  scene.Answer(step, read.status());
  if (!read.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(read->contacts.size(), std::stoull(step.Text("count")));
  }
  if (step.Has("told")) {
    const auto told = std::ranges::count(read->contacts, operations::ContactKind::kTold,
                                         &operations::ContactRecord::kind);
    EXPECT_EQ(std::to_string(told), step.Text("told"));
  }
  if (step.Is("never_confirmed")) {
    EXPECT_FALSE(read->last_confirmed);
  }
  if (step.Has("last_confirmed")) {
    ASSERT_TRUE(read->last_confirmed);
    EXPECT_EQ(model::ToIso(*read->last_confirmed), step.Text("last_confirmed"));
  }
  if (step.Has("unsubscribed")) {
    EXPECT_THAT(read->unsubscribed,
                ::testing::UnorderedElementsAreArray(step.Many("unsubscribed")));
  }
}

// Leaving is said twice: `confirms` names what the first time made, as the answer's result.
void AnswerIt(Scene& scene, const Step& step) {
  Scene::Person& person = scene.person(step);
  const std::string first = step.Is("confirms") ? scene.named()["leaving"] : "";
  const std::string statement = scene.service().Prepare(
      *person.known, "continue", {{"answer", step.Text("answer")}, {"confirms", first}});
  const auto answered = operations::AnswerContinuation(scene.context(), scene.service().portal(),
                                                       scene.service().NextKey(),
                                                       scene.ActOf(step, person, statement));
  scene.Answer(step, answered.status());
  if (!answered.ok() || step.Text("answer") != "leave") return;
  if (first.empty()) {
    scene.named()["leaving"] = answered->result;
    return;
  }
  const auto request = model::RequestId::Parse(answered->result);
  ASSERT_OK(request);
  person.request = *request;
}

// From the notice that the person confirmed to the one in force.
void Declare(Scene& scene, const Step& step) {
  const auto person = operations::LoadPersonByHandle(
      scene.context(), scene.service().portal().principal.name, scene.person(step).known->handle);
  ASSERT_OK(person);
  scene.Answer(step, operations::DeclareNoticeChange(
                         scene.context(), scene.CallerOf(step, "officer"),
                         {scene.service().NextKey(), person->record.stated.notice,
                          step.Text("reason", "only a telephone number has changed")})
                         .status());
}

}  // namespace

StepTable ContactSteps() {
  return {{"announce", Announce},   {"tell", Tell},
          {"feed", Feed},           {"unsubscribe", Unsubscribe},
          {"subscribe", Subscribe}, {"contact", Contact},
          {"close", Close},         {"contacts", Contacts},
          {"answer", AnswerIt},     {"declare", Declare}};
}

}  // namespace noren::clauses
