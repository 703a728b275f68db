// Requests about one's own data: asked, identified, decided, answered, and what is left of them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <sstream>

#include "engine/model/errors.h"
#include "engine/operations/rights_requests.h"
#include "engine/policy/stated_names.h"
#include "tests/policy/form_parts.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using operations::ListedRight;
using ::testing::HasSubstr;

constexpr std::string_view kOfficer = "privacy";

// How the answer goes out where the case does not say: as the form was filled in.
std::string UsualWay(const policy::Policy& policy) {
  const std::vector<policy::Value> ways = policy::ValuesOf(policy::One(policy, "rights"), "answer");
  return ways.empty() ? "letter" : ways.front().text;
}

std::vector<std::string> PartsOf(Scene& scene, const Step& step) {
  if (!step.Is("complete")) return step.Many("parts");
  std::vector<std::string> parts = policy::FilledInForm(scene.context().policy);
  for (const std::string& left_out : step.Many("without")) {
    std::erase_if(parts, [&](const std::string& part) {
      return part == left_out || part.starts_with(left_out + "=");
    });
  }
  for (const std::string& part : step.Many("parts")) parts.push_back(part);
  return parts;
}

operations::Call OfficerOf(Scene& scene, const Step& step) {
  return scene.service().officer(step.Text("officer", std::string(kOfficer)));
}

std::optional<operations::NamedPerson> AboutOf(Scene& scene, const Step& step) {
  if (!step.Has("person")) return std::nullopt;
  return operations::NamedPerson{scene.service().portal().principal.name,
                                 scene.person(step).known->handle};
}

model::RequestId RequestOf(Scene& scene, const std::string& name) {
  const auto found = scene.requests().find(name);
  EXPECT_NE(found, scene.requests().end()) << "no request is called " << name;
  return found == scene.requests().end() ? model::RequestId() : found->second;
}
model::RequestId RequestOf(Scene& scene, const Step& step) {
  return RequestOf(scene, step.Text("name", "request"));
}

// What a refusal names as missing.
void AnswerWithField(Scene& scene, const Step& step, const Status& status) {
  scene.Answer(step, status);
  if (step.Has("field") && !status.ok()) {
    EXPECT_THAT(model::FieldOf(status), HasSubstr(step.Text("field")));
  }
}

void Compare(const Step& step, const operations::ReceivedRight& received) {
  if (step.Has("state")) {
    EXPECT_EQ(operations::RightStateName(received.state), step.Text("state")) << received.missing;
  }
  for (const std::string& part : step.Many("missing")) {
    EXPECT_THAT(received.missing, HasSubstr(part));
  }
}

void Ask(Scene& scene, const Step& step) {
  operations::ReceiveRightRequest request;
  request.idempotency_key = scene.service().NextKey();
  const auto right = model::FindRight(step.Text("right"));
  const auto requester = policy::FindRequester(step.Text("by", "person"));
  ASSERT_TRUE(requester) << step.Text("by");
  ASSERT_TRUE(right || !step.Has("right")) << step.Text("right");
  // A request that does not say what it is about has no kind.
  request.handed_in = {
      right.value_or(model::Right{}), *requester,
      step.Text("channel", "letter"), step.Text("form", step.Is("complete") ? "form" : ""),
      PartsOf(scene, step),           std::stoll(step.Text("fee", "0"))};
  if (step.Has("received")) request.received_at = TimeOf(step.Text("received"));
  request.about = AboutOf(scene, step);
  request.text = step.Text("text");
  request.agent = step.Text("agent");
  request.ends_contract = step.Is("ends");
  if (step.Has("objects_to")) request.objects_to = RequestOf(scene, step.Text("objects_to"));
  if (step.Has("on_form_of")) request.on_form_of = RequestOf(scene, step.Text("on_form_of"));
  if (step.Has("dated")) {
    const auto dated = model::ParseCivilDay(step.Text("dated"));
    ASSERT_OK(dated);
    request.dated = *dated;
  }
  const auto received = operations::ReceiveRight(scene.context(), OfficerOf(scene, step), request);
  AnswerWithField(scene, step, received.status());
  if (!received.ok()) return;
  scene.requests()[step.Text("name", "request")] = received->request;
  Compare(step, *received);
}

