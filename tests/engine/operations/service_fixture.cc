// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/operations/service_fixture.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/export.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/key_versions.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/token_keys.h"
#include "engine/policy/loader.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/subjects.h"
#include "server/verifier/verify.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr std::size_t kCopyPage = 500;
constexpr std::int32_t kInvitedPerCard = 10;

const policy::Policy& ExamplePolicy() {
  static const policy::Policy policy =
      *policy::ParsePolicy(model::ReadSourceFile("datasets/policies/example.toml"));
  return policy;
}

}  // namespace

Status RecordingOutbox::Send(const personal_data::OutboxMessage& message) {
  const std::lock_guard lock(mutex_);
  messages_.push_back(message);
  return OkStatus();
}

std::vector<personal_data::OutboxMessage> RecordingOutbox::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::string RecordingOutbox::LastCodeFor(const std::string& contact) const {
  const std::vector<personal_data::OutboxMessage> sent = messages();
  for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
    if (message->contact != contact || message->kind != personal_data::MessageKind::kOneTimeCode)
      continue;
    const std::string& text = message->text;
    for (std::size_t i = 0; i + 8 <= text.size(); ++i) {
      if (std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i),
                      text.begin() + static_cast<std::ptrdiff_t>(i + 8),
                      [](char c) { return c >= '0' && c <= '9'; })) {
        return text.substr(i, 8);
      }
    }
  }
  return "";
}

std::vector<storage::KeyValue> ContentOf(storage::Store& store) {
  std::vector<storage::KeyValue> content;
  std::string after;
  for (bool more = true; more;) {
    StatusOr<storage::Page> page = store.Scan(kEmbeddedPartition, "", after, kCopyPage);
    EXPECT_TRUE(page.ok());
    if (!page.ok()) return content;
    for (storage::KeyValue& item : page->items) content.push_back(std::move(item));
    if (!content.empty()) after = content.back().key;
    more = page->more;
  }
  return content;
}

