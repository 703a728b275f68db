// SPDX-License-Identifier: Apache-2.0
#include "server/services/wire_rights.h"

#include <utility>

#include "engine/model/errors.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr std::size_t kMaxListed = 64;

StatusOr<model::RequestId> RequestFromWire(const std::string& text, std::string_view field) {
  const auto request = model::RequestId::Parse(text);
  if (!request.ok()) return MakeFieldError(ErrorCode::kBadRequest, field);
  return *request;
}

StatusOr<std::optional<operations::NamedPerson>> AboutFromWire(const std::string& person) {
  if (person.empty()) return std::optional<operations::NamedPerson>();
  NOREN_ASSIGN_OR_RETURN(operations::NamedPerson about, NamedPersonFromWire(person, "person"));
  return std::optional(std::move(about));
}

policy::SeenPaper FromWire(const wire::SeenPaper& paper) {
  return {paper.name, paper.whose, paper.photo, paper.both_sides, paper.masked, paper.shows};
}
wire::SeenPaper ToWire(const policy::SeenPaper& paper) {
  wire::SeenPaper answer;
  answer.name = paper.name;
  answer.whose = paper.of;
  answer.photo = paper.photo;
  answer.both_sides = paper.both_sides;
  answer.masked = paper.masked;
  answer.shows = paper.shows;
  return answer;
}

template <typename Id>
std::string TextOf(const Id& id) {
  return id.is_none() ? std::string() : id.ToString();
}

}  // namespace

StatusOr<operations::ReceiveRightRequest> ReceiveFromWire(const wire::ReceiveRight& request) {
  operations::ReceiveRightRequest made;
  made.idempotency_key = request.idempotency.key;
  const auto right = model::FindRight(request.right);
  if (!right) return MakeFieldError(ErrorCode::kBadRequest, "right");
  const auto requester = policy::FindRequester(request.requester);
  if (!requester) return MakeFieldError(ErrorCode::kBadRequest, "requester");
  made.handed_in = {*right,       *requester,    request.channel,
                    request.form, request.parts, request.fee_paid};
  made.received_at = {request.received_at};
  NOREN_ASSIGN_OR_RETURN(made.about, AboutFromWire(request.person));
  if (!request.dated.empty()) {
    const auto dated = model::ParseCivilDay(request.dated);
    if (!dated.ok()) return MakeFieldError(ErrorCode::kBadRequest, "dated");
    made.dated = *dated;
  }
  if (!request.on_form_of.empty()) {
    NOREN_ASSIGN_OR_RETURN(made.on_form_of, RequestFromWire(request.on_form_of, "on_form_of"));
  }
  made.text = request.text;
  made.agent = request.agent;
  made.ends_contract = request.ends_contract;
  if (request.items.size() > kMaxListed) return MakeFieldError(ErrorCode::kTooLarge, "items");
  for (const std::string& text : request.items) {
    const auto item = model::ItemId::Parse(text);
    if (!item.ok()) return MakeFieldError(ErrorCode::kBadRequest, "items");
    made.items.push_back(*item);
  }
  if (!request.objects_to.empty()) {
    NOREN_ASSIGN_OR_RETURN(made.objects_to, RequestFromWire(request.objects_to, "objects_to"));
  }
  return made;
}

StatusOr<operations::IdentifyRightRequest> IdentifyFromWire(const wire::IdentifyRight& request) {
  operations::IdentifyRightRequest made;
  made.idempotency_key = request.idempotency.key;
  NOREN_ASSIGN_OR_RETURN(made.request, RequestFromWire(request.request, "request"));
  NOREN_ASSIGN_OR_RETURN(made.about, AboutFromWire(request.person));
  made.facts = request.facts;
  if (request.papers.size() > kMaxListed) return MakeFieldError(ErrorCode::kTooLarge, "papers");
  for (const wire::SeenPaper& paper : request.papers) made.papers.push_back(FromWire(paper));
  if (!request.born.empty()) {
    const auto born = model::ParseCivilDay(request.born);
    if (!born.ok()) return MakeFieldError(ErrorCode::kBadRequest, "born");
    made.born = *born;
  }
  made.form = request.form;
  made.parts = request.parts;
  made.fee_paid = request.fee_paid;
  made.text = request.text;
  made.agent = request.agent;
  return made;
}

StatusOr<operations::DecideRightRequest> DecideFromWire(const wire::DecideRight& request) {
  operations::DecideRightRequest made;
  made.idempotency_key = request.idempotency.key;
  NOREN_ASSIGN_OR_RETURN(made.request, RequestFromWire(request.request, "request"));
  for (const auto outcome : {operations::RightOutcome::kAccepted, operations::RightOutcome::kPartly,
                             operations::RightOutcome::kRefused, operations::RightOutcome::kOpen}) {
    made.outcome = outcome;
    if (operations::RightOutcomeName(outcome) == request.outcome) break;
  }
  if (made.outcome == operations::RightOutcome::kOpen)
    return MakeFieldError(ErrorCode::kBadRequest, "outcome");
  made.ground = request.ground;
  made.evidence = request.evidence;
  made.ongoing = request.ongoing;
  made.reason = request.reason;
  made.withheld = request.withheld;
  return made;
}

