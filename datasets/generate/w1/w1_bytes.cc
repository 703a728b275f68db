// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_bytes.h"

#include <array>
#include <bit>
#include <cstddef>
#include <span>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::w1 {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are written from memory");

template <typename T>
void WriteRaw(std::span<const T> values, const ByteSink& sink) {
  sink({reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()});
}
template <typename T>
void WriteNumber(T value, const ByteSink& sink) {
  WriteRaw(std::span<const T>(&value, 1), sink);
}
// The count as 8 bytes, then the values.
template <typename T>
void WriteList(const std::vector<T>& list, const ByteSink& sink) {
  WriteNumber(static_cast<std::uint64_t>(list.size()), sink);
  WriteRaw(std::span<const T>(list), sink);
}

}  // namespace

void WriteSeekers(const Seekers& seekers, const ByteSink& sink) {
  WriteNumber(static_cast<std::uint32_t>(seekers.size()), sink);
  WriteList(seekers.skills.begins, sink);
  WriteList(seekers.skills.ids, sink);
  WriteList(seekers.levels, sink);
  for (const ListColumn* column : {&seekers.occupations, &seekers.regions, &seekers.licences}) {
    WriteList(column->begins, sink);
    WriteList(column->ids, sink);
  }
  for (const auto* column :
       {&seekers.employment_bits, &seekers.wages, &seekers.experiences, &seekers.educations}) {
    WriteList(*column, sink);
  }
}

void WritePostings(const std::vector<Posting>& postings, const ByteSink& sink) {
  WriteNumber(static_cast<std::uint32_t>(postings.size()), sink);
  for (const Posting& posting : postings) {
    for (const auto* list : {&posting.occupations, &posting.regions, &posting.licences,
                             &posting.required_skills, &posting.preferred_skills}) {
      WriteList(*list, sink);
    }
    WriteList(posting.weights, sink);
    const std::array<std::uint8_t, 4> numbers = {posting.employment_bits, posting.wage,
                                                 posting.min_experience, posting.min_education};
    sink(numbers);
  }
}

void WriteVectors(const std::vector<float>& matrix, const ByteSink& sink) {
  WriteRaw(std::span<const float>(matrix), sink);
}

std::string Fingerprint(const std::function<void(const ByteSink&)>& write) {
  primitives::Sha256Hasher hasher;
  write([&hasher](ByteSpan piece) { hasher.Update(piece); });
  return HexEncode(hasher.Finish());
}

}  // namespace noren::w1
