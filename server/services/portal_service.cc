// SPDX-License-Identifier: Apache-2.0
#include "server/services/portal_service.h"

#include "engine/operations/put_item.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/site_policy.h"
#include "server/services/enrolment_codec.h"
#include "server/services/service_errors.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using operations::Call;

namespace {

Status TakeStated(const wire::StatedFacts& stated, operations::RegisterSeekerRequest& seeker) {
  if (stated.__isset.subject) seeker.subject = stated.subject;
  if (stated.__isset.notice_sha256) {
    NOREN_ASSIGN_OR_RETURN(seeker.notice,
                           Binary32FromWire(stated.notice_sha256, "stated.notice_sha256"));
  }
  seeker.is_child = stated.child;
  seeker.guardian_agrees = stated.guardian_agrees;
  seeker.agrees = stated.agrees;
  return OkStatus();
}

operations::TakenHow TakenHowFromWire(const wire::TakenHow& how) {
  operations::TakenHow taken;
  if (how.__isset.category) taken.category = how.category;
  if (how.__isset.explained_at) taken.explained_at = UnixSeconds{how.explained_at};
  if (how.__isset.consented_at) taken.consented_at = UnixSeconds{how.consented_at};
  taken.from_person = !how.from_another;
  return taken;
}

}  // namespace

void PortalService::register_seeker(wire::RegisterSeekerAnswer& answer,
                                    const wire::RegisterSeekerRequest& request) {
  const auto body = [&](const Call& call) -> Status {
    operations::RegisterSeekerRequest seeker;
    seeker.idempotency_key = request.idempotency.key;
    seeker.ref = request.ref;
    NOREN_ASSIGN_OR_RETURN(seeker.profile, ProfileFromWire(request.profile));
    if (request.__isset.person_key) {
      NOREN_ASSIGN_OR_RETURN(seeker.person_key, Binary32FromWire(request.person_key, "person_key"));
    }
    seeker.contact = request.contact;
    seeker.language = request.language;
    if (request.__isset.custody) {
      seeker.custody = model::FindCustody(request.custody);
      if (!seeker.custody) {
        return model::MakeFieldError(model::ErrorCode::kBadRequest, "custody",
                                     "operator or person");
      }
    }
    if (request.__isset.age_recipient) seeker.age_recipient = request.age_recipient;
    if (request.__isset.identifiers) {
      NOREN_ASSIGN_OR_RETURN(seeker.identifiers, IdentifiersFromWire(request.identifiers));
    }
    if (request.__isset.stated) {
      NOREN_RETURN_IF_ERROR(TakeStated(request.stated, seeker));
    }
    NOREN_ASSIGN_OR_RETURN(const auto registered,
                           operations::RegisterSeeker(calls_.operations(), call, seeker));
    answer.handle = registered.handle.ToString();
    if (!registered.consent.empty()) answer.__set_consent(registered.consent);
    answer.audit = ToWire(registered.position);
    return OkStatus();
  };
  calls_.Run("portal.register_seeker", body, request.language);
}

void PortalService::state_letter_facts(wire::AuditPosition& answer,
                                       const wire::Idempotency& idempotency,
                                       const std::string& handle, const wire::LetterFacts& facts) {
  calls_.Run("portal.state_letter_facts", [&](const Call& call) -> Status {
    operations::StateLetterFactsRequest request{idempotency.key, {}, {}};
    NOREN_ASSIGN_OR_RETURN(request.handle, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(request.facts, LetterFactsFromWire(facts));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::StateLetterFacts(calls_.operations(), call, request));
    answer = ToWire(position);
    return OkStatus();
  });
}

void PortalService::site_policy(wire::SitePolicy& answer) {
  calls_.Run("portal.site_policy", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const operations::SitePolicy read,
                           operations::ReadSitePolicy(calls_.operations(), call));
    answer.site = read.site;
    answer.policy = read.policy;
    answer.version = read.version;
    if (!read.version.empty()) answer.notice_sha256.assign(read.notice.begin(), read.notice.end());
    answer.published = read.published;
    answer.notice = read.text;
    return OkStatus();
  });
}

void PortalService::get_seeker(wire::SeekerSummary& answer, const std::string& handle) {
  calls_.Run("portal.get_seeker", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(const auto seeker, operations::GetSeeker(calls_.operations(), call, id));
    answer.handle = seeker.handle.ToString();
    answer.profile = ToWire(seeker.profile);
    for (const model::ItemId& item : seeker.items) answer.items.push_back(item.ToString());
    answer.discoverable = seeker.discoverable;
    answer.__set_custody(std::string(model::CustodyName(seeker.custody)));
    return OkStatus();
  });
}

