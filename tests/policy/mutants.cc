// Answers tests/policy/mutate.py: is a changed policy file refused, what of its pages changed, and
// does this test notice. Every test runs in a process of its own, split off from one that has
// loaded nothing of a policy, so what a test keeps for the next is never of another file.
//   list                      the names of all tests, then "."
//   load FOLDER FILE          refused PROBLEM | accepted DIGEST-OF-THE-NOTICE DIGEST-OF-THE-TEXTS
//   run FOLDER STEPS TEST     VERDICT MILLISECONDS-OF-A-PROCESSOR FIRST-FAILURE
// Fields are parted by tabs. FOLDER is a clone whose datasets/policies/FILE was changed; STEPS are
// what NOREN_STEPS has (scene.h), or "all".
// Source:   docs/formats/clause_cases.md
// Threads:  one, until a test begins
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/policy/loader.h"
#include "engine/policy/notice.h"
#include "engine/policy/statement_notice.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/policy/scene.h"

namespace noren::clauses {
namespace {

constexpr int kFailed = 1, kMoot = 77;
// Of a processor's time: a busy machine is no reason to fail.
constexpr rlim_t kTestSeconds = 60;
constexpr std::size_t kMostSaid = 300;

using Fields = std::vector<std::string>;

std::string OneLine(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return text.substr(0, kMostSaid);
}

// What a page says without the digest of the file, which changes with every value.
std::string WithoutDigests(std::string page) {
  constexpr std::string_view kMark = "sha256:", kHex = "0123456789abcdef";
  for (std::size_t at = 0; (at = page.find(kMark, at)) != std::string::npos;) {
    const std::size_t end = page.find_first_not_of(kHex, at + kMark.size());
    page.erase(at, end == std::string::npos ? end : end - at);
  }
  return page;
}

std::string DigestOf(std::string text) {
  return HexEncode(primitives::Sha256(AsBytes(WithoutDigests(std::move(text)))));
}

std::string PublicNotices(const policy::Policy& policy) {
  if (policy.statement == nullptr) return "";
  return *policy::RenderStatement(policy, policy.statement->language) +
         *policy::RenderStatement(policy, model::Language::kEnglish);
}

// All that a person is shown before a consent, in every language of the policy, and the page of the
// enforced tables.
std::string ConsentTexts(const policy::Policy& policy) {
  std::string texts;
  for (const model::Language language : policy.languages) {
    for (const policy::PurposeRule& purpose : policy.purposes) {
      const auto text = policy::RenderReleaseNotice(
          policy, language,
          {"somebody", purpose.purpose, purpose.items, purpose.max_consent_days, {}});
      texts += text.ok() ? *text : text.status().ToString();
    }
    for (const policy::RecipientClass& one : policy.recipient_classes) {
      const auto text = policy::RenderDiscoverabilityNotice(policy, language, one.id);
      texts += text.ok() ? *text : text.status().ToString();
    }
    texts += policy::RenderPublicNotice(policy, language);
  }
  return texts;
}

std::string Load(const Fields& fields) {
  std::ifstream file(fields[1] + "/datasets/policies/" + fields[2]);
  std::ostringstream text;
  text << file.rdbuf();
  const policy::PolicyLoad load = policy::LoadPolicy(text.str());
  if (!load.policy) return "refused\t" + OneLine(policy::ToText(load.problems[0]));
  return "accepted\t" + DigestOf(PublicNotices(*load.policy)) + "\t" +
         DigestOf(ConsentTexts(*load.policy));
}

std::string List() {
  std::string names;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      names += std::string(suite.name()) + "." + suite.GetTestInfo(j)->name() + "\n";
    }
  }
  return names + ".";
}

// Keeps the first failure, and whether the test could be asked at all.
class Verdict final : public testing::EmptyTestEventListener {
 public:
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed() && first_.empty()) first_ = OneLine(result.message());
  }
  void OnTestEnd(const testing::TestInfo& info) override {
    const testing::TestResult& result = *info.result();
    has_run_ = true;
    for (int i = 0; i < result.test_property_count(); ++i) {
      if (result.GetTestProperty(i).key() == std::string(kMootProperty)) is_moot_ = true;
    }
  }
  const std::string& first() const { return first_; }
  int ExitCode() const { return is_moot_ || !has_run_ ? kMoot : first_.empty() ? 0 : kFailed; }

 private:
  std::string first_;
  bool is_moot_ = false;
  bool has_run_ = false;
};

// In the split-off process. Does not return.
[[noreturn]] void RunOne(const Fields& fields, int answer) {
  setenv("NOREN_SOURCE_DIR", fields[1].c_str(), 1);
  setenv("NOREN_STEPS", fields[2].c_str(), 1);
  const rlimit limit{kTestSeconds, kTestSeconds};
  setrlimit(RLIMIT_CPU, &limit);
  for (std::FILE* spoken : {stdout, stderr}) {
    if (std::freopen("/dev/null", "w", spoken) == nullptr) _exit(kFailed);
  }
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  auto* verdict = new Verdict;
  listeners.Append(verdict);
  GTEST_FLAG_SET(filter, fields[3]);
  const int failed = RUN_ALL_TESTS();
  const std::string said = failed != 0 ? verdict->first() : "";
  const auto written = write(answer, said.data(), said.size());
  _exit(written < 0 ? kFailed : verdict->ExitCode());
}

std::string VerdictText(int status) {
  if (!WIFEXITED(status)) return "ended";
  switch (WEXITSTATUS(status)) {
    case 0:
      return "passed";
    case kMoot:
      return "moot";
    default:
      return "failed";
  }
}

std::string Run(const Fields& fields) {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) RunOne(fields, pipe_ends[1]);
  close(pipe_ends[1]);
  std::string said;
  std::array<char, 512> part{};
  for (ssize_t got = 0; (got = read(pipe_ends[0], part.data(), part.size())) > 0;) {
    said.append(part.data(), static_cast<std::size_t>(got));
  }
  close(pipe_ends[0]);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const auto milliseconds = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                            (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
  return VerdictText(status) + "\t" + std::to_string(milliseconds) + "\t" + said;
}

std::string Answer(const std::string& line) {
  Fields fields;
  std::istringstream parts(line);
  for (std::string field; std::getline(parts, field, '\t');) fields.push_back(field);
  if (fields == Fields{"list"}) return List();
  if (fields.size() == 3 && fields[0] == "load") return Load(fields);
  if (fields.size() == 4 && fields[0] == "run") return Run(fields);
  return "no such question";
}

int AnswerAll() {
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  model::TestDictionary();  // no policy is in it, and every test would read it again
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << Answer(line) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace noren::clauses

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return noren::clauses::AnswerAll();
}
