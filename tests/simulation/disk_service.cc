// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/disk_service.h"

#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/put_item.h"
#include "engine/operations/register_seeker.h"
#include "engine/storage/durable_file.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/folders.h"

namespace noren::simulation {

DiskService::DiskService(std::string folder, std::uint64_t seed, Mirrors mirrors)
    : folder_(std::move(folder)), random_(seed), root_key_(SecretBytes::Random(random_, 32)) {
  config_.data_directory = data();
  config_.anchor_directory = anchor();
  if (mirrors == Mirrors::kTwo) config_.anchor_mirror_directory = mirror();
  config_.outbox_directory = outbox();
  config_.backup_directory = backups();
  config_.policy_path = SourceFolder() + "/datasets/policies/example.toml";
  config_.datasets_directory = SourceFolder() + "/datasets";
}

DiskService::~DiskService() { Stop(); }

server::Surroundings DiskService::Around() {
  return {&clock_,
          nullptr,
          &random_,
          [this] { return is_clock_checked_; },
          [this]() -> StatusOr<SecretBytes> { return root_key_.Clone(); },
          &model::TestDictionary()};
}

Status DiskService::Create() {
  for (const std::string& made : {data(), anchor(), mirror(), backups(), outbox()})
    NOREN_RETURN_IF_ERROR(storage::MakePrivateDirectory(made));
  NOREN_ASSIGN_OR_RETURN(const auto keys, personal_data::PurposeKeys::Derive(root_key_));
  return server::MakeStores(config_, keys, random_);
}

Status DiskService::Start() {
  NOREN_ASSIGN_OR_RETURN(runtime_,
                         server::Runtime::Open(config_, server::Runtime::Use::kServe, Around()));
  return OkStatus();
}

void DiskService::Stop() { runtime_.reset(); }

StatusOr<operations::RestoreSummary> DiskService::Restore(const std::string& backup) {
  return server::RestoreBackup(config_, backup, Around());
}

operations::Call DiskService::As(model::Role role, const std::string& name) {
  return {{role, name}, NextKey()};
}

StatusOr<Seeker> DiskService::Register(int number) {
  Seeker seeker;
  seeker.ref = "ref-" + std::to_string(number);
  seeker.contact = "invented" + std::to_string(number) + "@mail.example";
  seeker.key = primitives::SigningKey::Generate(random_);
  operations::RegisterSeekerRequest request;
  request.idempotency_key = NextKey();
  request.ref = seeker.ref;
  request.profile = operations::SomeProfile(number);
  request.contact = seeker.contact;
  request.language = "en";
  request.person_key = seeker.key->verifying_key().bytes;
  NOREN_ASSIGN_OR_RETURN(const auto registered,
                         operations::RegisterSeeker(context(), portal(), request));
  seeker.handle = registered.handle;
  return seeker;
}

StatusOr<model::ItemId> DiskService::PutItem(const Seeker& seeker, model::ItemKind kind,
                                             ByteSpan plaintext) {
  const operations::Call call = portal();
  operations::BeginItemRequest begin;
  begin.idempotency_key = NextKey();
  begin.handle = seeker.handle;
  begin.kind = kind;
  begin.media_type = "text/plain";
  begin.name = "document.txt";
  NOREN_ASSIGN_OR_RETURN(const auto upload, operations::BeginItem(context(), call, begin));
  NOREN_RETURN_IF_ERROR(operations::AppendItem(context(), call, upload, 0, plaintext).status());
  operations::FinishItemRequest finish;
  finish.idempotency_key = NextKey();
  finish.upload = upload;
  finish.size_bytes = plaintext.size();
  finish.sha256 = primitives::Sha256(plaintext);
  NOREN_ASSIGN_OR_RETURN(const auto item, operations::FinishItem(context(), call, finish));
  return item.item;
}

operations::PersonAct Sign(const Seeker& seeker, const std::string& statement) {
  const std::string message = std::string(personal_data::kActSignaturePrefix) + statement;
  const primitives::Signature signature = seeker.key->Sign(AsBytes(message));
  operations::PersonAct act;
  act.statement = statement;
  act.signature = Bytes(signature.begin(), signature.end());
  return act;
}

StatusOr<operations::PersonAct> DiskService::Act(const Seeker& seeker, std::string_view act,
                                                 const std::map<std::string, std::string>& fields) {
  NOREN_ASSIGN_OR_RETURN(const std::string statement,
                         operations::PrepareAct(context(), portal(), act, seeker.handle, fields));
  return Sign(seeker, statement);
}

Status DiskService::BecomeDiscoverable(const Seeker& seeker) {
  NOREN_ASSIGN_OR_RETURN(const operations::PersonAct act,
                         Act(seeker, "discoverable", {{"companies_class", "all"}}));
  return operations::SetDiscoverable(context(), portal(), NextKey(), act).status();
}

StatusOr<model::RequestId> DiskService::AskForErasure(const Seeker& seeker) {
  NOREN_ASSIGN_OR_RETURN(const operations::PersonAct act, Act(seeker, "erase"));
  NOREN_ASSIGN_OR_RETURN(const auto asked,
                         operations::RequestErasure(context(), portal(), NextKey(), act));
  return model::RequestId::Parse(asked.result);
}

Status DiskService::Destroy(const model::RequestId& request) {
  return operations::DestroyPerson(context(), officer(),
                                   {NextKey(), request, "asked by the person"})
      .status();
}

}  // namespace noren::simulation