void PortalService::begin_item(std::string& answer, const wire::BeginItemRequest& request) {
  calls_.Run("portal.begin_item", [&](const Call& call) -> Status {
    operations::BeginItemRequest item;
    item.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(item.handle, ParseId<model::SeekerHandle>(request.handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(item.kind, ItemKindFromWire(request.kind, "kind"));
    item.media_type = request.media_type;
    item.name = request.name;
    if (request.__isset.replaces) {
      NOREN_ASSIGN_OR_RETURN(item.replaces, ParseId<model::ItemId>(request.replaces, "replaces"));
    }
    if (request.__isset.how) item.how = TakenHowFromWire(request.how);
    NOREN_ASSIGN_OR_RETURN(const auto upload,
                           operations::BeginItem(calls_.operations(), call, item));
    answer = upload.ToString();
    return OkStatus();
  });
}

std::int64_t PortalService::append_item(const std::string& upload, const std::int64_t offset,
                                        const std::string& chunk) {
  std::int64_t answer = 0;
  calls_.Run("portal.append_item", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::UploadId>(upload, "upload"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t at, CountFromWire(offset, "offset"));
    NOREN_ASSIGN_OR_RETURN(
        const std::uint64_t size_bytes,
        operations::AppendItem(calls_.operations(), call, id, at, AsBytes(chunk)));
    answer = static_cast<std::int64_t>(size_bytes);
    return OkStatus();
  });
  return answer;
}

void PortalService::finish_item(wire::ItemAnswer& answer, const wire::FinishItemRequest& request) {
  calls_.Run("portal.finish_item", [&](const Call& call) -> Status {
    operations::FinishItemRequest item;
    item.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(item.upload, ParseId<model::UploadId>(request.upload, "upload"));
    NOREN_ASSIGN_OR_RETURN(item.size_bytes, CountFromWire(request.size_bytes, "size_bytes"));
    NOREN_ASSIGN_OR_RETURN(item.sha256, Binary32FromWire(request.sha256, "sha256"));
    if (request.__isset.act) {
      NOREN_ASSIGN_OR_RETURN(item.act, ActFromWire(request.act));
    }
    NOREN_ASSIGN_OR_RETURN(const auto finished,
                           operations::FinishItem(calls_.operations(), call, item));
    answer.item = finished.item.ToString();
    answer.__set_payload_sha256(BytesToWire(finished.payload_sha256));
    answer.audit = ToWire(finished.position);
    return OkStatus();
  });
}

void PortalService::register_posting(wire::RegisterPostingAnswer& answer,
                                     const wire::RegisterPostingRequest& request) {
  calls_.Run("portal.register_posting", [&](const Call& call) -> Status {
    operations::RegisterPostingRequest posting;
    posting.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(posting.posting, PostingFromWire(request.posting));
    const auto registered = operations::RegisterPosting(calls_.operations(), call, posting);
    if (!registered.ok()) return WithWireField(registered.status());
    answer.posting = registered->posting.ToString();
    answer.audit = ToWire(registered->position);
    answer.personal = registered->personal;
    return OkStatus();
  });
}

void PortalService::close_posting(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                                  const std::string& posting) {
  calls_.Run("portal.close_posting", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PostingId>(posting, "posting"));
    NOREN_ASSIGN_OR_RETURN(const auto position, operations::ClosePosting(calls_.operations(), call,
                                                                         idempotency.key, id));
    answer = ToWire(position);
    return OkStatus();
  });
}

void PortalService::rank_candidates(wire::RankingAnswer& answer, const std::string& posting,
                                    const std::int32_t k) {
  calls_.Run("portal.rank_candidates", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PostingId>(posting, "posting"));
    NOREN_ASSIGN_OR_RETURN(const auto ranking,
                           operations::RankCandidates(calls_.operations(), call, id, k));
    for (const operations::RankedPerson& person : ranking.best) {
      wire::RankedSeeker& row = answer.seekers.emplace_back();
      row.handle = person.handle.ToString();
      row.score = person.score.score;
      row.terms = ToWire(person.score);
    }
    answer.considered = static_cast<std::int32_t>(ranking.considered);
    answer.policy_version = calls_.operations().policy.VersionText();
    return OkStatus();
  });
}

void PortalService::rank_postings(wire::PostingRankingAnswer& answer, const std::string& handle,
                                  const std::int32_t k) {
  calls_.Run("portal.rank_postings", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(const auto ranking,
                           operations::RankPostings(calls_.operations(), call, id, k));
    for (const operations::RankedOpening& opening : ranking.best) {
      wire::RankedPosting& row = answer.postings.emplace_back();
      row.posting = opening.posting.ToString();
      row.title = opening.title;
      row.company = opening.company;
      row.score = opening.score.score;
      row.terms = ToWire(opening.score);
    }
    answer.considered = static_cast<std::int32_t>(ranking.considered);
    return OkStatus();
  });
}

void PortalService::explain(wire::Explanation& answer, const std::string& posting,
                            const std::string& handle) {
  calls_.Run("portal.explain", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto posting_id, ParseId<model::PostingId>(posting, "posting"));
    NOREN_ASSIGN_OR_RETURN(const auto seeker, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(const auto explanation,
                           operations::ExplainPair(calls_.operations(), call, posting_id, seeker));
    answer = ToWire(explanation);
    return OkStatus();
  });
}

}  // namespace noren::server
