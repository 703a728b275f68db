// SPDX-License-Identifier: Apache-2.0
#include "server/cli/datasets.h"

#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>

#include "engine/model/errors.h"
#include "engine/policy/loader.h"
#include "engine/storage/durable_file.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTaxonomySizeBytes = std::size_t{32} << 20;
constexpr std::size_t kMaxArgumentSizeBytes = std::size_t{1} << 20;

bool HoldsTaxonomies(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "taxonomies" / "occupations.tsv", ignored);
}

intake::ForbiddenField ToIntake(const policy::ForbiddenField& field) {
  const auto subjects = field.subjects == policy::Subjects::kPeopleOnly
                            ? intake::Subjects::kPeopleOnly
                            : intake::Subjects::kPeopleAndPostings;
  return {field.id, field.names, subjects, field.rule.en};
}

}  // namespace

StatusOr<std::string> FindDatasets(const std::string& given) {
  if (!given.empty()) {
    if (HoldsTaxonomies(given)) return given;
    return FailedPrecondition("--datasets: no taxonomies in " + given);
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    for (const char* name : {"datasets", "share/noren"}) {
      if (HoldsTaxonomies(folder / name)) return (folder / name).string();
    }
    if (folder == folder.root_path()) break;
  }
  return FailedPrecondition("no code lists found; give their folder with --datasets");
}

StatusOr<model::Dictionary> LoadDictionary(const std::string& datasets) {
  std::vector<model::TaxonomyFile> files;
  for (const std::string_view name : model::Dictionary::FileNames()) {
    const std::string path = datasets + "/taxonomies/" + std::string(name);
    NOREN_ASSIGN_OR_RETURN(std::string text, ReadTextFile(path, kMaxTaxonomySizeBytes));
    files.push_back({std::string(name), std::move(text)});
  }
  return model::Dictionary::Load(files);
}

StatusOr<intake::ForbiddenFields> LoadForbiddenFields(const std::string& policy_path) {
  NOREN_ASSIGN_OR_RETURN(const std::string text,
                         ReadTextFile(policy_path, policy::kMaxPolicySizeBytes));
  NOREN_ASSIGN_OR_RETURN(const policy::Policy policy, policy::ParsePolicy(text));
  std::vector<intake::ForbiddenField> fields;
  for (const auto& field : policy.forbidden) fields.push_back(ToIntake(field));
  return intake::ForbiddenFields(std::move(fields),
                                 policy.resident_numbers == policy::ResidentNumbers::kRefuse
                                     ? intake::ResidentNumbers::kRefuse
                                     : intake::ResidentNumbers::kIgnore);
}

StatusOr<std::string> ReadTextFile(const std::string& path, std::size_t max_size_bytes) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return FileError("no such file", path);
  const auto size = fs::file_size(path, error);
  if (error) return FileError("cannot read", path);
  if (size > max_size_bytes) {
    return model::MakeError(model::ErrorCode::kTooLarge,
                            path + ": more than " + std::to_string(max_size_bytes) + " bytes");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (static_cast<std::uintmax_t>(file.gcount()) != size) return FileError("cannot read", path);
  return text;
}

StatusOr<std::string> ReadArgument(const std::string& argument, std::istream& in) {
  std::string text = argument;
  if (argument == "-") {
    text.assign(std::istreambuf_iterator<char>(in), {});
  } else if (argument.starts_with('@')) {
    NOREN_ASSIGN_OR_RETURN(text, ReadTextFile(argument.substr(1), kMaxArgumentSizeBytes));
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

Status WritePrivateFile(const std::string& path, std::string_view content) {
  if (!storage::ReplaceFile(path, AsBytes(content)).ok()) return FileError("cannot write", path);
  return OkStatus();
}

}  // namespace noren::cli