// The person's own, through their portal.
void AskOwn(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  std::map<std::string, std::string> fields{{"right", step.Text("right")}};
  if (step.Has("text")) fields["text"] = step.Text("text");
  const std::string statement = scene.service().Prepare(*person.known, "right", fields);
  const auto asked =
      operations::AskForRight(scene.context(), scene.service().portal(), scene.service().NextKey(),
                              scene.ActOf(step, person, statement));
  AnswerWithField(scene, step, asked.status());
  if (!asked.ok()) return;
  const auto request = model::RequestId::Parse(asked->result);
  ASSERT_OK(request);
  scene.requests()[step.Text("name", "request")] = *request;
}

// "name of the paper; photo; masked; both_sides; of=whose; shows=what" for one that was seen.
policy::SeenPaper PaperOf(const std::string& text) {
  policy::SeenPaper paper;
  std::istringstream parts(text);
  std::getline(parts, paper.name, ';');
  for (std::string part; std::getline(parts >> std::ws, part, ';');) {
    if (part == "photo")
      paper.photo = true;
    else if (part == "masked")
      paper.masked = true;
    else if (part == "both_sides")
      paper.both_sides = true;
    else if (part.starts_with("of="))
      paper.of = part.substr(3);
    else if (part.starts_with("shows="))
      paper.shows.push_back(part.substr(6));
    else
      ADD_FAILURE() << "a paper has no '" << part << "'";
  }
  return paper;
}

void Identify(Scene& scene, const Step& step) {
  operations::IdentifyRightRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.request = RequestOf(scene, step);
  request.about = AboutOf(scene, step);
  request.facts = step.Many("facts");
  for (const std::string& text : step.Many("papers")) request.papers.push_back(PaperOf(text));
  if (step.Has("born")) {
    const auto born = model::ParseCivilDay(step.Text("born"));
    ASSERT_OK(born);
    request.born = *born;
  }
  request.form = step.Text("form", step.Is("complete") ? "form" : "");
  request.parts = PartsOf(scene, step);
  request.fee_paid = std::stoll(step.Text("fee", "0"));
  const auto known =
      operations::IdentifyRequester(scene.context(), OfficerOf(scene, step), request);
  AnswerWithField(scene, step, known.status());
  if (known.ok()) Compare(step, *known);
}

