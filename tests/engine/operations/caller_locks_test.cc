// Callers who are refused, officers who have not read the policy, and what is kept of who called.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/caller_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/access_log_trim.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/registers.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

CallerLock SampleLock() {
  CallerLock lock;
  lock.caller = primitives::Sha256(AsBytes(std::string("caller")));
  lock.principal = {model::Role::kCompany, "hangang-care"};
  lock.since = {1767571200};
  lock.until = {1767574800};
  lock.refusals = 20;
  return lock;
}

TEST(CallerLockRecord, IsReadAsItWasWrittenAndNoOtherwise) {
  const CallerLock lock = SampleLock();
  const Bytes bytes = EncodeCallerLock(lock);
  EXPECT_EQ(HexEncode(bytes),
            "01030000000c68616e67616e672d6361726500000000695aff0000000000695b0d1000000014");
  EXPECT_THAT(DecodeCallerLock(lock.caller, bytes), IsOkAndHolds(lock));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeCallerLock(lock.caller, ByteSpan(bytes).first(size)).status()),
              ErrorCode::kDataCorrupt);
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(CodeOf(DecodeCallerLock(lock.caller, longer).status()), ErrorCode::kDataCorrupt);
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{6}}) {
    Bytes changed = bytes;
    changed[at] = 0xEE;
    EXPECT_EQ(CodeOf(DecodeCallerLock(lock.caller, changed).status()), ErrorCode::kDataCorrupt);
  }
}

TEST(CallerLockAct, IsReadAsItWasWrittenAndNoOtherwise) {
  const CallerLock lock = SampleLock();
  const storage::NarrowingAct act = MakeCallerLockAct(lock);
  EXPECT_TRUE(IsCallerLockAct(act));
  EXPECT_EQ(act.payload[0], 11);
  EXPECT_THAT(CallerLockActOf(act), IsOkAndHolds(lock));
  for (std::size_t size = 0; size < act.payload.size(); ++size) {
    storage::NarrowingAct cut = act;
    cut.payload.resize(size);
    EXPECT_EQ(CodeOf(CallerLockActOf(cut).status()), ErrorCode::kDataCorrupt);
  }
  storage::NarrowingAct other = act;
  other.payload[0] = 12;
  EXPECT_FALSE(IsCallerLockAct(other));
  EXPECT_EQ(CodeOf(CallerLockActOf(other).status()), ErrorCode::kDataCorrupt);
}

TEST(AcknowledgementRecord, IsReadAsItWasWrittenAndNoOtherwise) {
  const Acknowledgement one{SampleLock().caller, {1767571200}};
  const Bytes bytes = EncodeAcknowledgement(one);
  EXPECT_THAT(DecodeAcknowledgement(bytes), IsOkAndHolds(one));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeAcknowledgement(ByteSpan(bytes).first(size)).status()),
              ErrorCode::kDataCorrupt);
  }
  Bytes changed = bytes;
  changed[0] = 2;
  EXPECT_EQ(CodeOf(DecodeAcknowledgement(changed).status()), ErrorCode::kDataCorrupt);
}

TEST(CallerLocksMemory, CountsWithinTheWindowOnly) {
  CallerLocks locks({.refusals = 3, .window_minutes = 10, .lock_minutes = 60});
  const CallerId one = SampleLock().caller;
  EXPECT_TRUE(locks.Count(one, {1000}).is_first);
  EXPECT_FALSE(locks.Count(one, {1001}).is_first);
  EXPECT_FALSE(locks.Count(one, {1600}).is_too_many) << "the first is ten minutes old";
  EXPECT_TRUE(locks.Count(one, {1600}).is_too_many);
}

