// Uses of items by handlers: what the registers and the notice allow is handed out as age files and
// is in the log and in the person's list; whatever a curious handler tries beside that is refused
// and in the log.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/item_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "crypto/agefile/agefile.h"
#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/exposures.h"
#include "engine/operations/handler_cases.h"
#include "engine/operations/handler_reviews.h"
#include "engine/operations/item_use_record.h"
#include "tests/engine/operations/person_client.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::ItemKind;
using policy::RegisterKind;

constexpr std::int64_t kDay = 86400;

// Sapporo's counsellors: counselling needs a case, information about companies does not.
class ItemUse : public ::testing::Test {
 protected:
  ItemUse()
      : policy_(policy::OperatorPolicy("sapporo-ui")),
        service_(1, {FixedClock::kDefaultNow}, &policy_),
        key_(agefile::Identity::Generate(service_.random())),
        person_(service_.Register(1, /*with_key=*/true)),
        content_(SomeBytes(3, 150'000)) {
    item_ = service_.PutItem(*person_, ItemKind::kResume, content_);
  }
  ServiceContext& context() { return service_.context(); }

  Status Add(RegisterKind kind, const std::string& step, const std::string& subject,
             std::map<std::string, std::string> fields = {}, std::vector<std::string> clauses = {},
             std::uint64_t follows = 0) {
    AddRegisterEntryRequest entry;
    entry.idempotency_key = service_.NextKey();
    entry.kind = kind;
    entry.step = step;
    entry.at = context().time.Now();
    entry.subject = subject;
    entry.fields = std::move(fields);
    entry.clauses = std::move(clauses);
    entry.follows = follows;
    return AddRegisterEntry(context(), service_.officer(), entry).status();
  }
  void Designate(const std::string& name, std::map<std::string, std::string> more = {}) {
    ASSERT_OK(Add(RegisterKind::kHandlers, "secrecy", name, {}, {"S-48"}));
    std::map<std::string, std::string> fields = {{"role", "counsellor"},
                                                 {"scope", "people who asked for advice"},
                                                 {"people", "non_student"},
                                                 {"purposes", "counselling, company_information"},
                                                 {"items", "resume, name"}};
    more.merge(fields);
    ASSERT_OK(Add(RegisterKind::kHandlers, "designated", name, std::move(more)));
  }
  void Grant(const std::string& name, std::map<std::string, std::string> more = {}) {
    Designate(name, std::move(more));
    ASSERT_OK(Add(RegisterKind::kHandlers, "granted", name));
  }
  Status Open(const std::string& handler, const TestPerson& person,
              const std::string& reference = "2026-1") {
    return OpenCase(context(), service_.officer(),
                    {service_.NextKey(), reference, "first-portal", person.handle, handler})
        .status();
  }

  Call Handler(const std::string& name = "kim", const std::string& terminal = "nowhere") {
    return {
        {model::Role::kHandler, name}, service_.NextKey(), primitives::Sha256(AsBytes(terminal))};
  }
  UseItemsRequest Asking(const std::string& purpose = "company_information") {
    return {"first-portal", person_->handle, "registration_other",
            purpose,        {"resume"},      key_.recipient().ToString()};
  }
  ErrorCode Use(const Call& call, const UseItemsRequest& request) {
    return CodeOf(UseItems(context(), call, request).status());
  }
  ErrorCode Use(const UseItemsRequest& request) { return Use(Handler(), request); }
  std::vector<audit::AuditEntry> Logged() {
    std::vector<audit::AuditEntry> entries = service_.Entries();
    std::erase_if(entries, [](const audit::AuditEntry& one) {
      return one.operation != audit::Operation::kUseItems;
    });
    return entries;
  }
  std::vector<personal_data::Disclosure> Seen() {
    const auto person = LoadPersonByHandle(context(), "first-portal", person_->handle);
    EXPECT_OK(person);
    auto seen = LoadExposures(context(), *person);
    EXPECT_OK(seen);
    return seen.ok() ? *std::move(seen) : std::vector<personal_data::Disclosure>();
  }

  const policy::Policy policy_;
  TestService service_;
  agefile::Identity key_;
  std::unique_ptr<TestPerson> person_;
  Bytes content_;
  model::ItemId item_;
};

TEST_F(ItemUse, HandsOutAnAgeFileForTheHandlersKeyAndIsInTheLogAndWithThePerson) {
  Grant("kim");
  const auto used = UseItems(context(), Handler(), Asking());
  ASSERT_OK(used);
  ASSERT_EQ(used->items.size(), 1u);
  EXPECT_EQ(used->items[0].item, item_);
  Bytes file = used->items[0].header;
  for (std::uint64_t at = 0; at < used->items[0].payload_size_bytes;) {
    const auto chunk = ReadUsedItem(context(), Handler(), used->ticket, item_, at);
    ASSERT_OK(chunk);
    ASSERT_FALSE(chunk->empty());
    EXPECT_LE(chunk->size(), kMaxUseChunkBytes);
    file.insert(file.end(), chunk->begin(), chunk->end());
    at += chunk->size();
  }
  EXPECT_EQ(*agefile::DecryptFile(file, key_), content_);
  EXPECT_FALSE(agefile::DecryptFile(file, agefile::Identity::Generate(service_.random())).ok());
  ASSERT_EQ(Logged().size(), 1u);
  EXPECT_EQ(Logged()[0].decision, audit::Decision::kAllowed);
  EXPECT_EQ(Logged()[0].role, model::Role::kHandler);
  EXPECT_TRUE(Logged()[0].principal && Logged()[0].subject && Logged()[0].object);
  EXPECT_THAT(Logged()[0].clause_ids, ::testing::Contains("S-7"));
  EXPECT_OK(service_.VerifyExportedLog()) << "by the verifier, too";
  const auto seen = Seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].who, "handler:kim");
  EXPECT_EQ(seen[0].form, kFormDocuments);
  EXPECT_EQ(seen[0].items, std::vector{item_});
  EXPECT_EQ(seen[0].audit_sequence, used->position.sequence);
}