StatusOr<operations::SettleRightRequest> SettleFromWire(const wire::SettleRight& request) {
  operations::SettleRightRequest made;
  made.idempotency_key = request.idempotency.key;
  NOREN_ASSIGN_OR_RETURN(made.request, RequestFromWire(request.request, "request"));
  made.acted = request.acted;
  made.told = request.told;
  made.way = request.way;
  made.resumed = request.resumed;
  made.withdrawn = request.withdrawn;
  made.way_reason = request.way_reason;
  made.form_sent = request.form_sent;
  return made;
}

StatusOr<operations::RightFilter> RightFilterFromWire(std::string_view filter) {
  if (filter == "all") return operations::RightFilter::kAll;
  if (filter == "open") return operations::RightFilter::kOpen;
  if (filter == "due") return operations::RightFilter::kDue;
  if (filter == "review") return operations::RightFilter::kReview;
  return MakeFieldError(ErrorCode::kBadRequest, "filter", "all, open, due or review");
}

wire::ReceivedRight ToWire(const operations::ReceivedRight& received) {
  wire::ReceivedRight answer;
  answer.request = received.request.ToString();
  answer.state = std::string(operations::RightStateName(received.state));
  answer.missing = received.missing;
  answer.audit = ToWire(received.position);
  return answer;
}

wire::DecidedRight ToWire(const operations::DecidedRight& decided) {
  wire::DecidedRight answer;
  answer.outcome = std::string(operations::RightOutcomeName(decided.outcome));
  answer.clauses = decided.clauses;
  answer.erasure = TextOf(decided.erasure);
  answer.audit = ToWire(decided.position);
  return answer;
}

wire::DueDay ToWire(const policy::DueDay& due) {
  wire::DueDay answer;
  answer.rule = due.rule;
  answer.last_day = model::ToIso(due.last_day);
  for (const model::CivilDay& day : due.reminders) answer.reminders.push_back(model::ToIso(day));
  answer.standing = std::string(policy::calendar::StandingName(due.standing));
  answer.clauses = due.clauses;
  answer.target = due.is_target;
  answer.minimum = due.is_minimum;
  answer.blocked_by = due.blocked_by;
  return answer;
}

namespace {

void FillIdentity(const operations::RightIdentity& identity, wire::Right& answer) {
  answer.checked_at = identity.checked_at.value;
  answer.checked_by = identity.checked_by;
  answer.facts = identity.facts;
  for (const policy::SeenPaper& paper : identity.papers) answer.papers.push_back(ToWire(paper));
  answer.papers_destroyed_at = identity.papers_destroyed_at.value;
  answer.papers_method = identity.papers_method;
}

void FillDecision(const operations::RightDecision& decision, wire::Right& answer) {
  answer.outcome = std::string(operations::RightOutcomeName(decision.outcome));
  answer.decided_at = decision.at.value;
  answer.decided_by = decision.by;
  answer.ground = decision.ground;
  answer.evidence = decision.evidence;
  answer.clauses = decision.clauses;
  answer.withheld = decision.withheld;
}

void FillForm(const operations::RightHead& head, wire::Right& answer) {
  answer.form = head.form;
  answer.parts = head.parts;
  answer.dated = head.dated ? model::ToIso(*head.dated) : "";
  answer.on_form_of = TextOf(head.on_form_of);
  answer.form_sent_at = head.form_sent_at.value;
  answer.form_sent_way = head.form_sent_way;
}

}  // namespace

wire::Right ToWire(const operations::ListedRight& listed) {
  const operations::RightHead& head = listed.head;
  wire::Right answer;
  answer.request = head.request.ToString();
  answer.right = std::string(model::RightName(head.right));
  answer.state = std::string(operations::RightStateName(head.state));
  answer.requester = std::string(policy::RequesterName(head.requester));
  answer.received_at = head.received_at.value;
  answer.complete_at = head.complete_at.value;
  answer.channel = head.channel;
  FillForm(head, answer);
  answer.fee_paid = head.fee_paid;
  answer.ends_contract = head.ends_contract;
  answer.carried_by = head.carried_by;
  answer.objects_to = TextOf(head.objects_to);
  for (const model::ItemId& item : head.items) answer.items.push_back(item.ToString());
  FillIdentity(head.identity, answer);
  FillDecision(head.decision, answer);
  answer.acted_at = head.acted_at.value;
  answer.told_at = head.told_at.value;
  answer.way = head.told_by_way;
  answer.way_reason = head.way_reason;
  answer.owner = head.referral.owner;
  answer.owner_asked_at = head.referral.asked_at.value;
  answer.owner_answered_at = head.referral.answered_at.value;
  answer.owner_allows = head.referral.allows;
  answer.owner_document = head.referral.document;
  answer.resumed_at = head.resumed_at.value;
  answer.policy_version = head.policy_version;
  answer.has_text = listed.text.has_value();
  if (listed.text) {
    answer.text = listed.text->text;
    answer.agent = listed.text->requester;
    answer.reason = listed.text->reason;
  }
  answer.missing = listed.missing;
  answer.frozen = listed.frozen;
  answer.remarks = listed.remarks;
  answer.desk = listed.desk;
  answer.redress = listed.redress;
  if (listed.due) answer.__set_due(ToWire(*listed.due));
  if (listed.papers) answer.__set_papers_due(ToWire(*listed.papers));
  return answer;
}

}  // namespace noren::server
