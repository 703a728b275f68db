// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/invite_candidates.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/block_employer.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/events.h"
#include "engine/operations/form_ties.h"
#include "engine/operations/freezes.h"
#include "engine/operations/human_decisions.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/posting_quota.h"
#include "engine/operations/posting_record.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/register_company.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/notice.h"
#include "engine/policy/stated/consent_facts.h"
#include "engine/policy/stated/provision.h"
#include "engine/policy/stated/purposes.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::int64_t kDaySeconds = 86400;

// What every invitation of one request has in common.
struct Terms {
  const KeyedMarket& market;
  const InviteRequest& request;
  const MarketPosting& posting;
  Hash256 company_key{};
  std::vector<std::string> recipients;
  Audience audience;
  std::optional<CompanyRecord> company;  // as verified by the officer
  AdmittedDecision decision;             // the human's, once admitted
};

// One person's share of the request: what to write, and what to send.
struct Prepared {
  personal_data::Staged staged;
  AddressedEvent told;
  personal_data::OutboxMessage message;
};

// The human decided on this very request.
Status CheckDecision(const InviteRequest& request, const personal_data::HumanDecision& said) {
  std::vector<model::ItemKind> kinds = request.item_kinds;
  std::sort(kinds.begin(), kinds.end());
  if (said.posting != request.posting || said.card != request.card ||
      said.how_many != request.how_many || said.item_kinds != kinds ||
      said.purpose != request.purpose) {
    return MakeFieldError(ErrorCode::kBadRequest, "decision", "of another request");
  }
  if (!request.decided_by.empty() && request.decided_by != said.decided_by)
    return MakeFieldError(ErrorCode::kBadRequest, "decided_by", "not who signed");
  return OkStatus();
}

model::Language LanguageOf(std::string_view code) {
  if (code == "ko") return model::Language::kKorean;
  return code == "ja" ? model::Language::kJapanese : model::Language::kEnglish;
}

std::string MessageText(std::string_view language) {
  if (language == "ko")
    return "지원 제안이 도착했습니다. 이용하시는 포털에서 확인하고 답해 주세요.";
  if (language == "ja")
    return "応募のご提案が届きました。ご利用のポータルで確認のうえ、お答えください。";
  return "You have been asked to apply. See the details and answer in your portal.";
}

// True when the person was asked for this posting before and could still say yes, or has.
StatusOr<bool> IsAskedAlready(ServiceContext& context, const LoadedPerson& person,
                              const Terms& terms,
                              const std::vector<personal_data::Invitation>& invitations) {
  for (const personal_data::Invitation& invitation : invitations) {
    if (invitation.posting != terms.posting.posting) continue;
    const auto consent = LoadConsentOf(context, person, invitation.consent);
    // It may have been a no, or a withdrawal: not asked, and no reason not to ask the others.
    if (model::CodeOf(consent.status()) == ErrorCode::kDataCorrupt) return true;
    NOREN_RETURN_IF_ERROR(consent.status());
    const auto state = personal_data::EffectiveState(consent->version, context.time.Now());
    // A no, and a withdrawal, are final here.
    if (state != personal_data::ConsentState::kExpired &&
        state != personal_data::ConsentState::kSuperseded)
      return true;
  }
  return false;
}

// Frozen, or no longer kept; if not, until this very commit.
StatusOr<bool> IsFrozen(ServiceContext& context, const LoadedPerson& person,
                        personal_data::Staged& staged) {
  const Status may = RequireMayProvide(context, person, staged);
  if (model::CodeOf(may) == ErrorCode::kPolicyForbids) return true;
  NOREN_RETURN_IF_ERROR(may);
  return false;
}

// Under the ids of whoever is one with this person: nobody is asked twice, and whom the person
// blocked through one portal does not ask through another.
StatusOr<bool> IsBarredAsAnother(ServiceContext& context, const LoadedPerson& person,
                                 const Terms& terms, personal_data::Staged& staged) {
  for (const model::PersonId& id : context.market.OnePersonWith(person.person)) {
    if (id == person.person) continue;
    const StatusOr<LoadedPerson> other = LoadPerson(context, id);
    if (model::CodeOf(other.status()) == ErrorCode::kNotFound) continue;  // destroyed
    NOREN_RETURN_IF_ERROR(other.status());
    if (IsBlocked(context, other->record, terms.company)) return true;
    NOREN_ASSIGN_OR_RETURN(const bool frozen, IsFrozen(context, *other, staged));
    if (frozen) return true;
    staged.Require(keyspaces::PersonKey(id), other->stored);  // not blocked until this very commit
    NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, *other));
    NOREN_ASSIGN_OR_RETURN(const bool asked, IsAskedAlready(context, *other, terms, invitations));
    if (asked) return true;
  }
  return false;
}

