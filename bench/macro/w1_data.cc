// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/w1_data.h"

#include <fstream>
#include <functional>
#include <string_view>
#include <utility>

#include "datasets/generate/w1/w1_bytes.h"

namespace noren::bench {
namespace {

Status CheckFingerprint(std::string_view actual, std::string_view expected) {
  if (actual.starts_with(expected)) return OkStatus();
  return DataLoss("workload W1 differs from its recipe");
}

Status CheckVectors(const W1Data& data) {
  const auto fingerprint = [](const std::vector<float>& matrix) {
    return w1::Fingerprint([&](const w1::ByteSink& sink) { w1::WriteVectors(matrix, sink); });
  };
  NOREN_RETURN_IF_ERROR(
      CheckFingerprint(fingerprint(data.seeker_vectors), w1::kSeekerVectorsFingerprint));
  return CheckFingerprint(fingerprint(data.posting_vectors), w1::kPostingVectorsFingerprint);
}

void AddVectors(W1Data& data) {
  const w1::Embeddings embeddings;
  data.seeker_vectors = w1::SeekerVectors(embeddings, data.seekers);
  data.posting_vectors = w1::PostingVectors(embeddings, data.postings);
  for (std::size_t which = 0; which < w1::kFiltersCount; ++which) {
    data.filters.push_back(w1::W1cFilter(which, data.seekers.size()));
  }
}

Status WriteFile(const std::string& path, const std::function<void(const w1::ByteSink&)>& write) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  write([&out](ByteSpan piece) {
    const std::string_view text = AsText(piece);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  });
  out.close();
  return out ? OkStatus() : Unavailable("a file of workload W1 cannot be written");
}

}  // namespace

StatusOr<W1Data> MakeW1Data(std::size_t seekers_count, std::size_t postings_count,
                            Vectors vectors) {
  const w1::Model model;
  W1Data data;
  data.seekers = w1::MakeSeekers(model, seekers_count);
  data.postings = w1::MakePostings(model, postings_count);
  data.seekers_fingerprint =
      w1::Fingerprint([&](const w1::ByteSink& sink) { w1::WriteSeekers(data.seekers, sink); });
  data.postings_fingerprint =
      w1::Fingerprint([&](const w1::ByteSink& sink) { w1::WritePostings(data.postings, sink); });
  if (vectors == Vectors::kMade) AddVectors(data);
  const bool full_seekers = seekers_count == w1::kFullSeekersCount;
  const bool full_postings = postings_count == w1::kFullPostingsCount;
  if (full_seekers) {
    NOREN_RETURN_IF_ERROR(CheckFingerprint(data.seekers_fingerprint, w1::kSeekersFingerprint));
  }
  if (full_postings) {
    NOREN_RETURN_IF_ERROR(CheckFingerprint(data.postings_fingerprint, w1::kPostingsFingerprint));
  }
  if (full_seekers && full_postings && vectors == Vectors::kMade) {
    NOREN_RETURN_IF_ERROR(CheckVectors(data));
  }
  return data;
}

Status WriteW1Files(const W1Data& data, const std::string& folder) {
  NOREN_RETURN_IF_ERROR(WriteFile(folder + "/seekers.bin", [&](const w1::ByteSink& sink) {
    w1::WriteSeekers(data.seekers, sink);
  }));
  return WriteFile(folder + "/postings.bin",
                   [&](const w1::ByteSink& sink) { w1::WritePostings(data.postings, sink); });
}

}  // namespace noren::bench
