// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/subjects.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"

namespace noren::policy {

const Entry* UsualSubject(const Statement& statement) {
  const std::vector<const Entry*> all = statement.All("subject");
  std::vector<const Entry*> ranked;
  for (const Entry* subject : all) {
    if (subject->Bool("usual") == true) return subject;
    if (subject->Bool("ranked") == true) ranked.push_back(subject);
  }
  if (ranked.size() == 1) return ranked[0];
  return ranked.empty() && all.size() == 1 ? all[0] : nullptr;
}

const Entry* SubjectOf(const Statement& statement, std::string_view id) {
  return id.empty() ? UsualSubject(statement) : statement.ById("subject", id);
}

bool IsAbout(const Entry& entry, const Entry& subject) {
  return entry.Many("subject").empty() || entry.Holds("subject", subject.id);
}

namespace {

// The files of such people that rest on their consent.
std::vector<const Entry*> FilesByConsent(const Policy& policy, std::string_view subject) {
  std::vector<const Entry*> files;
  if (policy.statement == nullptr) return files;
  const Entry* kind = SubjectOf(*policy.statement, subject);
  if (kind == nullptr) return files;
  for (const Entry* file : policy.statement->All("file")) {
    if (IsAbout(*file, *kind) && file->Word("basis") == "consent") files.push_back(file);
  }
  return files;
}

}  // namespace

bool IsKeptByConsent(const Policy& policy, std::string_view subject) {
  return !FilesByConsent(policy, subject).empty();
}

Decision MayBeKept(const Policy& policy, std::string_view subject, bool agreed) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const std::vector<const Entry*> files = FilesByConsent(policy, subject);
  for (const Entry* file : files) basis.Rest(*file, "basis");
  return agreed || files.empty() ? basis.Allow() : basis.Refuse(model::ErrorCode::kConsentAnew);
}

Decision MayBecome(const Policy& policy, std::string_view kind, std::string_view sub_kind) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* subject = kind.empty() ? nullptr : policy.statement->ById("subject", kind);
  if (subject == nullptr) {
    basis.RestOnAll("subject");
    return basis.Refuse(model::ErrorCode::kNoFile);
  }
  basis.Rest(*subject);
  if (sub_kind.empty()) return basis.Allow();
  basis.Rest(*subject, "sub_kinds");
  return subject->Holds("sub_kinds", sub_kind) ? basis.Allow()
                                               : basis.Refuse(model::ErrorCode::kNoFile);
}

Decision MayRegister(const Policy& policy, std::string_view subject) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* kind = SubjectOf(*policy.statement, subject);
  if (kind == nullptr) {
    basis.RestOnAll("subject");
    return basis.Refuse(subject.empty() ? model::ErrorCode::kSourceMissing
                                        : model::ErrorCode::kNoFile);
  }
  basis.Rest(*kind);
  for (const Entry* file : policy.statement->All("file")) {
    if (!IsAbout(*file, *kind)) continue;
    basis.Rest(*file, "name");
    basis.Rest(*file, "purposes");
    return basis.Allow();
  }
  basis.RestOnAll("file");
  return basis.Refuse(model::ErrorCode::kNoFile);
}

}  // namespace noren::policy
