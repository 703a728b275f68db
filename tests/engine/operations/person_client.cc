// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/operations/person_client.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/agefile.h"
#include "crypto/base/encoding.h"
#include "engine/operations/held_items.h"
#include "engine/operations/public_notice.h"
#include "engine/policy/stated/acquisition.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr std::size_t kPieceBytes = 100'000;

}  // namespace

PersonClient::PersonClient(TestService& service, int number)
    : service_(service), identity_(agefile::Identity::Generate(service.random())), number_(number) {
  person_.ref = "held-" + std::to_string(number);
  person_.contact = "held" + std::to_string(number) + "@mail.example";
  person_.key = primitives::SigningKey::Generate(service.random());
  const auto registered = RegisterSeeker(service.context(), service.portal(), Registration());
  EXPECT_OK(registered);
  if (registered.ok()) person_.handle = registered->handle;
}

RegisterSeekerRequest PersonClient::Registration() const {
  RegisterSeekerRequest request{service_.NextKey(), person_.ref,     SomeProfile(number_),
                                std::nullopt,       person_.contact, "en"};
  const policy::Policy& policy = service_.context().policy;
  if (policy::NeedsConfirmation(policy)) request.notice = PublicNoticeOf(policy);
  request.person_key = person_.key->verifying_key().bytes;
  request.custody = model::Custody::kPerson;
  request.age_recipient = identity_.recipient().ToString();
  return request;
}

Bytes PersonClient::MakeFile(const Bytes& plaintext) {
  const agefile::Recipient own = identity_.recipient();
  return agefile::EncryptFile(plaintext, {&own, 1}, service_.random()).value();
}

BeginItemRequest PersonClient::NewItem(model::ItemKind kind) const {
  return {service_.NextKey(), person_.handle, kind, "application/pdf", "document.pdf"};
}

StatusOr<FinishedItem> PersonClient::Send(const Bytes& file, const BeginItemRequest& begin,
                                          std::optional<PersonAct> act) {
  const Call call = service_.portal();
  NOREN_ASSIGN_OR_RETURN(const model::UploadId upload, BeginItem(service_.context(), call, begin));
  for (std::size_t at = 0; at < file.size(); at += kPieceBytes) {
    const std::size_t size = std::min(kPieceBytes, file.size() - at);
    NOREN_RETURN_IF_ERROR(
        AppendItem(service_.context(), call, upload, at, ByteSpan(file).subspan(at, size))
            .status());
  }
  return FinishItem(
      service_.context(), call,
      {service_.NextKey(), upload, file.size(), primitives::Sha256(file), std::move(act)});
}

model::ItemId PersonClient::PutItem(model::ItemKind kind, const Bytes& plaintext) {
  const auto sent = Send(MakeFile(plaintext), NewItem(kind));
  EXPECT_OK(sent);
  return sent.ok() ? sent->item : model::ItemId();
}

PersonAct PersonClient::ReplaceAct(const model::ItemId& item, const Bytes& file) {
  const std::size_t header = agefile::MeasureHeader(file).value();
  return Sign(service_.Prepare(
      person_, "replace",
      {{"item", item.ToString()},
       {"digest", HexEncode(primitives::Sha256(ByteSpan(file).subspan(header)))},
       {"header_sha256", HexEncode(primitives::Sha256(ByteSpan(file).first(header)))}}));
}

StatusOr<FinishedItem> PersonClient::ReplaceItem(model::ItemKind kind, const model::ItemId& item,
                                                 const Bytes& file) {
  BeginItemRequest begin = NewItem(kind);
  begin.replaces = item;
  return Send(file, begin, ReplaceAct(item, file));
}

PersonAct PersonClient::Sign(const std::string& statement) {
  return service_.BySignature(person_, statement);
}

PersonRecordView PersonClient::Read() {
  auto view =
      ReadOwnRecord(service_.context(), service_.portal(), Sign(service_.Prepare(person_, "read")));
  EXPECT_OK(view);
  return view.ok() ? std::move(*view) : PersonRecordView();
}

