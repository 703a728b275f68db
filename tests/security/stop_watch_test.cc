// T6 of docs/THREAT_MODEL.md: whether a name does not exist or is another's cannot be told from the
// refusal, neither from its words nor from how long it took.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/run_length.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr double kThreshold = 4.5;
constexpr std::size_t kSamples = 3000;
constexpr int kAttempts = 4;  // a difference that is there is seen every time, chance is not

// Processor time of this thread: what others do on the machine is not in it.
std::int64_t ThreadTime() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// Welch's t of what is left when the slowest fifth of both together is dropped: interrupts are no
// answer.
double WelchT(std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
  std::vector<std::int64_t> all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::ranges::sort(all);
  const std::int64_t limit = all[all.size() * 4 / 5];
  const auto moments = [limit](const std::vector<std::int64_t>& times) {
    double count = 0, sum = 0, squares = 0;
    for (const std::int64_t time : times) {
      if (time > limit) continue;
      const auto value = static_cast<double>(time);
      count += 1;
      sum += value;
      squares += value * value;
    }
    const double mean = sum / count;
    return std::array<double, 3>{count, mean, squares / count - mean * mean};
  };
  const auto [n_a, mean_a, variance_a] = moments(a);
  const auto [n_b, mean_b, variance_b] = moments(b);
  return (mean_a - mean_b) / std::sqrt(variance_a / n_a + variance_b / n_b);
}

using Question = std::function<Status()>;

// The t nearest to zero of a few fresh series, the two questions in random turn.
double SmallestT(const Question& unknown, const Question& forbidden, std::size_t samples) {
  double smallest = 1e9;
  SeededRandom turns(6);
  for (int attempt = 0; attempt < kAttempts && std::abs(smallest) >= kThreshold; ++attempt) {
    std::vector<std::int64_t> times[2];
    while (std::min(times[0].size(), times[1].size()) < samples) {
      const std::uint64_t which = turns.Below(2);
      const std::int64_t before = ThreadTime();
      (void)(which == 0 ? unknown() : forbidden());
      times[which].push_back(ThreadTime() - before);
    }
    const double t = WelchT(times[0], times[1]);
    if (std::abs(t) < std::abs(smallest)) smallest = t;
  }
  return smallest;
}

class T6StopWatch : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kName, ToBytes("Invented Name"));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    service_.AddKey("other-company");
    posting_ = service_.RegisterPosting();
    service_.InviteAll(posting_);
    application_ = service_.Grant(*people_[0], posting_);
    const auto release =
        CollectRelease(service_.context(), service_.company(),
                       {service_.NextKey(), application_.candidate, "o", "interview"});
    ASSERT_OK(release);
    release_ = release->record;
  }
  // Told the same to the last letter, and after the same time.
  void ExpectAlike(std::string_view name, const Question& unknown, const Question& forbidden,
                   std::size_t samples = kSamples) {
    const std::string text = unknown().ToString();
    EXPECT_NE(text, OkStatus().ToString()) << name;
    EXPECT_EQ(forbidden().ToString(), text) << name;
    const double t = SmallestT(unknown, forbidden, RunLength("NOREN_TIMINGS", samples));
    EXPECT_LT(std::abs(t), kThreshold) << name;
    RecordProperty(std::string(name), std::to_string(t));
    std::printf("%s: t = %.2f\n", std::string(name).c_str(), t);
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
  TestApplication application_;
  personal_data::ReleaseRecord release_;
};

TEST_F(T6StopWatch, APortalCannotTellAnotherPortalsPersonFromNobody) {
  const Call other = service_.portal("other-portal");
  const auto nobody = model::SeekerHandle::Generate(service_.random());
  ExpectAlike(
      "get_seeker", [&] { return GetSeeker(service_.context(), other, nobody).status(); },
      [&] { return GetSeeker(service_.context(), other, people_[1]->handle).status(); });
  ExpectAlike(
      "prepare_act",
      [&] { return PrepareAct(service_.context(), other, "read", nobody, {}).status(); },
      [&] {
        return PrepareAct(service_.context(), other, "read", people_[1]->handle, {}).status();
      });
}

TEST_F(T6StopWatch, ACompanyCannotTellAnotherCompanysNamesFromNone) {
  const Call other = service_.company("other-company");
  const auto candidate = model::CandidateRef::Generate(service_.random());
  const auto release = model::ReleaseId::Generate(service_.random());
  const auto posting = model::PostingId::Generate(service_.random());
  const model::ItemId item = release_.items.front().item;
  ExpectAlike(
      "explain", [&] { return ExplainCandidate(service_.context(), other, candidate).status(); },
      [&] { return ExplainCandidate(service_.context(), other, application_.candidate).status(); });
  ExpectAlike(
      "read_payload",
      [&] { return ReadPayload(service_.context(), other, release, item, 0).status(); },
      [&] { return ReadPayload(service_.context(), other, release_.release, item, 0).status(); });
  ExpectAlike(
      "list_candidates",
      [&] { return ListApplicants(service_.context(), other, posting).status(); },
      [&] { return ListApplicants(service_.context(), other, posting_).status(); });
  ExpectAlike(
      "list_cards", [&] { return ListCards(service_.context(), other, posting, 0, 5).status(); },
      [&] { return ListCards(service_.context(), other, posting_, 0, 5).status(); });
}

// The control: one small value more to open is seen.
TEST_F(T6StopWatch, SeesADifferenceThatIsThere) {
  const Bytes sealed = storage::SealValue(service_.keys().store_seal(), {"test", "test/1"}, 1,
                                          Bytes(64), service_.random());
  const auto nobody = model::SeekerHandle::Generate(service_.random());
  const Question plain = [&] {
    return GetSeeker(service_.context(), service_.portal(), nobody).status();
  };
  const Question more = [&] {
    (void)storage::OpenValue(service_.keys().store_seal(), {"test", "test/1"}, sealed);
    return plain();
  };
  EXPECT_GT(std::abs(SmallestT(plain, more, kSamples)), kThreshold);
}

}  // namespace
}  // namespace noren::operations