std::int64_t CountToday(ServiceContext& context,
                        const std::vector<personal_data::Invitation>& invitations) {
  const std::int64_t since = context.time.Now().value - kDaySeconds;
  return std::count_if(
      invitations.begin(), invitations.end(),
      [since](const personal_data::Invitation& one) { return one.invited_at.value > since; });
}

std::vector<personal_data::ConsentItem> ItemsOfKinds(
    const std::vector<personal_data::ItemRecord>& items,
    const std::vector<model::ItemKind>& kinds) {
  std::vector<personal_data::ConsentItem> asked;
  for (const personal_data::ItemRecord& item : items) {
    if (std::find(kinds.begin(), kinds.end(), item.kind) != kinds.end()) {
      asked.push_back({item.item, item.payload_sha256});
    }
  }
  return asked;
}

policy::ReleaseTerms StatedTerms(ServiceContext& context,
                                 const personal_data::Invitation& invitation,
                                 const LoadedPerson& person) {
  return {invitation.purpose, invitation.item_kinds, KindNameToday(context, person),
          invitation.retention_days};
}

StatusOr<personal_data::Invitation> MakeInvitation(ServiceContext& context,
                                                   const LoadedPerson& person, const Terms& terms,
                                                   std::vector<personal_data::ConsentItem> items) {
  const policy::ConsentRules& rules = context.policy.consent;
  const policy::PurposeRule* purpose = context.policy.FindPurpose(terms.request.purpose);
  personal_data::Invitation invitation;
  invitation.invitation = model::InvitationId::Generate(context.random);
  invitation.consent = model::ConsentId::Generate(context.random);
  invitation.posting = terms.posting.posting;
  invitation.company = terms.posting.company;
  invitation.company_key = terms.company_key;
  invitation.company_recipients = terms.recipients;
  invitation.item_kinds = terms.request.item_kinds;
  invitation.items = std::move(items);
  invitation.purpose = terms.request.purpose;
  invitation.invited_at = context.time.Now();
  invitation.answer_by = {invitation.invited_at.value + rules.answer_days * kDaySeconds};
  invitation.consent_days = static_cast<std::uint32_t>(
      purpose ? std::min(purpose->max_consent_days, rules.max_days) : rules.max_days);
  invitation.retention_days = static_cast<std::uint32_t>(rules.retention_days);
  NOREN_ASSIGN_OR_RETURN(
      invitation.notice,
      policy::RenderReleaseNotice(context.policy, LanguageOf(person.record.language),
                                  {invitation.company, invitation.purpose, invitation.item_kinds,
                                   rules.retention_days, PublicNoticeOf(context.policy)}));
  invitation.notice_sha256 = policy::NoticeDigest(invitation.notice);
  invitation.policy_version = context.policy.VersionText();
  invitation.decided_by = terms.decision.decision.decided_by;
  invitation.stated_facts =
      policy::ConsentFacts(context.policy, StatedTerms(context, invitation, person));
  return invitation;
}

AddressedEvent InvitationEvent(const LoadedPerson& person,
                               const personal_data::Invitation& invitation) {
  Event event;
  event.kind = EventKind::kInvitation;
  event.at = invitation.invited_at;
  event.subject = person.record.address.handle.ToString();
  event.posting = invitation.posting;
  event.object = invitation.invitation.ToString();
  return {PortalOf(person), std::move(event)};
}

