// SPDX-License-Identifier: Apache-2.0
#include "tests/server/cli/fake_service.h"

#include <thrift/processor/TMultiplexedProcessor.h>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/canonical_json.h"
#include "gen-cpp/CompanyService.h"
#include "gen-cpp/DestructionService.h"
#include "gen-cpp/HandlerService.h"
#include "gen-cpp/OfficerService.h"
#include "gen-cpp/PortalService.h"
#include "gen-cpp/RegisterService.h"
#include "tests/support/status_matchers.h"

namespace noren::cli {
namespace {

void Refuse(const std::string& code, bool retryable = false) {
  wire::ServiceError error;
  error.code = code;
  error.public_message = "public sentence";
  error.request_id = "request-1";
  error.field = "profile.regions";
  error.retryable = retryable;
  throw error;
}

void RefuseFirst(FakeRecord& record) {
  if (record.refusals == 0) return;
  --record.refusals;
  Refuse(record.refusal_code, record.retryable);
}

class Portal final : public wire::PortalServiceNull {
 public:
  explicit Portal(FakeRecord& record) : record_(record) {}

  void register_seeker(wire::RegisterSeekerAnswer& answer,
                       const wire::RegisterSeekerRequest& request) override {
    record_.seeker_keys.push_back(request.idempotency.key);
    RefuseFirst(record_);
    record_.custody = request.custody;
    record_.person_key = request.person_key;
    record_.age_recipient = request.age_recipient;
    auto& handle = record_.handles[request.idempotency.key];
    if (handle.empty()) handle = "seeker-" + std::to_string(record_.handles.size());
    answer.handle = handle;
  }
  void begin_item(std::string& id, const wire::BeginItemRequest& request) override {
    record_.replaces = request.replaces;
    for (const auto& [known, upload] : record_.uploads) {
      if (upload.first == request.idempotency.key) id = known;
    }
    if (!id.empty()) return;
    id = "upload-" + std::to_string(record_.uploads.size() + 1);
    record_.uploads[id] = {request.idempotency.key, ""};
  }
  std::int64_t append_item(const std::string& id, const std::int64_t offset,
                           const std::string& chunk) override {
    std::string& bytes = record_.uploads[id].second;
    if (record_.uploads_that_die > 0) {
      --record_.uploads_that_die;
      Refuse("NOT_FOUND");
    }
    if (static_cast<std::size_t>(offset) != bytes.size()) Refuse("STATE_CONFLICT");
    bytes += chunk;
    return static_cast<std::int64_t>(bytes.size());
  }
  void finish_item(wire::ItemAnswer& answer, const wire::FinishItemRequest& request) override {
    const std::string& bytes = record_.uploads[request.upload].second;
    const auto found = record_.finished.find(request.idempotency.key);
    if (found != record_.finished.end() && found->second != request.upload) Refuse("CONFLICT");
    const bool right = static_cast<std::int64_t>(bytes.size()) == request.size_bytes &&
                       AsText(primitives::Sha256(AsBytes(bytes))) == request.sha256;
    if (!right) Refuse("BAD_REQUEST");
    record_.finished[request.idempotency.key] = request.upload;
    record_.replace_statement = request.act.statement;
    answer.item = "item-" + request.upload;
  }

 private:
  FakeRecord& record_;
};

class Company final : public wire::CompanyServiceNull {
 public:
  explicit Company(FakeRecord& record) : record_(record) {}