TEST_F(ItemUse, WhoeverHasNoAccessNowOpensNothing) {
  EXPECT_EQ(Use(Asking()), ErrorCode::kNotAllowed) << "nobody designated them";
  Designate("kim");
  EXPECT_EQ(Use(Asking()), ErrorCode::kNotAllowed) << "no access was given";
  ASSERT_OK(Add(RegisterKind::kHandlers, "granted", "kim"));
  EXPECT_EQ(Use(Asking()), ErrorCode::kNone);
  EXPECT_EQ(Use(Handler("kim-2"), Asking()), ErrorCode::kNotAllowed);
  ASSERT_OK(Add(RegisterKind::kHandlers, "withdrawn", "kim"));
  EXPECT_EQ(Use(Asking()), ErrorCode::kNotAllowed) << "withdrawn";
  ASSERT_OK(Add(RegisterKind::kHandlers, "granted", "kim"));
  EXPECT_EQ(Use(Asking()), ErrorCode::kNone);
  ASSERT_OK(Add(RegisterKind::kHandlers, "ended", "kim"));
  EXPECT_EQ(Use(Asking()), ErrorCode::kNotAllowed) << "ended";
  EXPECT_EQ(Logged().size(), 7u) << "refusals are in the log";
  EXPECT_EQ(Seen().size(), 2u) << "refusals are not with the person";
}

TEST_F(ItemUse, AScopeThatIsSilentOpensNothing) {
  for (const char* silent : {"people", "purposes", "items"}) {
    const std::string name = std::string("no-") + silent;
    std::map<std::string, std::string> fields = {{"role", "r"},
                                                 {"scope", "s"},
                                                 {"people", "non_student"},
                                                 {"purposes", "company_information"},
                                                 {"items", "resume"}};
    fields.erase(silent);
    ASSERT_OK(Add(RegisterKind::kHandlers, "secrecy", name, {}, {"S-48"}));
    ASSERT_OK(Add(RegisterKind::kHandlers, "designated", name, fields));
    ASSERT_OK(Add(RegisterKind::kHandlers, "granted", name));
    EXPECT_EQ(Use(Handler(name), Asking()), ErrorCode::kNotAllowed) << silent;
  }
}

