// T6 of docs/THREAT_MODEL.md: whether a name does not exist or is another's cannot be told from the
// refusal, neither from its words nor from how long it took.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
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
constexpr std::size_t kNames = 18;   // of each kind: a name is a place in a tree, and places differ
constexpr std::size_t kRounds = 60;  // of all names, in another order each
constexpr int kAttempts = 4;         // a difference that is there is seen every time, chance is not

std::int64_t Nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double MedianOf(std::vector<std::int64_t> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return static_cast<double>(*middle);
}

// Of one name: what was asked, and how long each answer took.
struct Timed {
  std::function<Status()> ask;
  bool is_forbidden = false;
  std::vector<std::int64_t> times;
};

// Welch's t of the names' medians. Whatever else runs on the machine stretches some answers, not
// the medians; and as many names as there are, not as many answers, is what a stranger can compare.
double WelchT(const std::vector<Timed>& names) {
  std::array<double, 2> count{}, sum{}, squares{};
  for (const Timed& name : names) {
    const std::size_t kind = name.is_forbidden ? 1 : 0;
    const double median = MedianOf(name.times);
    count[kind] += 1;
    sum[kind] += median;
    squares[kind] += median * median;
  }
  const auto variance_of_mean = [&](std::size_t kind) {
    const double mean = sum[kind] / count[kind];
    return (squares[kind] / count[kind] - mean * mean) / (count[kind] - 1);
  };
  const double spread = std::sqrt(variance_of_mean(0) + variance_of_mean(1));
  return (sum[1] / count[1] - sum[0] / count[0]) / std::max(spread, 1e-3);
}

void AskAll(std::vector<Timed>& names, std::size_t rounds, SeededRandom& turns) {
  for (Timed& name : names) name.times.clear();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[turns.Below(i)]);
    for (Timed& name : names) {
      const std::int64_t before = Nanoseconds();
      (void)name.ask();
      name.times.push_back(Nanoseconds() - before);
    }
  }
}

// The t nearest to zero of a few fresh series.
double SmallestT(std::vector<Timed>& names, std::size_t rounds) {
  double smallest = 1e9;
  SeededRandom turns(6);
  for (int attempt = 0; attempt < kAttempts && std::abs(smallest) >= kThreshold; ++attempt) {
    AskAll(names, rounds, turns);
    const double t = WelchT(names);
    if (std::abs(t) < std::abs(smallest)) smallest = t;
  }
  return smallest;
}

class T6StopWatch : public ::testing::Test {
 protected:
  static constexpr std::size_t kInvited = 3;

  void SetUp() override {
    for (std::size_t i = 0; i < kNames; ++i) Register(static_cast<int>(i));
    service_.AddKey();
    service_.AddKey("other-company");
    for (std::size_t i = 0; i < kNames; ++i) postings_.push_back(service_.RegisterPosting());
    for (std::size_t i = 0; i < kNames / kInvited; ++i) Fill(postings_[i]);
  }
  void Register(int number) {
    people_.push_back(service_.Register(number, /*with_key=*/true));
    if (people_.size() > kInvited) return;
    service_.PutItem(*people_.back(), model::ItemKind::kName, ToBytes("Invented Name"));
    service_.BecomeDiscoverable(*people_.back());
  }
  void Fill(const model::PostingId& posting) {
    service_.InviteAll(posting);
    for (std::size_t i = 0; i < kInvited; ++i) {
      applications_.push_back(service_.Grant(*people_[i], posting));
      const auto release =
          CollectRelease(service_.context(), service_.company(),
                         {service_.NextKey(), applications_.back().candidate, "o", "interview"});
      ASSERT_OK(release);
      releases_.push_back(release->record);
    }
  }
  // Told the same to the last letter, and after the same time. `name_of` gives the name number i of
  // those that are another's.
  template <typename Id, typename Ask>
  void ExpectAlike(std::string_view what, const std::function<Id(std::size_t)>& name_of,
                   const Ask& ask) {
    std::vector<Timed> names;
    for (std::size_t i = 0; i < kNames; ++i) {
      const Id unknown = Id::Generate(service_.random());
      const Id forbidden = name_of(i);
      names.push_back({[&ask, unknown] { return ask(unknown); }, false, {}});
      names.push_back({[&ask, forbidden] { return ask(forbidden); }, true, {}});
      EXPECT_FALSE(ask(unknown).ok()) << what;
      EXPECT_EQ(ask(forbidden).ToString(), ask(unknown).ToString()) << what;
    }
    const double t = SmallestT(names, RunLength("NOREN_TIMINGS", kRounds));
    EXPECT_LT(std::abs(t), kThreshold) << what;
    std::printf("%-16s t = %5.2f\n", std::string(what).c_str(), t);
  }
  ServiceContext& context() { return service_.context(); }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  std::vector<model::PostingId> postings_;
  std::vector<TestApplication> applications_;
  std::vector<personal_data::ReleaseRecord> releases_;
};