  void collect_release(wire::Release& answer, const wire::CollectRequest& request) override {
    RefuseFirst(record_);
    wire::ReleasedItem item;
    item.item = "item-1";
    item.kind = "resume";
    item.name = record_.item_name;
    item.header = record_.told_header;
    item.payload_size_bytes = static_cast<std::int64_t>(record_.payload.size());
    item.payload_sha256 = std::string(AsText(primitives::Sha256(AsBytes(record_.payload))));
    model::JsonValue entry;
    entry.Set("item", item.item).Set("kind", item.kind);
    entry.Set("header_sha256", HexEncode(primitives::Sha256(AsBytes(record_.header))));
    entry.Set("payload_sha256", HexEncode(AsBytes(item.payload_sha256)));
    entry.Set("payload_size_bytes", item.payload_size_bytes);
    model::JsonValue manifest;
    manifest.Set("noren", "release/1").Set("release", "release-1");
    manifest.Set("candidate", request.candidate);
    manifest.Set("items", model::JsonValue::MakeArray({entry}));
    answer.release = "release-1";
    answer.manifest = model::DumpCanonical(manifest);
    answer.signature = std::string(64, 's');
    answer.items = {item};
  }
  void read_payload(std::string& chunk, const std::string&, const std::string&,
                    const std::int64_t offset) override {
    if (static_cast<std::size_t>(offset) < record_.told_payload.size()) {
      chunk = record_.told_payload.substr(static_cast<std::size_t>(offset), 65536);
    }
  }

 private:
  FakeRecord& record_;
};

class Officer final : public wire::OfficerServiceNull {
 public:
  explicit Officer(FakeRecord& record) : record_(record) {}

  void status(wire::Status& answer) override {
    RefuseFirst(record_);
    answer.state = "ready\x1b[31m";
  }
  void checkpoint(wire::Checkpoint& answer) override {
    answer.note = record_.note;
    answer.public_key = record_.public_key;
  }
  // The sequences of a fake log have no gap but where an entry before says so: the entries after
  // `first` are found by position, two at a time.
  void audit_entries(wire::AuditEntries& answer, const std::int64_t first,
                     const std::int32_t) override {
    answer.first = first;
    for (std::size_t i = served_; i < record_.entries.size() && i < served_ + 2; ++i) {
      answer.entries.push_back(record_.entries[i]);
    }
    served_ += answer.entries.size();
  }
  void consistency_proof(std::vector<std::string>& proof, const std::int64_t,
                         const std::int64_t) override {
    proof = record_.consistency;
  }
  void list_reviews(wire::ReviewPage& answer, const wire::PageRequest& page,
                    const bool open_only) override {
    wire::EnrolmentReview& review = answer.reviews.emplace_back();
    review.review = "review-" + std::string(32, 'a');
    review.state = open_only ? "open" : "merged";
    review.earlier.portal = "first-portal\x1b[31m";
    review.later.portal = "second-portal";
    if (page.cursor.empty()) answer.next_cursor = "next";
  }
  void decide_review(wire::AuditPosition&, const wire::Idempotency&, const std::string&,
                     const std::string& decision) override {
    record_.decisions.push_back(decision);
  }
  void rotate_enrolment_key(wire::RotateAnswer& answer, const wire::Idempotency&) override {
    answer.version = 2;
  }
  void retire_enrolment_key(wire::AuditPosition&, const wire::Idempotency&,
                            const std::int32_t version) override {
    record_.decisions.push_back("retire " + std::to_string(version));
  }
  void enrolment_key_versions(std::vector<wire::EnrolmentKey>& answer) override {
    wire::EnrolmentKey& key = answer.emplace_back();
    key.version = 1;
    key.state = "live";
    key.public_key = std::string(32, '\x42');
  }