// Nothing for a person who cannot be asked now; the company is told the same.
StatusOr<std::optional<Prepared>> PrepareOne(ServiceContext& context, const model::PersonId& id,
                                             const Terms& terms) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, id));
  const personal_data::Discoverability& discoverability = person.record.discoverability;
  if (!discoverability.live || !terms.audience.Contains(discoverability.companies_class))
    return std::optional<Prepared>();
  if (IsBlocked(context, person.record, terms.company)) return std::optional<Prepared>();
  personal_data::Staged others;
  NOREN_ASSIGN_OR_RETURN(const bool frozen, IsFrozen(context, person, others));
  if (frozen) return std::optional<Prepared>();
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  NOREN_ASSIGN_OR_RETURN(bool asked, IsAskedAlready(context, person, terms, invitations));
  if (!asked) {
    NOREN_ASSIGN_OR_RETURN(asked, IsBarredAsAnother(context, person, terms, others));
  }
  if (asked || !policy::MayAskPerson(context.policy, CountToday(context, invitations)).allowed) {
    return std::optional<Prepared>();
  }
  NOREN_ASSIGN_OR_RETURN(
      const policy::Decision ranked,
      JudgeRanking(context, person, policy::Search::kEither, terms.posting.company));
  if (!ranked.allowed) return std::optional<Prepared>();
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  auto wanted = ItemsOfKinds(items, terms.request.item_kinds);
  NOREN_RETURN_IF_ERROR(LeaveOutOthers(context, person, terms.posting.posting, wanted));
  if (wanted.empty() || wanted.size() > personal_data::kMaxConsentItems)
    return std::optional<Prepared>();
  NOREN_ASSIGN_OR_RETURN(const auto invitation,
                         MakeInvitation(context, person, terms, std::move(wanted)));
  // What may be asked of others may not be asked of people of this kind.
  if (!policy::MayAskFor(context.policy, StatedTerms(context, invitation, person)).allowed) {
    return std::optional<Prepared>();
  }
  const personal_data::ConsentScope scope{person.context(), context.keys, context.time.Now(),
                                          context.random};
  NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent staged,
                         personal_data::StageInvitation(scope, invitation));
  Prepared prepared{std::move(staged.staged),
                    InvitationEvent(person, invitation),
                    {personal_data::MessageKind::kInvitation, person.record.language,
                     person.record.contact, MessageText(person.record.language)}};
  prepared.staged.Append(std::move(others));
  // Discoverable, and the company not blocked, until this very commit: either changes the record.
  prepared.staged.Require(keyspaces::PersonKey(id), person.stored);
  StageDecided(invitation.consent, terms.decision.id, prepared.staged);
  StageDeadline(
      context, {DeadlineKind::kInvitation, invitation.answer_by, id, invitation.invitation.bytes()},
      prepared.staged);
  return std::optional(std::move(prepared));
}

std::vector<model::PersonId> Chosen(ServiceContext& context, const CardEpochs::Epoch& epoch,
                                    const Terms& terms, const matching::InviteeChoice& choice) {
  std::vector<matching::SeekerRowId> rows;
  const Market::Ties ties(context.pseudonyms);
  terms.market.WithLiveRows(terms.audience, [&](const Market::RowLookup& live) {
    rows = matching::ChooseInvitees(terms.posting.row, epoch.table, choice, live, ties);
  });
  std::vector<model::PersonId> people;
  for (const matching::SeekerRowId row : rows) {
    const auto person = terms.market.FindRow(row);
    if (person) people.push_back(person->person);
  }
  return people;
}

// What every person of this request would be asked for.
policy::Decision MayAskForItems(ServiceContext& context, const InviteRequest& request) {
  return policy::MayAskFor(context.policy, {request.purpose, request.item_kinds, "",
                                            context.policy.consent.retention_days});
}

struct Round {
  Attempt attempt;
  std::vector<personal_data::OutboxMessage> messages;
};