// "statute=Act 11" as evidence.
std::map<std::string, std::string> EvidenceOf(const Step& step) {
  std::map<std::string, std::string> evidence;
  for (const std::string& text : step.Many("evidence")) {
    const std::size_t equals = text.find('=');
    EXPECT_NE(equals, std::string::npos) << text;
    if (equals != std::string::npos) evidence[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return evidence;
}

operations::RightOutcome OutcomeOf(const Step& step) {
  using operations::RightOutcome;
  for (const auto outcome :
       {RightOutcome::kAccepted, RightOutcome::kPartly, RightOutcome::kRefused}) {
    if (operations::RightOutcomeName(outcome) == step.Text("outcome", "accepted")) return outcome;
  }
  ADD_FAILURE() << "no outcome is called " << step.Text("outcome");
  return RightOutcome::kOpen;
}

void Decide(Scene& scene, const Step& step) {
  const auto decided = operations::DecideRight(
      scene.context(), OfficerOf(scene, step),
      {scene.service().NextKey(), RequestOf(scene, step), OutcomeOf(step), step.Text("ground"),
       EvidenceOf(step), step.Is("ongoing"), step.Text("reason", "a sentence for the person"),
       step.Many("withheld")});
  AnswerWithField(scene, step, decided.status());
  if (!decided.ok()) return;
  for (const std::string& clause : step.Many("rests_on")) {
    EXPECT_THAT(decided->clauses, ::testing::Contains(clause));
  }
  if (!step.Has("erases")) return;
  EXPECT_EQ(!decided->erasure.is_none(), step.Is("erases"));
  if (step.Is("erases") && step.Has("person")) scene.person(step).request = decided->erasure;
}

void Settle(Scene& scene, const Step& step) {
  operations::SettleRightRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.request = RequestOf(scene, step);
  request.acted = step.Is("acted");
  request.told = step.Is("told");
  request.form_sent = step.Is("form_sent");
  request.way = step.Text("way", request.told ? UsualWay(scene.context().policy) : "");
  request.way_reason = step.Text("way_reason");
  request.resumed = step.Is("resumed");
  request.withdrawn = step.Is("withdrawn");
  AnswerWithField(
      scene, step,
      operations::SettleRight(scene.context(), OfficerOf(scene, step), request).status());
}

void EndPapers(Scene& scene, const Step& step) {
  scene.Answer(step, operations::DestroyRightPapers(scene.context(), OfficerOf(scene, step),
                                                    scene.service().NextKey(),
                                                    RequestOf(scene, step), step.Text("method"))
                         .status());
}

void CompareDue(const Step& step, const std::optional<policy::DueDay>& due) {
  if (step.Has("due")) {
    ASSERT_TRUE(due);
    EXPECT_EQ(model::ToIso(due->last_day), step.Text("due"));
  }
  if (step.Has("overdue")) {
    ASSERT_TRUE(due);
    EXPECT_EQ(due->standing == policy::calendar::Standing::kOverdue, step.Is("overdue"));
  }
  if (step.Has("target")) {
    ASSERT_TRUE(due);
    EXPECT_EQ(due->is_target, step.Is("target"));
  }
  if (step.Is("no_clock")) {
    EXPECT_FALSE(due);
  }
  for (const std::string& day : step.Many("reminded")) {
    ASSERT_TRUE(due);
    std::vector<std::string> days;
    for (const model::CivilDay& one : due->reminders) days.push_back(model::ToIso(one));
    EXPECT_THAT(days, ::testing::Contains(day));
  }
}

// What is shown of the head: how it came, who carried it, what was seen.
std::string TextOf(const operations::RightHead& head) {
  std::string text = head.channel + "\n" + head.form + "\n" + head.carried_by + "\n" +
                     head.told_by_way + "\n" + std::string(policy::RequesterName(head.requester)) +
                     "\n" + head.decision.ground + "\n" + head.identity.checked_by + "\n";
  for (const std::string& fact : head.identity.facts) text += "fact " + fact + "\n";
  for (const policy::SeenPaper& paper : head.identity.papers) {
    text += "paper " + paper.name + "\n";
    for (const std::string& shown : paper.shows) text += "shows " + shown + "\n";
  }
  for (const auto& [word, said] : head.decision.evidence) text += word + "=" + said + "\n";
  for (const std::string& part : head.decision.withheld) text += "withheld " + part + "\n";
  if (!head.way_reason.empty()) text += "not as asked: " + head.way_reason + "\n";
  if (head.form_sent_at.value != 0) text += "form sent by " + head.form_sent_way + "\n";
  if (head.dated) text += "dated " + model::ToIso(*head.dated) + "\n";
  return text;
}

// Remarks, desk and redress.
void CompareAround(const Step& step, const ListedRight& shown) {
  for (const std::string& remark : step.Many("remarks")) {
    EXPECT_THAT(shown.remarks, ::testing::Contains(HasSubstr(remark)));
  }
  if (step.Has("remarked")) {
    EXPECT_EQ(!shown.remarks.empty(), step.Is("remarked"));
  }
  if (step.Has("desk")) {
    EXPECT_EQ(shown.desk, step.Text("desk"));
  }
  for (const std::string& part : step.Many("redress")) {
    EXPECT_THAT(shown.redress, HasSubstr(part));
  }
  if (step.Has("redressed")) {
    EXPECT_EQ(!shown.redress.empty(), step.Is("redressed"));
  }
}

void Show(Scene& scene, const Step& step) {
  const auto shown =
      operations::ShowRight(scene.context(), OfficerOf(scene, step), RequestOf(scene, step));
  scene.Answer(step, shown.status());
  if (!shown.ok()) return;
  if (step.Has("state")) {
    EXPECT_EQ(operations::RightStateName(shown->head.state), step.Text("state"));
  }
  if (step.Has("outcome")) {
    EXPECT_EQ(operations::RightOutcomeName(shown->head.decision.outcome), step.Text("outcome"));
  }
  if (step.Has("right")) {
    EXPECT_EQ(model::RightName(shown->head.right), step.Text("right"));
  }
  if (step.Has("frozen")) {
    EXPECT_EQ(shown->frozen, step.Is("frozen"));
  }
  if (step.Has("received")) {
    EXPECT_EQ(shown->head.received_at.value, TimeOf(step.Text("received")).value);
  }
  if (step.Has("completed")) {
    EXPECT_EQ(shown->head.complete_at.value, TimeOf(step.Text("completed")).value);
  }
  if (step.Has("reason")) {
    ASSERT_TRUE(shown->text);
    EXPECT_EQ(shown->text->reason, step.Text("reason"));
  }
  if (step.Has("form_sent")) {
    EXPECT_EQ(shown->head.form_sent_at.value, TimeOf(step.Text("form_sent")).value);
  }
  CompareAround(step, *shown);
  if (step.Has("wordless")) {
    EXPECT_EQ(!shown->text.has_value(), step.Is("wordless"));
  }
  if (step.Has("objects_to")) {
    EXPECT_EQ(shown->head.objects_to, RequestOf(scene, step.Text("objects_to")));
  }
  for (const std::string& part : step.Many("missing")) EXPECT_THAT(shown->missing, HasSubstr(part));
  for (const std::string& part : step.Many("has"))
    EXPECT_THAT(TextOf(shown->head), HasSubstr(part));
  for (const std::string& part : step.Many("lacks"))
    EXPECT_THAT(TextOf(shown->head), ::testing::Not(HasSubstr(part)));
  CompareDue(step, step.Is("papers") ? shown->papers : shown->due);
}

operations::RightFilter FilterOf(const Step& step) {
  const std::string name = step.Text("filter", "all");
  if (name == "open") return operations::RightFilter::kOpen;
  if (name == "due") return operations::RightFilter::kDue;
  if (name == "review") return operations::RightFilter::kReview;
  EXPECT_EQ(name, "all");
  return operations::RightFilter::kAll;
}

void Requests(Scene& scene, const Step& step) {
  StatusOr<std::vector<ListedRight>> listed = std::vector<ListedRight>();
  if (step.Has("person")) {
    const Scene::Person& person = scene.person(step);
    const std::string statement = scene.service().Prepare(*person.known, "read");
    listed = operations::ReadOwnRights(scene.context(), scene.service().portal(),
                                       scene.ActOf(step, person, statement));
  } else {
    listed = operations::ListRights(scene.context(), OfficerOf(scene, step), FilterOf(step));
  }
  scene.Answer(step, listed.status());
  if (!listed.ok()) return;
  std::vector<model::RequestId> ids;
  for (const ListedRight& one : *listed) ids.push_back(one.head.request);
  if (step.Has("count")) {
    EXPECT_EQ(ids.size(), std::stoull(step.Text("count")));
  }
  for (const std::string& name : step.Many("has"))
    EXPECT_THAT(ids, ::testing::Contains(RequestOf(scene, name)));
  for (const std::string& name : step.Many("lacks"))
    EXPECT_THAT(ids, ::testing::Not(::testing::Contains(RequestOf(scene, name))));
  if (!step.Has("of")) return;
  const auto one = std::ranges::find(*listed, RequestOf(scene, step.Text("of")),
                                     [](const ListedRight& right) { return right.head.request; });
  ASSERT_NE(one, listed->end());
  if (step.Has("received")) {
    EXPECT_EQ(one->head.received_at.value, TimeOf(step.Text("received")).value);
  }
  CompareDue(step, one->due);
  CompareAround(step, *one);
}

// The letter that goes out.
void WriteLetter(Scene& scene, const Step& step) {
  operations::RightLetterRequest request;
  request.request = RequestOf(scene, step);
  if (step.Has("language")) request.language = LanguageOf(step, scene.context().policy);
  request.html = step.Is("html");
  const auto letter =
      operations::WriteRightLetter(scene.context(), OfficerOf(scene, step), request);
  scene.Answer(step, letter.status());
  if (!letter.ok()) return;
  std::size_t at = 0;
  for (const std::string& part : step.Many("has")) EXPECT_THAT(*letter, HasSubstr(part));
  for (const std::string& part : step.Many("lacks"))
    EXPECT_THAT(*letter, ::testing::Not(HasSubstr(part)));
  for (const std::string& part : step.Many("ordered")) {
    const std::size_t found = letter->find(part, at);
    EXPECT_NE(found, std::string::npos) << part << " does not come after what is named before it";
    if (found != std::string::npos) at = found + part.size();
  }
}

}  // namespace

StepTable RightsSteps() {
  return {{"ask", Ask},       {"ask_own", AskOwn},    {"identify", Identify},
          {"decide", Decide}, {"settle", Settle},     {"end_papers", EndPapers},
          {"request", Show},  {"requests", Requests}, {"letter", WriteLetter}};
}

}  // namespace noren::clauses
