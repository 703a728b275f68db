// The ids of the model. Printed forms are "<prefix>-<32 hex digits>".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/strong_id.h"

namespace noren::model {

struct PersonTag {
  static constexpr std::string_view kPrefix = "person";
};
struct SeekerHandleTag {
  static constexpr std::string_view kPrefix = "seeker";
};
struct PostingTag {
  static constexpr std::string_view kPrefix = "posting";
};
struct ItemTag {
  static constexpr std::string_view kPrefix = "item";
};
struct InvitationTag {
  static constexpr std::string_view kPrefix = "invitation";
};
struct ConsentTag {
  static constexpr std::string_view kPrefix = "consent";
};
struct CandidateRefTag {
  static constexpr std::string_view kPrefix = "candidate";
};
struct ReleaseTag {
  static constexpr std::string_view kPrefix = "release";
};
struct UploadTag {
  static constexpr std::string_view kPrefix = "upload";
};
struct ReceiptTag {
  static constexpr std::string_view kPrefix = "receipt";
};
struct RequestTag {
  static constexpr std::string_view kPrefix = "request";
};
struct PlanTag {
  static constexpr std::string_view kPrefix = "plan";
};
struct HoldTag {
  static constexpr std::string_view kPrefix = "hold";
};
struct DutyTag {
  static constexpr std::string_view kPrefix = "duty";
};
struct DecisionTag {
  static constexpr std::string_view kPrefix = "decision";
};
struct QuestionTag {
  static constexpr std::string_view kPrefix = "question";
};
struct ReviewTag {
  static constexpr std::string_view kPrefix = "review";
};

using PersonId = StrongId<PersonTag>;            // internal only; never leaves the service
using SeekerHandle = StrongId<SeekerHandleTag>;  // what one portal calls one person
using PostingId = StrongId<PostingTag>;
using ItemId = StrongId<ItemTag>;
using InvitationId = StrongId<InvitationTag>;
using ConsentId = StrongId<ConsentTag>;
using CandidateRef = StrongId<CandidateRefTag>;  // one person towards one company for one posting
using ReleaseId = StrongId<ReleaseTag>;
using UploadId = StrongId<UploadTag>;
using ReceiptId = StrongId<ReceiptTag>;
using RequestId = StrongId<RequestTag>;
using PlanId = StrongId<PlanTag>;          // of a destruction
using HoldId = StrongId<HoldTag>;          // of a legal hold
using DutyId = StrongId<DutyTag>;          // what a company owes after its access ended
using DecisionId = StrongId<DecisionTag>;  // a choice of a named human
using QuestionId = StrongId<QuestionTag>;  // a person's, about a decision
using ReviewId = StrongId<ReviewTag>;      // two people who may be one: an officer's case

}  // namespace noren::model