std::unique_ptr<storage::MemoryStore> CopyOf(storage::Store& store) {
  auto copy = std::make_unique<storage::MemoryStore>();
  for (storage::KeyValue& item : ContentOf(store)) {
    storage::Batch batch;
    batch.mutations.push_back({std::move(item.key), std::move(item.value)});
    EXPECT_EQ(copy->Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  return copy;
}

TestService::TestService(std::uint64_t seed)
    : TestService(seed, {FixedClock::kDefaultNow}, nullptr) {}

TestService::TestService(std::uint64_t seed, UnixSeconds now, const policy::Policy* policy)
    : clock_(now.value),
      random_(seed),
      data_(std::make_unique<storage::MemoryStore>()),
      tree_(std::make_unique<storage::MemoryStore>()),
      crashing_data_(std::make_unique<storage::CrashingStore>(*data_, power_)),
      crashing_tree_(std::make_unique<storage::CrashingStore>(*tree_, power_)),
      faults_(std::make_unique<storage::FaultInjectingStore>(*crashing_data_)),
      blobs_(clock_),
      anchor_(power_),
      journal_(power_),
      policy_(policy) {
  root_key_ = SecretBytes::Random(random_, 32);
  auto keys = personal_data::PurposeKeys::Derive(root_key_);
  EXPECT_OK(keys);
  keys_ = std::make_unique<personal_data::PurposeKeys>(std::move(*keys));
  pseudonyms_ = std::make_unique<personal_data::Pseudonyms>(*keys_);
  auto signer = audit::LogSigner::Create("test", keys_->Of(personal_data::KeyPurpose::kAuditSign));
  EXPECT_OK(signer);
  signer_ = std::make_unique<audit::LogSigner>(std::move(*signer));
  EXPECT_OK(CreateTree());
  EXPECT_OK(Start());
}

TestService::~TestService() { Stop(); }

void TestService::Stop() { running_.reset(); }

Status TestService::CreateTree() {
  NOREN_ASSIGN_OR_RETURN(personal_data::Keyring::Created created,
                         personal_data::Keyring::Create(*crashing_tree_, random_));
  storage::AnchorRecord record;
  record.epoch = 1;
  record.partitions.resize(1);
  record.key_tree_generation = created.root.generation;
  record.key_tree_root_key = std::move(created.root.key);
  record.log = {0, audit::RootOf(audit::LogState())};
  record.time_floor = clock_.Now();
  return anchor_.Store(record);
}

Status TestService::LoadKeyring(Running& running, const storage::AnchorRecord& anchored) {
  NOREN_ASSIGN_OR_RETURN(running.keyring,
                         personal_data::Keyring::Load(
                             *crashing_tree_, random_,
                             {anchored.key_tree_root_key.Clone(), anchored.key_tree_generation}));
  return OkStatus();
}

void TestService::WirePipeline(Running& running, storage::AnchorRecord anchored,
                               audit::LogState state) {
  running.time = std::make_unique<TrustedTime>(clock_, anchored.time_floor, steady_clock_);
  if (clock_confirmed_) running.time->Trust();
  storage::Anchor& anchor = held_anchor_ ? static_cast<storage::Anchor&>(*held_anchor_) : anchor_;
  running.pipeline = std::make_unique<CommitPipeline>(
      PipelineParts{*faults_, anchor, journal_, *signer_, *keys_, *running.time, random_},
      std::move(anchored), std::move(state));
  running.market = std::make_unique<Market>(MarketParts{
      *faults_,
      *running.keyring,
      *keys_,
      *pseudonyms_,
      model::TestDictionary(),
      {},
      [&running] {
        return policy::TodayOf(running.context->policy, running.time->Now()).days_since_1970;
      },
      [&running](const LoadedPerson& person) { return UseOf(*running.context, person); },
      (policy_ ? *policy_ : ExamplePolicy()).digest});
  running.callers = std::make_unique<CallerLocks>(lock_limits_);
  running.context.reset(new ServiceContext{
      *faults_, blobs_, *running.keyring, *keys_, *pseudonyms_,
      policy_ ? *policy_ : ExamplePolicy(), model::TestDictionary(), outbox_, *running.pipeline,
      *running.market, running.card_epochs, running.policy_versions, running.uploads,
      *running.callers, *running.time, random_, anchor_.erasure_claim()});
}

Status TestService::Start() {
  auto running = std::make_unique<Running>();
  NOREN_ASSIGN_OR_RETURN(storage::AnchorRecord anchored, anchor_.Load());
  NOREN_RETURN_IF_ERROR(LoadKeyVersions(*faults_, *keys_));
  if (!held_anchor_) {
    audit::AuditHeads heads(*faults_);
    NOREN_RETURN_IF_ERROR(storage::VerifyExtends(anchored, 1, heads));
  }
  const audit::LogReader reader(*faults_, kEmbeddedPartition);
  NOREN_RETURN_IF_ERROR(reader.SelfCheck(64));
  NOREN_ASSIGN_OR_RETURN(audit::LogState state, reader.LoadState());
  NOREN_RETURN_IF_ERROR(LoadKeyring(*running, anchored));
  NOREN_RETURN_IF_ERROR(
      LoadTokenKeys({*faults_, *running->keyring, *keys_, *pseudonyms_, random_}));
  WirePipeline(*running, std::move(anchored), std::move(state));
  NOREN_RETURN_IF_ERROR(running->pipeline->CheckSealed());
  running_ = std::move(running);
  if (held_anchor_) return LoadMarket();
  NOREN_RETURN_IF_ERROR(pipeline().RecoverNarrowingActs());
  NOREN_RETURN_IF_ERROR(RenewLostTokenKeys(context()).status());
  NOREN_RETURN_IF_ERROR(LoadMarket());
  NOREN_RETURN_IF_ERROR(ResumeDestructions(context()));
  NOREN_RETURN_IF_ERROR(SweepAtStart(context()));
  return ReencryptMarked(context()).status();
}

Status TestService::LoadMarket() {
  market_load_ = {};
  if (snapshot_place_ == nullptr) return context().market.Load();
  NOREN_ASSIGN_OR_RETURN(market_load_, context().market.Load(*snapshot_place_));
  return OkStatus();
}

MarketParts TestService::market_parts() {
  return {*faults_,
          keyring(),
          *keys_,
          *pseudonyms_,
          model::TestDictionary(),
          {},
          {},
          {},
          (policy_ ? *policy_ : ExamplePolicy()).digest};
}

Status TestService::Restart() {
  Stop();
  power_.PowerOn();
  faults_->Restart();
  return Start();
}

void TestService::ReplaceData(const storage::MemoryStore& data) {
  ASSERT_EQ(running_, nullptr);
  faults_.reset();
  crashing_data_.reset();
  data_ = CopyOf(const_cast<storage::MemoryStore&>(data));
  crashing_data_ = std::make_unique<storage::CrashingStore>(*data_, power_);
  faults_ = std::make_unique<storage::FaultInjectingStore>(*crashing_data_);
}

void TestService::ReplaceTree(const storage::MemoryStore& tree) {
  ASSERT_EQ(running_, nullptr);
  crashing_tree_.reset();
  tree_ = CopyOf(const_cast<storage::MemoryStore&>(tree));
  crashing_tree_ = std::make_unique<storage::CrashingStore>(*tree_, power_);
}

Status TestService::CheckLog() {
  const audit::LogReader reader(*faults_, kEmbeddedPartition);
  NOREN_RETURN_IF_ERROR(reader.SelfCheck(1024));
  NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, anchor_.Load());
  audit::AuditHeads heads(*faults_);
  return storage::VerifyExtends(anchored, 1, heads);
}

StatusOr<std::uint64_t> TestService::VerifyExportedLog() {
  const audit::LogReader reader(*faults_, kEmbeddedPartition);
  std::stringstream file;
  NOREN_RETURN_IF_ERROR(audit::ExportLog(reader, *signer_, 0, file).status());
  NOREN_ASSIGN_OR_RETURN(const std::string verifier_key, signer_->VerifierKey(kEmbeddedPartition));
  NOREN_ASSIGN_OR_RETURN(const verifier::Report report,
                         verifier::VerifyExport(file, {verifier_key, ""}));
  if (!report.ok()) return DataLoss(verifier::ToText(report));
  return report.tree_size;
}

std::vector<audit::AuditEntry> TestService::Entries() {
  const audit::LogReader reader(*faults_, kEmbeddedPartition);
  std::vector<audit::AuditEntry> entries;
  const auto state = reader.LoadState();
  EXPECT_OK(state);
  while (state.ok() && entries.size() < state->tree_size) {
    const auto stored = reader.ReadEntries(entries.size(), state->tree_size);
    EXPECT_OK(stored);
    if (!stored.ok()) return entries;
    for (const audit::StoredEntry& one : *stored) {
      auto entry = audit::DecodeAuditEntry(one.entry);
      EXPECT_OK(entry);
      if (!entry.ok()) return entries;
      entries.push_back(std::move(*entry));
    }
  }
  return entries;
}

std::string TestService::NextKey() { return "key-" + std::to_string(next_key_++); }

Call TestService::officer(const std::string& name) {
  const Call call = NewOfficer(name);
  if (running_ == nullptr || !BindsStaff(context().policy) ||
      RequireAcknowledged(context(), call).ok())
    return call;
  EXPECT_OK(AcknowledgePolicy(context(), call, NextKey(), context().policy.digest));
  return call;
}

std::unique_ptr<TestPerson> TestService::Register(int number, bool with_key) {
  auto person = std::make_unique<TestPerson>();
  person->ref = "ref-" + std::to_string(number);
  person->contact = "person" + std::to_string(number) + "@mail.example";
  RegisterSeekerRequest request{NextKey(),    person->ref,     SomeProfile(number),
                                std::nullopt, person->contact, "en"};
  if (policy::NeedsConfirmation(context().policy)) {
    request.notice = PublicNoticeOf(context().policy);
  }
  request.agrees = policy::IsKeptByConsent(context().policy, request.subject);
  if (with_key) {
    person->key = primitives::SigningKey::Generate(random_);
    request.person_key = person->key->verifying_key().bytes;
  }
  const auto registered = RegisterSeeker(context(), portal(), request);
  EXPECT_OK(registered);
  if (registered.ok()) person->handle = registered->handle;
  return person;
}

model::ItemId TestService::PutItem(const TestPerson& person, model::ItemKind kind,
                                   const Bytes& plaintext) {
  const Call call = portal();
  const auto upload = BeginItem(
      context(), call, {NextKey(), person.handle, kind, "application/pdf", "document.pdf"});
  EXPECT_OK(upload);
  if (!upload.ok()) return {};
  for (std::size_t begin = 0; begin < plaintext.size(); begin += kMaxItemChunkBytes) {
    const std::size_t size = std::min(kMaxItemChunkBytes, plaintext.size() - begin);
    EXPECT_OK(
        AppendItem(context(), call, *upload, begin, ByteSpan(plaintext).subspan(begin, size)));
  }
  const auto item = FinishItem(
      context(), call, {NextKey(), *upload, plaintext.size(), primitives::Sha256(plaintext)});
  EXPECT_OK(item);
  return item.ok() ? item->item : model::ItemId();
}

model::PostingId TestService::RegisterPosting(const std::string& company) {
  const auto posting =
      operations::RegisterPosting(context(), portal(), {NextKey(), SomePosting(company)});
  EXPECT_OK(posting);
  return posting.ok() ? posting->posting : model::PostingId();
}

agefile::Identity TestService::AddKey(const std::string& company) {
  agefile::Identity identity = agefile::Identity::Generate(random_);
  EXPECT_OK(
      AddCompanyKey(context(), this->company(company), NextKey(), identity.recipient().ToString()));
  return identity;
}

std::string TestService::Prepare(const TestPerson& person, std::string_view act,
                                 const std::map<std::string, std::string>& fields) {
  const auto statement = PrepareAct(context(), portal(), act, person.handle, fields);
  EXPECT_OK(statement);
  return statement.ok() ? *statement : "";
}

PersonAct TestService::ByCode(const TestPerson& person, const std::string& statement) {
  EXPECT_OK(RequestCode(context(), portal(), person.handle, statement));
  return {statement, {}, outbox_.LastCodeFor(person.contact)};
}

PersonAct TestService::BySignature(const TestPerson& person, const std::string& statement) {
  EXPECT_TRUE(person.key.has_value());
  const std::string message = std::string(personal_data::kActSignaturePrefix) + statement;
  const primitives::Signature signature = person.key->Sign(AsBytes(message));
  return {statement, Bytes(signature.begin(), signature.end()), ""};
}

PersonAct TestService::Prove(const TestPerson& person, const std::string& statement) {
  return person.key ? BySignature(person, statement) : ByCode(person, statement);
}

void TestService::BecomeDiscoverable(const TestPerson& person, const std::string& companies_class) {
  const std::string statement =
      Prepare(person, "discoverable", {{"companies_class", companies_class}});
  EXPECT_OK(SetDiscoverable(context(), portal(), NextKey(), Prove(person, statement)));
}

void TestService::InviteAll(const model::PostingId& posting, const std::string& company) {
  const auto cards = ListCards(context(), this->company(company), posting, 0, 100);
  ASSERT_OK(cards);
  ASSERT_FALSE(cards->cards.empty());
  for (const CardView& card : cards->cards) {
    EXPECT_OK(InviteCandidates(context(), this->company(company),
                               Decided({NextKey(),
                                        posting,
                                        card.card,
                                        kInvitedPerCard,
                                        {model::ItemKind::kResume, model::ItemKind::kName},
                                        model::Purpose::kApplicationScreening},
                                       company)));
  }
}

const primitives::SigningKey& TestService::SignerOf(const std::string& company,
                                                    std::string_view name) {
  const std::string id = company + "/" + std::string(name);
  auto known = signers_.find(id);
  if (known == signers_.end())
    known = signers_.emplace(id, primitives::SigningKey::Generate(random_)).first;
  const auto& public_key = known->second.verifying_key().bytes;
  const auto registered = SignersOf(context(), company);
  EXPECT_OK(registered);
  const bool is_there =
      registered.ok() && std::any_of(registered->begin(), registered->end(),
                                     [&](const auto& one) { return one.public_key == public_key; });
  // A restore may have put an older state in place.
  if (!is_there) {
    const std::string role = name == kRecruiter ? "recruiter" : "head of care";
    EXPECT_OK(AddSigner(context(), this->company(company), NextKey(),
                        {std::string(name), role, public_key, {}}));
  }
  return known->second;
}

SignedStatement TestService::Decide(personal_data::HumanDecision decision,
                                    const std::string& company, std::string_view name) {
  const primitives::SigningKey& key = SignerOf(company, name);
  decision.company = company;
  decision.at = context().time.Now();
  decision.decided_by = std::string(name);
  decision.role = name == kRecruiter ? "recruiter" : "head of care";
  random_.Fill(decision.nonce);
  std::string statement = personal_data::StatementOf(decision);
  const std::string message = std::string(personal_data::kDecisionSignaturePrefix) + statement;
  const primitives::Signature signature = key.Sign(AsBytes(message));
  return {std::move(statement), Bytes(signature.begin(), signature.end())};
}

InviteRequest TestService::Decided(InviteRequest request, const std::string& company) {
  personal_data::HumanDecision decision;
  decision.act = personal_data::DecisionAct::kInvite;
  decision.reason = personal_data::DecisionReason::kBestMatch;
  decision.posting = request.posting;
  decision.card = request.card;
  decision.how_many = request.how_many;
  decision.item_kinds = request.item_kinds;
  std::sort(decision.item_kinds.begin(), decision.item_kinds.end());
  decision.purpose = request.purpose;
  request.decision = Decide(std::move(decision), company);
  return request;
}

TestApplication TestService::Grant(TestPerson& person, const model::PostingId& posting,
                                   const std::string& company) {
  TestApplication application{&person, posting, {}, {}, {}};
  const auto record = ReadOwnRecord(context(), portal(), Prove(person, Prepare(person, "read")));
  EXPECT_OK(record);
  if (!record.ok()) return application;
  for (const InvitationView& view : record->invitations) {
    // Asked anew after a correction, somebody has more than one.
    if (view.invitation.posting == posting &&
        view.state != personal_data::ConsentState::kSuperseded)
      application.invitation = view.invitation.invitation;
  }
  EXPECT_FALSE(application.invitation.is_none()) << "not invited";
  const std::string statement = Prepare(
      person, "answer", {{"invitation", application.invitation.ToString()}, {"decision", "grant"}});
  const auto granted = AnswerInvitation(context(), portal(), NextKey(), Prove(person, statement));
  EXPECT_OK(granted);
  if (!granted.ok()) return application;
  application.consent = *model::ConsentId::Parse(granted->result);
  const auto loaded = LoadPersonByHandle(context(), portal().principal.name, person.handle);
  EXPECT_OK(loaded);
  if (loaded.ok())
    application.candidate = pseudonyms_->CandidateRefFor(company, posting, loaded->person);
  return application;
}

Status TestService::WithdrawConsent(const TestApplication& application) {
  const std::string statement =
      Prepare(*application.person, "withdraw", {{"consent", application.consent.ToString()}});
  return Withdraw(context(), portal(), NextKey(), {statement, {}, ""}).status();
}

model::RequestId TestService::AskForErasure(const TestPerson& person) {
  const auto asked =
      RequestErasure(context(), portal(), NextKey(), Prove(person, Prepare(person, "erase")));
  EXPECT_OK(asked);
  return asked.ok() ? *model::RequestId::Parse(asked->result) : model::RequestId();
}

model::Profile SomeProfile(int number) {
  model::Profile profile;
  profile.occupations = {*model::OccupationCode::Parse("ISCO-5322")};
  profile.regions = {*model::RegionCode::Parse("KR-11440")};
  profile.skills = {
      {*model::SkillCode::Parse("SK-first-aid"), static_cast<std::uint8_t>(1 + number % 5)}};
  profile.employment_types.Add(model::EmploymentType::kFullTime);
  profile.experience_months = static_cast<std::uint16_t>(24 + number % 7);
  profile.education = model::Education::kUpperSecondary;
  return profile;
}

model::Posting SomePosting(const std::string& company) {
  model::Posting posting;
  posting.company = company;
  posting.reference = "job-1";
  posting.title = "Care worker";
  posting.occupations = {*model::OccupationCode::Parse("ISCO-5322")};
  posting.regions = {*model::RegionCode::Parse("KR-11440")};
  posting.employment_types.Add(model::EmploymentType::kFullTime);
  posting.preferred_skills = {{*model::SkillCode::Parse("SK-first-aid"), 7}};
  return posting;
}

Bytes SomeBytes(std::uint64_t seed, std::size_t size_bytes) {
  Bytes bytes(size_bytes);
  SeededRandom random(seed);
  random.Fill(bytes);
  return bytes;
}

}  // namespace noren::operations