 private:
  FakeRecord& record_;
  std::size_t served_ = 0;
};

// A plan whose execution takes three calls.
class Destruction final : public wire::DestructionServiceNull {
 public:
  explicit Destruction(FakeRecord& record) : record_(record) {}
  void plan_destruction(wire::DestructionPlan& answer,
                        const wire::PlanDestruction& request) override {
    answer = Plan("planned");
    if (request.dry_run) answer.plan.clear();
    std::string decision = "plan " + request.rule.level;
    for (const std::string& person : request.rule.people) decision += " " + person;
    if (!request.dry_run) record_.decisions.push_back(decision);
  }
  void show_plan(wire::DestructionPlan& answer, const std::string&) override {
    answer = Plan("planned");
  }
  void list_plans(wire::PlanPage& answer, const wire::PageRequest& page) override {
    answer.plans = {Plan(page.cursor.empty() ? "planned" : "done")};
    if (page.cursor.empty()) answer.next_cursor = "next";
  }
  void approve_destruction(wire::AuditPosition&, const wire::ApproveDestruction& request) override {
    record_.decisions.push_back("approve " + request.plan);
  }
  void execute_destruction(wire::ExecutionProgress& answer, const std::string& plan) override {
    RefuseFirst(record_);
    record_.decisions.push_back("execute " + plan);
    answer.plan = Plan("executing");
    answer.plan.parts_done = static_cast<std::int32_t>(record_.decisions.size());
    if (answer.plan.parts_done < answer.plan.parts) return;
    wire::DestructionReceipt receipt;
    receipt.receipt = "receipt-" + std::string(32, 'a');
    receipt.text = "{}";
    receipt.signature = std::string(64, '\x43');
    answer.__set_receipt(receipt);
  }
  void place_hold(wire::PlacedHold& answer, const wire::PlaceHold&) override {
    answer.hold = "hold-" + std::string(32, 'a');
  }
  void list_holds(wire::HoldPage& answer, const wire::PageRequest&) override {
    wire::Hold& hold = answer.holds.emplace_back();
    hold.authority = "Act 11\x1b[31m";
    hold.items.emplace_back().custody = "person";
  }
  void release_hold(wire::AuditPosition&, const wire::Idempotency&, const std::string& hold,
                    const std::string&) override {
    record_.decisions.push_back("release " + hold);
  }
  void open_held(wire::OpenedHeld& answer, const wire::OpenHeld&) override {
    answer.header = "header ";
    answer.payload_size_bytes = 7;
    answer.custody = "person";
  }
  void read_held(std::string& answer, const std::string&, const std::string&,
                 const std::int64_t offset) override {
    answer = std::string("payload").substr(static_cast<std::size_t>(offset), 4);
  }

 private:
  static wire::DestructionPlan Plan(const std::string& state) {
    wire::DestructionPlan plan;
    plan.plan = "plan-" + std::string(32, 'a');
    plan.state = state;
    plan.level = "people";
    plan.digest = std::string(32, '\x42');
    plan.reason = "plan 3\x1b[31m";
    plan.parts = 3;
    return plan;
  }
  FakeRecord& record_;
};

// One register of two pages, with texts that a terminal, a spreadsheet or a browser would obey.
class Registers final : public wire::RegisterServiceNull {
 public:
  explicit Registers(FakeRecord& record) : record_(record) {}
  void add_register_entry(wire::AddedRegisterEntry& answer,
                          const wire::AddRegisterEntry& request) override {
    std::string decision = request.register_name + " " + request.step + " " + request.subject +
                           " at " + std::to_string(request.at);
    for (const auto& [name, value] : request.fields) decision += " " + name + "=" + value;
    for (const std::string& clause : request.clauses) decision += " " + clause;
    record_.decisions.push_back(decision);
    answer.number = 7;
  }
  void read_register(wire::RegisterTable& answer, const std::string& name, std::int64_t,
                     std::int64_t, const std::string& language,
                     const wire::PageRequest& page) override {
    answer.title = name + " in " + language;
    answer.heading = {"no.", "what"};
    answer.operator_name = "An invented operator";
    const bool is_first = page.cursor.empty();
    answer.rows.emplace_back().cells = {is_first ? "1" : "2", "=1+1<b>\x1b[31m"};
    if (is_first) answer.next_cursor = "next";
  }
  void list_registers(std::vector<wire::RegisterTitle>& answer, const std::string&) override {
    answer.emplace_back().register_name = "training";
  }
  void open_case(wire::AddedRegisterEntry& answer, const wire::OpenCase& request) override {
    record_.decisions.push_back("case " + request.reference + " " + request.person + " " +
                                request.handler);
    answer.number = 4;
  }
  void review_handlers(wire::HandlerReview& answer, const std::string& clause) override {
    record_.decisions.push_back("review " + clause);
    answer.number = 9;
    wire::ReviewedHandler& one = answer.handlers.emplace_back();
    one.handler = "kim\x1b[31m";
    one.withdrawn = true;
  }
  void put_on_medium(wire::MediumPackage& answer, const wire::PutOnMedium& request) override {
    if (request.plain) Refuse("POLICY_FORBIDS");
    std::string decision = "put " + request.medium;
    for (const std::string& person : request.people) decision += " " + person;
    record_.decisions.push_back(decision + " " + request.reason);
    answer.file = "sealed";
    answer.entry = 3;
  }
  void lose_medium(wire::LostMedium& answer, const wire::LoseMedium& request) override {
    record_.decisions.push_back("lose " + request.medium + " " + std::to_string(request.at));
    answer.incident = 5;
    answer.people = 2;
  }
  void list_affected(wire::AffectedPeople& answer, const std::int64_t incident,
                     const wire::PageRequest& page) override {
    record_.decisions.push_back("affected " + std::to_string(incident));
    answer.medium = "M1";
    answer.people.emplace_back().person = page.cursor.empty() ? "p/seeker-1" : "p/seeker-2";
    if (page.cursor.empty()) answer.next_cursor = "next";
  }

