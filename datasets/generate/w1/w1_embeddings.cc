// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_embeddings.h"

#include <cmath>

namespace noren::w1 {
namespace {

// Nearly normal: the sum of twelve uniform draws, less their mean.
double Gaussian(Stream& stream) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += stream.Unit();
  return sum - 6.0;
}

Vector RowOf(std::vector<float>& matrix, std::size_t index) {
  return Vector(matrix.data() + index * kDimensions, kDimensions);
}

}  // namespace

Embeddings::Embeddings() : centres_(kOccupationsCount * kDimensions) {
  for (std::uint32_t occupation = 0; occupation < kOccupationsCount; ++occupation) {
    Stream stream(StreamSeed(kCentreFamily, occupation));
    for (float& x : RowOf(centres_, occupation)) x = static_cast<float>(Gaussian(stream));
  }
}

void Embeddings::Draw(std::uint64_t seed, std::uint32_t occupation, Vector out) const {
  Stream stream(seed);
  const float* centre = centres_.data() + occupation * kDimensions;
  double norm = 0;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    out[d] = static_cast<float>(0.6 * static_cast<double>(centre[d]) + Gaussian(stream));
    norm += static_cast<double>(out[d]) * static_cast<double>(out[d]);
  }
  const auto scale = static_cast<float>(1.0 / std::sqrt(norm));
  for (float& x : out) x *= scale;
}

void Embeddings::OfSeeker(std::size_t index, std::uint32_t occupation, Vector out) const {
  Draw(StreamSeed(kSeekerVectorFamily, index), occupation, out);
}
void Embeddings::OfPosting(std::size_t index, std::uint32_t occupation, Vector out) const {
  Draw(StreamSeed(kPostingVectorFamily, index), occupation, out);
}

std::vector<float> SeekerVectors(const Embeddings& embeddings, const Seekers& seekers) {
  std::vector<float> matrix(seekers.size() * kDimensions);
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    embeddings.OfSeeker(i, seekers.occupations.Of(i)[0], RowOf(matrix, i));
  }
  return matrix;
}

std::vector<float> PostingVectors(const Embeddings& embeddings,
                                  const std::vector<Posting>& postings) {
  std::vector<float> matrix(postings.size() * kDimensions);
  for (std::size_t i = 0; i < postings.size(); ++i) {
    embeddings.OfPosting(i, postings[i].occupations[0], RowOf(matrix, i));
  }
  return matrix;
}

}  // namespace noren::w1
