// A person's consent and the company's release of it, each durable before it is answered, from the
// signed act to the document in the company's hands: p50 and p99, beside a 4 KiB overwrite with
// fdatasync on the same disk, taken in turn in the same run. A program of its own, for its cases
// follow one another.
// Source:   docs/BENCHMARKS.md (Consent and release)
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bench/macro/clocks.h"
#include "crypto/agefile/agefile.h"
#include "crypto/base/check.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/human_decisions.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/put_item.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/personal_data/act.h"
#include "engine/personal_data/decision.h"
#include "engine/storage/durable_file.h"
#include "server/daemon/runtime.h"

namespace noren::bench {
namespace {

namespace fs = std::filesystem;
using operations::Call;

constexpr std::int32_t kKinds = 5;               // of people: as many classes
constexpr std::size_t kItemBytes = 64 << 10;     // of a document
constexpr const char* kRecruiter = "Kim Minji";  // invented
constexpr const char* kRole = "recruiter";

void Must(const Status& status, const char* what) {
  if (!status.ok()) std::fprintf(stderr, "%s: %s\n", what, std::string(MessageOf(status)).c_str());
  NOREN_CHECK(status.ok(), "a step of the benchmark failed");
}
template <typename T>
T Must(StatusOr<T> value, const char* what) {
  Must(value.status(), what);
  return std::move(*value);
}

struct Person {
  primitives::SigningKey key;
  model::SeekerHandle handle;
  model::ItemId item;
  Bytes resume;
};
struct Company {
  std::string name;
  agefile::Identity identity;
  primitives::SigningKey recruiter;
  model::PostingId posting;
};

// Microseconds of each case, in order.
struct Times {
  std::vector<double> consent, release, both, sync;
};

class Bench {
 public:
  Bench(const std::string& directory, const std::string& policy_path)
      : directory_(directory), root_key_(SecretBytes::Random(random_, 32)) {
    server::Config config;
    config.data_directory = directory + "/data";
    config.anchor_directory = directory + "/anchor";
    config.outbox_directory = directory + "/outbox";
    config.backup_directory = directory + "/backups";
    config.policy_path = policy_path;
    config.datasets_directory = fs::path(policy_path).parent_path().parent_path().string();
    for (const std::string& made : {config.data_directory, config.anchor_directory,
                                    config.outbox_directory, config.backup_directory})
      Must(storage::MakePrivateDirectory(made), "folder");
    const auto keys = Must(personal_data::PurposeKeys::Derive(root_key_), "keys");
    Must(server::MakeStores(config, keys, random_), "stores");
    server::Surroundings around;
    around.is_clock_checked = [] { return true; };
    around.root_key = [this]() -> StatusOr<SecretBytes> { return root_key_.Clone(); };
    runtime_ = Must(server::Runtime::Open(config, server::Runtime::Use::kServe, around), "service");
    raw_ = Must(storage::OpenFile(directory + "/raw", O_RDWR | O_CREAT), "raw");
    Must(storage::WriteAt(raw_, 0, Bytes(8192)), "raw");
  }

  void AddPeople(int count);
  void AddCompany(const std::string& name);
  // Every person who was asked says yes, and the company fetches it.
  void Run(Times& times);

 private:
  operations::ServiceContext& context() { return runtime_->context(); }
  std::string NextKey() { return "key-" + std::to_string(++keys_); }
  Call Portal() { return {{model::Role::kPortal, "bench-portal"}, NextKey()}; }
  Call Of(const Company& company) { return {{model::Role::kCompany, company.name}, NextKey()}; }
  operations::PersonAct Signed(const Person& person, std::string_view act,
                               const std::map<std::string, std::string>& fields);
  void InviteAll(const Company& company);
  void ConsentAndRelease(const Company& company, const Person& person,
                         const model::InvitationId& invitation, Times& times);
  void CheckDocument(const Company& company, const Person& person,
                     const operations::CollectedRelease& release);
  double SyncMicroseconds();