TEST_F(ItemUse, AScopeNamesOnlyWhatTheNoticeDeclares) {
  for (const auto& [field, word] :
       std::map<std::string, std::string>{{"people", "everybody"},
                                          {"purposes", "curiosity"},
                                          {"items", "blood type"},
                                          {"processor", "nobody with a contract"}}) {
    ASSERT_OK(Add(RegisterKind::kHandlers, "secrecy", "lee", {}, {"S-48"}));
    const Status refused = Add(RegisterKind::kHandlers, "designated", "lee",
                               {{"role", "r"}, {"scope", "s"}, {field, word}});
    EXPECT_EQ(CodeOf(refused), ErrorCode::kBadRequest) << field;
  }
  EXPECT_EQ(CodeOf(Add(RegisterKind::kMedia, "listed", "desk", {{"kind", "terminal"}})),
            ErrorCode::kMissingField);
  EXPECT_EQ(CodeOf(Add(RegisterKind::kMedia, "listed", "desk",
                       {{"kind", "terminal"}, {"tls_key", "ABCD"}})),
            ErrorCode::kBadRequest);
}

TEST_F(ItemUse, OnlyDeclaredFilesPurposesAndItemsWithinTheScopeOpen) {
  Grant("kim");
  const auto with = [&](auto change) {
    UseItemsRequest request = Asking();
    change(request);
    return Use(request);
  };
  EXPECT_EQ(with([](auto& r) { r.file = "no such file"; }), ErrorCode::kNoFile);
  EXPECT_EQ(with([](auto& r) { r.purpose = "curiosity"; }), ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(with([](auto& r) { r.purpose = "statistics"; }), ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(with([](auto& r) { r.items = {"血液型"}; }), ErrorCode::kItemUndeclared);
  EXPECT_EQ(with([](auto& r) { r.items = {"certificate"}; }), ErrorCode::kItemUndeclared);
  EXPECT_EQ(with([](auto& r) { r.purpose = "announcement"; }), ErrorCode::kNotAllowed);
  EXPECT_EQ(with([](auto& r) { r.items = {"resume", "phone"}; }), ErrorCode::kNotAllowed);
  EXPECT_EQ(with([](auto& r) { r.file = "registration"; }), ErrorCode::kNotAllowed);
  EXPECT_EQ(with([](auto& r) { r.items = {"resume", "name"}; }), ErrorCode::kNotFound);
  EXPECT_EQ(with([](auto& r) { r.items = {}; }), ErrorCode::kMissingField);
  EXPECT_EQ(with([](auto& r) { r.items = {"resume", "resume"}; }), ErrorCode::kDuplicateValue);
  EXPECT_EQ(with([](auto& r) { r.items.assign(17, "x"); }), ErrorCode::kTooLarge);
  EXPECT_EQ(with([](auto& r) { r.items = {std::string("a\nb")}; }), ErrorCode::kBadRequest);
  EXPECT_EQ(with([](auto& r) { r.recipient = "age1nobody"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(Seen().size(), 0u);
  for (const audit::AuditEntry& entry : Logged()) {
    EXPECT_EQ(entry.decision, audit::Decision::kRefused);
    EXPECT_FALSE(entry.subject) << "a refusal is about nobody";
  }
}

TEST_F(ItemUse, WithoutACaseOfTheirOwnNobodyLearnsWhetherThereIsSuchAPerson) {
  Grant("kim");
  Grant("lee");
  UseItemsRequest nobody = Asking("counselling");
  nobody.person = *model::SeekerHandle::FromBytes(Bytes(model::SeekerHandle::kSizeBytes, 0x5a));
  const Status absent = UseItems(context(), Handler(), nobody).status();
  const Status forbidden = UseItems(context(), Handler(), Asking("counselling")).status();
  EXPECT_EQ(CodeOf(absent), ErrorCode::kNotAllowed);
  EXPECT_EQ(absent, forbidden);
  ASSERT_OK(Open("lee", *person_));
  EXPECT_EQ(Use(Handler("lee"), Asking("counselling")), ErrorCode::kNone);
  EXPECT_EQ(UseItems(context(), Handler("kim"), Asking("counselling")).status(), absent)
      << "another handler's case";
}

TEST_F(ItemUse, ACaseIsOpenedByItsOperationAloneAndHoldsForThisPersonUntilItIsClosed) {
  Grant("kim");
  const auto other = service_.Register(2);
  service_.PutItem(*other, ItemKind::kResume, SomeBytes(5, 900));
  EXPECT_EQ(CodeOf(Add(RegisterKind::kCases, "opened", "2026-1",
                       {{"handler", "kim"}, {"person", std::string(64, '0')}})),
            ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(Open("nobody", *person_)), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(OpenCase(context(), Handler(),
                            {service_.NextKey(), "1", "first-portal", person_->handle, "kim"})
                       .status()),
            ErrorCode::kNotAllowed);
  ASSERT_OK(Open("kim", *person_));
  const auto used = UseItems(context(), Handler(), Asking("counselling"));
  ASSERT_OK(used);
  UseItemsRequest of_other = Asking("counselling");
  of_other.person = other->handle;
  EXPECT_EQ(Use(of_other), ErrorCode::kNotAllowed);
  ASSERT_OK(ReadUsedItem(context(), Handler(), used->ticket, item_, 0));
  ASSERT_OK(Add(RegisterKind::kCases, "closed", "", {}, {}, 1));
  EXPECT_EQ(CodeOf(ReadUsedItem(context(), Handler(), used->ticket, item_, 0).status()),
            ErrorCode::kNotAllowed)
      << "what was opened stays shut after the case";
  EXPECT_EQ(Use(Asking("counselling")), ErrorCode::kNotAllowed);
  const auto entries = LoadRegister(context(), RegisterKind::kCases);
  ASSERT_OK(entries);
  const std::string text(entries->at(0).step.Field("person"));
  EXPECT_EQ(text.size(), 64u);
  EXPECT_EQ(text.find(person_->handle.ToString()), std::string::npos);
}

TEST_F(ItemUse, ATicketIsOfOneHandlerOneUseAndOneHour) {
  Grant("kim");
  Grant("lee");
  const auto used = UseItems(context(), Handler(), Asking());
  ASSERT_OK(used);
  const auto read = [&](const Call& call, const Bytes& ticket, const model::ItemId& item) {
    return CodeOf(ReadUsedItem(context(), call, ticket, item, 0).status());
  };
  EXPECT_EQ(read(Handler(), used->ticket, item_), ErrorCode::kNone);
  EXPECT_EQ(read(Handler("lee"), used->ticket, item_), ErrorCode::kNotFound);
  EXPECT_EQ(read(service_.officer(), used->ticket, item_), ErrorCode::kNotAllowed);
  EXPECT_EQ(read(Handler(), used->ticket, {}), ErrorCode::kNotFound);
  for (const std::size_t at : {std::size_t{0}, used->ticket.size() / 2, used->ticket.size() - 1}) {
    Bytes changed = used->ticket;
    changed[at] ^= 1;
    EXPECT_EQ(read(Handler(), changed, item_), ErrorCode::kNotFound) << at;
  }
  EXPECT_EQ(read(Handler(), {}, item_), ErrorCode::kNotFound);
  const auto end = ReadUsedItem(context(), Handler(), used->ticket, item_, 1 << 30);
  ASSERT_OK(end);
  EXPECT_TRUE(end->empty());
  service_.clock().AdvanceSeconds(kUseLifeSeconds + 1);
  EXPECT_EQ(read(Handler(), used->ticket, item_), ErrorCode::kAccessExpired);
}

TEST_F(ItemUse, BulkReadingEndsAtTheLimitOfTheDayAndGoesOnTheNext) {
  Grant("kim");
  for (std::uint32_t i = 0; i < kMaxItemsOfHandlerAndDay; ++i)
    ASSERT_EQ(Use(Asking()), ErrorCode::kNone) << i;
  EXPECT_EQ(Use(Asking()), ErrorCode::kLimitReached);
  EXPECT_EQ(Logged().back().outcome, ErrorCode::kLimitReached);
  EXPECT_EQ(Seen().size(), kMaxItemsOfHandlerAndDay);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(Use(Asking()), ErrorCode::kLimitReached) << "a restart forgets nothing";
  service_.clock().AdvanceSeconds(kDay);
  EXPECT_EQ(Use(Asking()), ErrorCode::kNone);
}

TEST_F(ItemUse, WhoeverIsFrozenOrGoneIsNotUsed) {
  Grant("kim");
  const auto used = UseItems(context(), Handler(), Asking());
  ASSERT_OK(used);
  const model::RequestId request = service_.AskForErasure(*person_);
  EXPECT_EQ(Use(Asking()), ErrorCode::kPolicyForbids);
  EXPECT_EQ(CodeOf(ReadUsedItem(context(), Handler(), used->ticket, item_, 0).status()),
            ErrorCode::kPolicyForbids);
  EXPECT_FALSE(request.is_none());
}

TEST_F(ItemUse, WhatThePersonAloneCanOpenIsOpenedForNobody) {
  Grant("kim");
  PersonClient client(service_, 5);
  client.PutItem(ItemKind::kResume, SomeBytes(9, 900));
  UseItemsRequest request = Asking();
  request.person = client.person().handle;
  const Status refused = UseItems(context(), Handler(), request).status();
  EXPECT_EQ(CodeOf(refused), ErrorCode::kStateConflict);
  EXPECT_THAT(model::DetailOf(refused), ::testing::HasSubstr("nobody here can open it"));
}

TEST_F(ItemUse, ATerminalIsKnownByItsKeyAndItsArea) {
  Grant("kim");
  Grant("lee", {{"terminals", "desk-2"}});
  const auto list = [&](const std::string& name, const std::string& area) {
    std::map<std::string, std::string> fields = {
        {"kind", "terminal"}, {"tls_key", HexEncode(primitives::Sha256(AsBytes(name)))}};
    if (!area.empty()) fields["area"] = area;
    return Add(RegisterKind::kMedia, "listed", name, fields);
  };
  EXPECT_EQ(Use(Handler("kim", "anywhere"), Asking()), ErrorCode::kNone) << "none is listed";
  EXPECT_EQ(Use(Handler("lee", "desk-2"), Asking()), ErrorCode::kNotAllowed);
  ASSERT_OK(list("desk-1", "room 1"));
  ASSERT_OK(list("desk-2", ""));
  EXPECT_EQ(Use(Handler("kim", "anywhere"), Asking()), ErrorCode::kNotAllowed);
  EXPECT_EQ(Use(Handler("kim", "desk-1"), Asking()), ErrorCode::kNone);
  EXPECT_EQ(Use(Handler("lee", "desk-2"), Asking()), ErrorCode::kNotAllowed) << "in no area";
  EXPECT_EQ(Use(Handler("lee", "desk-1"), Asking()), ErrorCode::kNotAllowed) << "another's";
  ASSERT_OK(list("desk-2", "room 2"));
  EXPECT_EQ(Use(Handler("lee", "desk-2"), Asking()), ErrorCode::kNone);
  ASSERT_OK(Add(RegisterKind::kMedia, "taken_out", "desk-1", {{"place", "a van"}}));
  EXPECT_EQ(Use(Handler("kim", "desk-1"), Asking()), ErrorCode::kNotAllowed);
  ASSERT_OK(
      Add(RegisterKind::kMedia, "taken_in", "desk-1", {{"kind", "terminal"}, {"place", "room 1"}}));
  EXPECT_EQ(Use(Handler("kim", "desk-1"), Asking()), ErrorCode::kNone);
  ASSERT_OK(Add(RegisterKind::kMedia, "lost", "desk-1"));
  ASSERT_OK(Add(RegisterKind::kMedia, "lost", "desk-2"));
  EXPECT_EQ(Use(Handler("kim", "anywhere"), Asking()), ErrorCode::kNotAllowed)
      << "that none is left opens nothing";
}

TEST_F(ItemUse, IdleAccessIsOverBeforeTheReviewAndWithdrawnByIt) {
  Grant("kim");
  Grant("lee");
  service_.clock().AdvanceSeconds(kIdleAccessDays * kDay - 60);
  EXPECT_EQ(Use(Handler("lee"), Asking()), ErrorCode::kNone);
  service_.clock().AdvanceSeconds(120);
  EXPECT_EQ(Use(Handler("kim"), Asking()), ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(ReviewHandlers(context(), Handler(), "").status()), ErrorCode::kNotAllowed);
  const auto review = ReviewHandlers(context(), service_.officer(), "S-43");
  ASSERT_OK(review);
  ASSERT_EQ(review->handlers.size(), 2u);
  EXPECT_TRUE(review->handlers[0].withdrawn);
  EXPECT_EQ(review->handlers[0].handler, "kim");
  EXPECT_FALSE(review->handlers[1].withdrawn);
  ASSERT_TRUE(review->handlers[1].last_use);
  ASSERT_OK(Add(RegisterKind::kHandlers, "granted", "kim"));
  EXPECT_EQ(Use(Handler("kim"), Asking()), ErrorCode::kNone) << "given anew";
}

// Uses go on in a thread while the designation ends: in the log no use follows the end.
TEST_F(ItemUse, NothingOpensAfterTheEndOfADesignationWasAcknowledged) {
  Grant("kim");
  std::atomic<bool> stop{false};
  std::thread handler([&] {
    while (!stop.load()) (void)UseItems(context(), Handler(), Asking());
  });
  while (Logged().size() < 3) std::this_thread::yield();
  EXPECT_OK(Add(RegisterKind::kHandlers, "ended", "kim"));
  const std::uint64_t ended = service_.pipeline().log_state().sequence;
  EXPECT_EQ(Use(Asking()), ErrorCode::kNotAllowed);
  stop.store(true);
  handler.join();
  for (const audit::AuditEntry& entry : Logged()) {
    if (entry.sequence >= ended) {
      EXPECT_EQ(entry.decision, audit::Decision::kRefused) << entry.sequence;
    }
  }
}

TEST_F(ItemUse, CountsAreKeptByDayWithoutAnybodysName) {
  Grant("kim");
  ASSERT_EQ(Use(Asking()), ErrorCode::kNone);
  ASSERT_EQ(Use(Asking()), ErrorCode::kNone);
  const auto rows = ListUses(context(), {0}, context().time.Now());
  ASSERT_OK(rows);
  EXPECT_EQ(rows->size(), 1u);
  const auto later = ListUses(context(), {0}, {context().time.Now().value + 1});
  ASSERT_OK(later);
  ASSERT_EQ(later->size(), 1u);
  EXPECT_EQ(later->at(0).line, (ItemUseLine{"", "", "company_information", 2, 2}));
}

TEST(ItemUseRecord, IsWhatTheGoldenFileHasAndNothingElseReads) {
  const ItemUseDay day{
      20458, {1767571200}, {{"", "", "counselling", 3, 5}, {"ean-system", "upkeep", "p1", 1, 2}}};
  const Bytes encoded = EncodeItemUseDay(day);
  std::ifstream file(SourceFolder() + "/tests/golden/item_use_v1.hex");
  std::string golden{std::istreambuf_iterator<char>(file), {}};
  while (golden.ends_with('\n')) golden.pop_back();
  EXPECT_EQ(HexEncode(encoded), golden);
  EXPECT_THAT(DecodeItemUseDay(20458, encoded), IsOkAndHolds(day));
  Bytes longer = encoded;
  longer.push_back(0);
  EXPECT_EQ(CodeOf(DecodeItemUseDay(7, longer).status()), ErrorCode::kDataCorrupt);
  Bytes other = encoded;
  other[0] = 2;
  EXPECT_EQ(CodeOf(DecodeItemUseDay(7, other).status()), ErrorCode::kDataCorrupt);
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeItemUseDay(7, ByteSpan(encoded).first(size)).status()),
              ErrorCode::kDataCorrupt);
  }
}

}  // namespace
}  // namespace noren::operations
