// A service with an enrolment key, and portals that blind, check the proofs against the keys they
// have pinned, and enrol. All people and numbers are invented.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crypto/oprf/blinded_input.h"
#include "engine/model/errors.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/operations/enrolment_reviews.h"
#include "engine/operations/evaluate_elements.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/settle_enrolments.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

inline const std::string kHanakosPhone = "noren/v1/phone:+819012345678";
inline const std::string kHanakosMail = "noren/v1/mail:hanako.sato@example.jp";

inline std::uint32_t Rotate(TestService& service) {
  const auto rotated = RotateEnrolmentKey(service.context(), service.officer(), service.NextKey());
  EXPECT_OK(rotated);
  return rotated.ok() ? rotated->version : 0;
}

class EnrollingPortal {
 public:
  EnrollingPortal(TestService& service, std::string name)
      : service_(service), name_(std::move(name)) {
    Pin();
  }
  Call call() { return service_.portal(name_); }
  const std::string& name() const { return name_; }

  // As a portal does when the operator announces a version.
  void Pin() {
    const auto keys = ListEnrolmentKeys(service_.context(), call());
    ASSERT_OK(keys);
    pinned_.clear();
    for (const PublicEnrolmentKey& key : *keys) {
      if (key.state == "live") pinned_[key.version] = {key.public_key};
    }
  }

  std::vector<oprf::BlindedInput> BlindAll(const std::vector<std::string>& identifiers) {
    std::vector<oprf::BlindedInput> blinded;
    for (const std::string& identifier : identifiers) {
      blinded.push_back(
          oprf::Blind(oprf::Mode::kVerifiable, AsBytes(identifier), service_.random()).value());
    }
    return blinded;
  }
  static Bytes ElementsOf(const std::vector<oprf::BlindedInput>& blinded) {
    Bytes elements;
    for (const oprf::BlindedInput& input : blinded) {
      elements.insert(elements.end(), input.element().begin(), input.element().end());
    }
    return elements;
  }
  StatusOr<EvaluatedElements> Evaluate(const Bytes& elements, const std::string& key = "") {
    return EvaluateElements(service_.context(), call(),
                            {key.empty() ? service_.NextKey() : key, elements});
  }

  // One subject id for each live version, each behind a proof that holds for the pinned key.
  std::vector<SubjectIdentifier> SubjectIdsOf(const std::vector<std::string>& identifiers) {
    const auto blinded = BlindAll(identifiers);
    std::vector<SubjectIdentifier> ids(identifiers.size());
    const auto answer = Evaluate(ElementsOf(blinded));
    EXPECT_OK(answer);
    if (!answer.ok()) return ids;
    for (const Evaluation& evaluation : answer->evaluations) {
      const auto outputs =
          oprf::FinalizeProven(pinned_.at(evaluation.version), blinded, evaluation.proven);
      EXPECT_OK(outputs);
      for (std::size_t i = 0; outputs.ok() && i < outputs->size(); ++i) {
        ids[i].push_back({evaluation.version, (*outputs)[i]});
      }
    }
    return ids;
  }

  RegisterSeekerRequest RequestFor(int number, std::vector<SubjectIdentifier> ids) {
    RegisterSeekerRequest request{service_.NextKey(),
                                  name_ + "-ref-" + std::to_string(number),
                                  SomeProfile(0),
                                  std::nullopt,
                                  "person" + std::to_string(number) + "@mail.example",
                                  "en"};
    request.identifiers = std::move(ids);
    return request;
  }
  // Registers a person who came with these identifiers.
  model::SeekerHandle Enrol(int number, const std::vector<std::string>& identifiers) {
    const auto registered =
        RegisterSeeker(service_.context(), call(), RequestFor(number, SubjectIdsOf(identifiers)));
    EXPECT_OK(registered);
    return registered.ok() ? registered->handle : model::SeekerHandle();
  }
  model::PersonId PersonOf(const model::SeekerHandle& handle) {
    const auto person = LoadPersonByHandle(service_.context(), name_, handle);
    EXPECT_OK(person);
    return person.ok() ? person->person : model::PersonId();
  }

 private:
  TestService& service_;
  std::string name_;
  std::map<std::uint32_t, oprf::PublicKey> pinned_;
};

// Two portals and one live key version.
class Enrolment : public ::testing::Test {
 protected:
  void SetUp() override { EXPECT_EQ(Rotate(service_), 1u); }
  ServiceContext& context() { return service_.context(); }
  std::vector<ReviewView> Reviews(bool open_only = true) {
    const auto page = ListReviews(context(), service_.officer(), {std::nullopt, 100, open_only});
    EXPECT_OK(page);
    return page.ok() ? page->reviews : std::vector<ReviewView>();
  }
  Status Decide(const model::ReviewId& review, ReviewDecision decision) {
    return DecideReview(context(), service_.officer(), service_.NextKey(), review, decision)
        .status();
  }
  std::size_t CountKeys(std::string_view prefix) {
    std::size_t count = 0;
    for (const storage::KeyValue& item : ContentOf(service_.data())) {
      count += item.key.starts_with(prefix) ? 1 : 0;
    }
    return count;
  }
  Status Retire(std::uint32_t version) {
    return RetireEnrolmentKey(context(), service_.officer(), service_.NextKey(), version).status();
  }

  TestService service_;
};

}  // namespace noren::operations
