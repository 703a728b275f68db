// A person under person custody, and the client that holds their keys: makes age files, opens its
// own headers, wraps them for companies and signs. The service sees what comes out of here only.
// Source:   docs/formats/person_custody.md
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/agefile/recipient.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"

namespace noren::operations {

class PersonClient {
 public:
  // Registers with `service`, which must outlive this.
  PersonClient(TestService& service, int number);

  // The request that registered, to be sent again or changed.
  RegisterSeekerRequest Registration() const;
  const TestPerson& person() const { return person_; }
  const agefile::Identity& identity() const { return identity_; }

  Bytes MakeFile(const Bytes& plaintext);
  // Hands in a file in pieces of 100,000 bytes.
  StatusOr<FinishedItem> Send(const Bytes& file, const BeginItemRequest& begin,
                              std::optional<PersonAct> act = std::nullopt);
  BeginItemRequest NewItem(model::ItemKind kind) const;
  // A new file with these bytes; fails the test when it is refused.
  model::ItemId PutItem(model::ItemKind kind, const Bytes& plaintext);
  // The same, in the place of an item, by the person's act.
  StatusOr<FinishedItem> ReplaceItem(model::ItemKind kind, const model::ItemId& item,
                                     const Bytes& file);
  // The act for that file.
  PersonAct ReplaceAct(const model::ItemId& item, const Bytes& file);

  PersonAct Sign(const std::string& statement);
  PersonRecordView Read();
  // The one invitation to this posting; fails the test when there is none.
  personal_data::Invitation InvitationTo(const model::PostingId& posting);

  // New headers for these items, wrapped to the recipients.
  std::vector<personal_data::ItemHeader> Wrap(const std::vector<personal_data::ConsentItem>& items,
                                              const std::vector<std::string>& recipients);
  PersonAct GrantAct(const personal_data::Invitation& invitation,
                     std::vector<personal_data::ItemHeader> headers);
  PersonAct RewrapAct(const RewrapNeeded& needed, std::vector<personal_data::ItemHeader> headers);
  // Wraps and grants as it should be.
  TestApplication Grant(const model::PostingId& posting,
                        const std::string& company = "hangang-care");
  // What the item is, opened here from what the service gives back.
  StatusOr<Bytes> OpenOwn(const model::ItemId& item);

 private:
  std::map<std::string, std::string> DigestFields(
      const std::vector<personal_data::ItemHeader>& headers) const;

  TestService& service_;
  agefile::Identity identity_;
  int number_ = 0;
  TestPerson person_;
};

}  // namespace noren::operations