TEST(CallerLocksMemory, CountsWhoComesBeyondItsRoomTogetherAndLocksNoneOfThem) {
  CallerLocks locks({.refusals = 3});
  std::size_t written = 0;
  const auto caller = [](std::uint32_t number) {
    return primitives::Sha256(RecordWriter().U32(number).bytes());
  };
  for (std::uint32_t i = 0; i < 5000; ++i) written += locks.Count(caller(i), {1000}).is_first;
  EXPECT_EQ(written, CallerLocks::kMaxCounted + 1);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(locks.Count(caller(4999), {1001}).is_too_many);
  locks.Count(caller(0), {1001});
  EXPECT_TRUE(locks.Count(caller(0), {1001}).is_too_many) << "who was counted before still is";
  EXPECT_TRUE(locks.Count(caller(4999), {1700}).is_first) << "the window made room";
}

class Locked : public ::testing::Test {
 protected:
  // A company that reads what officers read.
  Status Try(const std::string& key = "one") {
    Call call = service_.company();
    call.key = primitives::Sha256(AsBytes(key));
    return ReadStatus(context(), call).status();
  }
  ErrorCode Post(const std::string& key = "one") {
    Call call = service_.portal("hangang-care");
    call.key = primitives::Sha256(AsBytes(key));
    return CodeOf(
        RegisterPosting(context(), call, {service_.NextKey(), SomePosting("hangang-care")})
            .status());
  }
  void LockOne() {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(CodeOf(Try()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(Try()), ErrorCode::kCallerLocked);
  }
  std::size_t CountOf(audit::Operation operation) {
    std::size_t count = 0;
    for (const audit::AuditEntry& entry : service_.Entries()) count += entry.operation == operation;
    return count;
  }
  ServiceContext& context() { return service_.context(); }

  TestService service_;
};

TEST_F(Locked, IsTheCertificateAndNobodyElse) {
  LockOne();
  EXPECT_EQ(CodeOf(Try("two")), ErrorCode::kNotAllowed) << "another key of the same name";
  EXPECT_EQ(Post(), ErrorCode::kNone) << "the same key and name in another role";
  Call nameless{{model::Role::kCompany, ""}, service_.NextKey()};
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(CodeOf(ReadStatus(context(), nameless).status()), ErrorCode::kNotAllowed);
  EXPECT_EQ(CountOf(audit::Operation::kLockCaller), 1u);
  EXPECT_EQ(CountOf(audit::Operation::kRefuseCaller), 3u) << "one for each, not for each call";
  EXPECT_OK(service_.CheckLog());
}

TEST_F(Locked, StaysSoOverAStartAndIsOverByTheTimeOrAnOfficer) {
  LockOne();
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(Try()), ErrorCode::kCallerLocked);
  const UnixSeconds begin = context().time.Now();
  service_.clock().Set({begin.value + 3600});
  EXPECT_EQ(CodeOf(Try()), ErrorCode::kNotAllowed);
  for (int i = 0; i < 19; ++i) EXPECT_EQ(CodeOf(Try()), ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(Try()), ErrorCode::kCallerLocked);
  const auto locks = ListCallerLocks(context(), service_.officer());
  ASSERT_OK(locks);
  ASSERT_EQ(locks->size(), 1u);
  EXPECT_EQ(locks->front().principal.name, "hangang-care");
  const std::string caller = ToText(locks->front().caller);
  EXPECT_OK(UnlockCaller(context(), service_.officer(), service_.NextKey(), caller).status());
  EXPECT_EQ(CodeOf(Try()), ErrorCode::kNotAllowed);
  EXPECT_EQ(
      CodeOf(UnlockCaller(context(), service_.officer(), service_.NextKey(), caller).status()),
      ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(UnlockCaller(context(), service_.officer(), service_.NextKey(), "x").status()),
            ErrorCode::kBadRequest);
}

TEST_F(Locked, IsTakenFromTheStoreWhenItIsOverAndAnotherComes) {
  LockOne();
  service_.clock().Set({context().time.Now().value + 3600});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(CodeOf(Try("two")), ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(Try("two")), ErrorCode::kCallerLocked);
  std::size_t stored = 0;
  for (const storage::KeyValue& item : ContentOf(service_.data()))
    stored += item.key.starts_with("caller-lock/");
  EXPECT_EQ(stored, 1u);
}