  const std::string directory_;
  SystemRandom random_;
  SecretBytes root_key_;
  std::unique_ptr<server::Runtime> runtime_;
  storage::FileDescriptor raw_;
  std::vector<Person> people_;
  std::vector<Company> companies_;
  int keys_ = 0;
  std::uint64_t syncs_ = 0;
};

operations::PersonAct Bench::Signed(const Person& person, std::string_view act,
                                    const std::map<std::string, std::string>& fields) {
  operations::PersonAct signed_act;
  signed_act.statement =
      Must(operations::PrepareAct(context(), Portal(), act, person.handle, fields), "statement");
  const std::string message =
      std::string(personal_data::kActSignaturePrefix) + signed_act.statement;
  const primitives::Signature signature = person.key.Sign(AsBytes(message));
  signed_act.signature = Bytes(signature.begin(), signature.end());
  return signed_act;
}

// Invented people of a few kinds, so that a class has many; each with one document.
void Bench::AddPeople(int count) {
  for (int i = 0; i < count; ++i) {
    Person person{primitives::SigningKey::Generate(random_), {}, {}, Bytes(kItemBytes)};
    random_.Fill(person.resume);
    operations::RegisterSeekerRequest request;
    request.idempotency_key = NextKey();
    request.ref = "ref-" + std::to_string(i);
    request.profile.occupations = {*model::OccupationCode::Parse("ISCO-5322")};
    request.profile.regions = {*model::RegionCode::Parse("KR-11440")};
    request.profile.employment_types.Add(model::EmploymentType::kFullTime);
    request.profile.experience_months = static_cast<std::uint16_t>(24 * (1 + i % kKinds));
    request.contact = "invented" + std::to_string(i) + "@mail.example";
    request.language = "en";
    request.person_key = person.key.verifying_key().bytes;
    person.handle =
        Must(operations::RegisterSeeker(context(), Portal(), request), "register").handle;
    const Call portal = Portal();
    const auto upload =
        Must(operations::BeginItem(
                 context(), portal,
                 {NextKey(), person.handle, model::ItemKind::kResume, "text/plain", "resume.txt"}),
             "item");
    Must(operations::AppendItem(context(), portal, upload, 0, person.resume).status(), "item");
    person.item = Must(operations::FinishItem(context(), portal,
                                              {NextKey(), upload, person.resume.size(),
                                               primitives::Sha256(person.resume)}),
                       "item")
                      .item;
    Must(operations::SetDiscoverable(context(), Portal(), NextKey(),
                                     Signed(person, "discoverable", {{"companies_class", "all"}}))
             .status(),
         "show");
    people_.push_back(std::move(person));
  }
}

void Bench::AddCompany(const std::string& name) {
  Company company{
      name, agefile::Identity::Generate(random_), primitives::SigningKey::Generate(random_), {}};
  Must(operations::AddCompanyKey(context(), Of(company), NextKey(),
                                 company.identity.recipient().ToString())
           .status(),
       "company key");
  Must(operations::AddSigner(context(), Of(company), NextKey(),
                             {kRecruiter, kRole, company.recruiter.verifying_key().bytes, {}})
           .status(),
       "recruiter");
  model::Posting posting;
  posting.company = name;
  posting.reference = "job-1";
  posting.title = "Care worker";
  posting.occupations = {*model::OccupationCode::Parse("ISCO-5322")};
  posting.regions = {*model::RegionCode::Parse("KR-11440")};
  posting.employment_types.Add(model::EmploymentType::kFullTime);
  company.posting =
      Must(operations::RegisterPosting(context(), Portal(), {NextKey(), posting}), "posting")
          .posting;
  companies_.push_back(std::move(company));
}

// Of each class as many as one request may ask.
void Bench::InviteAll(const Company& company) {
  const auto page =
      Must(operations::ListCards(context(), Of(company), company.posting, 0, 100), "cards");
  for (const operations::CardView& card : page.cards) {
    operations::InviteRequest request{NextKey(),
                                      company.posting,
                                      card.card,
                                      context().policy.limits.invitations_per_request,
                                      {model::ItemKind::kResume}};
    personal_data::HumanDecision decision;
    decision.act = personal_data::DecisionAct::kInvite;
    decision.reason = personal_data::DecisionReason::kBestMatch;
    decision.company = company.name;
    decision.at = context().time.Now();
    decision.decided_by = kRecruiter;
    decision.role = kRole;
    decision.posting = request.posting;
    decision.card = request.card;
    decision.how_many = request.how_many;
    decision.item_kinds = request.item_kinds;
    decision.purpose = request.purpose;
    random_.Fill(decision.nonce);
    request.decision.statement = personal_data::StatementOf(decision);
    const std::string message =
        std::string(personal_data::kDecisionSignaturePrefix) + request.decision.statement;
    const primitives::Signature signature = company.recruiter.Sign(AsBytes(message));
    request.decision.signature = Bytes(signature.begin(), signature.end());
    Must(operations::InviteCandidates(context(), Of(company), request).status(), "invite");
  }
}

double Bench::SyncMicroseconds() {
  const Bytes page(4096, 1);
  const double begin = WallSeconds();
  Must(storage::WriteAt(raw_, ++syncs_ % 2 * 4096, page), "raw");
  Must(storage::SyncData(raw_), "raw");
  return (WallSeconds() - begin) * 1e6;
}

// What the company got opens with its own identity, and is what the person handed in.
void Bench::CheckDocument(const Company& company, const Person& person,
                          const operations::CollectedRelease& release) {
  NOREN_CHECK(release.record.items.size() == 1, "one document");
  NOREN_CHECK(release.record.items[0].item == person.item, "the person's document");
  Bytes file = release.record.items[0].header;
  while (true) {
    const Bytes piece =
        Must(operations::ReadPayload(context(), Of(company), release.record.release, person.item,
                                     file.size() - release.record.items[0].header.size()),
             "payload");
    if (piece.empty()) break;
    file.insert(file.end(), piece.begin(), piece.end());
  }
  NOREN_CHECK(Must(agefile::DecryptFile(file, company.identity), "document") == person.resume,
              "the document is the person's");
}

void Bench::ConsentAndRelease(const Company& company, const Person& person,
                              const model::InvitationId& invitation, Times& times) {
  const auto loaded =
      Must(operations::LoadPersonByHandle(context(), "bench-portal", person.handle), "person");
  const auto candidate =
      context().pseudonyms.CandidateRefFor(company.name, company.posting, loaded.person);
  times.sync.push_back(SyncMicroseconds());
  const auto act =
      Signed(person, "answer", {{"invitation", invitation.ToString()}, {"decision", "grant"}});
  const double begin = WallSeconds();
  Must(operations::AnswerInvitation(context(), Portal(), NextKey(), act).status(), "consent");
  const double granted = WallSeconds();
  const auto release =
      Must(operations::CollectRelease(context(), Of(company),
                                      {NextKey(), candidate, "order-1", "first interview"}),
           "release");
  const double released = WallSeconds();
  times.consent.push_back((granted - begin) * 1e6);
  times.release.push_back((released - granted) * 1e6);
  times.both.push_back((released - begin) * 1e6);
  CheckDocument(company, person, release);
}

void Bench::Run(Times& times) {
  for (const Company& company : companies_) {
    InviteAll(company);
    for (const Person& person : people_) {
      const auto loaded =
          Must(operations::LoadPersonByHandle(context(), "bench-portal", person.handle), "person");
      for (const auto& one : Must(operations::LoadInvitations(context(), loaded), "invitations")) {
        if (one.posting == company.posting)
          ConsentAndRelease(company, person, one.invitation, times);
      }
    }
  }
}

double At(std::vector<double> times, double share) {
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
  std::nth_element(times.begin(), times.begin() + place, times.end());
  return times[static_cast<std::size_t>(place)];
}

void Print(const char* what, const std::vector<double>& times, const std::vector<double>& sync) {
  std::printf("| %s | %zu | %.0f | %.0f | %.1f |\n", what, times.size(), At(times, 0.5),
              At(times, 0.99), At(times, 0.5) / At(sync, 0.5));
}

int Run(int people, int companies, const std::string& policy_path) {
  std::string directory = (fs::temp_directory_path() / "noren-release-XXXXXX").string();
  NOREN_CHECK(::mkdtemp(directory.data()) != nullptr, "directory");
  Times times;
  {
    Bench bench(directory, policy_path);
    bench.AddPeople(people);
    for (int i = 0; i < companies; ++i) bench.AddCompany("company-" + std::to_string(i));
    bench.Run(times);
  }
  NOREN_CHECK(
      times.both.size() == static_cast<std::size_t>(people) * static_cast<std::size_t>(companies),
      "everybody was asked by every company, and answered");
  std::printf(
      "| | cases | p50, us | p99, us | p50 in raw syncs |\n| --- | --- | --- | --- | --- |\n");
  Print("4 KiB overwrite and fdatasync", times.sync, times.sync);
  Print("consent", times.consent, times.sync);
  Print("release", times.release, times.sync);
  Print("both, end to end", times.both, times.sync);
  std::error_code ignored;  // a leftover in the temporary directory harms no measurement
  fs::remove_all(directory, ignored);
  return 0;
}

}  // namespace
}  // namespace noren::bench

// noren_release_bench POLICY [--smoke]
int main(int argc, char** argv) {
  if (argc < 2) return 1;
  const bool is_smoke = argc > 2 && std::string(argv[2]) == "--smoke";
  // As many as one request asks of a class, and as many requests as reach a person a day.
  return noren::bench::Run(20, is_smoke ? 2 : 20, argv[1]);
}