StatusOr<Round> StageInvitations(ServiceContext& context, const Call& call, const Terms& terms,
                                 std::uint32_t class_id) {
  const InviteRequest& request = terms.request;
  const std::string posting_key = keyspaces::PostingKey(request.posting);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, posting_key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(PostingRecord record,
                         DecodePostingRecord(request.posting, *stored, context.keys));
  const policy::Decision provided = MayAskForItems(context, request);
  const policy::Decision decision = policy::MayInvite(
      context.policy,
      {request.purpose, request.item_kinds, request.how_many, record.invited_count});
  NOREN_RETURN_IF_ERROR(policy::ToStatus(decision));
  NOREN_ASSIGN_OR_RETURN(auto quota, PostingQuota::Read(context, call.principal.name));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::MayAskForKind(
      context.policy, quota.UseFor(terms.market, terms.posting), request.how_many)));
  NOREN_ASSIGN_OR_RETURN(const auto epoch,
                         context.card_epochs.Current(context, call, terms.audience, terms.market));
  // Twice as many are looked at, since some cannot be asked; the best of those who can are.
  const auto how_many = static_cast<std::size_t>(request.how_many);
  const auto people = Chosen(context, *epoch, terms, {class_id, how_many * 2});
  Round round;
  round.attempt.change.staged = terms.decision.staged;
  NOREN_RETURN_IF_ERROR(
      RequireCompanyStays(context, call.principal.name, std::nullopt, round.attempt.change.staged));
  std::vector<AddressedEvent> told;
  for (const model::PersonId& person : people) {
    if (round.messages.size() == how_many) break;
    NOREN_ASSIGN_OR_RETURN(std::optional<Prepared> prepared, PrepareOne(context, person, terms));
    if (!prepared) continue;
    round.attempt.change.staged.Append(std::move(prepared->staged));
    round.messages.push_back(std::move(prepared->message));
    told.push_back(std::move(prepared->told));
  }
  AddEvents(context, round.attempt.change, std::move(told));
  record.version += 1;
  record.invited_count +=
      static_cast<std::uint32_t>(request.how_many);  // what was asked for, so that it tells nothing
  NOREN_ASSIGN_OR_RETURN(Bytes counted, EncodePostingRecord(record, context.keys, context.random));
  round.attempt.change.staged.Replace(posting_key, *stored, std::move(counted));
  quota.CountInvitations(request.posting, request.how_many);
  quota.Stage(round.attempt.change.staged);
  round.attempt.change.entry.operation = audit::Operation::kInviteCandidates;
  round.attempt.change.entry.principal = call.principal;
  round.attempt.change.entry.object = request.posting.ToString();
  round.attempt.change.entry.clause_ids = JoinClauses(provided.clauses, decision.clauses);
  return round;
}

RequestIdentity Identify(const InviteRequest& request) {
  RecordWriter writer;
  writer.Raw(request.posting.bytes())
      .Field(request.card)
      .U32(static_cast<std::uint32_t>(request.how_many));
  for (const model::ItemKind kind : request.item_kinds) writer.U8(static_cast<std::uint8_t>(kind));
  writer.U8(static_cast<std::uint8_t>(request.purpose)).Field(request.decided_by);
  writer.Field(request.decision.statement).Field(request.decision.signature);
  return IdentifyRequest(request.idempotency_key, "invite", writer.bytes());
}

}  // namespace

StatusOr<EntryPosition> InviteCandidates(ServiceContext& context, const Call& call,
                                         const InviteRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  // Before anything else is looked at: a machine alone gets no further.
  if (request.decision.statement.empty()) return MakeError(ErrorCode::kHumanRequired);
  NOREN_RETURN_IF_ERROR(EndByDate(context));
  const MarketView market = context.market.Now();
  const auto posting = market->FindPostingOfCompany(call.principal.name, request.posting);
  if (!posting || !posting->open) return MakeError(ErrorCode::kNotFound);
  const AskedOf asked{audit::Operation::kInviteCandidates, request.posting.ToString()};
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, asked, MayAskForItems(context, request)));
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, asked, policy::MayBeRanked(context.policy, policy::Search::kEither, "")));
  NOREN_ASSIGN_OR_RETURN(const auto recipients, RecipientsOf(context, call.principal.name));
  if (recipients.empty()) return MakeError(ErrorCode::kNoRecipientKey);
  NOREN_ASSIGN_OR_RETURN(Audience audience, AudienceOf(context, call.principal.name));
  Terms terms{*market,    request,
              *posting,   personal_data::FingerprintOf(recipients),
              recipients, std::move(audience),
              {},         {}};
  std::vector<personal_data::OutboxMessage> messages;
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, Identify(request), [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(terms.decision, AdmitDecision(context, call, request.decision,
                                                             personal_data::DecisionAct::kInvite));
        NOREN_RETURN_IF_ERROR(CheckDecision(request, terms.decision.decision));
        NOREN_ASSIGN_OR_RETURN(terms.company, FindCompany(context, call.principal.name));
        NOREN_ASSIGN_OR_RETURN(const auto epoch, context.card_epochs.Current(
                                                     context, call, terms.audience, terms.market));
        NOREN_ASSIGN_OR_RETURN(const std::uint32_t class_id,
                               ClassOfCard(context, *epoch, request.posting, request.card));
        NOREN_ASSIGN_OR_RETURN(Round round, StageInvitations(context, call, terms, class_id));
        messages = std::move(round.messages);
        return std::move(round.attempt);
      }));
  if (!run.repeated) {
    // A notice that cannot be sent does not undo the invitation: the person sees it in the portal.
    for (const personal_data::OutboxMessage& message : messages) (void)context.outbox.Send(message);
  }
  return std::move(run.position);
}

}  // namespace noren::operations