personal_data::Invitation PersonClient::InvitationTo(const model::PostingId& posting) {
  for (InvitationView& view : Read().invitations) {
    if (view.invitation.posting == posting) return std::move(view.invitation);
  }
  ADD_FAILURE() << "not invited";
  return {};
}

std::vector<personal_data::ItemHeader> PersonClient::Wrap(
    const std::vector<personal_data::ConsentItem>& items,
    const std::vector<std::string>& recipients) {
  std::vector<agefile::Recipient> parsed;
  for (const std::string& text : recipients) {
    parsed.push_back(agefile::Recipient::Parse(text).value());
  }
  std::vector<personal_data::ItemHeader> headers;
  const PersonRecordView own = Read();
  for (const personal_data::ConsentItem& wanted : items) {
    for (const OwnItem& item : own.items) {
      if (item.record.item != wanted.item) continue;
      EXPECT_EQ(item.record.payload_sha256, wanted.payload_sha256);
      auto header = agefile::Rewrap(item.record.header, identity_, parsed, service_.random());
      EXPECT_OK(header);
      if (header.ok()) headers.push_back({wanted.item, std::move(*header)});
    }
  }
  EXPECT_EQ(headers.size(), items.size());
  return headers;
}

std::map<std::string, std::string> PersonClient::DigestFields(
    const std::vector<personal_data::ItemHeader>& headers) const {
  std::map<std::string, std::string> fields;
  for (const personal_data::ItemHeader& header : headers) {
    fields["header." + header.item.ToString()] = HexEncode(primitives::Sha256(header.header));
  }
  return fields;
}

PersonAct PersonClient::GrantAct(const personal_data::Invitation& invitation,
                                 std::vector<personal_data::ItemHeader> headers) {
  auto fields = DigestFields(headers);
  fields["invitation"] = invitation.invitation.ToString();
  fields["decision"] = "grant";
  PersonAct act = Sign(service_.Prepare(person_, "answer", fields));
  act.headers = std::move(headers);
  return act;
}

PersonAct PersonClient::RewrapAct(const RewrapNeeded& needed,
                                  std::vector<personal_data::ItemHeader> headers) {
  auto fields = DigestFields(headers);
  fields["consent"] = needed.consent.ToString();
  PersonAct act = Sign(service_.Prepare(person_, "rewrap", fields));
  act.headers = std::move(headers);
  return act;
}

TestApplication PersonClient::Grant(const model::PostingId& posting, const std::string& company) {
  const personal_data::Invitation invitation = InvitationTo(posting);
  TestApplication application{&person_, posting, invitation.invitation, invitation.consent, {}};
  EXPECT_OK(AnswerInvitation(
      service_.context(), service_.portal(), service_.NextKey(),
      GrantAct(invitation, Wrap(invitation.items, invitation.company_recipients))));
  const auto loaded =
      LoadPersonByHandle(service_.context(), service_.portal().principal.name, person_.handle);
  EXPECT_OK(loaded);
  if (loaded.ok()) {
    application.candidate =
        service_.context().pseudonyms.CandidateRefFor(company, posting, loaded->person);
  }
  return application;
}

StatusOr<Bytes> PersonClient::OpenOwn(const model::ItemId& item) {
  for (const OwnItem& own : Read().items) {
    if (own.record.item != item) continue;
    Bytes file = own.record.header;
    for (std::uint64_t offset = 0;;) {
      NOREN_ASSIGN_OR_RETURN(const Bytes piece, ReadOwnItem(service_.context(), service_.portal(),
                                                            person_.handle, item, offset));
      if (piece.empty()) break;
      offset += piece.size();
      file.insert(file.end(), piece.begin(), piece.end());
    }
    return agefile::DecryptFile(file, identity_);
  }
  return NotFound("own item");
}

}  // namespace noren::operations