 private:
  FakeRecord& record_;
};

// One item of ten bytes, in chunks of four.
class Handlers final : public wire::HandlerServiceNull {
 public:
  explicit Handlers(FakeRecord& record) : record_(record) {}
  void use_items(wire::UsedItems& answer, const wire::UseItems& request) override {
    std::string decision = "use " + request.person + " " + request.file + " " + request.purpose;
    for (const std::string& item : request.items) decision += " " + item;
    record_.decisions.push_back(decision + " " + request.recipient);
    answer.ticket = "ticket";
    wire::UsedItem& item = answer.items.emplace_back();
    item.item = "item-" + std::string(32, 'b');
    item.kind = "resume";
    item.header = "header ";
    item.payload_size_bytes = 10;
  }
  void read_used_item(std::string& answer, const std::string& ticket, const std::string&,
                      const std::int64_t offset) override {
    if (ticket == "ticket")
      answer = std::string("0123456789").substr(static_cast<std::size_t>(offset), 4);
  }

 private:
  FakeRecord& record_;
};

server::ProcessorFactory FactoryOf(FakeRecord& record) {
  return [&record](const server::RequestContext&) {
    auto all = std::make_shared<apache::thrift::TMultiplexedProcessor>();
    all->registerProcessor(
        "portal", std::make_shared<wire::PortalServiceProcessor>(std::make_shared<Portal>(record)));
    all->registerProcessor("company", std::make_shared<wire::CompanyServiceProcessor>(
                                          std::make_shared<Company>(record)));
    all->registerProcessor("officer", std::make_shared<wire::OfficerServiceProcessor>(
                                          std::make_shared<Officer>(record)));
    all->registerProcessor("destruction", std::make_shared<wire::DestructionServiceProcessor>(
                                              std::make_shared<Destruction>(record)));
    all->registerProcessor("handler", std::make_shared<wire::HandlerServiceProcessor>(
                                          std::make_shared<Handlers>(record)));
    all->registerProcessor("register", std::make_shared<wire::RegisterServiceProcessor>(
                                           std::make_shared<Registers>(record)));
    return all;
  };
}

}  // namespace

FakeService::FakeService() {
  server::LogOptions log_options;
  log_options.path = tls_.Path("log.jsonl");
  log_ = *server::EventLog::Open(log_options);
  server::ServerOptions options;
  options.tls = tls_.ServerFiles();
  options.worker_threads = 1;
  auto server = server::Server::Start(options, FactoryOf(record_), {*log_, metrics_, random_});
  EXPECT_OK(server);
  server_ = *std::move(server);
}

FakeService::~FakeService() = default;

std::vector<std::string> FakeService::Arguments(const std::string& pair) const {
  return {"--server",   "localhost:" + std::to_string(server_->port()),
          "--ca",       tls_.Path("ca.crt"),
          "--cert",     tls_.Path(pair + ".crt"),
          "--cert-key", tls_.Path(pair + ".key")};
}

}  // namespace noren::cli
