// Person custody from registration to the company's copy, and every way in which a grant is
// refused. The client's part is played by crypto/agefile, outside the service.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/canonical_json.h"
#include "tests/engine/operations/person_custody_fixture.h"

namespace noren::operations {
namespace {

TEST(PersonCustodyRegistration, NeedsKeyAndRecipient) {
  TestService service;
  const PersonClient client(service, 1);
  const auto code = [&](const std::function<void(RegisterSeekerRequest&)>& change) {
    RegisterSeekerRequest request = client.Registration();
    request.ref = "somebody else";
    change(request);
    const auto registered = RegisterSeeker(service.context(), service.portal(), request);
    return std::pair(CodeOf(registered), FieldOf(registered.status()));
  };
  using Refusal = std::pair<ErrorCode, std::string>;
  EXPECT_EQ(code([](auto& r) { r.person_key.reset(); }),
            Refusal(ErrorCode::kMissingField, "person_key"));
  EXPECT_EQ(code([](auto& r) { r.age_recipient.clear(); }),
            Refusal(ErrorCode::kMissingField, "age_recipient"));
  EXPECT_EQ(code([](auto& r) { r.person_key->fill(0); }),
            Refusal(ErrorCode::kBadRequest, "person_key"));
  EXPECT_EQ(code([](auto& r) { r.age_recipient += "q"; }),
            Refusal(ErrorCode::kBadRequest, "age_recipient"));
  EXPECT_EQ(code([](auto& r) {
              r.age_recipient = agefile::Recipient(primitives::AgreementPublicKey{}).ToString();
            }),
            Refusal(ErrorCode::kBadRequest, "age_recipient"));
  EXPECT_EQ(code([](auto& r) { r.custody.reset(); }),
            Refusal(ErrorCode::kBadRequest, "age_recipient"));
  EXPECT_EQ(code([](auto&) {}).first, ErrorCode::kNone);
}

TEST(PersonCustodyRegistration, CustodyKeyAndRecipientAreFixed) {
  TestService service;
  const PersonClient client(service, 1);
  const auto send = [&](const std::function<void(RegisterSeekerRequest&)>& change) {
    RegisterSeekerRequest request = client.Registration();
    change(request);
    const auto registered = RegisterSeeker(service.context(), service.portal(), request);
    return std::pair(CodeOf(registered), FieldOf(registered.status()));
  };
  using Refusal = std::pair<ErrorCode, std::string>;
  const std::string other = agefile::Identity::Generate(service.random()).recipient().ToString();
  EXPECT_EQ(send([](auto& r) { r.custody = model::Custody::kOperator; }),
            Refusal(ErrorCode::kStateConflict, "custody"));
  EXPECT_EQ(send([&](auto& r) { r.age_recipient = other; }),
            Refusal(ErrorCode::kStateConflict, "age_recipient"));
  EXPECT_EQ(send([](auto& r) { r.person_key->at(0) ^= 1; }),
            Refusal(ErrorCode::kStateConflict, "person_key"));
  // What says nothing of custody leaves it as it is.
  EXPECT_EQ(send([](auto& r) {
              r.custody.reset();
              r.age_recipient.clear();
              r.person_key.reset();
            }).first,
            ErrorCode::kNone);
  const auto seeker = GetSeeker(service.context(), service.portal(), client.person().handle);
  ASSERT_OK(seeker);
  EXPECT_EQ(seeker->custody, model::Custody::kPerson);
}

TEST(PersonCustodyRegistration, NobodyIsMovedFromOperatorCustody) {
  TestService service;
  const auto person = service.Register(1, /*with_key=*/true);
  RegisterSeekerRequest request{service.NextKey(), person->ref,     SomeProfile(1),
                                std::nullopt,      person->contact, "en"};
  request.custody = model::Custody::kPerson;
  request.age_recipient = agefile::Identity::Generate(service.random()).recipient().ToString();
  const auto moved = RegisterSeeker(service.context(), service.portal(), request);
  EXPECT_EQ(CodeOf(moved), ErrorCode::kStateConflict);
  EXPECT_EQ(FieldOf(moved.status()), "custody");
}

TEST(PersonCustodyRegistration, ThePolicyMayForbidIt) {
  TestService service;
  const PersonClient client(service, 1);
  policy::Policy strict = service.context().policy;
  strict.custody.allowed = {true, false};
  service.set_policy(&strict);
  ASSERT_OK(service.Restart());
  RegisterSeekerRequest request = client.Registration();
  request.ref = "somebody else";
  EXPECT_EQ(CodeOf(RegisterSeeker(service.context(), service.portal(), request)),
            ErrorCode::kPolicyForbids);
  request.custody.reset();
  request.age_recipient.clear();
  EXPECT_OK(RegisterSeeker(service.context(), service.portal(), request));
}

TEST_F(PersonCustody, TheCompanyOpensWithEachOfItsKeysWhatThePersonHandedIn) {
  const TestApplication application = client().Grant(posting_);
  const auto release = Collect(application);
  ASSERT_OK(release);
  ASSERT_EQ(release->record.items.size(), 2u);
  for (const agefile::Identity* identity : {&*first_, &*second_}) {
    const auto opened = Open(*release, *identity);
    ASSERT_OK(opened);
    EXPECT_TRUE(*opened == resumes_[0]);
  }
  EXPECT_THAT(Open(*release, agefile::Identity::Generate(service_.random())),
              StatusIs(StatusCode::kNotFound));
  const auto manifest = model::ParseJson(release->record.manifest);
  ASSERT_OK(manifest);
  EXPECT_EQ(*manifest->Find("custody")->text(), "person");
  EXPECT_EQ(*manifest->Find("proof")->text(), "signature");
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(PersonCustody, AReleaseHandsOutExactlyTheSignedHeadersAndAlwaysTheSame) {
  const auto headers = GoodHeaders();
  ASSERT_OK(Answer(client().GrantAct(client().InvitationTo(posting_), headers)));
  TestApplication application{nullptr, posting_, {}, {}, {}};
  const auto person =
      LoadPersonByHandle(context(), service_.portal().principal.name, client().person().handle);
  ASSERT_OK(person);
  application.candidate =
      context().pseudonyms.CandidateRefFor("hangang-care", posting_, person->person);
  for (const std::string order : {"order-1", "order-1", "order-2"}) {
    const auto release = Collect(application, order);
    ASSERT_OK(release);
    ASSERT_EQ(release->record.items.size(), headers.size());
    for (const personal_data::ReleasedItem& item : release->record.items) {
      const auto made = std::find_if(headers.begin(), headers.end(),
                                     [&](const ItemHeader& h) { return h.item == item.item; });
      ASSERT_NE(made, headers.end());
      EXPECT_EQ(item.header, made->header);
    }
  }
}

TEST_F(PersonCustody, SurvivesARestart) {
  const TestApplication application = client().Grant(posting_);
  ASSERT_OK(service_.Restart());
  const auto release = Collect(application);
  ASSERT_OK(release);
  EXPECT_THAT(Open(*release, *first_), IsOkAndHolds(resumes_[0]));
  EXPECT_THAT(client().OpenOwn(items_[0]), IsOkAndHolds(resumes_[0]));
}

TEST_F(PersonCustody, ACodeDoesNotGrantAndIsNotSent) {
  const auto invitation = client().InvitationTo(posting_);
  PersonAct act =
      client().GrantAct(invitation, client().Wrap(invitation.items, invitation.company_recipients));
  const std::size_t sent = service_.outbox().messages().size();
  EXPECT_EQ(
      CodeOf(RequestCode(context(), service_.portal(), client().person().handle, act.statement)),
      ErrorCode::kProofRequired);
  EXPECT_EQ(service_.outbox().messages().size(), sent);
  act.signature.clear();
  act.code = "12345678";
  EXPECT_EQ(CodeOf(Answer(act)), ErrorCode::kProofRequired);
  act.code.clear();
  EXPECT_EQ(CodeOf(Answer(act)), ErrorCode::kProofRequired);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, DiscoverabilityNeedsTheSignatureToo) {
  const std::string statement =
      service_.Prepare(client().person(), "discoverable", {{"companies_class", "all"}});
  EXPECT_EQ(CodeOf(RequestCode(context(), service_.portal(), client().person().handle, statement)),
            ErrorCode::kProofRequired);
  EXPECT_EQ(CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(),
                                   {statement, {}, "12345678"})),
            ErrorCode::kProofRequired);
}

TEST_F(PersonCustody, RefusingAndWithdrawingNeedNoKey) {
  const TestApplication application = client().Grant(posting_);
  EXPECT_OK(service_.WithdrawConsent(application));
  const std::string refusal =
      service_.Prepare(client(1).person(), "answer",
                       {{"invitation", client(1).InvitationTo(posting_).invitation.ToString()},
                        {"decision", "refuse"}});
  EXPECT_OK(Answer({refusal, {}, ""}));
}

TEST_F(PersonCustody, ErasureByCodeIsPossibleWithoutTheDevice) {
  const std::string statement = service_.Prepare(client().person(), "erase");
  EXPECT_OK(RequestErasure(context(), service_.portal(), service_.NextKey(),
                           service_.ByCode(client().person(), statement)));
}

TEST_F(PersonCustody, AHeaderThatAPortalPutInIsRefused) {
  // Wrapped to the portal's own key, or to another company, after the person signed.
  const agefile::Identity portal = agefile::Identity::Generate(service_.random());
  const auto invitation = client().InvitationTo(posting_);
  const auto forged = client().Wrap(
      invitation.items, {portal.recipient().ToString(), first_->recipient().ToString()});
  EXPECT_EQ(GrantWith([&](PersonAct& act) { act.headers[0] = forged[0]; }),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([&](PersonAct& act) { act.headers = forged; }), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers[0].header.back() ^= 1; }),
            ErrorCode::kHeaderMismatch);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, SwappedMissingAndAdditionalHeadersAreRefused) {
  EXPECT_EQ(
      GrantWith([](PersonAct& act) { std::swap(act.headers[0].header, act.headers[1].header); }),
      ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { std::swap(act.headers[0].item, act.headers[1].item); }),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers.pop_back(); }), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers.clear(); }), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers.push_back(act.headers[0]); }),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers[1] = act.headers[0]; }),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(GrantWith([](PersonAct& act) { act.headers.resize(33, act.headers[0]); }),
            ErrorCode::kBadRequest);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, HeaderDigestsThatAreNotSignedAreRefused) {
  // The statement of operator custody, rightly signed, and headers beside it.
  const auto invitation = client().InvitationTo(posting_);
  const auto headers = client().Wrap(invitation.items, invitation.company_recipients);
  PersonAct act = client().GrantAct(invitation, headers);
  auto parsed = personal_data::ParseAct(act.statement);
  ASSERT_OK(parsed);
  parsed->terms->headers_sha256.clear();
  PersonAct bare = client().Sign(personal_data::StatementOf(*parsed));
  bare.headers = headers;
  const auto refused = Answer(bare);
  EXPECT_EQ(CodeOf(refused), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(FieldOf(refused.status()), "statement.items");
  // Digests changed after signing.
  parsed->terms->headers_sha256 = {Hash256{}, Hash256{}};
  act.statement = personal_data::StatementOf(*parsed);
  EXPECT_EQ(CodeOf(Answer(act)), ErrorCode::kProofInvalid);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, AnotherPersonsSignatureIsRefused) {
  const auto invitation = client().InvitationTo(posting_);
  const PersonAct act =
      client().GrantAct(invitation, client().Wrap(invitation.items, invitation.company_recipients));
  PersonAct forged = client(1).Sign(act.statement);
  forged.headers = act.headers;
  EXPECT_EQ(CodeOf(Answer(forged)), ErrorCode::kProofInvalid);
}

TEST_F(PersonCustody, AHeaderMustBeForAsManyKeysAsTheNoticeNames) {
  const auto invitation = client().InvitationTo(posting_);
  const std::string one = first_->recipient().ToString();
  const std::string other = agefile::Identity::Generate(service_.random()).recipient().ToString();
  EXPECT_EQ(GrantSigned(client().Wrap(invitation.items, {one})), ErrorCode::kAgeRecipients);
  EXPECT_EQ(
      GrantSigned(client().Wrap(invitation.items, {one, second_->recipient().ToString(), other})),
      ErrorCode::kAgeRecipients);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, ABadlyFormedHeaderIsRefusedThoughItIsSigned) {
  auto headers = GoodHeaders();
  const Bytes good = headers[0].header;
  headers[0].header = ToBytes("no header at all");
  EXPECT_EQ(GrantSigned(headers), ErrorCode::kNotAgeFile);
  headers[0].header = good;
  headers[0].header.push_back('x');
  EXPECT_EQ(GrantSigned(headers), ErrorCode::kNotAgeFile);
  std::string text(AsText(good));
  text.insert(text.find("--- "), "-> some-grease\n\n");
  headers[0].header = ToBytes(text);
  EXPECT_EQ(GrantSigned(headers), ErrorCode::kAgeRecipients);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, AHeaderOfAnotherItemIsRefusedThoughItIsSigned) {
  auto headers = GoodHeaders();
  headers[1].header = headers[0].header;
  EXPECT_EQ(GrantSigned(headers), ErrorCode::kHeaderReused);
  ExpectNothingGranted();
}

TEST_F(PersonCustody, TheItemsOwnHeaderIsRefusedThoughItIsSigned) {
  // One key for the notice, so that only the reuse is wrong.
  const model::PostingId other = service_.RegisterPosting("third-company");
  service_.AddKey("third-company");
  service_.InviteAll(other, "third-company");
  const auto invitation = client().InvitationTo(other);
  auto headers = client().Wrap(invitation.items, invitation.company_recipients);
  headers[0].header = client().Read().items[0].record.header;
  ASSERT_EQ(client().Read().items[0].record.item, headers[0].item);
  EXPECT_EQ(CodeOf(Answer(client().GrantAct(invitation, headers))), ErrorCode::kHeaderReused);
}

TEST_F(PersonCustody, AHeaderMadeForAnotherCompanyIsRefusedThoughItIsSigned) {
  const auto for_first = GoodHeaders();
  ASSERT_EQ(GrantSigned(for_first), ErrorCode::kNone);
  const model::PostingId other = service_.RegisterPosting("second-company");
  service_.AddKey("second-company");
  service_.AddKey("second-company");
  service_.InviteAll(other, "second-company");
  const auto invitation = client().InvitationTo(other);
  EXPECT_EQ(CodeOf(Answer(client().GrantAct(invitation, for_first))), ErrorCode::kHeaderReused);
}

TEST_F(PersonCustody, AGrantForOneCompanyIsNoGrantForAnother) {
  const model::PostingId other = service_.RegisterPosting("second-company");
  service_.AddKey("second-company");
  service_.AddKey("second-company");
  service_.InviteAll(other, "second-company");
  const auto mine = client().InvitationTo(posting_);
  PersonAct act = client().GrantAct(mine, client().Wrap(mine.items, mine.company_recipients));
  auto parsed = personal_data::ParseAct(act.statement);
  ASSERT_OK(parsed);
  parsed->invitation = client().InvitationTo(other).invitation;
  // Signed again by the person, as a deceived client would.
  PersonAct turned = client().Sign(personal_data::StatementOf(*parsed));
  turned.headers = act.headers;
  EXPECT_EQ(CodeOf(Answer(turned)), ErrorCode::kBadRequest);
}

TEST_F(PersonCustody, AReplayedGrantIsRefused) {
  const auto invitation = client().InvitationTo(posting_);
  const PersonAct act =
      client().GrantAct(invitation, client().Wrap(invitation.items, invitation.company_recipients));
  const std::string key = service_.NextKey();
  ASSERT_OK(AnswerInvitation(context(), service_.portal(), key, act));
  EXPECT_OK(AnswerInvitation(context(), service_.portal(), key, act));  // the same call, said again
  EXPECT_EQ(CodeOf(Answer(act)), ErrorCode::kActStale);
  // The same key with other headers is another request.
  PersonAct other = act;
  std::swap(other.headers[0], other.headers[1]);
  EXPECT_EQ(CodeOf(AnswerInvitation(context(), service_.portal(), key, other)),
            ErrorCode::kConflict);
}

TEST_F(PersonCustody, OperatorCustodyTakesNoHeaders) {
  const auto record = ReadOwnRecord(context(), service_.portal(),
                                    service_.Prove(*served_, service_.Prepare(*served_, "read")));
  ASSERT_OK(record);
  ASSERT_EQ(record->invitations.size(), 1u);
  EXPECT_EQ(record->custody, model::Custody::kOperator);
  const std::string statement =
      service_.Prepare(*served_, "answer",
                       {{"invitation", record->invitations[0].invitation.invitation.ToString()},
                        {"decision", "grant"}});
  PersonAct act = service_.BySignature(*served_, statement);
  act.headers = GoodHeaders();
  auto refused = Answer(act);
  EXPECT_EQ(CodeOf(refused), ErrorCode::kBadRequest);
  EXPECT_EQ(FieldOf(refused.status()), "act.headers");
  auto parsed = personal_data::ParseAct(statement);
  ASSERT_OK(parsed);
  parsed->terms->headers_sha256.resize(parsed->terms->items.size());
  refused = Answer(service_.BySignature(*served_, personal_data::StatementOf(*parsed)));
  EXPECT_EQ(CodeOf(refused), ErrorCode::kBadRequest);
  EXPECT_EQ(FieldOf(refused.status()), "statement.items");
  EXPECT_OK(Answer(service_.BySignature(*served_, statement)));
  const auto items = GetSeeker(context(), service_.portal(), served_->handle);
  ASSERT_OK(items);
  EXPECT_EQ(CodeOf(ReadOwnItem(context(), service_.portal(), served_->handle, items->items[0], 0)),
            ErrorCode::kStateConflict);
}

}  // namespace
}  // namespace noren::operations