TEST_F(Locked, HoldsForEveryCallOfTheCaller) {
  LockOne();
  Call call = service_.company();
  call.key = primitives::Sha256(AsBytes(std::string("one")));
  EXPECT_EQ(CodeOf(ListCards(context(), call, {}, {}, 3).status()), ErrorCode::kCallerLocked);
}

TEST(TrimAccessLogOf, APolicyThatSaysNoTimeIsRefused) {
  TestService service;
  const auto trimmed =
      TrimAccessLog(service.context(), service.officer(),
                    {service.NextKey(), model::ParseCivilDay("2020-01-01").value()});
  EXPECT_EQ(CodeOf(trimmed.status()), ErrorCode::kPolicyForbids);
}

TEST(TrimAccessLogOf, GojobsForgetsSoManyACallAndOnlyByATrustedClock) {
  const policy::Policy policy = policy::OperatorPolicy("gojobs");
  const UnixSeconds begin{1704067200};  // 2024-01-01
  TestService service(1, begin, &policy);
  for (int i = 0; i < 520; ++i) EXPECT_OK(ListCallerLocks(service.context(), service.officer()));
  service.clock().Set({begin.value + 2 * 366 * 86400});
  const model::CivilDay before = model::ParseCivilDay("2025-01-01").value();
  const auto first =
      TrimAccessLog(service.context(), service.officer(), {service.NextKey(), before});
  ASSERT_OK(first);
  EXPECT_EQ(first->entries, 500u);
  EXPECT_TRUE(first->more);
  const auto second =
      TrimAccessLog(service.context(), service.officer(), {service.NextKey(), before});
  ASSERT_OK(second);
  EXPECT_EQ(second->entries, 20u);
  EXPECT_FALSE(second->more);
  EXPECT_OK(service.CheckLog());
  service.set_clock_confirmed(false);
  ASSERT_OK(service.Restart());
  EXPECT_EQ(CodeOf(TrimAccessLog(service.context(), service.officer(), {service.NextKey(), before})
                       .status()),
            ErrorCode::kClockUntrusted);
}

TEST(PolicyInForceOf, AnOperatorWhoBindsNobodyIsActedUnderWithoutAcknowledgement) {
  TestService service;
  EXPECT_FALSE(BindsStaff(service.context().policy));
  EXPECT_OK(ReadStatus(service.context(), service.NewOfficer("newcomer")).status());
  const auto read = ReadPolicyInForce(service.context(), service.NewOfficer("newcomer"));
  ASSERT_OK(read);
  EXPECT_FALSE(read->binds_staff);
  EXPECT_EQ(CodeOf(AcknowledgePolicy(service.context(), service.portal(), service.NextKey(),
                                     service.context().policy.digest)
                       .status()),
            ErrorCode::kNotAllowed);
}

TEST(PolicyInForceOf, AnOperatorWhoBindsStaffAsksEachOfficerForThemself) {
  const policy::Policy policy = policy::OperatorPolicy("openup-it");
  TestService service(1, {1767571200}, &policy);
  const Call newcomer = service.NewOfficer("newcomer");
  EXPECT_EQ(CodeOf(ReadStatus(service.context(), newcomer).status()), ErrorCode::kPolicyUnread);
  EXPECT_EQ(CodeOf(UnlockCaller(service.context(), newcomer, service.NextKey(), "x").status()),
            ErrorCode::kPolicyUnread);
  EXPECT_EQ(CodeOf(AcknowledgePolicy(service.context(), newcomer, service.NextKey(), {}).status()),
            ErrorCode::kStateConflict);
  EXPECT_OK(AcknowledgePolicy(service.context(), newcomer, service.NextKey(), policy.digest));
  EXPECT_OK(ReadStatus(service.context(), newcomer).status());
  EXPECT_EQ(CodeOf(ReadStatus(service.context(), service.NewOfficer("another")).status()),
            ErrorCode::kPolicyUnread);
  ASSERT_OK(service.Restart());
  EXPECT_OK(ReadStatus(service.context(), service.NewOfficer("newcomer")).status());
}

}  // namespace
}  // namespace noren::operations
