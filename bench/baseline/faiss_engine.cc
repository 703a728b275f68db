// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/faiss_engine.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/IDSelector.h>

#include "datasets/generate/w1/w1_embeddings.h"

// Of OpenBLAS and of OpenMP: measurements are per core.
extern "C" void openblas_set_num_threads(int threads);
extern "C" void omp_set_num_threads(int threads);

namespace noren::bench {
namespace {

std::vector<DenseAnswer> AnswersOf(const std::vector<faiss::Index::idx_t>& ids,
                                   const std::vector<float>& scores, std::size_t k) {
  std::vector<DenseAnswer> answers(ids.size() / k);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0) continue;  // fewer than k passed
    answers[i / k].push_back({static_cast<std::uint32_t>(ids[i]), scores[i]});
  }
  return answers;
}

}  // namespace

struct FaissEngine::Index {
  faiss::IndexFlatIP flat{w1::kDimensions};
};

FaissEngine::FaissEngine(std::span<const float> vectors) : index_(std::make_unique<Index>()) {
  index_->flat.add(static_cast<faiss::Index::idx_t>(vectors.size() / w1::kDimensions),
                   vectors.data());
}
FaissEngine::~FaissEngine() = default;

DenseAnswer FaissEngine::Best(std::span<const float> query, std::span<const std::uint64_t> passes,
                              std::size_t k) const {
  omp_set_num_threads(1);
  std::vector<faiss::Index::idx_t> ids(k);
  std::vector<float> scores(k);
  faiss::IDSelectorBitmap selector(passes.size_bytes(),
                                   reinterpret_cast<const std::uint8_t*>(passes.data()));
  faiss::SearchParameters parameters;
  parameters.sel = &selector;
  index_->flat.search(1, query.data(), static_cast<faiss::Index::idx_t>(k), scores.data(),
                      ids.data(), &parameters);
  return AnswersOf(ids, scores, k).front();
}

std::vector<DenseAnswer> FaissEngine::BestOfEach(std::span<const float> queries,
                                                 std::size_t k) const {
  omp_set_num_threads(1);
  openblas_set_num_threads(1);
  const std::size_t count = queries.size() / w1::kDimensions;
  std::vector<faiss::Index::idx_t> ids(count * k);
  std::vector<float> scores(count * k);
  index_->flat.search(static_cast<faiss::Index::idx_t>(count), queries.data(),
                      static_cast<faiss::Index::idx_t>(k), scores.data(), ids.data());
  return AnswersOf(ids, scores, k);
}

std::size_t FaissEngine::memory_bytes() const { return index_->flat.codes.size(); }

}  // namespace noren::bench