TEST_F(T6StopWatch, APortalCannotTellAnotherPortalsNamesFromNone) {
  const Call other = service_.portal("other-portal");
  using model::SeekerHandle;
  const std::function<SeekerHandle(std::size_t)> handle = [&](std::size_t i) {
    return people_[i]->handle;
  };
  ExpectAlike("get_seeker", handle,
              [&](const SeekerHandle& name) { return GetSeeker(context(), other, name).status(); });
  ExpectAlike("prepare_act", handle, [&](const SeekerHandle& name) {
    return PrepareAct(context(), other, "read", name, {}).status();
  });
  using model::PostingId;
  const std::function<PostingId(std::size_t)> posting = [&](std::size_t i) { return postings_[i]; };
  ExpectAlike("rank_candidates", posting, [&](const PostingId& name) {
    return RankCandidates(context(), other, name, 5).status();
  });
  ExpectAlike("close_posting", posting, [&](const PostingId& name) {
    return ClosePosting(context(), other, service_.NextKey(), name).status();
  });
}

TEST_F(T6StopWatch, ACompanyCannotTellAnotherCompanysNamesFromNone) {
  const Call other = service_.company("other-company");
  using model::CandidateRef;
  const std::function<CandidateRef(std::size_t)> candidate = [&](std::size_t i) {
    return applications_[i].candidate;
  };
  ExpectAlike("explain", candidate, [&](const CandidateRef& name) {
    return ExplainCandidate(context(), other, name).status();
  });
  using model::ReleaseId;
  const std::function<ReleaseId(std::size_t)> release = [&](std::size_t i) {
    return releases_[i].release;
  };
  const model::ItemId item = releases_.front().items.front().item;
  ExpectAlike("read_payload", release, [&](const ReleaseId& name) {
    return ReadPayload(context(), other, name, item, 0).status();
  });
  using model::PostingId;
  const std::function<PostingId(std::size_t)> posting = [&](std::size_t i) { return postings_[i]; };
  ExpectAlike("list_candidates", posting, [&](const PostingId& name) {
    return ListApplicants(context(), other, name).status();
  });
  ExpectAlike("list_cards", posting, [&](const PostingId& name) {
    return ListCards(context(), other, name, 0, 5).status();
  });
}

// The control: one small value more to open is seen.
TEST_F(T6StopWatch, SeesADifferenceThatIsThere) {
  const Bytes sealed = storage::SealValue(service_.keys().store_seal(), {"test", "test/1"}, 1,
                                          Bytes(64), service_.random());
  std::vector<Timed> names;
  for (std::size_t i = 0; i < kNames; ++i) {
    const auto nobody = model::SeekerHandle::Generate(service_.random());
    const auto ask = [this, nobody] {
      return GetSeeker(context(), service_.portal(), nobody).status();
    };
    names.push_back({ask, false, {}});
    names.push_back(
        {[this, ask, &sealed] {
           (void)storage::OpenValue(service_.keys().store_seal(), {"test", "test/1"}, sealed);
           return ask();
         },
         true,
         {}});
  }
  EXPECT_GT(SmallestT(names, kRounds), kThreshold);
}

}  // namespace
}  // namespace noren::operations
